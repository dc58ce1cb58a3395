"""A case that the list of a hand-over left out: its successor reports it, has it from now on, and the failure is recorded (S-NX-10)."""

from dataclasses import dataclass
from uuid import UUID

from authz.decide import Resource
from casework.cases.access import join, missing, participants_of
from casework.cases.in_hand import CASES, move_case
from casework.cases.models import Case
from casework.kernel.errors import Code, Refusal, invalid
from casework.kernel.work import Work
from casework.organisation.events import HANDOVER_GAP_FOUND
from casework.organisation.handover import Matter, put_in_hands
from casework.organisation.handovers import items_of, resource_of, tell
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
    handover = await work.load(DutyHandover, intent.handover_id, "hand-over", "工作交接", "handoverId", lock=True)
    items = await items_of(work, handover.id)
    work.require(OFFER_ACCEPT, resource_of(handover, items), "handoverId")
    receiver = work.actor.staff_id
    if receiver is None or receiver not in {item.to_staff_id for item in items}:
        raise Refusal(
            Code.FORBIDDEN, "Only a receiver of the hand-over reports what it left out.", "只有接收人可以报告遗漏。",
            ("handoverId",),
        )  # fmt: skip
    if not intent.note.strip():
        raise invalid("Say how it was found.", "请说明遗漏情况。", "note")
    case = await _left_out(work, handover, intent.case_id)
    if any(item.kind == CASES.name and item.matter_id == case.id for item in items):
        raise Refusal(Code.CONFLICT, "This case stands in the list.", "该办件已在交接清单内。", ("caseId",))
    await _take(work, handover, case, receiver)
    await _record(work, handover, case, receiver, intent.note.strip())
    return handover


async def _left_out(work: Work, handover: DutyHandover, case_id: UUID) -> Case:
    """Find a case that was the leaver's to hand over: his own, or one without an owner that he takes part in."""
    case = await work.find(Case, case_id, lock=True)
    if case is None or case.archived_at is not None:
        raise missing(case_id)
    leaver, taking_part = handover.from_staff_id, await participants_of(work, case.id)
    if case.owner_staff_id != leaver and not (case.owner_staff_id is None and leaver in taking_part):
        raise missing(case_id)
    return case


async def _take(work: Work, handover: DutyHandover, case: Case, receiver: UUID) -> None:
    await put_in_hands(work, receiver, "handoverId")
    matter = _matter(case, handover.from_staff_id)
    if not await can_have(work, handover.from_staff_id, CASES, matter, work.actor):
        raise Refusal(
            Code.CONFLICT, "Your posts do not let you go on with this case.", "您现有岗位无法接办该办件。", ("caseId",)
        )
    if not await move_case(work, case.id, handover.from_staff_id, receiver):
        case.owner_staff_id = receiver
        await join(work, case, receiver, "HANDLER")


def _matter(case: Case, leaver: UUID) -> Matter:
    return Matter(case.id, case.id, case.case_no, Resource(case.unit_path, frozenset({leaver})))


async def _record(work: Work, handover: DutyHandover, case: Case, receiver: UUID, note: str) -> None:
    item = work.add(
        HandoverItem(
            handover_id=handover.id,
            kind=CASES.name,
            matter_id=case.id,
            case_id=case.id,
            case_no=case.case_no,
            to_staff_id=receiver,
            state=ItemState.ACCEPTED,
            answered_at=work.now,
            note=note,
        )
    )
    await work.session.flush()
    unit = await unit_by_id(work, handover.unit_id)
    failed = Failed(IncidentKind.MATTER_MISSING, handover.from_staff_id, unit)
    await record_incident(work, failed, [(CASES, [_matter(case, handover.from_staff_id)])])
    tell(work, HANDOVER_GAP_FOUND, handover, [item], (receiver,))
