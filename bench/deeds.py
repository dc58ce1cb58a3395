"""The deeds: mutations with all guards, audit and outbox, beside the bare statement that writes the same rows."""

from dataclasses import dataclass

EVENT = """
  INSERT INTO outbox_event (tenant_id, id, name, aggregate, aggregate_id, occurred_at, actor, correlation_id, payload,
    rules, state, attempts, created_at, updated_at, row_version)
  SELECT tenant_id, uuidv7(), '{name}', 'case', id, now(), %(actor)s, 'bench', '{{}}', '{{}}', 'PENDING', 0,
    now(), now(), 1 FROM {source}
"""
ENTRY = """
  INSERT INTO audit_entry (tenant_id, id, at, actor, action, object_kind, object_id, after, rules, correlation_id,
    created_at, updated_at, row_version)
  SELECT tenant_id, uuidv7(), now(), %(actor)s, '{name}', 'case', id::text, '{{}}', '{{}}', 'bench',
    now(), now(), 1 FROM {source}
"""
STEP = """
  INSERT INTO case_step (tenant_id, id, case_id, at, trigger, from_state, to_state, stage, actor, staff_id, rules,
    created_at, updated_at, row_version)
  SELECT tenant_id, uuidv7(), id, now(), '{trigger}', {before}, '{after}', 'A1', %(actor)s, {staff}, '{{}}',
    now(), now(), 1 FROM {source}
"""
CREATE = f"""
WITH request AS (
  INSERT INTO service_request (tenant_id, id, applicant_id, channel, received_at, text, oral, offered_by_staff,
    created_at, updated_at, row_version)
  VALUES (%(tenant)s, uuidv7(), %(applicant)s, 'WEB_PORTAL', now(), convert_to(%(text)s, 'UTF8'), false, false,
    now(), now(), 1) RETURNING tenant_id, id
), made AS (
  INSERT INTO service_case (tenant_id, id, case_no, service_kind, workflow, state, request_id, applicant_id,
    intake_unit_id, unit_id, unit_path, received_at, notices_issued, gap_notices_issued, created_at, updated_at,
    row_version)
  SELECT tenant_id, uuidv7(), 'bare-' || nextval('case_no_seq'), 'ASSIST', 'assist', 'RECEIVED', id, %(applicant)s,
    %(unit)s::uuid, %(unit)s::uuid, %(path)s, now(), 0, 0, now(), now(), 1 FROM request
  RETURNING tenant_id, id, case_no
), step AS ({STEP.format(trigger="CREATE", before="NULL", after="RECEIVED", staff="NULL::uuid", source="made")}
), clock AS (
  INSERT INTO timer (tenant_id, id, code, subject_kind, subject_id, unit_id, revision_id, started_at, due_at, fire_at,
    clock, duration, state, legal_status, rules, provisional, round, created_at, updated_at, row_version)
  SELECT tenant_id, uuidv7(), 'assist_response', 'case', id, %(unit)s::uuid, %(revision)s::uuid, now(),
    now() + interval '2 hours', now() + interval '2 hours', 'WORKING_TIME', 'PT2H', 'RUNNING', 'REGULATION', '{{}}',
    false, 1, now(), now(), 1 FROM made
), event AS ({EVENT.format(name="request.received", source="made")}
), entry AS ({ENTRY.format(name="request.received", source="made")}
)
SELECT json_build_object('data', json_build_object('case', json_build_object('caseNo', case_no))) FROM made
"""  # noqa: S608 - made of constants
RESPOND = f"""
WITH made AS (
  UPDATE service_case SET state = 'RESPONDED', responded_at = now(), updated_at = now(), row_version = row_version + 1
  WHERE tenant_id = %(tenant)s AND id = %(case)s::uuid RETURNING tenant_id, id
), contact AS (
  INSERT INTO contact_record (tenant_id, id, case_id, at, staff_id, channel, automatic, addresses_content, content,
    created_at, updated_at, row_version)
  SELECT tenant_id, uuidv7(), id, now(), %(staff)s::uuid, 'PHONE', false, true, convert_to(%(text)s, 'UTF8'),
    now(), now(), 1 FROM made
), participant AS (
  INSERT INTO case_participant (tenant_id, id, case_id, staff_id, role, since, created_at, updated_at, row_version)
  SELECT tenant_id, uuidv7(), id, %(staff)s::uuid, 'RESPONDER', now(), now(), now(), 1 FROM made
), step AS (
  {STEP.format(trigger="RESPOND", before="'RECEIVED'", after="RESPONDED", staff="%(staff)s::uuid", source="made")}
), clock AS (
  UPDATE timer SET state = 'BREACHED', stopped_at = now(), fire_at = NULL, elapsed_seconds = 3600, updated_at = now(),
    row_version = timer.row_version + 1
  FROM made WHERE timer.tenant_id = made.tenant_id AND timer.subject_id = made.id AND timer.stopped_at IS NULL
), event AS ({EVENT.format(name="case.responded", source="made")}
), entry AS ({ENTRY.format(name="case.responded", source="made")}
)
SELECT json_build_object('data', json_build_object('case', json_build_object('state', 'RESPONDED'))) FROM made
"""  # noqa: S608 - made of constants


@dataclass(frozen=True)
class Deed:
    """One mutation of ours and the bare statement; `once` says that each of its inputs can be used only once."""

    name: str
    ours: str
    statement: str
    once: bool = False


DEEDS = (
    Deed(
        "create",
        "mutation Create($input: CreateRequestInput!) { createRequest(input: $input) "
        "{ userErrors { code message } case { caseNo state } } }",
        CREATE,
    ),
    Deed(
        "respond",
        "mutation Respond($input: RespondCaseInput!) { respondCase(input: $input) "
        "{ userErrors { code message } case { caseNo state } } }",
        RESPOND,
        once=True,
    ),
)
