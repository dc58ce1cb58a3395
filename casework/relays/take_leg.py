"""Taking a leg in hand: the receiving unit accepts it and confirms the papers that arrived."""

from dataclasses import dataclass
from uuid import UUID

from casework.cases.access import join
from casework.cases.advance import CASE
from casework.kernel.errors import Code, Refusal
from casework.kernel.events import Event
from casework.kernel.work import Work
from casework.organisation.handover import put_in_hands
from casework.relays.access import CLAIM, TAKE_IN, load_leg
from casework.relays.custody import open_transfers, receive
from casework.relays.guards import check_handling
from casework.relays.models import LegState, RelayLeg


@dataclass(frozen=True)
class TakeLeg:
    """Which leg, which papers arrived (None: all), and what is wrong with the rest."""

    leg_id: UUID
    arrived: tuple[UUID, ...] | None = None
    discrepancy: str | None = None


async def take_leg(work: Work, intent: TakeLeg) -> RelayLeg:
    """Accept a leg; only now do its papers change hands (S-TA-23)."""
    leg, case = await load_leg(work, intent.leg_id, CLAIM, TAKE_IN)
    if leg.state is not LegState.OPEN:
        raise Refusal(
            Code.ILLEGAL_TRANSITION, f"This leg is {leg.state}; only an open one can be taken.", "该环节已被受理或已结束。",
            ("legId",), details={"state": leg.state.value},
        )  # fmt: skip
    await check_handling(work, case, leg, work.actor.staff_id)
    if work.actor.staff_id is not None:
        await put_in_hands(work, work.actor.staff_id)
    leg.state = LegState.IN_HAND
    leg.claimed_at = work.now
    leg.claimed_by = work.actor.staff_id
    arrived = None if intent.arrived is None else frozenset(intent.arrived)
    for transfer in await open_transfers(work, leg.id):
        await receive(work, transfer, arrived, intent.discrepancy)
    await join(work, case, work.actor.staff_id, "RELAY")
    await work.session.flush()
    work.emit(Event("leg.claimed", CASE, case.id, {"legId": str(leg.id)}, tuple(leg.rules)))
    return leg
