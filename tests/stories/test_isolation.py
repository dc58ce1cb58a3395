"""Isolation at the doors: what belongs to another city (S-X-02) or to another office answers like what never was."""

from typing import Any
from uuid import uuid4

import pytest

from schema.ids import global_id
from tests.isolation.rows import row_id, settle
from tests.stories.stack import Caller, Stack
from tests.stories.strangers import Attempt, asked, attempts, input_of, kinds_of_node, never_was, seen, tried
from tests.stories.test_two_hour_clock import uuid_of
from tests.stories.walk import ask_for, bring, fill_in, requirements

CASE = "query($id: ID!) { case(id: $id) { id caseNo state applicant { name } } }"
NODE = "query($id: ID!) { node(id: $id) { __typename id } }"
ELSEWHERE = "elsewhere"
TABLES = {
    "Case": "service_case", "Document": "document", "Material": "material_item", "RelayLeg": "relay_leg",
    "CustodyTransfer": "custody_transfer", "Callback": "callback", "Unit": "org_unit", "StaffMember": "staff_member",
    "RoleAssignment": "role_assignment", "MaterialRequirement": "material_requirement", "ServiceItem": "service_item",
    "ServiceItemVersion": "service_item_version", "StaffRegistration": "staff_registration",
    "Evaluation": "evaluation", "ExtraShift": "extra_shift", "CalendarDay": "calendar_day",
    "DutyHandover": "duty_handover", "HandoverItem": "handover_item", "HandoverIncident": "handover_incident",
    "Team": "team",
    "TeamMember": "team_member", "TrainingPlan": "training_plan", "TrainingSession": "training_session",
    "TrainingResult": "training_result", "Commendation": "commendation", "Assessment": "assessment",
    "AssessmentScheme": "assessment_scheme", "AssessmentDecision": "assessment_decision",
    "Guide": "guide",
}  # fmt: skip
"""The tables behind the kinds of objects."""

ATTEMPTS = attempts()
OF_CASES = [attempt for attempt in ATTEMPTS if attempt.field == "caseId"]
OF_ONE_OFFICE = {"Case", "Document", "Material", "RelayLeg", "CustodyTransfer"}
"""What only the people of a case see; units, staff and items are known to the whole city."""

OF_OTHERS = [attempt for attempt in ATTEMPTS if attempt.field != "caseId"]
AUDITED = "SELECT action, object_id, actor FROM audit_entry WHERE correlation_id = %s"


def audited(stack: Stack, tenant: str, correlation_id: str) -> list[tuple[Any, ...]]:
    return stack.sql(tenant, AUDITED, correlation_id)


@pytest.fixture(scope="module")
def foreign_case(stack: Stack) -> str:
    """Open a case in Zaozhuang."""
    stack.at("2024-09-10 09:30")
    return ask_for(stack.portal("zaozhuang-applicant-1"), "3704", "ASSIST", "SCJG-01")


@pytest.fixture(scope="module")
def elsewhere(stack: Stack) -> str:
    """Give a tenant that no worker knows a row in every table."""
    settle(stack.connections.dsn("app"), ELSEWHERE)
    return ELSEWHERE


@pytest.fixture(scope="module")
def own(stack: Stack) -> dict[str, str]:
    """Objects of Taian that its people do see."""
    stack.at("2024-09-10 09:30")
    caller = stack.staff("taian-lead-1")
    told = caller.ask('{ me { staff { id } } unit(code: "370902") { id } }')
    case = ask_for(stack.portal("taian-applicant-2"), "370902", "ASSIST", "SCJG-01")
    return {"Case": case, "StaffMember": told["me"]["staff"]["id"], "Unit": told["unit"]["id"]}


