"""What other rooms and the doors ask of the organisation: units, their line upward, and who holds which post when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from authz.actor import RoleHeld
from authz.rows import subtree
from casework.kernel.errors import not_found
from casework.kernel.sight import Sight
from casework.kernel.work import Work
from casework.organisation.models import OrgUnit, RoleAssignment, StaffMember, StaffRegistration
from tenants.profile import Profile


@dataclass(frozen=True)
class Post:
    """A unit and the people who hold an asked-for role in it at one instant."""

    unit: OrgUnit
    holders: tuple[StaffMember, ...]


def path_of(parent: OrgUnit | None, code: str) -> str:
    """Name the place of a unit in the tree: the codes from the root, each followed by a dot."""
    return f"{parent.path if parent else ''}{code}."


def paths_upward(path: str) -> tuple[str, ...]:
    """List the paths of a unit and of all units above it, the unit first and the root last."""
    codes = path.split(".")[:-1]
    return tuple(".".join(codes[:end]) + "." for end in range(len(codes), 0, -1))


def city_roles(profile: Profile, neutral: str) -> tuple[str, ...]:
    """List the city's own role codes that stand for a neutral role; inherited powers do not make one a holder."""
    named = tuple(role.code for role in profile.roles if neutral in role.neutral)
    return named or (neutral,)


def held_at(at: datetime) -> ColumnElement[bool]:
    """Hold a post at an instant: it has begun, and its end is not reached (S-X-13)."""
    return and_(
        RoleAssignment.valid_from <= at,
        or_(RoleAssignment.valid_to.is_(None), RoleAssignment.valid_to > at),
    )


def acts_at(at: datetime) -> ColumnElement[bool]:
    """Have the powers of a post at an instant: it is held, and registered where that is needed (ZZ-3-2, Q32)."""
    registered = RoleAssignment.registered_at <= at
    return and_(held_at(at), or_(RoleAssignment.needs_registration.is_(False), registered))


async def unit_by_id(work: Work, unit_id: UUID, *path: str) -> OrgUnit:
    """Give a unit of the city or refuse with NOT_FOUND."""
    return await work.load(OrgUnit, unit_id, "unit", "机构", *(path or ("unitId",)))


async def unit_by_code(work: Work, code: str) -> OrgUnit | None:
    """Find a unit of the city by its code."""
    query = select(OrgUnit).where(OrgUnit.tenant_id == work.tenant, OrgUnit.code == code)
    return (await work.session.scalars(query)).one_or_none()


async def unit_named(work: Work, code: str, *path: str) -> OrgUnit:
    """Give the unit with a code or refuse with NOT_FOUND at `path`."""
    unit = await unit_by_code(work, code)
    if unit is None:
        raise not_found("unit", "机构", path or ("unitCode",))
    return unit


async def units_below(work: Work, unit: OrgUnit) -> Sequence[OrgUnit]:
    """List a unit and every unit below it, parents before children."""
    inside = subtree(OrgUnit.path.expression, unit.path)
    query = select(OrgUnit).where(OrgUnit.tenant_id == work.tenant, inside).order_by(OrgUnit.path)
    return (await work.session.scalars(query)).all()


async def units_upward(work: Work, unit: OrgUnit) -> Sequence[OrgUnit]:
    """List a unit and every unit above it, the unit first and the root last."""
    query = (
        select(OrgUnit)
        .where(OrgUnit.tenant_id == work.tenant, OrgUnit.path.in_(paths_upward(unit.path)))
        .order_by(func.length(OrgUnit.path).desc())
    )
    return (await work.session.scalars(query)).all()


async def staff_by_id(work: Work, staff_id: UUID, *path: str) -> StaffMember:
    """Give a member of staff of the city or refuse with NOT_FOUND."""
    return await work.load(StaffMember, staff_id, "member of staff", "工作人员", *(path or ("staffId",)))


async def staff_by_code(work: Work, code: str) -> StaffMember | None:
    """Find a member of staff of the city by the code of the register."""
    query = select(StaffMember).where(StaffMember.tenant_id == work.tenant, StaffMember.code == code)
    return (await work.session.scalars(query)).one_or_none()


