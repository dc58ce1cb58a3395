"""Rows for the proof: every table that the API reads, every state, every column once without a value.

Half of the rows have the same id in all cities, because a statement that forgot the tenant is noticed only where another
city has a row under the same id. No foreign key leaves a city, so such rows point to other things in each of them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from random import Random
from typing import Any
from uuid import UUID, uuid5

import psycopg
from psycopg import sql
from psycopg.rows import dict_row
from sqlalchemy import Boolean, Column, Date, DateTime, Integer, LargeBinary, Table, Uuid
from sqlalchemy import Enum as SqlEnum
from sqlalchemy.dialects.postgresql import ARRAY

from bangban.connections import Connections
from bangban.demo.bulk import insert_rows
from bangban.demo.loading import make_findable
from bench.equality.columns import SPECIAL
from casework.kernel.models import Base
from casework.regulation.models import ProfileRevision
from migrations.tables import metadata
from tenants.loader import PROFILES, load_profile, shipped_profiles
from tenants.profile import Profile

NAMES = UUID("8b1d0a52-6a70-4a0e-9d52-5f3c0b7a9e11")
NOW = datetime(2024, 9, 3, 2, 30, 0, 500_000, UTC)
CITIES = tuple(path.stem for path in shipped_profiles())[:3]
FRACTIONS = (0, 0, 0, 500_000, 120_000, 123_450, 1, 999_999, 100)
"""Parts of a second: none, and such as end in zeros."""
COUNTS: Mapping[str, int] = {
    "org_unit": 18,
    "staff_member": 16,
    "role_assignment": 30,
    "staff_registration": 20,
    "handover_incident": 20,
    "duty_handover": 20,
    "team": 14,
    "team_member": 40,
    "training_plan": 10,
    "training_session": 20,
    "training_result": 40,
    "commendation": 20,
    "assessment_scheme": 8,
    "assessment": 24,
    "assessment_decision": 12,
    "applicant": 10,
    "service_item": 8,
    "service_item_version": 16,
    "material_requirement": 24,
    "guide": 12,
    "guide_item": 20,
    "guide_version": 20,
    "guide_basis": 24,
    "guide_review": 16,
    "calendar_day": 12,
    "extra_shift": 20,
    "service_request": 20,
    "service_case": 36,
    "case_participant": 50,
    "case_step": 80,
    "timer": 70,
    "one_time_notice": 40,
    "gap_notice": 30,
    "material_item": 60,
    "document": 40,
    "signature": 60,
    "mandate": 24,
    "filing": 40,
    "delivery": 30,
    "explanation_notice": 30,
    "relay_leg": 30,
    "custody_transfer": 30,
    "custody_item": 40,
    "evaluation": 24,
    "callback": 30,
    "handover_item": 60,
    "notification": 60,
    "case_tally": 160,
}
"""How many rows of each table, in an order in which every key finds its row."""


@dataclass
class Town:
    """One city in the making: its chance, its law, and the rows that it has so far."""

    tenant: str
    chance: Random
    profile: Profile
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def one(self, table: str) -> dict[str, Any]:
        """Choose a row of a table."""
        return self.chance.choice(self.rows[table])

    def instant(self) -> datetime:
        """Choose an instant of the last and the next days."""
        seconds = self.chance.randint(-40 * 86_400, 5 * 86_400)
        return (NOW + timedelta(seconds=seconds)).replace(microsecond=self.chance.choice(FRACTIONS))

    def text(self) -> str:
        """Choose a text, among them such as need care when they are written."""
        words = ("", "窗口", 'says "no"', "back\\slash", "a\nb", "100% _sure/", "𠮷野", "é", "{1,2}", "null", "O'Neil")
        return " ".join(self.chance.sample(words, self.chance.randint(1, 3)))


def settle(connections: Connections, seed: int = 1, times: int = 1, cities: Sequence[str] = CITIES) -> list[Town]:
    """Give each city its rows, through the program's own role; the profiles must be published and the vault open."""
    towns = []
    for tenant in cities:
        with psycopg.connect(connections.dsn("app")) as connection:
            towns.append(_settle_city(connection, tenant, seed, times))
    with psycopg.connect(connections.administrator, autocommit=True) as administrator:
        administrator.execute("ANALYZE")
    return towns


