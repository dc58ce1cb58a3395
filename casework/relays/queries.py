"""Reading legs: the sender through the case, the receiver through its unit."""

from typing import Any
from uuid import UUID

from casework.cases.queries import case_by_id
from casework.kernel.replay import add_replay_check
from casework.kernel.work import Work
from casework.relays.access import may_either
from casework.relays.models import RelayLeg

SEE = "case.list_masked"


async def visible_leg(work: Work, leg_id: UUID) -> RelayLeg | None:
    """Find a leg that lies with the actor's unit, or that belongs to a case the actor sees."""
    leg = await work.find(RelayLeg, leg_id)
    if leg is None:
        return None
    if may_either(work, leg, SEE) or await case_by_id(work, leg.case_id) is not None:
        return leg
    return None


@add_replay_check
async def leg_still_visible(work: Work, row: Any) -> bool | None:
    """A leg is told again to whoever still sees it."""
    return await visible_leg(work, row.id) is not None if isinstance(row, RelayLeg) else None
