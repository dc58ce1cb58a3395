"""Start a hand-over: everything in a person's hands is offered to successors, and stays where it is until they accept."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, select

from authz.decide import Resource
from casework.kernel.errors import Code, Next, Refusal, invalid
from casework.kernel.work import Work
from casework.organisation.duty_events import HANDOVER_OFFERED, HANDOVER_UNPLACED
from casework.organisation.handover import InHand, in_hand, one_step_at_a_time, put_in_hands
from casework.organisation.handovers import items_of, said, settle, tell
from casework.organisation.models import (
    DutyHandover,
    HandoverItem,
    HandoverState,
    ItemState,
    RoleAssignment,
    StaffMember,
)
from casework.organisation.queries import staff_by_id, unit_by_id
from casework.organisation.successors import OFFER_ACCEPT, Refused, Search, propose

Proposed = Mapping[tuple[str, UUID], UUID | None]


@dataclass(frozen=True)
class StartHandover:
    """Whose work is handed over, why, and who is asked first; the others are proposed."""

    staff_id: UUID
    reason: str
    receiver_id: UUID | None = None


async def start_handover(work: Work, intent: StartHandover) -> DutyHandover:
    """Offer what is in hand to successors by jurisdiction, role and load; the person himself or his unit starts it (NX-A6-2)."""
    person = await staff_by_id(work, intent.staff_id)
    unit = await unit_by_id(work, person.unit_id)
    work.require(OFFER_ACCEPT, Resource(unit.path, frozenset({person.id})), "staffId")
    reason = said(intent.reason, "reason")
    await one_step_at_a_time(work, person.id)
    free = await _not_on_offer(work, await in_hand(work, person.id))
    proposed = await _proposed(work, person, unit.path, intent.receiver_id, free)
    handover = work.add(
        DutyHandover(
            from_staff_id=person.id,
            unit_id=unit.id,
            unit_path=unit.path,
            reason=reason,
            state=HandoverState.OFFERED,
            started_by=work.actor.key,
            started_at=work.now,
        )
    )
    await work.session.flush()
    await _offer(work, handover, free, proposed)
    return handover


async def _not_on_offer(work: Work, found: InHand) -> InHand:
    """Leave out what another hand-over offers already; refuse when nothing is left."""
    ids = [matter.id for _, matters in found for matter in matters]
    query = select(HandoverItem).where(
        HandoverItem.tenant_id == work.tenant,
        HandoverItem.matter_id.in_(ids),
        HandoverItem.state == ItemState.OFFERED,
    )
    offered = {(item.kind, item.matter_id) for item in (await work.session.scalars(query)).all()}
    free = [
        (holding, [matter for matter in matters if (holding.name, matter.id) not in offered])
        for holding, matters in found
    ]
    if not any(matters for _, matters in free):
        raise Refusal(
            Code.CONFLICT,
            "Everything in hand is on offer already." if offered else "There is nothing in hand to hand over.",
            "在手事项均已发起交接,待接收人确认。" if offered else "该人员没有在手事项,无须交接。",
            ("staffId",),
        )
    return [(holding, matters) for holding, matters in free if matters]


async def _proposed(work: Work, person: StaffMember, unit_path: str, wanted: UUID | None, free: InHand) -> Proposed:
    search = Search(person.id, unit_path, await _roles(work, person.id), await _disputed(work, person.id), wanted)
    proposed = await propose(work, search, free)
    if wanted is not None and wanted not in proposed.values():
        raise invalid(
            "This person can take over none of what is in hand: no post in reach, or barred from it.",
            "该接收人无权或不宜接办任何在手事项。",
            "receiverId",
        )
    if not any(proposed.values()):
        raise Refusal(
            Code.CONFLICT,
            "Nobody in reach can go on with what is in hand; a superior has to assign it.",
            "辖区内暂无可接办人员,请由上级转派。",
            ("staffId",),
            lawful_next=(Next("assignCase", "Assign the case to somebody else", "转派办件"),),
        )
    for receiver in {to for to in proposed.values() if to is not None}:
        # Nothing is offered to somebody who is leaving at this moment: he could never answer.
        await put_in_hands(work, receiver, "receiverId")
    return proposed


async def _roles(work: Work, staff_id: UUID) -> frozenset[str]:
    """Name the roles that a person holds or held: who has the same one is asked first."""
    query = select(RoleAssignment.role_code).where(
        RoleAssignment.tenant_id == work.tenant, RoleAssignment.staff_id == staff_id
    )
    return frozenset((await work.session.scalars(query)).all())


async def _disputed(work: Work, staff_id: UUID) -> Refused:
    query = (
        select(HandoverItem)
        .join(DutyHandover, and_(DutyHandover.tenant_id == work.tenant, DutyHandover.id == HandoverItem.handover_id))
        .where(
            HandoverItem.tenant_id == work.tenant,
            HandoverItem.state == ItemState.DISPUTED,
            DutyHandover.from_staff_id == staff_id,
        )
    )
    found = (await work.session.scalars(query)).all()
    return frozenset((item.kind, item.matter_id, item.to_staff_id) for item in found if item.to_staff_id is not None)


async def _offer(work: Work, handover: DutyHandover, free: InHand, proposed: Proposed) -> None:
    for holding, matters in free:
        for matter in matters:
            to = proposed[holding.name, matter.id]
            work.add(
                HandoverItem(
                    handover_id=handover.id,
                    kind=holding.name,
                    matter_id=matter.id,
                    case_id=matter.case_id,
                    case_no=matter.case_no,
                    to_staff_id=to,
                    state=ItemState.UNPLACED if to is None else ItemState.OFFERED,
                )
            )
    await work.session.flush()
    items = await items_of(work, handover.id)
    await settle(work, handover, items)
    offered = [item for item in items if item.state is ItemState.OFFERED]
    unplaced = [item for item in items if item.state is ItemState.UNPLACED]
    tell(work, HANDOVER_OFFERED, handover, offered, (item.to_staff_id for item in offered))
    if unplaced:
        tell(work, HANDOVER_UNPLACED, handover, unplaced, ())
