"""Small cities on a real database, each a tenant of its own, for tests of the rooms that keep units and lists."""

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar
from uuid import UUID, uuid4

from sqlalchemy import select

from authz.actor import Actor, ActorKind
from bangban.connections import Connections
from casework.kernel.database import Database
from casework.kernel.models import TenantRow
from casework.kernel.outbox import OutboxEvent
from casework.kernel.vault import Vault, open_vault
from casework.kernel.work import Office, Work
from casework.organisation.assign_role import AssignRoleInput, assign_role
from casework.organisation.models import OrgUnit, RoleAssignment, StaffMember
from casework.organisation.open_unit import OpenUnitInput, open_unit
from casework.organisation.queries import roles_held
from casework.organisation.register_staff import RegisterStaffInput, register_staff
from casework.regulation.publish import publish
from casework.regulation.shelf import Shelf
from tenants.loader import PROFILES, load_profile
from tenants.profile import Profile

Row = TypeVar("Row", bound=TenantRow)
OPENING = datetime(2024, 9, 2, 1, tzinfo=UTC)

TREES: dict[str, tuple[tuple[str, str, str, str | None], ...]] = {
    "taian": (
        ("city", "city_service_unit", "CITY", None),
        ("desk", "settled_department", "CITY", "city"),
        ("county", "county_service_unit", "COUNTY", "city"),
        ("township", "township_window", "TOWNSHIP", "county"),
        ("village", "village_station", "VILLAGE", "township"),
        ("county2", "county_service_unit", "COUNTY", "city"),
    ),
    "neixiang": (
        ("office", "county_office", "COUNTY", None),
        ("bureau", "functional_department", "COUNTY", "office"),
        ("township", "township", "TOWNSHIP", "office"),
        ("village", "village", "VILLAGE", "township"),
        ("group", "group", "GROUP", "village"),
    ),
    "chaonan": (
        ("district", "district_centre", "DISTRICT", None),
        ("desk", "approval_unit", "DISTRICT", "district"),
        ("town", "township_centre", "TOWNSHIP", "district"),
    ),
    "pingxiang": (("centre", "city_centre", "CITY", None), ("desk", "settled_department", "CITY", "centre")),
    "zaozhuang": (("centre", "citizen_centre", "VENUE", None), ("desk", "settled_department", "VENUE", "centre")),
}


@dataclass
class SetClock:
    """A clock that stands where the test has put it."""

    instant: datetime = OPENING

    def now(self) -> datetime:
        return self.instant


@cache
def shipped(city: str) -> Profile:
    """The profile of a city as it comes with the program."""
    return load_profile(PROFILES / f"{city}.yaml")


@dataclass
class City:
    """One tenant with its units, its people and a clock that the test sets."""

    office: Office
    clock: SetClock
    tenant: str
    units: dict[str, OrgUnit] = field(default_factory=dict)
    people: dict[str, StaffMember] = field(default_factory=dict)

    @property
    def operator(self) -> Actor:
        return Actor.system(self.tenant, "operator")

    @asynccontextmanager
    async def work(self, who: str | None = None) -> AsyncIterator[Work]:
        """Open a Work as one of the people, or as the operator."""
        async with self.office.open(await self.actor(who) if who else self.operator) as work:
            yield work

    async def actor(self, who: str) -> Actor:
        """One of the people with the roles held at this instant, as a door would find them."""
        person = self.people[who]
        async with self.office.open(self.operator) as work:
            roles = await roles_held(work.session, self.tenant, person.id, work.now)
        return Actor(ActorKind.STAFF, self.tenant, who, staff_id=person.id, roles=roles)

    async def build(self, tree: Sequence[tuple[str, str, str, str | None]]) -> None:
        """Open the units of a tree, parents first."""
        async with self.work() as work:
            for code, unit_type, tier, parent in tree:
                parent_id = self.units[parent].id if parent else None
                given = OpenUnitInput(code, f"{code}机构", unit_type, tier, parent_id, settled=code == "desk")
                self.units[code] = await open_unit(work, given)

    async def hire(self, who: str, unit: str, *roles: str, until: datetime | None = None) -> list[RoleAssignment]:
        """Register a person in a unit and give the posts."""
        async with self.work() as work:
            unit_id = self.units[unit].id
            person = await register_staff(work, RegisterStaffInput(who, f"{who}同志", unit_id))
            self.people[who] = person
            given = [AssignRoleInput(person.id, unit_id, role, valid_to=until) for role in roles]
            return [await assign_role(work, post) for post in given]

    async def events(self, aggregate_id: UUID) -> list[OutboxEvent]:
        """What was told about an object, in order."""
        told = await self.rows(OutboxEvent, OutboxEvent.aggregate_id == aggregate_id)
        return sorted(told, key=lambda event: event.id)

    async def rows(self, kind: type[Row], *where: Any) -> list[Row]:
        """Rows of this tenant."""
        async with self.work() as work:
            query = select(kind).where(kind.tenant_id == self.tenant, *where)
            return list((await work.session.scalars(query)).all())


Found = Callable[[str], Awaitable[City]]


@asynccontextmanager
async def founding(database: Connections) -> AsyncIterator[Found]:
    """Give the way to found a city by the profile of a shipped one, with a unit of every kind."""
    key = hashlib.sha256(b"test").digest()
    open_vault(Vault({1: key}, 1, key))
    pool = Database.connect(database.app_url, pool_size=4)

    async def found(name: str) -> City:
        clock = SetClock()
        profile = shipped(name).model_copy(update={"tenant": f"{name}-{uuid4().hex[:8]}"})
        await publish(pool, clock, profile, "test")
        city = City(Office(pool, clock, Shelf()), clock, profile.tenant)
        await city.build(TREES[name])
        return city

    yield found
    await pool.close()