def end_unjudged(at: datetime) -> ColumnElement[bool]:
    """The end of a post was reached, and nobody has looked yet whether it may take effect."""
    return and_(RoleAssignment.valid_to <= at, RoleAssignment.judged_at.is_(None))


async def ends_unjudged(session: AsyncSession, tenant: str, staff_id: UUID, at: datetime) -> Sequence[UUID]:
    """List the posts of a person whose end was reached and not judged yet: the powers of an instant hang on it."""
    mine = (RoleAssignment.tenant_id == tenant, RoleAssignment.staff_id == staff_id, end_unjudged(at))
    return (await session.scalars(select(RoleAssignment.id).where(*mine).order_by(RoleAssignment.id))).all()


async def has_left(work: Work, staff_id: UUID) -> bool:
    """Say whether a person had a post and has none any more; somebody who never had one is new."""
    mine = select(RoleAssignment.id).where(RoleAssignment.tenant_id == work.tenant, RoleAssignment.staff_id == staff_id)
    had, has = exists(mine.where(RoleAssignment.valid_from <= work.now)), exists(mine.where(held_at(work.now)))
    return bool(await work.session.scalar(select(and_(had, ~has))))


async def roles_held(session: AsyncSession, tenant: str, staff_id: UUID, at: datetime) -> tuple[RoleHeld, ...]:
    """List the posts whose powers a person of the city has at an instant; nobody who left the service has any."""
    return (await held_and_waiting(session, tenant, staff_id, at))[0]


async def held_and_waiting(
    session: AsyncSession, tenant: str, staff_id: UUID, at: datetime
) -> tuple[tuple[RoleHeld, ...], tuple[RoleHeld, ...]]:
    """List the posts whose powers a person has at an instant, and those that wait for a registration to give any.

    It takes a session, not a Work, because a door asks it to find out who is acting, before any Work is open.
    """
    query = (
        select(RoleAssignment, OrgUnit.path, acts_at(at))
        .join(StaffMember, and_(StaffMember.tenant_id == tenant, StaffMember.id == RoleAssignment.staff_id))
        .join(OrgUnit, and_(OrgUnit.tenant_id == tenant, OrgUnit.id == RoleAssignment.unit_id))
        .where(
            RoleAssignment.tenant_id == tenant,
            RoleAssignment.staff_id == staff_id,
            StaffMember.active,
            held_at(at),
        )
        .order_by(OrgUnit.path, RoleAssignment.role_code, RoleAssignment.valid_from)
    )
    found = [
        (RoleHeld(post.role_code, post.unit_id, path, post.valid_from, post.valid_to), acts)
        for post, path, acts in (await session.execute(query)).all()
    ]
    return tuple(role for role, acts in found if acts), tuple(role for role, acts in found if not acts)


async def holders(
    work: Work, unit_id: UUID, role_codes: Sequence[str], at: datetime | None = None
) -> list[StaffMember]:
    """List the active staff who hold one of the city's roles in a unit, at an instant or now."""
    posts = await _posts(work, OrgUnit.id == unit_id, role_codes, at)
    return [person for post in posts for person in post.holders]


async def neutral_holders(work: Work, unit_id: UUID, neutral: str, at: datetime | None = None) -> list[StaffMember]:
    """List the active staff who hold a neutral role in a unit under the city's own names for it."""
    return await holders(work, unit_id, city_roles(work.profile, neutral), at)


async def posts_upward(work: Work, unit: OrgUnit, neutral: str, at: datetime | None = None) -> tuple[Post, ...]:
    """List who holds a neutral role in a unit and in the units above it, the nearest first, without vacant posts."""
    upward = OrgUnit.path.in_(paths_upward(unit.path))
    posts = await _posts(work, upward, city_roles(work.profile, neutral), at)
    return tuple(sorted(posts, key=lambda post: len(post.unit.path), reverse=True))


async def nearest_post(work: Work, unit: OrgUnit, neutral: str, at: datetime | None = None) -> Post | None:
    """Find who holds a neutral role in the unit itself or in the nearest unit above it."""
    posts = await posts_upward(work, unit, neutral, at)
    return posts[0] if posts else None


