"""Plans root fields: each becomes one column of the statement and one function that assembles its part of the answer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import FieldNode, GraphQLField, GraphQLObjectType, get_named_type
from sqlalchemy import ColumnElement, Integer, Select, Text, literal_column, select

from casework.kernel.models import TenantRow
from schema.ids import row_id
from schema.reading.binds import Filling
from schema.reading.frames import Frame, Scope
from schema.reading.lens import Lens
from schema.reading.origins import showing_of
from schema.reading.selection import NotPlanned
from schema.reading.slots import Slot
from schema.reading.sources import Grouped, Keyed, Listed, Told
from schema.reading.values import shaping
from schema.reading.wholly import is_wholly_kept, objects, one_object, passed_on
from schema.reading.writer import Writer

Assemble = Callable[[bytes | None, Lens, Filling], Any]


Vain = Callable[[Any, Filling], list[tuple[str, Any]]]
"""Names, for what a field gave, each reading that found nothing under an id, and the id: it may be somebody else's."""


@dataclass(frozen=True)
class RootPlan:
    """One root field: what it reads, how that becomes its value, and what a vain look leaves in the audit trail."""

    column: Select[Any] | None
    assemble: Assemble
    vain: Vain | None = None


def nothing_under(reading: str | None, key: Callable[[Filling], Any]) -> Vain | None:
    """Note a reading when the one row with an id was not found."""
    return None if reading is None else lambda found, filling: [(reading, key(filling))] if found is None else []


@dataclass(frozen=True)
class Asked:
    """One root field as it is asked for."""

    field: GraphQLField
    nodes: Sequence[FieldNode]
    arguments: Mapping[str, Any]

    @property
    def kind(self) -> GraphQLObjectType:
        """The type of the objects that the field gives."""
        found = get_named_type(self.field.type)
        if not isinstance(found, GraphQLObjectType):
            raise NotPlanned(str(found))
        return found


def program(writer: Writer, scope: Scope, written: str) -> Callable[[Any, Lens], Any]:
    """Make the function that assembles what was written from the array of a scope."""
    names = dict(writer.names)
    # The text was written by `Writer` of names that passed the grammar of GraphQL, and of numbers.
    exec(compile(f"def assemble({scope.name}, lens):\n return {written}", "<plan>", "exec"), names)
    made: Callable[[Any, Lens], Any] = names["assemble"]
    return made


def rows_of(writer: Writer, model: type[TenantRow], kind: GraphQLObjectType, nodes: Sequence[FieldNode]) -> Select[Any]:
    """Begin a statement for the rows of a table with the columns that are needed of them."""
    table = model.__table__
    return select(*(table.c[name] for name in sorted(writer.needed(kind, nodes))))


def one_row(writer: Writer, kind: GraphQLObjectType, nodes: Sequence[FieldNode], rows: Select[Any]) -> RootPlan:
    """Plan a field that gives the object of one row, or nothing."""
    scope = Scope(0)
    frame = scope.start(rows.subquery("t0"))
    if is_wholly_kept(writer, kind, nodes):
        column = one_object(writer, kind, nodes, frame)
        return RootPlan(column, lambda raw, _lens, _filling: None if raw is None else passed_on(raw))
    assemble = program(writer, scope, writer.object(kind, nodes, frame))
    column, arrays = select(scope.array()).select_from(scope.origin), scope.arrays()
    return RootPlan(column, lambda raw, lens, _filling: None if raw is None else assemble(arrays.row(raw), lens))


def tell(source: Told, asked: Asked, writer: Writer) -> RootPlan:
    """Plan a field that the office answers without a row."""
    shape, arguments = shaping(writer.selection, asked.field.type, asked.nodes), asked.arguments

    def assemble(_raw: bytes | None, lens: Lens, filling: Filling) -> Any:
        given = {
            name: value.value(filling.variables) if isinstance(value, Slot) else value
            for name, value in arguments.items()
        }
        return shape(source.tell(lens, **given))

    return RootPlan(None, assemble)


def caller(asked: Asked, writer: Writer) -> RootPlan:
    """Plan a field about the caller."""
    return one_row(writer, asked.kind, asked.nodes, select(literal_column("1", Integer()).label("id")))


