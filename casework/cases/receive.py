"""Receiving a request: it is recorded, a case opens, and the clock of the response starts (T1)."""

from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import Sequence, select
from sqlalchemy.sql import func

from authz.actor import ActorKind
from authz.decide import Resource
from casework.cases import guards
from casework.cases.advance import CASE, facts_of, record_step, turn_clocks
from casework.cases.applicants import ApplicantDetails, applicant_at_desk, own_applicant
from casework.cases.models import Applicant, Case, CaseState, ServiceKind, ServiceRequest
from casework.catalogue.models import ServiceItem, ServiceItemVersion
from casework.catalogue.queries import item_by_code, version_in_force
from casework.kernel.errors import invalid, not_found
from casework.kernel.events import Event
from casework.kernel.gates import all_as_one
from casework.kernel.ids import new_id
from casework.kernel.wire import Sentence
from casework.kernel.work import Work
from casework.organisation.models import OrgUnit
from casework.organisation.queries import unit_named

CREATE = "request.create"
MAX_TEXT = 4000
NEXT_NUMBER = Sentence.of(select(func.next_value(Sequence("case_no_seq"))))


@dataclass(frozen=True)
class ReceiveRequest:
    """What somebody asks for: of which unit, on which channel, for which item."""

    unit_code: str
    service_kind: ServiceKind
    channel: str
    text: str
    item_code: str | None = None
    applicant_id: UUID | None = None
    applicant: ApplicantDetails | None = None
    oral: bool = False
    offered_by_staff: bool = False
    offer_accepted: bool = False
    mode: str | None = None


async def receive_request(work: Work, intent: ReceiveRequest) -> Case:
    """Record a request and open its case; the submission time starts the clock (TA-15-2, Q2)."""
    if not intent.text.strip() or len(intent.text) > MAX_TEXT:
        raise invalid(f"Say in 1 to {MAX_TEXT} characters what is needed.", "请填写需求内容。", "text")
    unit = await unit_named(work, intent.unit_code)
    applicant = await _applicant(work, intent)
    _require(work, unit, applicant)
    workflow = work.profile.workflow_for(intent.service_kind, intent.mode)
    if workflow is None:
        raise invalid("This city does not offer this kind of service.", "本地未开展该类服务。", "serviceKind")
    item = await _item(work, intent.item_code)
    version = await version_in_force(work, item.id, work.today) if item else None
    request = ServiceRequest(
        id=new_id(),
        applicant_id=applicant.id,
        channel=intent.channel,
        received_at=work.now,
        received_by=work.actor.staff_id,
        text=intent.text,
        oral=intent.oral,
        offered_by_staff=intent.offered_by_staff,
    )
    case = _case(work, await _next_number(work), intent, request, unit, item, version, workflow)
    facts = await facts_of(work, case, offer_accepted=intent.offer_accepted)
    facts.parts.update(request=request, unit=unit, item=item, item_version=version)
    refusals = await guards.judge(facts, "CREATE")
    if refusals:
        raise all_as_one(refusals)
    work.add(request)
    work.add(case)
    record_step(facts, "CREATE", None)
    await turn_clocks(facts, "REQUEST_RECEIVED", new=True)
    work.emit(Event("request.received", CASE, case.id, {"unitId": str(unit.id), "channel": intent.channel}))
    return case


async def _next_number(work: Work) -> int:
    [(number,)] = await work.ask(NEXT_NUMBER)
    return int(number or 0)


async def _item(work: Work, code: str | None) -> ServiceItem | None:
    if code is None:
        return None
    item = await item_by_code(work, code)
    if item is None:
        raise not_found("service item", "事项", ("itemCode",))
    return item


async def _applicant(work: Work, intent: ReceiveRequest) -> Applicant:
    if work.actor.applicant_id is not None:
        return await work.load(Applicant, work.actor.applicant_id, "applicant", "申请人", "applicant")
    if work.actor.kind is ActorKind.APPLICANT:
        return await own_applicant(work, intent.applicant)
    return await applicant_at_desk(work, intent.applicant_id, intent.applicant)


def _require(work: Work, unit: OrgUnit, applicant: Applicant) -> None:
    actor = work.actor
    if actor.kind is ActorKind.APPLICANT:
        # At the first request the applicant is entered by this very transaction.
        actor = replace(actor, applicant_id=applicant.id)
    replace(work, actor=actor).require(CREATE, Resource(unit.path, applicant_id=applicant.id), "unitCode")


def _case(
    work: Work,
    number: int,
    intent: ReceiveRequest,
    request: ServiceRequest,
    unit: OrgUnit,
    item: ServiceItem | None,
    version: ServiceItemVersion | None,
    workflow: str,
) -> Case:
    return Case(
        id=new_id(),
        case_no=f"{work.today.year}-{number:06d}",
        service_kind=intent.service_kind,
        workflow=workflow,
        revision_id=None,
        state=CaseState.RECEIVED,
        request_id=request.id,
        applicant_id=request.applicant_id,
        intake_unit_id=unit.id,
        unit_id=unit.id,
        unit_path=unit.path,
        item_id=item.id if item else None,
        item_version_id=version.id if version else None,
        received_at=work.now,
        notices_issued=0,
        gap_notices_issued=0,
    )
