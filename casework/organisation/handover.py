"""Matters in hand: what a person still answers for, and who may not leave a post before somebody else has it (在手事项交接).

The organisation knows no cases; each higher room registers what it lets lie in somebody's hands.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Matter:
    """One matter in a person's hands: the number of its case, where it lies, and the department whose item it is."""

    case_no: str
    resource: Resource
    department_id: UUID | None = None


@dataclass(frozen=True)
class Holding:
    """One kind of matter: how to find it, what whoever has it must be able to do, and how it passes to somebody else."""

    name: str
    name_zh: str
    actions: tuple[str, ...]
    passes_on: Next
    find: Callable[[Work, UUID], Awaitable[Sequence[Matter]]]


HOLDINGS: dict[str, Holding] = {}


def add_holding(holding: Holding) -> Holding:
    """Let a higher room say what lies in a person's hands; import arrows stay downward."""
    HOLDINGS[holding.name] = holding
    return holding


async def hold_person(work: Work, staff_id: UUID) -> None:
    """Let nothing be put into a person's hands, and let no post of his end elsewhere, until this Work has ended."""
    held = select(StaffMember.id).where(StaffMember.tenant_id == work.tenant, StaffMember.id == staff_id)
    await work.session.execute(held.with_for_update())


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


async def check_leaving(work: Work, post: RoleAssignment, unit_path: str, ends: datetime) -> None:
    """Refuse the end of a post while a guard that the city places there is against it (NX-A6-2)."""
    await hold_person(work, post.staff_id)
    refusals = await against_leaving(work, post, unit_path, ends)
    if refusals:
        raise all_as_one(refusals)


async def against_leaving(work: Work, post: RoleAssignment, unit_path: str, ends: datetime) -> tuple[Refusal, ...]:
    """Give what the guards that the city places at the end of a post have against it."""
    refusals = []
    for gate in work.profile.gates_at(END_ROLE):
        unmet = await LEAVING_GUARDS[gate.guard](work, post, unit_path, ends)
        if unmet is not None:
            refusals.append(refusal_of(gate, unmet))
    return tuple(refusals)


async def handover_accepted(work: Work, post: RoleAssignment, unit_path: str, ends: datetime) -> Unmet | None:
    """A successor has all open work of the person: nothing is left that only this post lets him go on with."""
    left = await left_in_hand(work, post, unit_path, ends)
    return _still_in_hand(left) if left else None


async def left_in_hand(
    work: Work, post: RoleAssignment, unit_path: str, ends: datetime
) -> list[tuple[Holding, list[Matter]]]:
    """List what lies in the person's hands that none but this post lets him go on with, by kind."""
    leaving = RoleHeld(post.role_code, post.unit_id, unit_path, post.valid_from, post.valid_to)
    kept = await _other_posts(work, post, ends)
    left: list[tuple[Holding, list[Matter]]] = []
    for holding in HOLDINGS.values():
        found = await holding.find(work, post.staff_id)
        matters = [matter for matter in found if _stranded(work, post.staff_id, leaving, kept, holding, matter)]
        if matters:
            left.append((holding, matters))
    return left


LeavingGuard = Callable[[Work, RoleAssignment, str, datetime], Awaitable[Unmet | None]]
LEAVING_GUARDS: Mapping[str, LeavingGuard] = {"HANDOVER_ACCEPTED": handover_accepted}
"""What may be placed at the end of a post, by the guard's name in profiles."""


async def _other_posts(work: Work, post: RoleAssignment, ends: datetime) -> tuple[RoleHeld, ...]:
    at_the_end = await roles_held(work.session, work.tenant, post.staff_id, ends)
    this = (post.role_code, post.unit_id, post.valid_from)
    return tuple(held for held in at_the_end if (held.role_code, held.unit_id, held.valid_from) != this)


def _stranded(
    work: Work, staff_id: UUID, leaving: RoleHeld, kept: tuple[RoleHeld, ...], holding: Holding, matter: Matter
) -> bool:
    """Say whether a matter lies with the post that ends, and none that stays lets the person go on with it there."""
    path = str(matter.resource.unit_path)
    over = [held for held in (leaving, *kept) if path.startswith(held.unit_path)] or [leaving, *kept]
    if leaving not in over:
        return False
    stays = tuple(held for held in over if held != leaving)
    if not stays:
        return True
    person = Actor(ActorKind.STAFF, work.tenant, str(staff_id), staff_id=staff_id, roles=stays)
    return not any(decide(work.regulation.table, person, action, matter.resource).allowed for action in holding.actions)


def _still_in_hand(left: list[tuple[Holding, list[Matter]]]) -> Unmet:
    return Unmet(
        "Still in this person's hands: "
        + "; ".join(f"{len(matters)} {holding.name}(s) ({_named(matters)})" for holding, matters in left)
        + ". Hand them over first.",
        "该人员尚有在手事项未交接:"
        + ";".join(f"{holding.name_zh}{len(matters)}件({_named(matters)})" for holding, matters in left)
        + "。请先办理交接。",
        lawful_next=tuple(holding.passes_on for holding, _ in left),
        details={holding.name: len(matters) for holding, matters in left},
    )


def _named(matters: list[Matter]) -> str:
    shown = sorted({matter.case_no for matter in matters})
    return ", ".join(shown[:NAMED_AT_MOST]) + (" …" if len(shown) > NAMED_AT_MOST else "")
