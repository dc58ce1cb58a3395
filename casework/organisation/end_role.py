"""End a post: its powers are gone from that instant on, whatever token the person still carries (S-X-13)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from authz.decide import Resource
from casework.kernel.errors import Code, Refusal, invalid
from casework.kernel.work import Work, check_version
from casework.organisation.assign_role import reaches_over_the_city
from casework.organisation.authority import TENANT_WIDE, require
from casework.organisation.events import PostFellVacant, RoleEnded
from casework.organisation.handover import check_leaving, leaving_post
from casework.organisation.incidents import close_incidents
from casework.organisation.models import OrgUnit, RoleAssignment
from casework.organisation.queries import holders, unit_by_id
from tenants.profile import Profile, Role


@dataclass(frozen=True)
class EndRoleInput:
    """Which post ends, why, and when; without an instant it ends now."""

    assignment_id: UUID
    reason: str
    ends_at: datetime | None = None
    expected_version: int | None = None


async def end_role(work: Work, given: EndRoleInput) -> RoleAssignment:
    """Set the end of a post; it is kept as history, and a post left without holder is reported (TA-6-30, NX-6-7)."""
    post = await work.load(RoleAssignment, given.assignment_id, "post", "任职", "roleAssignmentId", lock=True)
    unit = await unit_by_id(work, post.unit_id)
    require(work, "role.assign", Resource(unit_path=unit.path), "roleAssignmentId")
    role = role_or_none(work.profile, post.role_code)
    if reaches_over_the_city(role):
        require(work, "role.assign", TENANT_WIDE, "roleAssignmentId")
    check_version(post, given.expected_version)
    check_end(work, post, given.ends_at or work.now, given.reason)
    # A post that has not begun is called off: it ends as it begins, and was never held.
    ends = max(given.ends_at or work.now, post.valid_from)
    if post.valid_from <= work.now:
        await check_leaving(work, leaving_post(post, unit.path, ends))
    post.valid_to, post.end_reason, post.put_off_from = ends, given.reason.strip(), None
    # An end that is still to come is judged again when it takes effect (settle_end).
    post.judged_at = work.now if ends <= work.now or post.valid_from > work.now else None
    await work.session.flush()
    if post.judged_at is not None:
        await close_incidents(work, post)
    await tell_end(work, post, unit)
    return post


async def tell_end(work: Work, post: RoleAssignment, unit: OrgUnit) -> None:
    """Tell that a post has an end, and that it falls vacant when nobody else holds it there by then."""
    role, ends = role_or_none(work.profile, post.role_code), post.valid_to or work.now
    rules = role.basis.rules if role else ()
    work.emit(RoleEnded(post.id, post.staff_id, unit.id, post.role_code, ends.isoformat(), rules).told())
    if not await holders(work, unit.id, (post.role_code,), ends):
        work.emit(
            PostFellVacant(
                unit.id, post.role_code, ends.isoformat(), vacancy_rules(work.profile, unit.unit_type)
            ).told()
        )


def role_or_none(profile: Profile, role_code: str) -> Role | None:
    """Find the city's role of this code, if the revision in force still has it."""
    return next((role for role in profile.roles if role.code == role_code), None)


def check_end(work: Work, post: RoleAssignment, ends: datetime, reason: str) -> None:
    """Refuse an end without reason, in the past, or of a post that is over."""
    if not reason.strip():
        raise invalid("Say why the post ends.", "请填写离任原因。", "reason")
    if post.valid_to is not None and post.valid_to <= work.now:
        raise Refusal(Code.CONFLICT, "This post has ended already.", "该任职已结束。", ("roleAssignmentId",))
    if ends < work.now:
        raise invalid(
            "A post cannot end in the past: what was done since then stands.", "离任时间不得早于当前时间。", "endsAt"
        )


def vacancy_rules(profile: Profile, unit_type: str) -> tuple[str, ...]:
    """Name the rules by which a register must fill a vacancy in a unit of this kind (TA-6-30)."""
    return tuple(
        rule
        for register in profile.registers
        if register.on_vacancy is not None and unit_type in register.covers
        for rule in register.basis.rules
    )
