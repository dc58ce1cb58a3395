"""Guards about legs: relays know them, cases ask them; importing this module enters them into the registry."""

from sqlalchemy import select

from casework.cases.facts import Facts, add_part
from casework.cases.guards.registry import Unmet, guard
from casework.relays.models import LegState, RelayLeg
from tenants.profile import Gate


async def _legs(facts: Facts) -> list[RelayLeg]:
    query = select(RelayLeg).where(RelayLeg.tenant_id == facts.work.tenant, RelayLeg.case_id == facts.case.id)
    return list((await facts.work.session.scalars(query.order_by(RelayLeg.id))).all())


add_part("legs", _legs)


@guard("EACH_LEG_CLAIMED", "legs")
def each_leg_claimed(facts: Facts, _gate: Gate) -> Unmet | None:
    """Every department concerned has claimed its part (ZZ-6-7)."""
    unclaimed = [leg for leg in facts.parts["legs"] if leg.state in {LegState.OPEN, LegState.REFUSED}]
    if not unclaimed:
        return None
    return Unmet(f"{len(unclaimed)} leg(s) are not claimed yet.", "尚有部门未认领办理环节。")


@guard("ALL_LEGS_JOINED", "legs")
def all_legs_joined(facts: Facts, _gate: Gate) -> Unmet | None:
    """Every part is done or has failed with a reason (PX-A-3.2-5)."""
    running = [leg for leg in facts.parts["legs"] if leg.state in {LegState.OPEN, LegState.IN_HAND}]
    if not running:
        return None
    return Unmet(f"{len(running)} leg(s) are still open.", "尚有环节未办结。")


@guard("LEAD_DEPARTMENT_NAMED", "item")
def lead_department_named(facts: Facts, _gate: Gate) -> Unmet | None:
    """One department leads: that of the item which the case is about."""
    if facts.parts["item"] is not None:
        return None
    return Unmet("Name the item, so that its department leads.", "请明确牵头部门对应的事项。")
