"""Reading legs: the sender through the case, the receiver through its unit."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, func, or_, select

from casework.cases.queries import of_visible_case
from casework.kernel.replay import add_replay_check
from casework.kernel.sight import Sight
from casework.kernel.work import Work
from casework.relays.models import RelayLeg

SEE = "case.list_masked"


def legs_with_my_units(sight: Sight) -> ColumnElement[bool]:
    """The condition that a leg lies with a unit of the actor's, whoever of it has it in hand."""
    mine = sight.reaching(SEE, unit_path=RelayLeg.to_unit_path.expression, participant_of=None, applicant_id=None)
    return and_(RelayLeg.tenant_id == sight.tenant, mine)


def visible_legs(sight: Sight) -> ColumnElement[bool]:
    """The condition that a leg lies with the actor or his unit, or belongs to a case that the actor sees."""
    received = sight.reaching(
        SEE,
        unit_path=RelayLeg.to_unit_path.expression,
        participant_of=lambda staff_id: func.coalesce(RelayLeg.claimed_by == staff_id, false()),
        applicant_id=None,
    )
    return and_(RelayLeg.tenant_id == sight.tenant, or_(received, of_visible_case(RelayLeg.case_id)(sight)))


async def visible_leg(work: Work, leg_id: UUID) -> RelayLeg | None:
    """Find a leg that lies with the actor's unit, or that belongs to a case the actor sees."""
    return (
        await work.session.scalars(select(RelayLeg).where(visible_legs(work.sight), RelayLeg.id == leg_id))
    ).one_or_none()


@add_replay_check
async def leg_still_visible(work: Work, row: Any) -> bool | None:
    """A leg is told again to whoever still sees it."""
    return await visible_leg(work, row.id) is not None if isinstance(row, RelayLeg) else None