def key_of(writer: Writer, value: Any, kind: str, attribute: Any) -> tuple[Any, Callable[[Filling], Any]]:
    """Give the condition that a row has a global id, and the way to the row's own id."""

    def read(given: Any) -> Any:
        return row_id(given, kind)

    if isinstance(value, Slot):
        slot = value.then(read)
        return attribute == writer.binds.operand(slot, attribute.type), lambda filling: slot.value(filling.variables)
    fixed = read(value)
    return attribute == fixed, lambda _filling: fixed


def keyed(source: Keyed, asked: Asked, writer: Writer) -> RootPlan:
    """Plan a field that finds one row by its global id or by a column that is unique in the city."""
    showing = showing_of(asked.kind)
    rows = rows_of(writer, showing.model, asked.kind, asked.nodes).where(showing.seen(writer.sight))
    by_id = asked.arguments.get("id")
    if by_id is not None:
        condition, key = key_of(writer, by_id, asked.kind.name, showing.model.id)
        found = one_row(writer, asked.kind, asked.nodes, rows.where(condition))
        return RootPlan(found.column, found.assemble, nothing_under(showing.noted, key))
    return one_row(writer, asked.kind, asked.nodes, rows.where(named_row(source, asked, writer)))


def named_row(source: Keyed, asked: Asked, writer: Writer) -> ColumnElement[bool]:
    """Write the condition on the column that the caller gave; nothing given finds nothing."""
    given = {name: value for name, value in asked.arguments.items() if name in source.columns and value is not None}
    name = next(iter(given), next(iter(source.columns)))
    condition: ColumnElement[bool] = source.columns[name] == writer.binds.operand(given.get(name, ""), Text())
    return condition


def listed(source: Listed, asked: Asked, writer: Writer) -> RootPlan:
    """Plan a field that gives the first rows of a list without pages."""
    limit = writer.binds.operand(asked.arguments["limit"], Integer(), lambda given: max(1, min(given, source.most)))
    ranks = [getattr(each, "element", each).label(f"rank{number}") for number, each in enumerate(source.order)]
    rows = rows_of(writer, source.model, asked.kind, asked.nodes).add_columns(*ranks).where(source.seen(writer.sight))
    chosen = rows.order_by(*source.order).limit(limit)
    return many_rows(writer, asked.kind, asked.nodes, chosen, lambda frame: ranked(frame, source.order))


def ranked(frame: Frame, order: Sequence[Any]) -> list[Any]:
    """Write the order of rows that were chosen in this order."""
    columns = [frame.column(f"rank{number}") for number in range(len(order))]
    downward = [getattr(getattr(each, "modifier", None), "__name__", "") == "desc_op" for each in order]
    return [column.desc() if down else column for column, down in zip(columns, downward, strict=True)]


def many_rows(
    writer: Writer,
    kind: GraphQLObjectType,
    nodes: Sequence[FieldNode],
    rows: Select[Any],
    order: Callable[[Frame], Sequence[Any]],
) -> RootPlan:
    """Plan a field that gives the objects of several rows."""
    scope = Scope(0)
    frame = scope.start(rows.subquery("t0"))
    if is_wholly_kept(writer, kind, nodes):
        column = objects(writer, kind, nodes, frame, order(frame))
        return RootPlan(column, lambda raw, _lens, _filling: passed_on(raw or b"[]"))
    assemble = program(writer, scope, writer.object(kind, nodes, frame))
    column, arrays = writer.gathered(scope, order(frame), ()), scope.arrays()

    def gather(raw: bytes | None, lens: Lens, _filling: Filling) -> list[Any]:
        return [] if raw is None else [assemble(row, lens) for row in arrays.rows(raw)]

    return RootPlan(column, gather)


def grouped(source: Grouped, asked: Asked, writer: Writer) -> RootPlan:
    """Plan a field that gives aggregated rows."""
    given = {name: asked.arguments.get(name) for name in source.arguments}
    # The rows are put into order when their objects are made, and need not be before.
    rows = source.select(writer.binds, writer.sight, **given).order_by(None)
    return many_rows(writer, asked.kind, asked.nodes, rows, lambda frame: [frame.column(name) for name in source.order])
