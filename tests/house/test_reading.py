"""No door without a lock: whatever can be read asks for permission, or stands here as open to everybody of the city.

Looser than the guard of mutations: it is enough that a resolver leads to `decide` or `row_filter` at all. That the rows
it gives are the right ones is proved by the tests of each room.
"""

import ast
import inspect
from collections.abc import Iterator
from types import FunctionType
from typing import Any, cast

import strawberry
from strawberry import relay
from strawberry.types.base import get_object_definition

from authz.decide import decide
from authz.rows import row_filter
from casework.kernel.sight import Sight
from schema.build import DoorSchema
from schema.reading.sources import SOURCE, Listed, Nested, Paged
from schema.roots import ProvinceQuery, Query, office_schema, province_schema
from tests.house.asking import ASKS, resolve, syntax_of
from tests.house.test_permissions import resolvers
from tests.house.tree import PROGRAM, Source, functions, nothing, read
from tests.house.tree import sources as tree_sources

REACHES = Sight.reaching.__name__
"""The method by which a condition on rows asks how far the caller reaches."""
OWN, NOTES = "casework/kernel/sight.py", "schema/seeing.py"
OPEN = {
    "about": "what this server is; readable without a token",
    "public_service": "how a city serves, where its text publishes that; readable without a token",
    "public_units": "the units that a city's text opens; readable without a token",
    "public_unit": "the staff, telephones and lists that a city's text publishes; readable without a token",
    "public_guides": "guides that were published; readable without a token",
    "public_guide": "a guide that was published; readable without a token",
    "node": "leads to the rows of a type, the condition on which is judged below",
    "nodes": "the same for several ids",
    "profile": "the regulation of the city",
    "rule": "the register of rules",
    "me": "the caller's own identity",
    "my_notifications": "selected by the caller's own id",
    "unit": "the register of units is public inside the city",
    "units": "the register of units is public inside the city",
    "item": "the catalogue of services is public inside the city",
    "items": "the catalogue of services is public inside the city",
    "assessment_schemes": "the measures by which staff are assessed are known to everybody whom they bind",
    "AssessmentScheme": "the measures by which staff are assessed are known to everybody whom they bind",
    "Unit": "the register of units is public inside the city",
    "StaffMember": "name and work phone as on the badge; no private data is kept of staff",
    "ServiceItem": "the catalogue of services is public inside the city",
    "ServiceItemVersion": "the catalogue of services is public inside the city",
    "MaterialRequirement": "the catalogue of services is public inside the city",
    "CalendarDay": "working days are public",
    "ExtraShift": "office hours are public",
    "Case.timeline": "shown with its case, to whoever sees that",
}
"""What needs no permission, and why; a name that is no longer open fails too, so that the list only shrinks."""


def leads_to_a_question(function: FunctionType, seen: set[FunctionType]) -> bool:
    """Tell whether anything that this function names, directly or further on, asks for permission."""
    if function in {decide, row_filter}:
        return True
    if function in seen or not function.__module__.startswith(("schema", "casework", "authz", "tests.house")):
        return False
    seen.add(function)
    tree = syntax_of(function)
    if any(isinstance(node, ast.Attribute) and node.attr in {*ASKS, REACHES} for node in ast.walk(tree)):
        return True
    return any(leads_to_a_question(found, seen) for found in named_in(tree, function))


def named_in(tree: ast.AST, function: FunctionType) -> Iterator[FunctionType]:
    names = {**function.__globals__, **inspect.getclosurevars(function).nonlocals}
    for node in ast.walk(tree):
        found = resolve(node, names) if isinstance(node, ast.Name | ast.Attribute) else None
        if isinstance(found, FunctionType):
            yield found


def conditions_of_nodes(schema: DoorSchema) -> Iterator[tuple[str, FunctionType]]:
    """List the types that can be found by a global id, with the conditions on their rows."""
    for name, entry in schema.schema_converter.type_map.items():
        origin: Any = getattr(entry.definition, "origin", None)
        if isinstance(origin, type) and issubclass(origin, relay.Node) and origin is not relay.Node:
            assert "resolve_nodes" not in vars(origin), f"{name} has a way of its own"
            yield name, origin.showing.seen  # type: ignore[attr-defined]


