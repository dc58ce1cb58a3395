"""Who may see and take a leg: the receiving unit through its own posts, the sender through the case."""

from uuid import UUID

from authz.decide import Resource
from casework.cases.access import resource_of, sees
from casework.cases.models import Case
from casework.kernel.errors import not_found
from casework.kernel.work import Work
from casework.relays.models import RelayLeg

CLAIM = "leg.claim"
TAKE_IN = "case.accept"
COMPLETE = "leg.complete"
FINISH = "case.complete"


def resource_of_leg(leg: RelayLeg) -> Resource:
    """A leg lies with the receiving unit; whoever claimed it takes part in it."""
    participants = frozenset({leg.claimed_by}) if leg.claimed_by else frozenset()
    return Resource(leg.to_unit_path, participants)


def may_either(work: Work, leg: RelayLeg, *actions: str) -> bool:
    """Say whether one of the actions is open to the actor on this leg."""
    resource = resource_of_leg(leg)
    return any(work.decide(action, resource).allowed for action in actions)


async def load_leg(work: Work, leg_id: UUID, *actions: str) -> tuple[RelayLeg, Case]:
    """Load a leg for an action of the receiving side.

    Departments claim legs (`leg.claim`); a service unit of another tier takes in a relayed matter as it accepts any
    matter of its own (`case.accept`), because the texts name no other act for it.
    """
    leg = await work.find(RelayLeg, leg_id, lock=True)
    if leg is None:
        raise not_found("leg", "接力环节", ("legId",), leg_id)
    case = await work.load(Case, leg.case_id, "case", "办件", "legId", lock=True)
    if may_either(work, leg, *actions):
        return leg, case
    if may_either(work, leg, "case.list_masked") or sees(work, await resource_of(work, case)):
        work.require(actions[0], resource_of_leg(leg), "legId")
    raise not_found("leg", "接力环节", ("legId",), leg_id)
