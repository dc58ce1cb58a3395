"""Random worlds for the equality of casbin, compiled table and SQL rows; and the SQL engine to ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import strategies as st
from sqlalchemy import Column, Engine, Integer, MetaData, Table, Text, Uuid, create_engine, exists, insert, select
from sqlalchemy.pool import StaticPool

from authz.actor import Actor, ActorKind, RoleHeld
from authz.decide import Resource
from authz.policy.text import read_policy
from authz.rows import RowFilter, predicate
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
        tenant=draw(st.sampled_from(["here"] * 9 + ["elsewhere"])),
        subject="somebody",
        # Fields that a kind should not have are given too: they must not open anything.
        staff_id=draw(st.sampled_from([*PEOPLE, None])),
        applicant_id=draw(st.sampled_from([*APPLICANTS, None])),
        roles=tuple(draw(st.lists(roles_held(city), max_size=3))),
        reason=draw(st.sampled_from([None, " ", "court order"])),
        approved_by=draw(st.sampled_from([None, "staff:here:boss", "SELF"])),
    )
    changed = {}
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
    "objects", META, Column("id", Integer, primary_key=True), Column("unit_path", Text), Column("applicant_id", Uuid)
)
PARTICIPANTS = Table("participants", META, Column("object_id", Integer), Column("staff_id", Uuid))
OBJECT_ROLES = Table("object_roles", META, Column("object_id", Integer), Column("staff_id", Uuid), Column("role", Text))


class RowStore:
    """Objects as rows of a real SQL engine, which compares text byte by byte like a column of collation "C"."""

    def __init__(self) -> None:
        self.engine: Engine = create_engine("sqlite://", poolclass=StaticPool)
        META.create_all(self.engine)

    def fill(self, rows: Sequence[Resource]) -> None:
        with self.engine.begin() as connection:
            for table in META.sorted_tables:
                connection.execute(table.delete())
            for number, row in enumerate(rows):
                values = {"id": number, "unit_path": row.unit_path, "applicant_id": row.applicant_id}
                connection.execute(insert(OBJECTS).values(values))
                for person in row.participants:
                    connection.execute(insert(PARTICIPANTS).values(object_id=number, staff_id=person))
                for person, names in row.object_roles.items():
                    for name in names:
                        connection.execute(insert(OBJECT_ROLES).values(object_id=number, staff_id=person, role=name))

    def passing(self, row_filter: RowFilter) -> set[int]:
        condition = predicate(
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
        with self.engine.connect() as connection:
            return set(connection.scalars(select(OBJECTS.c.id).where(condition)))
