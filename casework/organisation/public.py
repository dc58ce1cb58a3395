"""What everybody may read of units and staff without saying who he is, as far as the city's text opens it (公示)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from sqlalchemy import ColumnElement, and_, false, or_, select, true

from casework.kernel.work import Work
from casework.organisation.models import OrgUnit, RoleAssignment, StaffMember
from casework.organisation.queries import acts_at
from tenants.profile import Profile, Role

UNITS: Mapping[str, ColumnElement[bool]] = MappingProxyType(
    {"org_structure": true(), "supervision_channels": OrgUnit.kind == "SUPERVISION"}
)
"""Which units a city opens, by the names of its public queries (TA-5-5, CH-2.3-4, NX-6-3)."""

DIRECTORIES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"staff_directory_township_village": ("TOWNSHIP", "VILLAGE")}
)
"""At which tiers a city publishes its staff, by the names of its public queries (TA-6-27, TA-5-7)."""

TIER_OF_TEAM: Mapping[str, str] = MappingProxyType(
    {
        "city_full_time_team": "CITY",
        "county_full_time_team": "COUNTY",
        "township_team": "TOWNSHIP",
        "village_team": "VILLAGE",
    }
)
"""Of which tier a team is to whom a text gives duties."""


@dataclass(frozen=True)
class PageAfter:
    """How many of a list are read, from behind which code on."""

    most: int
    after: str | None = None


@dataclass(frozen=True)
class OpenPost:
    """A person as the public finds him: name, role, work telephone; nothing private is kept of staff (Q97)."""

    name: str
    roles: tuple[Role, ...]
    post: str | None
    work_phone: str | None


def open_units(profile: Profile) -> ColumnElement[bool]:
    """The condition that a unit is open to the public."""
    opened = [UNITS[name] for name in profile.publicity.public_queries if name in UNITS]
    return or_(*opened) if opened else false()


def shows_staff(profile: Profile, tier: str) -> bool:
    """Tell whether the city publishes the staff of a tier."""
    return any(tier in DIRECTORIES.get(name, ()) for name in profile.publicity.public_queries)


def duties_at(profile: Profile, tier: str) -> tuple[str, ...]:
    """List the duties that the text gives the staff of a tier, where the city publishes them (TA-5-7)."""
    if not shows_staff(profile, tier):
        return ()
    return tuple(
        duty for each in profile.role_duties if TIER_OF_TEAM.get(each.role_group) == tier for duty in each.duties_zh
    )


async def open_unit_named(work: Work, code: str) -> OrgUnit | None:
    """Find an open unit by its code."""
    query = select(OrgUnit).where(OrgUnit.tenant_id == work.tenant, OrgUnit.code == code, open_units(work.profile))
    return (await work.session.scalars(query)).one_or_none()


async def open_units_below(work: Work, code: str | None, page: PageAfter) -> Sequence[OrgUnit]:
    """List the open units right below a unit, or the ones on top, by code."""
    above = OrgUnit.__table__.alias("above")
    parent = select(above.c.id).where(above.c.tenant_id == work.tenant, above.c.code == code).scalar_subquery()
    placed = OrgUnit.parent_id.is_(None) if code is None else OrgUnit.parent_id == parent
    query = select(OrgUnit).where(OrgUnit.tenant_id == work.tenant, placed, open_units(work.profile))
    behind = query if page.after is None else query.where(OrgUnit.code > page.after)
    return (await work.session.scalars(behind.order_by(OrgUnit.code).limit(page.most))).all()


async def open_staff(work: Work, unit: OrgUnit) -> list[OpenPost]:
    """List who serves in a unit now, where the city publishes that (TA-6-27)."""
    if not shows_staff(work.profile, unit.tier):
        return []
    query = (
        select(StaffMember, RoleAssignment.role_code)
        .join(
            RoleAssignment,
            and_(RoleAssignment.tenant_id == work.tenant, RoleAssignment.staff_id == StaffMember.id),
        )
        .where(
            StaffMember.tenant_id == work.tenant,
            StaffMember.active,
            RoleAssignment.unit_id == unit.id,
            acts_at(work.now),
        )
        .order_by(StaffMember.code, RoleAssignment.role_code)
    )
    known = {role.code: role for role in work.profile.roles}
    people: dict[str, tuple[StaffMember, list[Role]]] = {}
    for person, role_code in (await work.session.execute(query)).all():
        if role_code in known:
            people.setdefault(person.code, (person, []))[1].append(known[role_code])
    return [OpenPost(person.name, tuple(roles), person.post, person.work_phone) for person, roles in people.values()]