async def chain_of_command(work: Work, unit: OrgUnit, *neutral: str, at: datetime | None = None) -> tuple[Post, ...]:
    """List one post per named neutral role, in the order named: the nearest one at or above the unit.

    A role nobody holds on the way up is left out, so an escalation moves on to the next one of the city's chain.
    """
    found = [await nearest_post(work, unit, role, at) for role in neutral]
    return tuple(post for post in found if post is not None)


async def first_in_chain(work: Work, unit_id: UUID, profile: Profile) -> tuple[UUID, ...]:
    """Find the holders of the first role of the city's chain that somebody holds in the unit, else in the next unit up."""
    for unit in await units_upward(work, await unit_by_id(work, unit_id)):
        for role in profile.escalation.chain:
            people = await holders(work, unit.id, (role,))
            if people:
                return tuple(person.id for person in people)
    return ()


async def _posts(work: Work, where: ColumnElement[bool], role_codes: Sequence[str], at: datetime | None) -> list[Post]:
    query = (
        select(OrgUnit, StaffMember)
        .join(RoleAssignment, and_(RoleAssignment.tenant_id == work.tenant, RoleAssignment.unit_id == OrgUnit.id))
        .join(StaffMember, and_(StaffMember.tenant_id == work.tenant, StaffMember.id == RoleAssignment.staff_id))
        .where(
            OrgUnit.tenant_id == work.tenant,
            where,
            RoleAssignment.role_code.in_(role_codes),
            StaffMember.active,
            acts_at(at or work.now),
        )
        .order_by(OrgUnit.path, StaffMember.code)
    )
    # One person may hold two of the roles, an agent's and a helper's for instance, and is still one person.
    found: dict[UUID, tuple[OrgUnit, dict[UUID, StaffMember]]] = {}
    for unit, person in (await work.session.execute(query)).all():
        found.setdefault(unit.id, (unit, {}))[1][person.id] = person
    return [Post(unit, tuple(people.values())) for unit, people in found.values()]


def visible_posts(sight: Sight) -> ColumnElement[bool]:
    """The condition that a post is the actor's own, or one that he could give or end."""
    unit = exists(
        select(OrgUnit.id).where(
            OrgUnit.tenant_id == sight.tenant,
            OrgUnit.id == RoleAssignment.unit_id,
            sight.reaching("role.assign", unit_path=OrgUnit.path.expression, participant_of=None, applicant_id=None),
        )
    )
    return and_(RoleAssignment.tenant_id == sight.tenant, or_(sight.is_me(RoleAssignment.staff_id.expression), unit))


def visible_registrations(sight: Sight) -> ColumnElement[bool]:
    """The condition that a registration is the actor's own, or of a unit or a body that he answers for."""
    unit = exists(
        select(OrgUnit.id).where(
            OrgUnit.tenant_id == sight.tenant,
            OrgUnit.id.in_((StaffRegistration.unit_id, StaffRegistration.body_id)),
            sight.reaching("report.unit", unit_path=OrgUnit.path.expression, participant_of=None, applicant_id=None),
        )
    )
    own = sight.is_me(StaffRegistration.staff_id.expression)
    return and_(StaffRegistration.tenant_id == sight.tenant, or_(own, unit))


def in_unit_answered_for(sight: Sight, unit_id: InstrumentedAttribute[UUID]) -> ColumnElement[bool]:
    """The condition that a column names a unit which the actor answers for."""
    return exists(
        select(OrgUnit.id).where(
            OrgUnit.tenant_id == sight.tenant,
            OrgUnit.id == unit_id,
            sight.reaching("report.unit", unit_path=OrgUnit.path.expression, participant_of=None, applicant_id=None),
        )
    )


def in_unit_served_in(sight: Sight, unit_id: InstrumentedAttribute[UUID]) -> ColumnElement[bool]:
    """The condition that a column names a unit in which the actor holds a post."""
    return exists(
        select(RoleAssignment.id).where(
            RoleAssignment.tenant_id == sight.tenant,
            RoleAssignment.unit_id == unit_id,
            sight.is_me(RoleAssignment.staff_id.expression),
            held_at(sight.now),
        )
    )
