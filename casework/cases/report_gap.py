"""A case that the list of a hand-over left out: its successor reports it, has it from now on, and the failure is recorded (S-NX-10)."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from casework.cases import access
from casework.cases.access import join, missing, participants_of, sees
from casework.cases.in_hand import CASES, matters_of_cases, move_case, with_department
from casework.cases.models import Case
from casework.kernel.errors import Code, Refusal
from casework.kernel.work import Work
from casework.organisation.duty_events import HANDOVER_GAP_FOUND
from casework.organisation.handover import Matter, put_in_hands
from casework.organisation.handovers import load_handover, resource_of, said, tell
from casework.organisation.incidents import Failed, record_incident
from casework.organisation.models import DutyHandover, HandoverItem, IncidentKind, ItemState
from casework.organisation.queries import unit_by_id
from casework.organisation.successors import OFFER_ACCEPT, can_have


@dataclass(frozen=True)
class ReportHandoverGap:
    """Which hand-over left out which case, and how that was found."""

    handover_id: UUID
    case_id: UUID
    note: str


async def report_handover_gap(work: Work, intent: ReportHandoverGap) -> DutyHandover:
    """Take a case that the list left out, and record the failure where the city's text demands it (NX-A6-3)."""
    handover, items = await _list(work, intent)
    work.require(OFFER_ACCEPT, resource_of(handover, items), "handoverId")
    receiver = work.actor.staff_id
    if receiver is None or receiver not in {item.to_staff_id for item in items}:
        raise Refusal(
            Code.FORBIDDEN, "Only a receiver of the hand-over reports what it left out.", "只有接收人可以报告遗漏。",
            ("handoverId",),
        )  # fmt: skip
    note = said(intent.note, "note")
    case = await _left_out(work, handover, intent.case_id)
    if any(item.kind == CASES.name and item.matter_id == case.id for item in items):
        raise Refusal(Code.CONFLICT, "This case stands in the list.", "该办件已在交接清单内。", ("caseId",))
    matter = await _matter(work, case, handover.from_staff_id)
    await _take(work, handover, case, matter, receiver)
    await _record(work, handover, matter, receiver, note)
    return handover


async def _list(work: Work, intent: ReportHandoverGap) -> tuple[DutyHandover, Sequence[HandoverItem]]:
    """Load the hand-over; who sees neither it nor the case is told of the case alone, as by every step of a case."""
    try:
        return await load_handover(work, intent.handover_id)
    except Refusal as hidden:
        case = await work.find(Case, intent.case_id)
        if case is None or not sees(work, await access.resource_of(work, case)):
            raise missing(intent.case_id) from hidden
        raise


async def _left_out(work: Work, handover: DutyHandover, case_id: UUID) -> Case:
    """Find a case that was the leaver's to hand over: his own, or one without an owner that he takes part in."""
    case = await work.find(Case, case_id, lock=True)
    if case is None or case.archived_at is not None:
        raise missing(case_id)
    leaver, taking_part = handover.from_staff_id, await participants_of(work, case.id)
    if case.owner_staff_id != leaver and not (case.owner_staff_id is None and leaver in taking_part):
        raise missing(case_id)
    return case


async def _matter(work: Work, case: Case, leaver: UUID) -> Matter:
    """Describe the case as it lies in the leaver's hands, with the department whose item it is about."""
    of_case = with_department(Case.id.expression).where(Case.tenant_id == work.tenant, Case.id == case.id)
    (matter,) = await matters_of_cases(work, of_case, leaver)
    return matter


async def _take(work: Work, handover: DutyHandover, case: Case, matter: Matter, receiver: UUID) -> None:
    await put_in_hands(work, receiver, "handoverId")
    if not await can_have(work, handover.from_staff_id, CASES, matter, work.actor):
        raise Refusal(
            Code.CONFLICT, "Your posts do not let you go on with this case.", "您现有岗位无法接办该办件。", ("caseId",)
        )
    if not await move_case(work, case.id, handover.from_staff_id, receiver):
        case.owner_staff_id = receiver
        await join(work, case, receiver, "HANDLER")


async def _record(work: Work, handover: DutyHandover, matter: Matter, receiver: UUID, note: str) -> None:
    item = work.add(
        HandoverItem(
            handover_id=handover.id,
            kind=CASES.name,
            matter_id=matter.id,
            case_id=matter.case_id,
            case_no=matter.case_no,
            to_staff_id=receiver,
            state=ItemState.ACCEPTED,
            answered_at=work.now,
            note=note,
        )
    )
    await work.session.flush()
    unit = await unit_by_id(work, handover.unit_id)
    failed = Failed(IncidentKind.MATTER_MISSING, handover.from_staff_id, unit)
    await record_incident(work, failed, [(CASES, [matter])])
    tell(work, HANDOVER_GAP_FOUND, handover, [item], (receiver,))
