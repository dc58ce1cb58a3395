"""Matters in hand: what a person still answers for, and who may not leave a post before somebody else has it (在手事项交接).

The organisation knows no cases; each higher room registers what it lets lie in somebody's hands.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from authz.actor import Actor, ActorKind, RoleHeld
from authz.decide import Resource, decide
from casework.kernel.errors import Next, Refusal, not_found
from casework.kernel.gates import Unmet, all_as_one, refusal_of
from casework.kernel.work import Work
from casework.organisation.models import RoleAssignment, StaffMember
from casework.organisation.queries import has_left, roles_held

END_ROLE = "END_ROLE"
NAMED_AT_MOST = 5
HAND_OVER = Next("startHandover", "Hand over what is in hand", "办理在手事项交接")


@dataclass(frozen=True)
class Matter:
    """One matter in a person's hands: its row, its case, where it lies, and the department whose item it is."""

    id: UUID
    case_id: UUID
    case_no: str
    resource: Resource
    department_id: UUID | None = None

    def with_instead(self, leaver: UUID, successor: UUID) -> Resource:
        """Give the matter as permissions would see it in a successor's hands."""
        participants = self.resource.participants - {leaver} | {successor}
        roles = {successor if who == leaver else who: held for who, held in self.resource.object_roles.items()}
        return replace(self.resource, participants=participants, object_roles=roles)


async def anybody(work: Work, matter: Matter, staff_id: UUID) -> bool:
    """Let everybody have a matter who can go on with it."""
    return True


@dataclass(frozen=True)
class Holding:
    """One kind of matter: how to find it, what whoever has it must be able to do, and how it passes to somebody else.

    `loads` counts how many each of some people has. `move` puts a matter into a successor's hands, and gives False when
    it does not lie in the leaver's any more; it locks the case before what belongs to it, as other verbs do. `may_have`
    says whether a successor is barred for a reason of his own. What is kept `apart` is for nobody who handles its case.
    """

    name: str
    name_zh: str
    actions: tuple[str, ...]
    passes_on: Next
    find: Callable[[Work, UUID], Awaitable[Sequence[Matter]]]
    loads: Callable[[Work, Sequence[UUID]], Awaitable[Mapping[UUID, int]]]
    move: Callable[[Work, UUID, UUID, UUID], Awaitable[bool]]
    may_have: Callable[[Work, Matter, UUID], Awaitable[bool]] = anybody
    apart: bool = False


@dataclass(frozen=True)
class Leaving:
    """Which posts a person leaves at an instant; who leaves the service may keep nothing in hand at all.

    `home` is the path of the unit that a person moves away from: what lies there may not be left behind without powers.
    """

    staff_id: UUID
    posts: tuple[RoleHeld, ...]
    at: datetime
    for_good: bool = False
    home: str | None = None


HOLDINGS: dict[str, Holding] = {}


def add_holding(holding: Holding) -> Holding:
    """Let a higher room say what lies in a person's hands; import arrows stay downward."""
    HOLDINGS[holding.name] = holding
    return holding


def leaving_post(post: RoleAssignment, unit_path: str, ends: datetime) -> Leaving:
    """Describe the end of one post."""
    held = RoleHeld(post.role_code, post.unit_id, unit_path, post.valid_from, post.valid_to)
    return Leaving(post.staff_id, (held,), ends)


async def hold_person(work: Work, staff_id: UUID) -> None:
    """Let nothing be put into a person's hands, and let no post of his end elsewhere, until this Work has ended."""
    held = select(StaffMember.id).where(StaffMember.tenant_id == work.tenant, StaffMember.id == staff_id)
    await work.session.execute(held.with_for_update())


async def one_step_at_a_time(work: Work, staff_id: UUID) -> None:
    """Let hand-overs of one person begin and be accepted one after the other; what arrives meanwhile is not held up."""
    held = select(StaffMember.id).where(StaffMember.tenant_id == work.tenant, StaffMember.id == staff_id)
    await work.session.execute(held.with_for_update(key_share=True))


async def put_in_hands(work: Work, staff_id: UUID, *path: str) -> None:
    """Keep a person from leaving while something is put into his hands; refuse when he has left meanwhile."""
    held = (
        select(StaffMember)
        .where(StaffMember.tenant_id == work.tenant, StaffMember.id == staff_id)
        .with_for_update(read=True, key_share=True)
        .execution_options(populate_existing=True)
    )
    person = (await work.session.scalars(held)).one_or_none()
    if person is None or not person.active or await has_left(work, staff_id):
        raise not_found("member of staff", "工作人员", path, staff_id)


