"""Plans connections: one page of a list with its cursors, and its count when that is asked for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import FieldNode, GraphQLObjectType, get_named_type
from sqlalchemy import ColumnElement, Integer, Select, func, select

from schema.connections import narrowing, ordering_of
from schema.cursors import Ordering, beyond, key_columns, page_order, page_request, read_cursor, write_cursor
from schema.reading.binds import Filling
from schema.reading.frames import Arrays, Frame, Scope
from schema.reading.lens import Lens
from schema.reading.roots import Asked, program, rows_of
from schema.reading.selection import NotPlanned
from schema.reading.slots import Slot
from schema.reading.sources import Paged
from schema.reading.writer import Writer

Part = Callable[["Page"], Any]


@dataclass
class Page:
    """What a page is assembled from: its rows in the order of the list, their values of the order, and the rest."""

    rows: Sequence[list[Any]]
    keys: int
    ordering: Ordering
    lens: Lens
    has_next: bool
    has_previous: bool
    total: int | None

    def cursor(self, row: list[Any]) -> str:
        """Write the cursor of a row."""
        return write_cursor(self.ordering, row[: self.keys])


Paging = Callable[[Any, Lens], Any]
"""Assembles a page from what the statement gave for it: its rows, and its count where that was asked for."""


def page_of(
    source: Paged, asked: Asked, writer: Writer, scope: Scope, *of_parent: ColumnElement[bool]
) -> tuple[ColumnElement[Any], Paging]:
    """Plan one page of a list; `of_parent` are the conditions by which rows belong to the row that the page hangs on."""
    ordering = ordering_of(source, asked.arguments.get("order_by"))
    backward = asked.arguments.get("last") is not None
    below = Below(writer, asked.kind, asked.nodes)
    node = node_type(asked.kind)
    page, conditions = chosen(source, asked, below, *of_parent)
    page = page.correlate(*scope.above).limit(page_size(asked, writer, surplus=1))

    frame = scope.start(page.subquery(writer.next_name()))
    keys = [frame.column(column.key or "") for column in key_columns(ordering)]
    for key in keys:
        scope.values.append(key)
    parts = below.parts(scope, frame, node)
    found = [writer.gathered(scope, outer_order(ordering, keys, backward=backward), ()).scalar_subquery()]
    if below.wants_total:
        found.append(counted(source, conditions).correlate(*scope.above).scalar_subquery())
    return func.json_build_array(*found), assembling(parts, scope.arrays(), ordering, asked.arguments, len(keys))


def chosen(
    source: Paged, asked: Asked, below: "Below", *of_parent: ColumnElement[bool]
) -> tuple[Select[Any], Sequence[ColumnElement[bool]]]:
    """Choose the rows that a list may show between its cursors, in its order; and give the conditions of the whole list."""
    writer, ordering = below.writer, ordering_of(source, asked.arguments.get("order_by"))
    conditions = [*of_parent, source.seen(writer.sight), *narrowing(source, asked.arguments, writer.binds)]
    rows = rows_of(writer, source.model, node_type(asked.kind), below.of_rows).where(*conditions)
    page = between_cursors(rows, ordering, asked, writer).add_columns(*key_columns(ordering))
    return page.order_by(*page_order(ordering, backward=asked.arguments.get("last") is not None)), conditions


def page_size(asked: Asked, writer: Writer, surplus: int = 0) -> Any:
    """Give the limit of the statement; a surplus of one row tells whether there is another page."""
    arguments = asked.arguments
    names = ("first", "last")
    slots = {name: arguments.get(name) for name in names}
    if (slots["first"] is None) == (slots["last"] is None):
        raise NotPlanned("page")

    def limit(filling: Filling) -> int:
        return int(asked_page(arguments, filling.variables).size) + surplus

    return writer.binds.fresh(limit, Integer())


def asked_page(arguments: Mapping[str, Any], variables: Mapping[str, Any]) -> Any:
    """Check the page that a request asks for."""
    values = [value_of(arguments.get(name), variables) for name in ("first", "after", "last", "before")]
    return page_request(*values)


def value_of(value: Any, variables: Mapping[str, Any]) -> Any:
    """Give the value of an argument in a request."""
    return value.value(variables) if isinstance(value, Slot) else value


def between_cursors(rows: Select[Any], ordering: Ordering, asked: Asked, writer: Writer) -> Select[Any]:
    """Leave out what lies beyond the cursors that were given."""
    for name, before in (("after", False), ("before", True)):
        given = asked.arguments.get(name)
        if given is None:
            continue
        if any(column.nullable for column in ordering.columns):
            raise NotPlanned("a cursor that may hold nothing")
        values = [
            writer.binds.fresh(cursor_value(ordering, given, name, number), column.column.type)
            for number, column in enumerate(ordering.columns)
        ]
        rows = rows.where(beyond(ordering, values, backward=before))
    return rows


def cursor_value(ordering: Ordering, given: Any, name: str, number: int) -> Callable[[Filling], Any]:
    """Give the way to one value of a cursor."""
    return lambda filling: read_cursor(ordering, value_of(given, filling.variables), name)[number]


def outer_order(ordering: Ordering, keys: Sequence[Any], *, backward: bool) -> list[Any]:
    """Write the order of a page once more for the rows that were chosen."""
    if any(column.nullable for column in ordering.columns):
        raise NotPlanned("an order that may hold nothing")
    return [
        key.desc() if column.descending != backward else key.asc()
        for column, key in zip(ordering.columns, keys, strict=True)
    ]


def counted(source: Paged, conditions: Sequence[Any]) -> Select[Any]:
    """Count the whole list."""
    return select(func.count()).select_from(source.model.__table__).where(*conditions)


def node_type(connection: GraphQLObjectType) -> GraphQLObjectType:
    """Give the type of the objects of a connection."""
    found = get_named_type(connection.fields["nodes"].type)
    if not isinstance(found, GraphQLObjectType):
        raise NotPlanned("node")
    return found


class Below:
    """What is selected of a connection."""

    def __init__(self, writer: Writer, kind: GraphQLObjectType, nodes: Sequence[FieldNode]) -> None:
        self.writer, self.kind = writer, kind
        self.selected = writer.selection.below(kind, nodes)
        self.of_rows = [node for asked in self._row_nodes() for node in asked]
        self.wants_total = any(asked[0].name.value == "totalCount" for asked in self.selected.values())

    def _row_nodes(self) -> list[list[FieldNode]]:
        found = []
        for asked in self.selected.values():
            if asked[0].name.value == "nodes":
                found.append(asked)
            if asked[0].name.value == "edges":
                edge = get_named_type(self.kind.fields["edges"].type)
                inner = self.writer.selection.below(edge, asked)
                found.extend(one for one in inner.values() if one[0].name.value == "node")
        return found

    def parts(self, scope: Scope, frame: Frame, node: GraphQLObjectType) -> list[tuple[str, Part]]:
        """List the fields of the answer with what gives them; the programs are made when all is written."""
        made = []
        for key, asked in self.selected.items():
            name = asked[0].name.value
            if name == "nodes":
                made.append((key, self._each(self.writer.object(node, asked, frame), scope)))
            elif name == "edges":
                made.append((key, self._edges(asked, scope, frame, node)))
            elif name == "pageInfo":
                made.append((key, self._page_info(asked)))
            elif name == "totalCount":
                made.append((key, lambda page: page.total))
            elif name == "__typename":
                made.append((key, constant(self.kind.name)))
            else:
                raise NotPlanned(name)
        return made

    def _each(self, written: str, scope: Scope) -> Part:
        one = program(self.writer, scope, written)

        def give(page: Page) -> Any:
            lens = page.lens
            return [one(row, lens) for row in page.rows]

        return give

    def _edges(self, asked: Sequence[FieldNode], scope: Scope, frame: Frame, node: GraphQLObjectType) -> Part:
        edge = get_named_type(self.kind.fields["edges"].type)
        columns: list[tuple[str, Part]] = []
        for key, inner in self.writer.selection.below(edge, asked).items():
            name = inner[0].name.value
            if name == "node":
                columns.append((key, self._each(self.writer.object(node, inner, frame), scope)))
            elif name == "cursor":
                columns.append((key, lambda page: [page.cursor(row) for row in page.rows]))
            elif name == "__typename":
                columns.append((key, lambda page: [edge.name] * len(page.rows)))
        keys = [key for key, _ in columns]
        if not keys:
            # Conditions may leave out all that was asked of an edge.
            return lambda page: [{} for _ in page.rows]

        def give(page: Page) -> Any:
            return [
                dict(zip(keys, values, strict=True))
                for values in zip(*(part(page) for _, part in columns), strict=True)
            ]

        return give

    def _page_info(self, asked: Sequence[FieldNode]) -> Part:
        kind = get_named_type(self.kind.fields["pageInfo"].type)
        known: dict[str, Part] = {
            "hasNextPage": lambda page: page.has_next,
            "hasPreviousPage": lambda page: page.has_previous,
            "startCursor": lambda page: page.cursor(page.rows[0]) if page.rows else None,
            "endCursor": lambda page: page.cursor(page.rows[-1]) if page.rows else None,
            "__typename": constant(kind.name),
        }
        inner = [(key, known[nodes[0].name.value]) for key, nodes in self.writer.selection.below(kind, asked).items()]
        return lambda page: {key: part(page) for key, part in inner}


def constant(value: Any) -> Part:
    """Give the same for every page."""
    return lambda _page: value


def assembling(
    parts: Sequence[tuple[str, Part]], arrays: Arrays, ordering: Ordering, arguments: Mapping[str, Any], keys: int
) -> Paging:
    """Make the function that assembles a page."""

    def assemble(given: Any, lens: Lens) -> Any:
        wanted = asked_page(arguments, lens.variables)
        rows = given[0] or []
        more = len(rows) > wanted.size
        del rows[wanted.size :]
        if wanted.backward:
            rows.reverse()
        rows = arrays.flattened(rows)
        following = wanted.before is not None if wanted.backward else more
        previous = more if wanted.backward else wanted.after is not None
        page = Page(rows, keys, ordering, lens, following, previous, given[1] if len(given) > 1 else None)
        return {key: part(page) for key, part in parts}

    return assemble