def _settle_city(connection: psycopg.Connection[Any], tenant: str, seed: int, times: int) -> Town:
    connection.execute(sql.SQL("SET LOCAL app.tenant_id = {}").format(sql.Literal(tenant)))
    town = Town(tenant, Random(f"{seed}:{tenant}"), load_profile(PROFILES / f"{tenant}.yaml"))
    town.rows["profile_revision"] = _revisions(connection, tenant)
    for name, count in COUNTS.items():
        town.rows[name] = []
        for number in range(count * times if name in GROWING else count):
            town.rows[name].append(row_of(town, metadata.tables[name], number))
        insert_rows(connection, KINDS[name], tenant, town.rows[name])
    make_findable(connection, tenant)
    return town


KINDS: Mapping[str, Any] = {mapper.class_.__tablename__: mapper.class_ for mapper in Base.registry.mappers}
GROWING = frozenset(COUNTS) - {"role_assignment", "calendar_day", "staff_member"}
"""What there is more of in a larger city; days, people and posts stay few."""


def _revisions(connection: psycopg.Connection[Any], tenant: str) -> list[dict[str, Any]]:
    """Add the revision that was in force before the published one, to which older cases are pinned."""
    with connection.cursor(row_factory=dict_row) as cursor:
        published = cursor.execute("SELECT * FROM profile_revision WHERE tenant_id = %s", [tenant]).fetchall()[0]
    document = {**published["document"], "revision": published["document"]["revision"] + 90}
    older = {**published, "id": uuid5(NAMES, f"{tenant}/revision"), "revision": 0}
    older |= {"status": "SUPERSEDED", "document": document}
    insert_rows(connection, ProfileRevision, tenant, [older])
    return [published, older]


def row_id(tenant: str, table: str, number: int) -> UUID:
    """Give the id of a row; rows of even numbers have the same one in every city."""
    return uuid5(NAMES, f"{table}/{number}" if number % 2 == 0 else f"{tenant}/{table}/{number}")


def row_of(town: Town, table: Table, number: int) -> dict[str, Any]:
    """Make one row of a table by the description of its columns."""
    row: dict[str, Any] = {"tenant_id": town.tenant, "id": row_id(town.tenant, table.name, number)}
    parents = {
        key.column_keys[1]: key.referred_table.name
        for key in table.foreign_key_constraints
        if key.column_keys[0] == "tenant_id"
    }
    for column in table.columns:
        if column.name in row:
            continue
        special: Callable[[Town, int, dict[str, Any]], Any] | None = SPECIAL.get(f"{table.name}.{column.name}")
        if special is not None:
            row[column.name] = special(town, number, row)
        elif column.nullable and town.chance.random() < 0.35:
            row[column.name] = None
        elif column.name in parents:
            row[column.name] = town.one(parents[column.name])["id"]
        else:
            row[column.name] = value_of(town, column, number)
    return row


def value_of(town: Town, column: Column[Any], number: int) -> Any:
    """Make a value of a column by its type."""
    kind: Any = column.type
    if isinstance(kind, SqlEnum):
        members: list[Enum] = list(kind.enum_class or ())
        return town.chance.choice(members)
    if isinstance(kind, Uuid):
        return uuid5(NAMES, f"{town.tenant}/{column}/{number}")
    if isinstance(kind, DateTime):
        return town.instant()
    if isinstance(kind, Date):
        return date(2024, 9, 3) + timedelta(days=town.chance.randint(-60, 60))
    if isinstance(kind, Boolean):
        return town.chance.random() < 0.5
    if isinstance(kind, Integer):
        return town.chance.randint(0, 9)
    if isinstance(kind, ARRAY):
        return [town.text() for _ in range(town.chance.randint(0, 3))]
    if isinstance(kind, LargeBinary):
        return b"sealed"
    return town.text()