async def check_leaving(work: Work, leaving: Leaving) -> None:
    """Refuse the end of posts while a guard that the city places there is against it (NX-A6-2)."""
    await hold_person(work, leaving.staff_id)
    refusals = await against_leaving(work, leaving)
    if refusals:
        raise all_as_one(refusals)


async def against_leaving(work: Work, leaving: Leaving) -> tuple[Refusal, ...]:
    """Give what the guards that the city places at the end of a post have against it."""
    refusals = []
    for gate in work.profile.gates_at(END_ROLE):
        unmet = await LEAVING_GUARDS[gate.guard](work, leaving)
        if unmet is not None:
            refusals.append(refusal_of(gate, unmet))
    return tuple(refusals)


async def handover_accepted(work: Work, leaving: Leaving) -> Unmet | None:
    """A successor has all open work of the person: nothing is left that only these posts let him go on with."""
    left = await left_in_hand(work, leaving)
    return _still_in_hand(left) if left else None


LeavingGuard = Callable[[Work, Leaving], Awaitable[Unmet | None]]
LEAVING_GUARDS: Mapping[str, LeavingGuard] = {"HANDOVER_ACCEPTED": handover_accepted}
"""What may be placed at the end of a post, by the guard's name in profiles."""

InHand = list[tuple[Holding, list[Matter]]]


async def in_hand(work: Work, staff_id: UUID) -> InHand:
    """List everything in a person's hands, by kind."""
    found = [(holding, list(await holding.find(work, staff_id))) for holding in HOLDINGS.values()]
    return [(holding, matters) for holding, matters in found if matters]


async def left_in_hand(work: Work, leaving: Leaving) -> InHand:
    """List what lies in the person's hands that none but the posts he leaves let him go on with, by kind."""
    kept = await _other_posts(work, leaving)
    left: InHand = []
    for holding, found in await in_hand(work, leaving.staff_id):
        matters = [matter for matter in found if _stranded(work, leaving, kept, holding, matter)]
        if matters:
            left.append((holding, matters))
    return left


async def _other_posts(work: Work, leaving: Leaving) -> tuple[RoleHeld, ...]:
    at_the_end = await roles_held(work.session, work.tenant, leaving.staff_id, leaving.at)
    left = {(held.role_code, held.unit_id, held.valid_from) for held in leaving.posts}
    return tuple(held for held in at_the_end if (held.role_code, held.unit_id, held.valid_from) not in left)


def _stranded(work: Work, leaving: Leaving, kept: tuple[RoleHeld, ...], holding: Holding, matter: Matter) -> bool:
    """Say whether a matter lies with a post that is left, and none that stays lets the person go on with it there."""
    if leaving.for_good:
        return True
    path, held_now = str(matter.resource.unit_path), (*leaving.posts, *kept)
    over = [held for held in held_now if path.startswith(held.unit_path)]
    if leaving.home is None or not path.startswith(leaving.home):
        over = over or list(held_now)
        if not set(leaving.posts).intersection(over):
            return False
    stays = tuple(held for held in over if held not in leaving.posts)
    person = Actor(ActorKind.STAFF, work.tenant, str(leaving.staff_id), staff_id=leaving.staff_id, roles=stays)
    return not (stays and can_go_on(work, person, holding, matter.resource))


def can_go_on(work: Work, person: Actor, holding: Holding, resource: Resource) -> bool:
    """Say whether somebody's posts let him go on with a matter of a kind."""
    return any(decide(work.regulation.table, person, action, resource).allowed for action in holding.actions)


def _still_in_hand(left: InHand) -> Unmet:
    return Unmet(
        "Still in this person's hands: "
        + "; ".join(f"{len(matters)} {holding.name}(s) ({_named(matters)})" for holding, matters in left)
        + ". Hand them over first.",
        "该人员尚有在手事项未交接:"
        + ";".join(f"{holding.name_zh}{len(matters)}件({_named(matters)})" for holding, matters in left)
        + "。请先办理交接。",
        lawful_next=(HAND_OVER, *(holding.passes_on for holding, _ in left)),
        details={holding.name: len(matters) for holding, matters in left},
    )


def _named(matters: list[Matter]) -> str:
    shown = sorted({matter.case_no for matter in matters})
    return ", ".join(shown[:NAMED_AT_MOST]) + (" …" if len(shown) > NAMED_AT_MOST else "")
