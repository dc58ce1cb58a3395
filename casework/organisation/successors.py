"""Who could go on with what somebody has in hand: proposed by jurisdiction, role and load."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import and_, select

from authz.actor import Actor, ActorKind, RoleHeld
from authz.decide import Resource, decide
from casework.kernel.work import Work
from casework.organisation.handover import HOLDINGS, Holding, InHand, Matter, can_go_on
from casework.organisation.models import OrgUnit, RoleAssignment, StaffMember
from casework.organisation.queries import acts_at, paths_upward

OFFER_ACCEPT = "duty_handover.offer_accept"
Refused = frozenset[tuple[str, UUID, UUID]]
"""Kind, matter and person: who disputed what before is not asked for it again."""


@dataclass
class Successor:
    """Somebody who may take over: the posts held now, and how many matters there are in hand or on offer."""

    person: StaffMember
    roles: list[RoleHeld] = field(default_factory=list)
    load: int = 0

    def actor(self, work: Work) -> Actor:
        """Give the person as permissions see him."""
        return Actor(
            ActorKind.STAFF, work.tenant, str(self.person.id), staff_id=self.person.id, roles=tuple(self.roles)
        )

    def rank(self, matter: Matter, like: frozenset[str]) -> tuple[int, bool, int, str]:
        """Order successors: the nearest unit first, then the same role as the leaver's, then the lightest load."""
        path = str(matter.resource.unit_path)
        above = [held for held in self.roles if path.startswith(held.unit_path)]
        far = min((path.count(".") - held.unit_path.count(".") for held in above), default=99)
        return (far, not like.intersection(held.role_code for held in self.roles), self.load, self.person.code)


@dataclass(frozen=True)
class Search:
    """For whom successors are looked for, the roles that he holds or held, and who said no before."""

    leaver: UUID
    unit_path: str
    like: frozenset[str]
    refused: Refused
    wanted: UUID | None = None

    def offer_to(self, successor: Successor) -> Resource:
        """Give the hand-over as permissions would see it if somebody was asked."""
        return Resource(self.unit_path, frozenset({self.leaver, successor.person.id}))


async def propose(work: Work, search: Search, in_hand: InHand) -> Mapping[tuple[str, UUID], UUID | None]:
    """Name a successor for each matter, or nobody; what belongs to one case goes to one person where he can have it.

    What is kept apart from the rest of a case goes to nobody who gets something else of it (SOD1).
    """
    found = await _reachable(work, search.leaver, (matter for _, matters in in_hand for matter in matters))
    proposed: dict[tuple[str, UUID], UUID | None] = {}
    given: defaultdict[tuple[UUID, bool], list[UUID]] = defaultdict(list)
    for holding, matters in in_hand:
        for matter in matters:
            together, barred = given[matter.case_id, holding.apart], given[matter.case_id, not holding.apart]
            able = [successor for successor in found if successor.person.id not in barred]
            chosen = await _choose(work, search, holding, matter, able, together)
            proposed[holding.name, matter.id] = chosen.person.id if chosen else None
            if chosen is not None:
                chosen.load += 1
                together.append(chosen.person.id)
    return proposed


async def _choose(
    work: Work, search: Search, holding: Holding, matter: Matter, found: Sequence[Successor], together: Sequence[UUID]
) -> Successor | None:
    """Give the first by rank who can have a matter; somebody who was asked for goes first, then who gets its case."""
    first = [search.wanted, *together]

    def rank(successor: Successor) -> tuple[int, tuple[int, bool, int, str]]:
        mine = successor.person.id
        return (first.index(mine) if mine in first else len(first), successor.rank(matter, search.like))

    for successor in sorted(found, key=rank):
        if (holding.name, matter.id, successor.person.id) in search.refused - _asked_again(search):
            continue
        actor = successor.actor(work)
        may_answer = decide(work.regulation.table, actor, OFFER_ACCEPT, search.offer_to(successor)).allowed
        if may_answer and await can_have(work, search.leaver, holding, matter, actor):
            return successor
    return None


def _asked_again(search: Search) -> Refused:
    """Somebody who is asked for by name may be asked again for what he disputed."""
    return frozenset(entry for entry in search.refused if entry[2] == search.wanted)


async def can_have(work: Work, leaver: UUID, holding: Holding, matter: Matter, successor: Actor) -> bool:
    """Say whether somebody may take a matter over, and could go on with it."""
    staff_id = successor.staff_id
    if staff_id is None:
        return False
    resource = matter.with_instead(leaver, staff_id)
    return can_go_on(work, successor, holding, resource) and await holding.may_have(work, matter, staff_id)


async def _reachable(work: Work, leaver: UUID, matters: Iterable[Matter]) -> Sequence[Successor]:
    """Find who has the powers of a post in a unit where a matter lies, or above it, that nobody is waiting to end."""
    paths = {path for matter in matters for path in paths_upward(str(matter.resource.unit_path))}
    query = (
        select(StaffMember, RoleAssignment, OrgUnit.path)
        .join(RoleAssignment, and_(RoleAssignment.tenant_id == work.tenant, RoleAssignment.staff_id == StaffMember.id))
        .join(OrgUnit, and_(OrgUnit.tenant_id == work.tenant, OrgUnit.id == RoleAssignment.unit_id))
        .where(
            StaffMember.tenant_id == work.tenant,
            StaffMember.active,
            StaffMember.id != leaver,
            OrgUnit.path.in_(paths),
            RoleAssignment.put_off_from.is_(None),
            acts_at(work.now),
        )
    )
    found: dict[UUID, Successor] = {}
    for person, post, path in (await work.session.execute(query)).all():
        held = RoleHeld(post.role_code, post.unit_id, path, post.valid_from, post.valid_to)
        found.setdefault(person.id, Successor(person)).roles.append(held)
    for holding in HOLDINGS.values():
        for staff_id, load in (await holding.loads(work, list(found))).items():
            found[staff_id].load += load
    return list(found.values())