def roots(query: type) -> Iterator[tuple[str, FunctionType]]:
    """List root fields with the condition on the rows of a list, or else with the resolver."""
    sources = {
        field.python_name: field.metadata.get(SOURCE) for field in get_object_definition(query, strict=True).fields
    }
    for name, resolver in resolvers(query):
        source = sources[name]
        yield name, cast("FunctionType", source.seen) if isinstance(source, Paged | Listed) else resolver


def pages_below(schema: DoorSchema) -> Iterator[tuple[str, FunctionType]]:
    """List the relations that are read page by page, with the conditions on their rows."""
    for name, entry in schema.schema_converter.type_map.items():
        for field in getattr(entry.definition, "fields", ()):
            source = getattr(field, "metadata", {}).get(SOURCE)
            if isinstance(source, Nested):
                yield f"{name}.{field.python_name}", cast("FunctionType", source.rows.seen)


def doors() -> Iterator[tuple[str, FunctionType]]:
    """List everything that reading can begin with."""
    yield from roots(Query)
    yield from roots(ProvinceQuery)
    yield from conditions_of_nodes(office_schema())
    yield from pages_below(office_schema())
    yield from conditions_of_nodes(province_schema())


def others_that_reach(*read: Source) -> Iterator[tuple[str, str]]:
    """List the classes beside the office's own `Sight` that have its question, with where they stand."""
    for source in read:
        for holder in ast.walk(source.tree):
            if not isinstance(holder, ast.ClassDef) or (source.path, holder.name) == (OWN, Sight.__name__):
                continue
            if any(method.name == REACHES for method in functions(holder)):
                yield source.path, holder.name


def named_elsewhere(name: str, home: str, *read: Source) -> Iterator[str]:
    """List where else a class is named."""
    for source in read:
        if source.path == home:
            continue
        for node in ast.walk(source.tree):
            if name in {getattr(node, "id", None), getattr(node, "attr", None)}:
                yield f"{source.path}: {name}"
            if isinstance(node, ast.alias) and name in {node.name, node.asname}:
                yield f"{source.path}: {name}"


def test_only_a_sight_reaches() -> None:
    """The guard takes every `.reaching(` for the question, so nothing else may be named so.

    `seeing.py` asks conditions what they ask, of a sight that notes it; nobody else may have that one in hands.
    """
    program = list(tree_sources(*PROGRAM))
    for path, name in others_that_reach(*program):
        assert path == NOTES, f"{path}: {name}"
        nothing(named_elsewhere(name, path, *program))


def test_the_guard_sees_a_sight_that_lets_everybody_through() -> None:
    planted = read("class Blind(Sight):\n def reaching(self): ...", "schema/blind.py")
    user = read("from schema.blind import Blind as Sight\nschema.blind.Blind()", "schema/cases.py")
    assert list(others_that_reach(planted)) == [("schema/blind.py", "Blind")]
    assert len(list(named_elsewhere("Blind", "schema/blind.py", planted, user))) == 2


def test_whatever_can_be_read_asks_or_is_open() -> None:
    nothing(name for name, door in doors() if name not in OPEN and not leads_to_a_question(door, set()))


def test_every_open_door_is_there_and_still_open() -> None:
    unasked = {name for name, door in doors() if not leads_to_a_question(door, set())}
    nothing(name for name in OPEN if name not in unasked)


def test_the_guard_sees_an_open_door() -> None:
    @strawberry.type
    class Careless:
        @strawberry.field
        async def everything(self, info: strawberry.Info) -> int:
            """Everything."""
            return 1

        @strawberry.field
        async def asked(self, info: strawberry.Info) -> int:
            """Asked."""
            return int(leads_to_a_question(row_filter, set()))

    found = {name: leads_to_a_question(door, set()) for name, door in resolvers(Careless)}
    assert found == {"everything": False, "asked": True}


def test_pages_below_the_root_are_seen() -> None:
    assert {name for name, _ in pages_below(office_schema())} >= {"Unit.cases", "StaffMember.cases", "Case.timeline"}
