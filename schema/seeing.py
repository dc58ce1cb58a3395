"""How callers come to see the objects of each type, derived from the declarations of roots, rows and relations."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from graphql import GraphQLField, GraphQLInterfaceType, GraphQLNamedType, GraphQLObjectType, get_named_type
from sqlalchemy import ColumnElement, true

from authz.actor import Actor
from authz.scope import Scope
from authz.table import PermissionTable
from casework.kernel.sight import Seen, Sight
from casework.reporting.province import COMPARE, permissions_of
from schema.build import DoorSchema
from schema.fields import is_public
from schema.filters import Themselves
from schema.reading.sources import (
    SOURCE,
    Caller,
    Composed,
    Covered,
    Grouped,
    Keyed,
    Listed,
    Nested,
    OfCaller,
    Paged,
    Told,
)
from schema.reading.values import definition_of
from schema.shown import Showing

OPEN, MINE, PUBLIC = "a", "me", "all"
SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)
"""Conditions compare with an instant, whichever; who is let in does not depend on it."""
ANY_PROVINCE = "00"
BY_OBJECT = frozenset({Scope.PARTICIPANT, Scope.OWN_DATA})


@dataclass(frozen=True, order=True)
class Door:
    """One way to rows: as far as an action reaches, or as fixed for everybody.

    `units_only` says that single objects in which somebody takes part do not count, as in figures by unit.
    """

    action: str = ""
    fixed: str = ""
    units_only: bool = False

    def admits(self, scope: Scope) -> bool:
        """Tell whether a scope leads through this door."""
        return not (self.units_only and scope in BY_OBJECT)


@dataclass(frozen=True)
class SeenField:
    """One field: as what it is masked, if it is, and under which action it is read in full."""

    name: str
    mask: str = ""
    in_full: str | None = None


@dataclass(frozen=True)
class Noting(Sight):
    """A sight that notes what is asked instead of answering."""

    noted: set[Door] = field(default_factory=set)

    def reaching(self, action: str, *, unit_path: Any, participant_of: Any, applicant_id: Any) -> ColumnElement[bool]:
        """Note the action, and whether single objects count."""
        self.noted.add(Door(action, units_only=participant_of is None and applicant_id is None))
        return true()

    def is_me(self, staff_id: ColumnElement[Any]) -> ColumnElement[bool]:
        """Note that rows are the caller's own."""
        self.noted.add(Door("", MINE))
        return true()

    def is_for_me(self, recipient_id: ColumnElement[Any]) -> ColumnElement[bool]:
        """Note that rows are the caller's own."""
        return self.is_me(recipient_id)


def any_province() -> PermissionTable:
    """Give a permission table for what it says of neutral roles, which is the same in every province."""
    return permissions_of(ANY_PROVINCE)


def asked(seen: Any, *before: Any, **given: Any) -> frozenset[Door]:
    """Ask a condition through which doors it lets callers; one that asks nothing is open to the city."""
    sight = Noting(any_province(), Actor.system("city"), "city", SOME_DAY, SOME_DAY.date(), "Asia/Shanghai")
    seen(*before, sight, **given)
    return frozenset(sight.noted or {Door("", OPEN)})


def rows_of(connection: Any) -> Any:
    """Look through a connection at the type of its rows."""
    found = get_named_type(connection)
    if isinstance(found, GraphQLObjectType) and "pageInfo" in found.fields:
        return get_named_type(found.fields["nodes"].type)
    return found


def showing_of(kind: GraphQLNamedType) -> Showing | None:
    """Give what rows a type shows, if any."""
    definition = kind.extensions.get("strawberry-definition")
    found: Showing | None = getattr(getattr(definition, "origin", None), "showing", None)
    return found


def seen_of(kind: GraphQLNamedType) -> Seen | None:
    """Give the condition under which a row of a type is shown by its id."""
    found = showing_of(kind)
    return None if found is None else found.seen


def doors_of_root(declared: GraphQLField) -> frozenset[Door]:
    """Say through which doors a root field lets callers."""
    if is_public(definition_of(declared).metadata):
        return frozenset({Door("", PUBLIC)})
    source = definition_of(declared).metadata.get(SOURCE)
    if isinstance(source, (Paged, Listed)):
        return asked(source.seen)
    if isinstance(source, Grouped):
        return asked(source.select, Themselves(), **dict.fromkeys(source.arguments))
    if isinstance(source, Keyed):
        seen = seen_of(rows_of(declared.type))
        return frozenset() if seen is None else asked(seen)
    if isinstance(source, Composed):
        return frozenset({Door(COMPARE)})
    if isinstance(source, Caller):
        return frozenset({Door("", MINE)})
    return frozenset({Door("", OPEN)}) if isinstance(source, Told) else frozenset()


@dataclass
class Seeing:
    """Of every type: the doors that lead to its rows, and its fields; types that no door leads to are unexplained."""

    schema: DoorSchema
    doors: dict[str, frozenset[Door]] = field(default_factory=dict)
    fields: dict[str, list[SeenField]] = field(default_factory=dict)
    unexplained: list[GraphQLNamedType] = field(default_factory=list)

    @classmethod
    def of(cls, schema: DoorSchema) -> "Seeing":
        """Follow all declarations of a schema from its roots."""
        found = cls(schema)
        for kind, doors in found.entrances():
            found.enter(kind, doors)
        found.doors = dict(sorted(found.doors.items()))
        kinds = schema._schema.type_map.values()
        found.unexplained = [kind for kind in kinds if showing_of(kind) is not None and not found.doors.get(kind.name)]
        return found

    def entrances(self) -> Iterator[tuple[Any, frozenset[Door]]]:
        """List the types that reading begins with: those of roots, and those that are found by a global id."""
        query = self.schema._schema.query_type
        for declared in query.fields.values() if query else ():
            if not isinstance(get_named_type(declared.type), GraphQLInterfaceType):
                yield rows_of(declared.type), doors_of_root(declared)
        for kind in self.schema._schema.type_map.values():
            seen = seen_of(kind)
            if seen is not None:
                yield kind, asked(seen)

    def enter(self, kind: Any, doors: frozenset[Door]) -> None:
        """Let callers see a type through doors, and with it all that its relations lead to."""
        if not isinstance(kind, GraphQLObjectType):
            return
        known = self.doors.get(kind.name, frozenset())
        if doors <= known:
            return
        self.doors[kind.name] = known | doors
        self.fields[kind.name] = [field_of(name, declared) for name, declared in kind.fields.items()]
        for declared in kind.fields.values():
            self.enter(rows_of(declared.type), self.through(declared, doors))

    def through(self, declared: GraphQLField, doors: frozenset[Door]) -> frozenset[Door]:
        """Say through which doors a relation leads, given those of the row that it belongs to."""
        source = definition_of(declared).metadata.get(SOURCE)
        if isinstance(source, Nested):
            below = asked(source.rows.seen)
            return doors if below == {Door("", OPEN)} else below
        return frozenset({Door("", MINE)}) if isinstance(source, OfCaller) else doors


def field_of(name: str, declared: GraphQLField) -> SeenField:
    """Say of one field whether it is masked."""
    source = definition_of(declared).metadata.get(SOURCE)
    plain = SeenField(name)
    if isinstance(source, Covered):
        return replace(plain, mask=source.kind.value, in_full=source.in_full)
    return plain
