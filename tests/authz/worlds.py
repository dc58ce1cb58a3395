"""Random worlds for the equality of casbin, compiled table and SQL rows; and the SQL engine to ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import psycopg
from hypothesis import strategies as st
from sqlalchemy import (
    Column,
    ColumnElement,
    Integer,
    MetaData,
    Table,
    Text,
    Uuid,
    create_engine,
    exists,
    insert,
    select,
)

from authz.actor import Actor, ActorKind, RoleHeld
from authz.decide import Resource
from authz.policy.text import read_policy
from authz.rows import RowFilter, predicate
from casework.kernel.models import path_text
from tests.authz.cities import APPLICANTS, PEOPLE, City, Province, Role, held

POLICY = read_policy()
STAFF_ROLES = tuple(name for name in POLICY.roles if "STAFF" in POLICY.closure({name}))
ACTIONS = tuple(sorted(POLICY.actions))
RARE_ACTIONS = tuple(
    sorted(
        {row.action for row in POLICY.prohibitions} | {row.action for row in POLICY.grants if row.scope.reason_required}
    )
)
"""Actions with a prohibition, a reason or a second person: few rows, so they are drawn more often."""

CODES = ("a", "a1", "\u7532")

# The unit itself, above, below, and names beside it: the last characters are neighbours of the dot in byte order.
AROUND = ("{0}.", "{0}.v.", "{0}0.", "{0}0.v.", "{0}/.", "{0}-.", "{0}\u7532.", "top.")

near_paths = st.builds(str.format, st.sampled_from(AROUND), st.sampled_from([f"top.{code}" for code in CODES]))


@st.composite
def cities(draw: st.DrawFn) -> City:
    """A city of up to five roles; a role inherits only later ones, as the loader of profiles demands."""
    count = draw(st.integers(1, 5))
    roles = []
    for number in range(count):
        later = [f"r{other}" for other in range(number + 1, count)]
        neutral = draw(st.lists(st.sampled_from(STAFF_ROLES), min_size=1, max_size=2, unique=True))
        if number == 0 and draw(st.booleans()):
            neutral.append("TENANT_SUPERVISOR")
        inherits = draw(st.lists(st.sampled_from(later), max_size=2, unique=True)) if later else []
        roles.append(Role(f"r{number}", tuple(neutral), tuple(inherits)))
    return City("here", tuple(roles), province=Province("37"))


def roles_held(city: City) -> st.SearchStrategy[RoleHeld]:
    codes = [role.code for role in city.roles] + ["TENANT_ADMIN", "APPLICANT", "gone"]
    return st.builds(held, st.sampled_from(codes), near_paths)


@st.composite
def actors(draw: st.DrawFn, city: City) -> Actor:
    kind = draw(st.sampled_from([ActorKind.STAFF] * 5 + list(ActorKind)))
    actor = Actor(
        kind=kind,
        tenant=draw(st.sampled_from(["here"] * 4 + ["elsewhere"])),
        subject="somebody",
        # Fields that a kind should not have are given too: they must not open anything.
        staff_id=draw(st.sampled_from([*PEOPLE, None])),
        applicant_id=draw(st.sampled_from([*APPLICANTS, None])),
        roles=tuple(draw(st.lists(roles_held(city), max_size=3))),
        reason=draw(st.sampled_from([None, " ", "court order"])),
        approved_by=draw(st.sampled_from([None, "staff:here:boss", "SELF"])),
    )
    changed: dict[str, str | None] = {}
    if actor.approved_by == "SELF":
        changed["approved_by"] = actor.key
    if kind is ActorKind.PROVINCE:
        changed |= {"tenant": None, "province": draw(st.sampled_from(["37", "41"]))}
    return Actor(**{name: getattr(actor, name) for name in Actor.__slots__} | changed)


def resources() -> st.SearchStrategy[Resource]:
    held_roles = st.lists(st.sampled_from([*STAFF_ROLES, "APPLICANT"]), min_size=1, max_size=2).map(tuple)
    return st.builds(
        Resource,
        # A row of a table always has a unit; without one it would be a figure, which no table holds.
        unit_path=near_paths,
        participants=st.frozensets(st.sampled_from(PEOPLE), max_size=2),
        applicant_id=st.sampled_from([*APPLICANTS, None]),
        object_roles=st.dictionaries(st.sampled_from(PEOPLE), held_roles, max_size=1),
    )


@dataclass(frozen=True)
class World:
    city: City
    actor: Actor
    rows: tuple[Resource, ...]
    actions: tuple[str, ...]


@st.composite
def worlds(draw: st.DrawFn) -> World:
    city = draw(cities())
    rows = draw(st.lists(resources(), min_size=1, max_size=5))
    often = draw(st.lists(st.sampled_from(RARE_ACTIONS), min_size=2, max_size=4, unique=True))
    others = draw(st.lists(st.sampled_from(ACTIONS), min_size=3, max_size=8, unique=True))
    return World(city, draw(actors(city)), tuple(rows), (*often, *others))


META = MetaData()
OBJECTS = Table(
    "authz_objects",
    META,
    Column("id", Integer, primary_key=True),
    Column("unit_path", path_text()),
    Column("applicant_id", Uuid),
    prefixes=["TEMPORARY"],
)
PARTICIPANTS = Table(
    "authz_participants", META, Column("object_id", Integer), Column("staff_id", Uuid), prefixes=["TEMPORARY"]
)
OBJECT_ROLES = Table(
    "authz_object_roles",
    META,
    Column("object_id", Integer),
    Column("staff_id", Uuid),
    Column("role", Text),
    prefixes=["TEMPORARY"],
)


class RowStore:
    """Objects as rows of PostgreSQL, in temporary tables of one connection."""

    def __init__(self, dsn: str) -> None:
        self.connection = create_engine("postgresql+psycopg://", creator=partial(psycopg.connect, dsn)).connect()
        META.create_all(self.connection)

    def close(self) -> None:
        self.connection.close()
        self.connection.engine.dispose()

    def fill(self, rows: Sequence[Resource]) -> None:
        objects: list[dict[str, object]] = []
        participants: list[dict[str, object]] = []
        object_roles: list[dict[str, object]] = []
        for number, row in enumerate(rows):
            objects.append({"id": number, "unit_path": row.unit_path, "applicant_id": row.applicant_id})
            participants.extend({"object_id": number, "staff_id": person} for person in row.participants)
            for person, names in row.object_roles.items():
                object_roles.extend({"object_id": number, "staff_id": person, "role": name} for name in names)
        for table, values in ((OBJECTS, objects), (PARTICIPANTS, participants), (OBJECT_ROLES, object_roles)):
            self.connection.execute(table.delete())
            if values:
                self.connection.execute(insert(table), values)

    def passing(self, row_filter: RowFilter) -> set[int]:
        """Ask for the rows that pass one filter."""
        return set(self.connection.scalars(select(OBJECTS.c.id).where(condition(row_filter))))

    def passing_each(self, filters: Sequence[RowFilter]) -> list[set[int]]:
        """Ask for the rows that pass each of the filters, in one statement."""
        columns = [condition(row_filter).label(f"passes_{number}") for number, row_filter in enumerate(filters)]
        rows = self.connection.execute(select(OBJECTS.c.id, *columns)).all()
        return [{row[0] for row in rows if row[number] is True} for number in range(1, len(filters) + 1)]


def condition(row_filter: RowFilter) -> ColumnElement[bool]:
    return predicate(
        row_filter,
        unit_path=OBJECTS.c.unit_path,
        participant_of=lambda person: exists().where(
            PARTICIPANTS.c.object_id == OBJECTS.c.id, PARTICIPANTS.c.staff_id == person
        ),
        applicant_id=OBJECTS.c.applicant_id,
        object_role_of=lambda person, names: exists().where(
            OBJECT_ROLES.c.object_id == OBJECTS.c.id,
            OBJECT_ROLES.c.staff_id == person,
            OBJECT_ROLES.c.role.in_(sorted(names)),
        ),
    )