@pytest.fixture(scope="module")
def hidden(stack: Stack) -> dict[str, str]:
    """A case of one county with its papers, a document and a leg: nothing of it concerns the neighbouring county."""
    stack.at("2024-09-10 09:30")
    applicant, intake = stack.portal("taian-applicant-2"), stack.staff("taian-intake-1")
    case = ask_for(applicant, "370902", "AGENCY", "SCJG-02")
    intake.case("respondCase", case, channel="WINDOW", content="已说明")
    intake.case("acceptCase", case)
    agent = stack.staff("taian-agent-1")
    agent_id = agent.ask("{ me { staff { id } } }")["me"]["staff"]["id"]
    stack.staff("taian-chief-1").case("assignCase", case, staffId=agent_id)
    document = fill_in(agent, "taian", case, "commission_agreement")
    paper = bring(agent, case, requirements(agent, "SCJG-02")[0], medium="PAPER")
    leg = agent.do(
        "openLeg", "leg { id transfers { id } }",
        caseId=case, type="CROSS_TIER", toUnitCode="370902001", task="上门收取材料", materialIds=[paper],
    )  # fmt: skip
    kinds = {"Case": case, "Document": document, "Material": paper}
    return {**kinds, "RelayLeg": leg["id"], "CustodyTransfer": leg["transfers"][0]["id"]}


def callers(stack: Stack) -> dict[str, Caller]:
    return {"lead": stack.staff("taian-lead-1"), "portal": stack.portal("taian-applicant-1")}


def named(attempt: Attempt) -> str:
    return f"{attempt.mutation}-{attempt.field}"


def told_alike(stack: Stack, caller: Caller, attempt: Attempt, theirs: str, own: dict[str, str]) -> None:
    """Try a mutation with what is not the caller's and with what never was: refused alike, and the attempt is kept."""
    trace = uuid4().hex
    answer = tried(caller, attempt.mutation, trace, attempt.values(theirs, own))
    assert seen(answer) == seen(tried(caller, attempt.mutation, trace, attempt.values(never_was(attempt.kind), own)))
    refusal = answer.json()["data"][attempt.mutation]["userErrors"][0]
    assert set(refusal["path"][:1]) <= set(input_of(attempt.mutation).fields), "the path leads through the input"
    if refusal["code"] == "NOT_FOUND" and refusal["path"] == [attempt.field]:
        assert uuid_of(theirs) in {target for _, target, _ in audited(stack, "taian", trace)}


# S-X-02: another city


@pytest.mark.parametrize("document", [CASE, NODE], ids=["case", "node"])
def test_a_case_of_another_city_answers_like_one_that_never_was(stack: Stack, foreign_case: str, document: str) -> None:
    stack.at("2024-09-10 10:00")
    for caller in callers(stack).values():
        trace = uuid4().hex
        answer = asked(caller, document, trace, id=foreign_case)
        assert seen(answer) == seen(asked(caller, document, trace, id=never_was("Case")))
        assert set(answer.json()["data"].values()) == {None}
        assert "errors" not in answer.json()
        targets = {target for action, target, _ in audited(stack, "taian", trace) if action == "attempt.read_case"}
        assert uuid_of(foreign_case) in targets
        assert audited(stack, "zaozhuang", trace) == [], "the other city's trail stays its own"


@pytest.mark.parametrize("attempt", OF_CASES, ids=named)
def test_no_mutation_tells_a_case_of_another_city_from_none(
    stack: Stack, foreign_case: str, own: dict[str, str], attempt: Attempt
) -> None:
    stack.at("2024-09-10 10:00")
    for caller in callers(stack).values():
        told_alike(stack, caller, attempt, foreign_case, own)


def test_every_attempt_at_a_foreign_case_is_in_the_trail_of_the_callers_city(stack: Stack, foreign_case: str) -> None:
    stack.at("2024-09-10 10:00")
    helper, trace = stack.staff("taian-helper-1"), uuid4().hex
    for attempt in OF_CASES:
        tried(helper, attempt.mutation, trace, attempt.values(foreign_case, {}))
    trail = audited(stack, "taian", trace)
    assert len(trail) == len(OF_CASES)
    assert {target for _, target, _ in trail} == {uuid_of(foreign_case)}
    me = uuid_of(helper.ask("{ me { staff { id } } }")["me"]["staff"]["id"])
    assert {actor for _, _, actor in trail} == {f"staff:taian:{me}"}
    assert {action.partition(".")[0] for action, _, _ in trail} == {"attempt"}
    assert audited(stack, "zaozhuang", trace) == [], "the other city's trail stays its own"


