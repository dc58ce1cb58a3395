"""Guards about legs: relays know them, cases ask them; importing this module enters them into the registry."""

from uuid import UUID

from sqlalchemy import select

from casework.cases.advance import check_office_step, facts_of
from casework.cases.facts import Facts, add_part
from casework.cases.guards.registry import guard
from casework.cases.models import Case
from casework.kernel.errors import Next
from casework.kernel.gates import Unmet
from casework.kernel.work import Work
from casework.relays.models import LegState, RelayLeg
from tenants.profile import Gate


async def _legs(facts: Facts) -> list[RelayLeg]:
    query = select(RelayLeg).where(RelayLeg.tenant_id == facts.work.tenant, RelayLeg.case_id == facts.case.id)
    return list((await facts.work.session.scalars(query.order_by(RelayLeg.id))).all())


add_part("legs", _legs)


HANDLE = "HANDLE_LEG"
TAKE = Next("takeLeg", "Claim the part", "认领环节")
REOPEN = Next("openLeg", "Give the part to a department again", "重新转交")
GIVE_BACK = Next("returnLeg", "Give the part back", "退回环节")
GIVE_BACK_CASE = Next("assignCase", "Give the case back to the unit that passed it on", "将办件转回原机构")


async def check_handling(work: Work, case: Case, leg: RelayLeg, claimed_by: UUID | None) -> None:
    """Refuse that a unit works on its part of a case while a guard of the city is against it (HANDLE_LEG)."""
    await check_office_step(await facts_of(work, case, leg=leg, claimed_by=claimed_by), HANDLE)


@guard("EACH_LEG_CLAIMED", "legs")
def each_leg_claimed(facts: Facts, _gate: Gate) -> Unmet | None:
    """Before filing every department has claimed its part; before handling, that part has a name to it (ZZ-6-7)."""
    leg = facts.attempt.get("leg")
    if leg is not None:
        return None if facts.attempt["claimed_by"] is not None else _unclaimed(leg)
    unclaimed = [leg for leg in facts.parts["legs"] if leg.state in {LegState.OPEN, LegState.REFUSED}]
    if not unclaimed:
        return None
    return Unmet(
        f"{len(unclaimed)} leg(s) are not claimed yet.",
        f"尚有{len(unclaimed)}个环节未被部门认领。",
        lawful_next=(TAKE,),
    )


def _unclaimed(leg: RelayLeg) -> Unmet:
    return Unmet(
        "Nobody has claimed this part by name; a representative of the department claims it before it is handled.",
        "该环节尚无部门代表认领,认领后方可办理。",
        lawful_next=(TAKE if leg.state is LegState.OPEN else REOPEN,),
        details={"state": leg.state.value},
    )


@guard("ALL_LEGS_JOINED", "legs")
def all_legs_joined(facts: Facts, _gate: Gate) -> Unmet | None:
    """Every part is done or has failed with a reason (PX-A-3.2-5)."""
    running = [leg for leg in facts.parts["legs"] if leg.state in {LegState.OPEN, LegState.IN_HAND}]
    if not running:
        return None
    return Unmet(f"{len(running)} leg(s) are still open.", "尚有环节未办结。")


@guard("LEAD_DEPARTMENT_NAMED", "item")
def lead_department_named(facts: Facts, _gate: Gate) -> Unmet | None:
    """One department leads: that of the item which the case is about; a leg asks it where the city's relay does."""
    leg = facts.attempt.get("leg")
    if facts.parts["item"] is not None or (leg is not None and not _needs_lead(facts, leg)):
        return None
    return Unmet(
        "The case names no item, so no department leads; record the request with its item.",
        "办件未明确事项,无法确定牵头部门,请按事项重新登记需求。",
        lawful_next=() if leg is None else (GIVE_BACK,),
    )


def _needs_lead(facts: Facts, leg: RelayLeg) -> bool:
    return any(relay.type == leg.type and relay.lead_department == "REQUIRED" for relay in facts.profile.relay)


@guard("FALLBACK_OWNER_SET", "legs")
def fallback_owner_set(facts: Facts, _gate: Gate) -> Unmet | None:
    """Who passes a matter on keeps it until the other unit accepts it, so that no request is nobody's (CH-3.1-3)."""
    leg = facts.attempt.get("leg")
    concerned = facts.parts["legs"] if leg is None else (leg,)
    orphaned = [each for each in concerned if each.state is LegState.OPEN and each.from_unit_id != facts.case.unit_id]
    if not orphaned:
        return None
    return Unmet(
        "The unit that passed this on has given the case away before it was taken; it stays the owner until then.",
        "转出机构在对方受理前已将办件转走;受理前应由转出机构兜底负责。",
        lawful_next=(GIVE_BACK_CASE, GIVE_BACK),
    )
