"""Plans the entrance by global ids: of each type that the ids name, the rows with these ids."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from graphql import FieldNode, GraphQLObjectType
from sqlalchemy import ARRAY, any_, func, select
from strawberry.relay.utils import from_base64

from schema.cursors import check_number
from schema.reading.binds import Filling
from schema.reading.frames import Arrays, Scope
from schema.reading.lens import Lens
from schema.reading.origins import showing_of
from schema.reading.roots import Asked, RootPlan, key_of, nothing_under, one_row, program, rows_of
from schema.reading.selection import NotPlanned
from schema.reading.slots import NOBODY, Slot, Whole, type_named
from schema.reading.sources import AnyNode
from schema.reading.writer import Writer


def any_node(source: AnyNode, asked: Asked, writer: Writer) -> RootPlan:
    """Plan a field that finds rows of whatever type their ids name."""
    given = asked.arguments[source.argument]
    if isinstance(given, list):
        return several(Ids.of(given), asked.nodes, writer)
    kind = node_kind(writer, given.kind if isinstance(given, Slot) else from_base64(given)[0])
    showing = showing_of(kind)
    if showing.seen is None:
        raise NotPlanned(kind.name)
    condition, key = key_of(writer, given, kind.name, showing.model.id)
    rows = rows_of(writer, showing.model, kind, asked.nodes).where(showing.seen(writer.sight), condition)
    found = one_row(writer, kind, asked.nodes, rows)
    return RootPlan(found.column, found.assemble, nothing_under(showing.noted, key))


def node_kind(writer: Writer, name: str | None) -> GraphQLObjectType:
    """Find the type that an id names."""
    kind = writer.selection.schema.get_type(name or "")
    if not isinstance(kind, GraphQLObjectType) or all(one.name != "Node" for one in kind.interfaces):
        raise NotPlanned("node")
    return kind


@dataclass(frozen=True)
class OfKind:
    """The rows of one type among several ids."""

    column: Any
    arrays: Arrays
    assemble: Callable[[Any, Lens], Any]
    noted: str | None


@dataclass(frozen=True)
class Ids:
    """Several ids: the types that they name, and the way to them in a request."""

    kinds: Sequence[str]
    read: Callable[[Mapping[str, Any]], Sequence[str]]

    @classmethod
    def of(cls, given: Sequence[Any]) -> "Ids":
        """Take them from one variable for all, or from what the document says of each: an id, or a variable for it."""
        if len(given) == 1 and isinstance(given[0], Whole):
            return cls(given[0].kinds, given[0].slot.value)
        kinds = {each.kind if isinstance(each, Slot) else type_named(each) for each in given}
        return cls(
            sorted(kind or NOBODY for kind in kinds),
            lambda variables: [each.value(variables) if isinstance(each, Slot) else each for each in given],
        )


def several(ids: Ids, nodes: Sequence[FieldNode], writer: Writer) -> RootPlan:
    """Plan the rows of several ids, in the order of the ids; an id that is given twice gives its object twice."""
    kinds = {name: of_kind(node_kind(writer, name), ids, nodes, writer) for name in ids.kinds}
    column = select(func.json_build_array(*(kind.column for kind in kinds.values())))

    def assemble(raw: bytes | None, lens: Lens, filling: Filling) -> list[Any]:
        found: dict[tuple[str, str], Any] = {}
        for (name, kind), rows in zip(kinds.items(), orjson.loads(raw or b"[]"), strict=True):
            for row in kind.arrays.flattened(rows or []):
                found[name, row[0]] = kind.assemble(row, lens)
        return [found.get((name, str(UUID(key)))) for name, key in map(from_base64, ids.read(filling.variables))]

    def vain(objects: list[Any], filling: Filling) -> list[tuple[str, Any]]:
        named = (from_base64(given) for given in ids.read(filling.variables))
        looked = zip(named, objects, strict=True)
        noted = ((kinds[name].noted, key) for (name, key), found in looked if found is None)
        return [(reading, UUID(key)) for reading, key in noted if reading is not None]

    return RootPlan(column, assemble, vain)


def of_kind(kind: GraphQLObjectType, ids: Ids, nodes: Sequence[FieldNode], writer: Writer) -> OfKind:
    """Plan the rows of one type; the first value of each array is its id."""
    showing = showing_of(kind)
    if showing.seen is None:
        raise NotPlanned(kind.name)

    def keys(filling: Filling) -> list[UUID]:
        values = ids.read(filling.variables)
        check_number(values)
        return [UUID(key) for name, key in map(from_base64, values) if name == kind.name]

    wanted = writer.binds.fresh(keys, ARRAY(showing.model.id.type))
    rows = rows_of(writer, showing.model, kind, nodes).where(
        showing.seen(writer.sight), showing.model.id == any_(wanted)
    )
    scope = Scope(0)
    frame = scope.start(rows.subquery(writer.next_name()))
    scope.place(frame.column("id"))
    assemble = program(writer, scope, writer.object(kind, nodes, frame))
    return OfKind(writer.gathered(scope, (), ()).scalar_subquery(), scope.arrays(), assemble, showing.noted)