@pytest.mark.parametrize(
    "header", ["X-Tenant", "X-Tenant-Id", "Tenant", "X-Bangban-Tenant", "X-Forwarded-Host", "Cookie"]
)
def test_a_forged_tenant_header_changes_nothing(stack: Stack, foreign_case: str, header: str) -> None:
    stack.at("2024-09-10 10:00")
    trace = uuid4().hex
    honest, forged = stack.staff("taian-helper-1"), stack.staff("taian-helper-1", **{header: "zaozhuang"})
    assert seen(asked(forged, CASE, trace, id=foreign_case)) == seen(asked(honest, CASE, trace, id=foreign_case))
    assert forged.ask("{ me { tenant } profile { tenant } }") == {
        "me": {"tenant": "taian"},
        "profile": {"tenant": "taian"},
    }
    assert len(audited(stack, "taian", trace)) == 2


def test_filters_and_numbers_of_another_city_find_nothing(stack: Stack, foreign_case: str) -> None:
    stack.at("2024-09-10 10:00")
    theirs = stack.staff("zaozhuang-specialist-1")
    told = theirs.ask(
        'query($id: ID!) { case(id: $id) { caseNo } me { staff { id } } unit(code: "3704") { id } }', id=foreign_case
    )
    ours = stack.staff("taian-supervisor-1")
    listed = "query($f: CaseFilter) { cases(first: 5, filter: $f) { totalCount nodes { id } } }"
    for narrowed in (
        {"unit": {"eq": told["unit"]["id"]}},
        {"owner": {"eq": told["me"]["staff"]["id"]}},
        {"caseNo": {"eq": told["case"]["caseNo"]}},
    ):
        assert ours.ask(listed, f=narrowed)["cases"] == {"totalCount": 0, "nodes": []}
    assert ours.ask("query($n: String) { case(caseNo: $n) { id } }", n=told["case"]["caseNo"]) == {"case": None}
    assert ours.ask('{ unit(code: "3704") { id } }') == {"unit": None}


@pytest.mark.parametrize("kind", kinds_of_node())
def test_no_node_of_another_tenant_is_told_from_none(stack: Stack, elsewhere: str, kind: str) -> None:
    stack.at("2024-09-10 10:00")
    theirs = str(global_id(kind, row_id(elsewhere, TABLES[kind], 1)))
    for caller in callers(stack).values():
        trace = uuid4().hex
        answer = asked(caller, NODE, trace, id=theirs)
        assert answer.json()["data"] == {"node": None}
        assert seen(answer) == seen(asked(caller, NODE, trace, id=never_was(kind)))


@pytest.mark.parametrize("attempt", OF_OTHERS, ids=named)
def test_no_mutation_tells_an_id_of_another_tenant_from_none(
    stack: Stack, elsewhere: str, own: dict[str, str], attempt: Attempt
) -> None:
    stack.at("2024-09-10 10:00")
    theirs = row_id(elsewhere, TABLES[attempt.kind], 1)
    for caller in callers(stack).values():
        told_alike(stack, caller, attempt, str(global_id(attempt.kind, theirs)), own)


# Another office of the same city


@pytest.mark.parametrize("attempt", [attempt for attempt in ATTEMPTS if attempt.kind in OF_ONE_OFFICE], ids=named)
def test_another_office_of_the_city_tells_what_it_does_not_see_from_none(
    stack: Stack, hidden: dict[str, str], attempt: Attempt
) -> None:
    stack.at("2024-09-10 10:00")
    told_alike(stack, stack.staff("taian-neighbour-intake-1"), attempt, hidden[attempt.kind], {})


def test_another_office_reads_nothing_of_what_it_does_not_see(stack: Stack, hidden: dict[str, str]) -> None:
    stack.at("2024-09-10 10:00")
    for caller in (stack.staff("taian-neighbour-intake-1"), stack.portal("taian-applicant-4")):
        for kind, theirs in hidden.items():
            trace = uuid4().hex
            assert seen(asked(caller, NODE, trace, id=theirs)) == seen(asked(caller, NODE, trace, id=never_was(kind)))
            assert uuid_of(theirs) in {target for _, target, _ in audited(stack, "taian", trace)}
