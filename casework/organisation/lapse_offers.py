"""What was offered to somebody who has left meanwhile: the offer lapses, and the matters stay with whoever has them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from authz.decide import Resource
from casework.kernel.work import Work
from casework.organisation.duty_events import HANDOVER_LAPSED
from casework.organisation.handovers import answer, items_of, settle, tell
from casework.organisation.models import DutyHandover, HandoverItem, ItemState, StaffMember
from casework.organisation.queries import has_left, staff_by_id
from casework.organisation.settle_end import SETTLE


@dataclass(frozen=True)
class LapseOffers:
    """Who left the service or a post."""

    staff_id: UUID


async def lapse_offers(work: Work, intent: LapseOffers) -> StaffMember:
    """Take back what nobody can answer any more, and tell those who have to hand it over to somebody else (NX-A6-2)."""
    work.require(SETTLE, Resource())
    person = await staff_by_id(work, intent.staff_id)
    if person.active and not await has_left(work, person.id):
        return person
    for handover_id in await _offering_to(work, person.id):
        handover = await work.load(DutyHandover, handover_id, "hand-over", "工作交接", lock=True)
        items = await items_of(work, handover.id)
        lapsed = [item for item in items if item.to_staff_id == person.id and item.state is ItemState.OFFERED]
        if lapsed:
            answer(work, lapsed, ItemState.WITHDRAWN)
            await settle(work, handover, items)
            tell(work, HANDOVER_LAPSED, handover, lapsed, (person.id,))
    return person


async def _offering_to(work: Work, staff_id: UUID) -> Sequence[UUID]:
    query = select(HandoverItem.handover_id).where(
        HandoverItem.tenant_id == work.tenant,
        HandoverItem.to_staff_id == staff_id,
        HandoverItem.state == ItemState.OFFERED,
    )
    return sorted(set((await work.session.scalars(query)).all()))
