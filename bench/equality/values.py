"""Values for the arguments of random documents: such as exist, such as are another city's, and such as nobody has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
)

from bench.equality.columns import RULE_IDS
from bench.equality.scenery import NOW, Town
from schema.connections import ordering_of
from schema.errors import DoorError
from schema.ids import global_id
from schema.reading.sources import SOURCE, Nested, Paged
from schema.reading.values import definition_of

NAMED = {
    "owner": "StaffMember", "staff": "StaffMember", "unit": "Unit", "fromUnit": "Unit", "toUnit": "Unit", "case": "Case",
    "plan": "TrainingPlan", "session": "TrainingSession",
}  # fmt: skip
"""Which type the ids of a filter name."""
MONTHS = (
    *(("2024-08-01", "2024-08-31"),) * 6,
    ("2024-07-01", "2024-07-31"),
    ("2024-06-01", "2024-06-30"),
    ("2024-08-01", "2024-08-30"),
)
"""Months with figures, one without, and one that is none."""
ZONES = ("Z", "+08:00", "-05:30")


class Member(str):
    """A member of an enum, which is written without quotes."""


def bare(kind: Any) -> Any:
    """Take off that a value is demanded."""
    return kind.of_type if isinstance(kind, GraphQLNonNull) else kind


@dataclass
class Pools:
    """What values are chosen from: ids of every type in every city, codes, and cursors of earlier answers."""

    ids: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    texts: dict[str, list[str]] = field(default_factory=dict)
    cursors: dict[str, list[str]] = field(default_factory=dict)
    """By the seal of the order that they are places in."""

    @classmethod
    def of(cls, schema: GraphQLSchema, towns: Sequence[Town]) -> "Pools":
        """Gather what the cities have."""
        pools = cls()
        for name, kind in schema.type_map.items():
            if isinstance(kind, GraphQLObjectType) and any(one.name == "Node" for one in kind.interfaces):
                table = kind.extensions["strawberry-definition"].origin.showing.model.__tablename__
                pools.ids[name] = {
                    town.tenant: [str(global_id(name, row["id"])) for row in town.rows[table]] for town in towns
                }
        rows = {name: [row for town in towns for row in town.rows[name]] for name in towns[0].rows}
        units, items = rows["org_unit"], rows["service_item"]
        pools.texts = {
            "code": [row["code"] for row in (*units, *items)],
            "caseNo": [row["case_no"] for row in rows["service_case"]],
            "tier": [row["tier"] for row in units],
            "unitType": [row["unit_type"] for row in units],
            "below": [row["path"] for row in units],
            "nameZh": [row["name_zh"] for row in items],
            "itemType": [row["item_type"] for row in items],
            "trigger": [row["trigger"] for row in rows["case_step"]],
            "id": RULE_IDS,
        }
        return pools


@dataclass
class Values:
    """Chooses values for the arguments of one document that somebody of a city asks."""

    chance: Random
    pools: Pools
    tenant: str

    def of(self, kind: Any, path: tuple[str, ...]) -> Any:
        """Choose a value of an input type; `path` names where it stands."""
        inner = bare(kind)
        if isinstance(inner, GraphQLList):
            return [self.of(inner.of_type, path) for _ in range(self.chance.choice((0, 1, 2, 2, 3)))]
        if isinstance(inner, GraphQLInputObjectType):
            return self.object(inner, path)
        if isinstance(inner, GraphQLEnumType):
            return Member(self.chance.choice(sorted(inner.values)))
        if inner.name == "Boolean":
            return self.chance.random() < 0.5
        if inner.name == "Int":
            return self.chance.choice((0, 1, 2, 3, 5, 9, -1))
        if inner.name == "ID":
            return self.an_id(NAMED.get(next((name for name in path[::-1] if name in NAMED), "")))
        if inner.name == "DateTime":
            return self.instant()
        if inner.name == "LocalDate":
            return (NOW.date() + timedelta(days=self.chance.randint(-9, 3))).isoformat()
        return self.text(path)

    def object(self, kind: GraphQLInputObjectType, path: tuple[str, ...]) -> dict[str, Any]:
        """Fill in some fields of an input object; nested conditions grow rarer the deeper they stand."""
        if kind.name == "MonthInput":
            return dict(zip(("first", "last"), self.chance.choice(MONTHS), strict=True))
        depth = sum(name in ("and", "or", "not") for name in path)
        nested = [name for name in kind.fields if name in ("and", "or", "not")]
        plain = [name for name in kind.fields if name not in nested]
        chosen = self.chance.sample(plain, min(len(plain), self.chance.choice((0, 1, 1, 1, 2))))
        if depth < 2 and self.chance.random() < 0.3:
            chosen.extend(self.chance.sample(nested, min(1, len(nested))))
        return {name: self.of(kind.fields[name].type, (*path, name)) for name in chosen}

    def order(self, kind: Any) -> list[Member]:
        """Choose an order, seldom one that names a column twice."""
        found: dict[str, Member] = {}
        for member in self.of(kind, ()):
            repeated = self.chance.random() < 0.02
            found.setdefault(member if repeated else member.removesuffix("_ASC").removesuffix("_DESC"), member)
        return list(found.values())

    def an_id(self, kind: str | None) -> str:
        """Choose an id: mostly one of the city, else another city's, one that nobody has, or one of another type."""
        kinds = sorted(self.pools.ids)
        chosen = kind or self.chance.choice((*kinds, "Case", "Case"))
        luck = self.chance.random()
        if luck < 0.004:
            return self.chance.choice(("", "nonsense", "Q2FzZTp4", str(global_id("Nothing", UUID(int=1)))))
        if luck < 0.012:
            chosen = self.chance.choice(kinds)
        if luck < 0.10:
            return str(global_id(chosen, UUID(int=self.chance.getrandbits(128))))
        cities = self.pools.ids[chosen]
        tenant = self.tenant if luck > 0.2 and self.tenant in cities else self.chance.choice(sorted(cities))
        return self.chance.choice(cities[tenant])

    def instant(self) -> str:
        """Choose an instant and one of the ways to write it."""
        at = NOW + timedelta(hours=self.chance.randint(-900, 100))
        written = datetime.isoformat(at.replace(tzinfo=None, microsecond=self.chance.choice((0, 500_000))))
        return written + self.chance.choice(ZONES)

    def text(self, path: tuple[str, ...]) -> str:
        """Choose a text for the place where it stands."""
        known = next((self.pools.texts[name] for name in path[::-1] if name in self.pools.texts), None)
        if known is None or self.chance.random() < 0.06:
            return self.chance.choice(("", "nobody", 'q"u\\o', "%", "中文", "2024-"))
        found = self.chance.choice(known)
        return found[: self.chance.randint(0, len(found))] if path[-1] == "startsWith" else found

    def paged(self, declared: GraphQLField) -> dict[str, Any]:
        """Choose a page of a list and its order."""
        ordered = "orderBy" in declared.args
        order = self.order(declared.args["orderBy"].type) if ordered else []
        found = self.page(declared.args, seal_under(declared, order))
        if order or (ordered and self.chance.random() < 0.1):
            found["orderBy"] = order
        return found

    def page(self, place: Mapping[str, Any], seal: str) -> dict[str, Any]:
        """Choose a page: forward or backward, sometimes from a cursor that an earlier answer gave in this order."""
        forward = self.chance.random() < 0.65
        size, edge = ("first", "after") if forward else ("last", "before")
        found: dict[str, Any] = {size: self.chance.choice((1, 2, 2, 3, 4, 6))}
        if self.chance.random() < 0.012:
            found[size] = self.chance.choice((0, -1, 101, 100))
        cursors = self.pools.cursors.get(seal, [])
        if cursors and self.chance.random() < 0.5:
            found[edge] = self.chance.choice(cursors)
            if self.chance.random() < 0.15:
                found["before" if forward else "after"] = self.chance.choice(cursors)
        elif self.chance.random() < 0.01:
            found[edge] = "bm9uc2Vuc2U"
        return {name: value for name, value in found.items() if name in place}


def seal_under(declared: GraphQLField, order: Sequence[str]) -> str:
    """Name the order of a list, by which its cursors are told from others; one that is refused has no name."""
    source: Any = definition_of(declared).metadata.get(SOURCE)
    paged: Paged = source.rows if isinstance(source, Nested) else source
    members = {member.name: member for member in paged.orders}
    try:
        return ordering_of(paged, [members[name] for name in order]).seal
    except DoorError:
        return ""
