"""Taking a person off duty or to another unit: never with anything in hand (NX-A6-2, default elsewhere)."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import or_, select

from authz.actor import RoleHeld
from authz.decide import Resource
from casework.kernel.errors import Code, Refusal
from casework.kernel.work import Work, check_version
from casework.organisation.assign_role import reaches_over_the_city
from casework.organisation.authority import TENANT_WIDE, require
from casework.organisation.duty_events import StaffDeactivated, StaffMoved
from casework.organisation.end_role import role_or_none, tell_end
from casework.organisation.handover import Leaving, check_leaving, hold_person
from casework.organisation.handovers import said
from casework.organisation.incidents import close_incidents
from casework.organisation.models import OrgUnit, RoleAssignment, StaffMember
from casework.organisation.queries import staff_by_id, unit_by_id

ASSIGN = "role.assign"


@dataclass(frozen=True)
class DeactivateStaff:
    """Who leaves the service, and why."""

    staff_id: UUID
    reason: str
    expected_version: int | None = None


@dataclass(frozen=True)
class MoveStaff:
    """Who goes to which unit, and why; posts there are given separately."""

    staff_id: UUID
    unit_id: UUID
    reason: str
    expected_version: int | None = None


async def deactivate_staff(work: Work, intent: DeactivateStaff) -> StaffMember:
    """Take a person off duty: every post ends now, once nothing at all is in hand."""
    person, unit = await _person(work, intent.staff_id, intent.expected_version, intent.reason)
    posts = await _held_posts(work, person.id)
    _require_all(work, posts, "staffId")
    await check_leaving(work, Leaving(person.id, _held(work, posts), work.now, for_good=True))
    await _end(work, posts, intent.reason.strip())
    person.active = False
    await work.session.flush()
    _keep_reason(work, person, intent.reason)
    work.emit(StaffDeactivated(person.id, unit.id).told())
    return person


async def move_staff(work: Work, intent: MoveStaff) -> StaffMember:
    """Give a person another home unit: the posts in the former one end now, once nothing that lies there is in hand."""
    person, unit = await _person(work, intent.staff_id, intent.expected_version, intent.reason)
    target = await unit_by_id(work, intent.unit_id)
    require(work, ASSIGN, Resource(unit_path=target.path), "unitId")
    if target.id == unit.id:
        raise Refusal(Code.CONFLICT, "This is the home unit already.", "该人员已在该机构。", ("unitId",))
    posts = [(post, place) for post, place in await _held_posts(work, person.id) if place.id == unit.id]
    _require_all(work, posts, "staffId")
    await check_leaving(work, Leaving(person.id, _held(work, posts), work.now, home=unit.path))
    await _end(work, posts, intent.reason.strip())
    person.unit_id = target.id
    await work.session.flush()
    _keep_reason(work, person, intent.reason)
    work.emit(StaffMoved(person.id, unit.id, target.id).told())
    return person


def _keep_reason(work: Work, person: StaffMember, reason: str) -> None:
    """Keep the reason where there is no post to write it to."""
    work.audit("staff.change_reason", "staff_member", person.id, reason=reason.strip())


Posts = Sequence[tuple[RoleAssignment, OrgUnit]]


async def _person(work: Work, staff_id: UUID, expected: int | None, reason: str) -> tuple[StaffMember, OrgUnit]:
    """Load the person for a change of his entry by those who give posts in his unit."""
    person = await staff_by_id(work, staff_id)
    unit = await unit_by_id(work, person.unit_id)
    require(work, ASSIGN, Resource(unit_path=unit.path), "staffId")
    check_version(person, expected)
    if not person.active:
        raise Refusal(Code.CONFLICT, "This person has left the service.", "该工作人员已离岗。", ("staffId",))
    said(reason, "reason")
    if person.id == work.actor.staff_id:
        # Nobody puts himself out by a wrong click: what he has in hand is looked at by somebody else as well.
        raise Refusal(
            Code.SEPARATION_OF_DUTIES, "Somebody else takes you off duty or moves you.",
            "本人不得为自己办理离岗或调动,请由上级办理。", ("staffId",),
        )  # fmt: skip
    return person, unit


async def _held_posts(work: Work, staff_id: UUID) -> Posts:
    """Hold the posts and then the person, as whoever ends one post does, and list them once no other can be given."""
    await _open_posts(work, staff_id)
    await hold_person(work, staff_id)
    return await _open_posts(work, staff_id)


async def _open_posts(work: Work, staff_id: UUID) -> Posts:
    """List the posts that are held now or are still to begin."""
    query = (
        select(RoleAssignment, OrgUnit)
        .join(OrgUnit, (OrgUnit.tenant_id == RoleAssignment.tenant_id) & (OrgUnit.id == RoleAssignment.unit_id))
        .where(
            RoleAssignment.tenant_id == work.tenant,
            RoleAssignment.staff_id == staff_id,
            or_(RoleAssignment.valid_to.is_(None), RoleAssignment.valid_to > work.now),
        )
        .order_by(RoleAssignment.id)
        .with_for_update(of=RoleAssignment)
        .execution_options(populate_existing=True)
    )
    return [(post, unit) for post, unit in (await work.session.execute(query)).all()]


def _require_all(work: Work, posts: Posts, *path: str) -> None:
    """Demand that the actor could end each of the posts."""
    for post, unit in posts:
        require(work, ASSIGN, Resource(unit_path=unit.path), *path)
        if reaches_over_the_city(role_or_none(work.profile, post.role_code)):
            require(work, ASSIGN, TENANT_WIDE, *path)


def _held(work: Work, posts: Posts) -> tuple[RoleHeld, ...]:
    return tuple(
        RoleHeld(post.role_code, post.unit_id, unit.path, post.valid_from, post.valid_to)
        for post, unit in posts
        if post.valid_from <= work.now
    )


async def _end(work: Work, posts: Posts, reason: str) -> None:
    for post, unit in posts:
        post.valid_to, post.end_reason, post.judged_at = max(work.now, post.valid_from), reason, work.now
        await work.session.flush()
        await close_incidents(work, post)
        await tell_end(work, post, unit)
