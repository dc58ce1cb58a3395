"""Lists at the root of a document: read page by page, and passed on as PostgreSQL wrote them where nothing is computed."""

from typing import Any

import orjson
from graphql import GraphQLObjectType
from sqlalchemy import ColumnElement, Text, func, literal_column, select

from schema.connections import ordering_of
from schema.cursors import key_columns
from schema.reading.binds import Filling
from schema.reading.frames import Scope
from schema.reading.lens import Lens
from schema.reading.pages import Below, asked_page, chosen, counted, node_type, outer_order, page_of, page_size
from schema.reading.roots import Asked, RootPlan
from schema.reading.sources import Paged
from schema.reading.wholly import LONGEST_NAME, is_wholly_kept, objects, passed_on, row_name
from schema.reading.writer import Writer


def paged(source: Paged, asked: Asked, writer: Writer) -> RootPlan:
    """Plan a connection at the root."""
    below = Below(writer, asked.kind, asked.nodes)
    if shows_only_rows(below, node_type(asked.kind)):
        return wholly_kept(source, asked, below)
    page, paging = page_of(source, asked, writer, Scope(0))
    return RootPlan(select(page), lambda raw, lens, _filling: paging(orjson.loads(raw or b"[null]"), lens))


def shows_only_rows(below: Below, node: GraphQLObjectType) -> bool:
    """Tell whether only rows are asked, as they are kept, and perhaps their number."""
    names = {key: nodes[0].name.value for key, nodes in below.selected.items()}
    if "nodes" not in names.values() or not {"nodes", "totalCount", "__typename"}.issuperset(names.values()):
        return False
    if any(len(key) > LONGEST_NAME for key in names):
        return False
    rows = [nodes for key, nodes in below.selected.items() if names[key] == "nodes"]
    return all(is_wholly_kept(below.writer, node, nodes) for nodes in rows)


def wholly_kept(source: Paged, asked: Asked, below: "Below") -> RootPlan:
    """Plan a connection of which only the rows are asked, and perhaps their number: nothing of it is assembled."""
    ordering = ordering_of(source, asked.arguments.get("order_by"))
    page, conditions = chosen(source, asked, below)
    frame = Scope(0).start(page.limit(page_size(asked, below.writer)).subquery("t0"))
    keys = [frame.column(column.key or "") for column in key_columns(ordering)]
    # A page that is read from its end is shown in the order of the list all the same.
    order = outer_order(ordering, keys, backward=False)
    node = node_type(asked.kind)
    values: list[ColumnElement[Any]] = []
    for key, nodes in below.selected.items():
        match nodes[0].name.value:
            case "nodes":
                value: ColumnElement[Any] = objects(below.writer, node, nodes, frame, order).scalar_subquery()
            case "totalCount":
                value = counted(source, conditions).scalar_subquery()
            case _:
                value = literal_column(f"'{asked.kind.name}'::text", Text())
        values.append(value.label(key))
    row = select(*values).subquery(row_name(below.writer))

    arguments = asked.arguments

    def assemble(raw: bytes | None, _lens: Lens, filling: Filling) -> Any:
        asked_page(arguments, filling.variables)
        return passed_on(raw or b"null")

    return RootPlan(select(func.row_to_json(row.table_valued())), assemble)
