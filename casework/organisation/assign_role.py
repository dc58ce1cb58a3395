"""Give a person a post in a unit for a period (任职)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select

from authz.decide import Resource
from authz.table import PLATFORM_STAFF_ROLES
from casework.kernel.errors import Code, Refusal, invalid
from casework.kernel.work import Work
from casework.organisation.authority import TENANT_WIDE, require
from casework.organisation.events import RoleAssigned
from casework.organisation.models import Engagement, OrgUnit, RoleAssignment
from casework.organisation.queries import staff_by_id, unit_by_id
from casework.organisation.registers import registration_needed
from casework.organisation.registration import holds_registration
from tenants.profile import Profile, Role

ROLES_OVER_THE_CITY = frozenset({"TENANT_SUPERVISOR", *PLATFORM_STAFF_ROLES})
"""Neutral roles whose powers reach beyond their unit, so that no single unit hands them out."""


@dataclass(frozen=True)
class AssignRoleInput:
    """Who gets which role where and for how long; without a beginning it begins now, without an end it is open."""

    staff_id: UUID
    unit_id: UUID
    role_code: str
    engagement: Engagement = Engagement.FULL_TIME
    valid_from: datetime | None = None
    valid_to: datetime | None = None


async def assign_role(work: Work, given: AssignRoleInput) -> RoleAssignment:
    """Give a person a post, when the regulation knows the role for a unit of that tier."""
    unit = await unit_by_id(work, given.unit_id)
    require(work, "role.assign", Resource(unit_path=unit.path), "unitId")
    role = known_role(work.profile, given.role_code)
    if reaches_over_the_city(role):
        require(work, "role.assign", TENANT_WIDE, "roleCode")
    check_tier(role, unit)
    person = await staff_by_id(work, given.staff_id)
    if not person.active:
        raise invalid("This person has left the service.", "该工作人员已离岗。", "staffId")
    begins = given.valid_from or work.now
    check_period(begins, given.valid_to)
    await check_no_overlap(work, given, begins)
    needed = registration_needed(work.profile, unit.unit_type, given.role_code)
    registered = needed and await holds_registration(work, person.id, unit, given.role_code)
    post = work.add(
        RoleAssignment(
            staff_id=person.id,
            unit_id=unit.id,
            role_code=given.role_code,
            engagement=given.engagement,
            valid_from=begins,
            valid_to=given.valid_to,
            needs_registration=needed,
            registered_at=work.now if registered else None,
        )
    )
    await work.session.flush()
    rules = role.basis.rules if role else ()
    work.emit(RoleAssigned(post.id, person.id, unit.id, given.role_code, rules).told())
    return post


def known_role(profile: Profile, role_code: str) -> Role | None:
    """Find the city's role of this code; None is a role of the platform, which no regulation names."""
    if role_code in PLATFORM_STAFF_ROLES:
        return None
    found = next((role for role in profile.roles if role.code == role_code), None)
    if found is None:
        codes = ", ".join(sorted(role.code for role in profile.roles))
        raise invalid(
            f"The regulation knows no role {role_code!r}; it knows {codes}.",
            f"本地制度中没有“{role_code}”这一岗位。",
            "roleCode",
        )
    return found


def reaches_over_the_city(role: Role | None) -> bool:
    """Tell whether the powers of a role go beyond the unit it is held in."""
    return role is None or not ROLES_OVER_THE_CITY.isdisjoint(role.neutral)


def check_tier(role: Role | None, unit: OrgUnit) -> None:
    """Refuse a role at a tier for which the regulation does not provide it."""
    if role is not None and unit.tier not in role.tiers:
        raise invalid(
            f"The regulation provides the role {role.code} for {', '.join(role.tiers)}, not for {unit.tier}.",
            f"制度未在该层级设置“{role.zh}”岗位。",
            "roleCode",
            rules=role.basis.rules,
        )


def check_period(begins: datetime, ends: datetime | None) -> None:
    """Refuse a post that ends before it begins."""
    if ends is not None and ends <= begins:
        raise invalid("A post ends after it begins.", "任职截止时间须晚于起始时间。", "validTo")


async def check_no_overlap(work: Work, given: AssignRoleInput, begins: datetime) -> None:
    """Refuse a second assignment of the same role in the same unit for a time that the first one covers."""
    same = select(RoleAssignment.id).where(
        RoleAssignment.tenant_id == work.tenant,
        RoleAssignment.staff_id == given.staff_id,
        RoleAssignment.unit_id == given.unit_id,
        RoleAssignment.role_code == given.role_code,
        or_(RoleAssignment.valid_to.is_(None), RoleAssignment.valid_to > begins),
    )
    if given.valid_to is not None:
        same = same.where(RoleAssignment.valid_from < given.valid_to)
    if await work.session.scalar(same.limit(1)) is not None:
        raise Refusal(
            Code.CONFLICT,
            "This person already holds this role in this unit for that time.",
            "该人员在此期间已担任该岗位。",
            ("roleCode",),
        )
