"""Loads the demonstration office: one transaction per city, nothing where the city has an office already."""

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import psycopg
from psycopg import sql
from sqlalchemy import NullPool, create_engine

from bangban.demo.applicants import Register
from bangban.demo.blueprint import blueprint_of, tenants_planned
from bangban.demo.bulk import DIALECT, Row, insert_rows
from bangban.demo.calendar import calendar_rows
from bangban.demo.catalogue import Shelf
from bangban.demo.divisions import divisions_of
from bangban.demo.identity import DEFAULT_SEED, OPENED, Source
from bangban.demo.staff import Roster
from bangban.demo.units import Forest
from casework.cases.models import Applicant
from casework.catalogue.models import (
    CatalogueEntry,
    CatalogueList,
    ItemNameTail,
    MaterialRequirement,
    ServiceItem,
    ServiceItemVersion,
)
from casework.deadlines.models import CalendarDay
from casework.kernel.models import TenantRow
from casework.kernel.search import filling, to_fill
from casework.kernel.tenancy import TENANT_CODE
from casework.organisation.models import OrgUnit, RoleAssignment, ServicePoint, StaffMember, UnitNameTail
from tenants.loader import PROFILES, load_profile
from tenants.profile import Profile

LOADING = 0x62616E6A
"""Key of the advisory lock under which one process at a time loads a demonstration."""

Progress = Callable[[str, int, int], None]
"""Told after every table: the city, the tables done, and the tables in all."""


class Wiring(Protocol):
    """What loading needs of the wired program; the vault must be open."""

    @property
    def app_url(self) -> str:
        """SQLAlchemy URL of the role that the program works under."""
        ...


@dataclass(frozen=True)
class CityReport:
    """What was loaded for one city; an office that was there already is left as it is."""

    tenant: str
    skipped: bool
    rows: Mapping[str, int]


@dataclass(frozen=True)
class DemoReport:
    """What a load did, and how long it took in seconds."""

    cities: tuple[CityReport, ...]
    seconds: float

    @property
    def total(self) -> int:
        """The number of rows loaded in all cities."""
        return sum(sum(city.rows.values()) for city in self.cities)


def load(
    wiring: Wiring,
    scale: float = 1.0,
    seed: int = DEFAULT_SEED,
    progress: Progress | None = None,
    cities: Collection[str] | None = None,
) -> DemoReport:
    """Load the cities that have a blueprint, or the named ones of them, through the program's own database role."""
    started = time.monotonic()
    told = progress or (lambda city, done, total: None)
    engine = create_engine(wiring.app_url, poolclass=NullPool)
    reports = []
    try:
        for tenant in _chosen(cities):
            # A connection per city: the checks of foreign keys keep the first plan that a connection makes for them,
            # and one made for the small tables of the first city is slow for the large ones of another.
            with engine.connect() as lent:
                connection: psycopg.Connection[Any] = lent.connection.driver_connection  # type: ignore[assignment]
                reports.append(_load_city(connection, tenant, scale, seed, told))
    finally:
        engine.dispose()
    return DemoReport(tuple(reports), time.monotonic() - started)


def _chosen(cities: Collection[str] | None) -> Iterable[str]:
    planned = tenants_planned()
    if cities is None:
        return planned
    unknown = sorted(set(cities) - set(planned))
    if unknown:
        raise KeyError(f"no demonstration office for {', '.join(unknown)}; there are {', '.join(planned)}")
    return tuple(tenant for tenant in planned if tenant in cities)


def _load_city(connection: psycopg.Connection[Any], tenant: str, scale: float, seed: int, told: Progress) -> CityReport:
    if not TENANT_CODE.fullmatch(tenant):
        raise ValueError("not a tenant code")
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [LOADING])
        # SET LOCAL as a statement, because a distributed PostgreSQL passes on only this form.
        connection.execute(sql.SQL("SET LOCAL app.tenant_id = {}").format(sql.Literal(tenant)))
        if connection.execute("SELECT 1 FROM org_unit WHERE tenant_id = %s LIMIT 1", [tenant]).fetchone():
            told(tenant, 1, 1)
            return CityReport(tenant, skipped=True, rows={})
        profile = load_profile(PROFILES / f"{tenant}.yaml")
        tables = list(city_rows(profile, scale, Source(seed, tenant)))
        counts = {}
        for done, (kind, rows) in enumerate(tables, start=1):
            counts[kind.__tablename__] = insert_rows(connection, kind, tenant, rows)
            told(tenant, done, len(tables))
        make_findable(connection, tenant)
    return CityReport(tenant, skipped=False, rows=counts)


def make_findable(connection: psycopg.Connection[Any], tenant: str) -> None:
    """Let those units and items of a city be found by their names that cannot be found yet."""
    for kind in (UnitNameTail, ItemNameTail):
        names = sql.SQL(
            "SELECT id, name_zh FROM {} named WHERE tenant_id = %s AND NOT EXISTS "
            "(SELECT FROM {} tail WHERE tail.tenant_id = named.tenant_id AND tail.{} = named.id) ORDER BY id"
        ).format(*map(sql.Identifier, (kind.named.__tablename__, kind.__tablename__, kind.owner)))
        found = connection.execute(names, [tenant]).fetchall()
        connection.execute(str(filling(kind).compile(dialect=DIALECT)), to_fill(tenant, OPENED, found))


def city_rows(profile: Profile, scale: float, source: Source) -> Iterator[tuple[type[TenantRow], Iterable[Row]]]:
    """Make all rows of a city's office, table by table in an order in which every key finds its row."""
    blueprint = blueprint_of(profile.tenant)
    divisions = divisions_of(profile.tenant, scale)
    forest = Forest(profile, blueprint, source)
    units = forest.units(divisions)
    roster = Roster(blueprint, source)
    roster.fill(units)
    shelf = Shelf(profile, blueprint, source, units)
    yield OrgUnit, forest.rows(units)
    yield StaffMember, roster.staff
    yield RoleAssignment, roster.posts
    yield ServicePoint, roster.windows
    yield ServiceItem, shelf.item_rows()
    yield ServiceItemVersion, shelf.version_rows()
    yield MaterialRequirement, shelf.requirement_rows()
    yield CatalogueList, shelf.list_rows()
    yield CatalogueEntry, shelf.entry_rows()
    yield CalendarDay, calendar_rows(profile, source)
    yield Applicant, Register(profile, blueprint, source, divisions).rows(scale)
