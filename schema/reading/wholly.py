"""JSON made by PostgreSQL: what shows nothing but columns as they are kept is passed on as PostgreSQL wrote it.

Rows become JSON without spaces and in the order of the document, byte for byte what the assembling program would write.
As soon as one field below a root is computed, masked or written otherwise, the whole root is assembled by the program.
"""

from collections.abc import Sequence
from datetime import date, datetime
from enum import Enum
from typing import Any
from uuid import UUID

import orjson
from graphql import FieldNode, GraphQLEnumType, GraphQLField, GraphQLObjectType, get_named_type, is_non_null_type
from sqlalchemy import JSON, ColumnElement, LargeBinary, Select, Text, case, cast, func, literal_column, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.functions import Function

from schema.reading.columns import shown_as_kept
from schema.reading.frames import Frame, Scope
from schema.reading.origins import object_type
from schema.reading.sources import First, Labelled, Many, OfCaller, One, Renamed
from schema.reading.values import NullInTheWay
from schema.reading.writer import Writer

GAP = b"\t"
"""Stands where a value is missing that the schema promises. No other tab is in what PostgreSQL writes: texts escape it."""
MISSING: ColumnElement[Any] = literal_column("E'\\tnull'::json", JSON())
NONE: ColumnElement[Any] = literal_column("'[]'::json", JSON())
KEPT = (str, bool, int, UUID, datetime, date, Enum)
FIGURES = frozenset({"String", "Int", "Boolean", "ID"})
LONGEST_NAME = 63
"""PostgreSQL cuts names off that are longer."""
LONGEST_ID = 57
"""PostgreSQL breaks the line of a base64 that is made of more bytes."""
UUID_LENGTH = 36


def is_wholly_kept(writer: Writer, kind: GraphQLObjectType, nodes: Sequence[FieldNode]) -> bool:
    """Tell whether all that is selected of an object is shown as it is kept."""
    selected = writer.selection.below(kind, nodes)
    return bool(selected) and all(_is_kept(writer, kind, key, asked) for key, asked in selected.items())


def _is_kept(writer: Writer, kind: GraphQLObjectType, key: str, asked: Sequence[FieldNode]) -> bool:
    name = asked[0].name.value
    if len(key) > LONGEST_NAME or name == "__typename":
        return len(key) <= LONGEST_NAME
    field = kind.fields[name]
    match writer.source(kind, name, field, asked[0]):
        case Renamed(column):
            return shown_as_kept(column, field.type) and issubclass(column.type.python_type, KEPT)
        case Labelled():
            named = get_named_type(field.type)
            return isinstance(named, GraphQLEnumType) or named.name in FIGURES
        case "id":
            return len(kind.name) + 1 + UUID_LENGTH <= LONGEST_ID
        case One() | OfCaller() | First() | Many():
            return is_wholly_kept(writer, object_type(field.type), asked)
    return False


def row_name(writer: Writer) -> str:
    """Name a row that becomes an object; no field has this name, and PostgreSQL would take the field for the row."""
    return f"row {writer.next_name()}"


def passed_on(raw: bytes) -> orjson.Fragment:
    """Pass JSON on; a gap in it is left to the standard executor, which says what is missing."""
    if GAP in raw:
        raise NullInTheWay
    return orjson.Fragment(raw)


def one_object(writer: Writer, kind: GraphQLObjectType, nodes: Sequence[FieldNode], frame: Frame) -> Select[Any]:
    """Write the one row of a scope as an object."""
    columns = _columns(writer, kind, nodes, frame)
    row = select(*columns).select_from(frame.scope.origin).subquery(row_name(writer))
    return select(func.row_to_json(row.table_valued()))


def objects(
    writer: Writer,
    kind: GraphQLObjectType,
    nodes: Sequence[FieldNode],
    frame: Frame,
    order: Sequence[ColumnElement[Any]],
    conditions: Sequence[ColumnElement[bool]] = (),
) -> Select[Any]:
    """Write the rows of a scope as a list of objects; no rows are an empty list."""
    columns = _columns(writer, kind, nodes, frame)
    rows = select(*columns).select_from(frame.scope.origin).where(*conditions).order_by(*order)
    named = rows.correlate(*frame.scope.above).subquery(row_name(writer))
    together: Function[Any] = Function("array_agg", named.table_valued(), type_=ARRAY(Text()))
    return select(func.coalesce(func.array_to_json(together), NONE))


def _columns(
    writer: Writer, kind: GraphQLObjectType, nodes: Sequence[FieldNode], frame: Frame
) -> list[ColumnElement[Any]]:
    selected = writer.selection.below(kind, nodes)
    return [_field(writer, kind, asked, frame).label(key) for key, asked in selected.items()]


def _field(writer: Writer, kind: GraphQLObjectType, asked: Sequence[FieldNode], frame: Frame) -> ColumnElement[Any]:
    name = asked[0].name.value
    if name == "__typename":
        return literal_column(f"'{kind.name}'::text", Text())
    field = kind.fields[name]
    match writer.source(kind, name, field, asked[0]):
        case Renamed(column):
            value = frame.column(column.key)
            gaps = is_non_null_type(field.type) and column.expression.nullable
            return _promised(field, value, func.to_json(value)) if gaps else value
        case Labelled(label):
            return frame.column(label)
        case One() | OfCaller() as source:
            joined = writer.joined(object_type(field.type), source, frame)
            return _object(writer, field, asked, joined)
        case First() as source:
            return _object(writer, field, asked, writer.first(object_type(field.type), asked, source, frame))
        case Many() as source:
            inner, order, conditions = writer.many(field, asked, source, frame)
            listed = objects(writer, object_type(field.type), asked, inner, order, conditions)
            return listed.scalar_subquery()
    named = literal_column(f"'{kind.name}:'", Text()) + cast(frame.column("id"), Text())
    return func.encode(cast(named, LargeBinary()), literal_column("'base64'"))


def _object(writer: Writer, field: GraphQLField, asked: Sequence[FieldNode], joined: Frame) -> ColumnElement[Any]:
    """Write a row that was joined as an object, or nothing where it is missing."""
    columns = _columns(writer, object_type(field.type), asked, joined)
    found = joined.column("id").is_not(None)
    scope: Scope = joined.scope
    row = select(*columns).where(found).correlate(*scope.above, *scope.sources).subquery(row_name(writer))
    written = select(func.row_to_json(row.table_valued())).scalar_subquery()
    return _promised(field, joined.column("id"), written)


def _promised(field: GraphQLField, value: ColumnElement[Any], written: ColumnElement[Any]) -> ColumnElement[Any]:
    """Leave a gap where the schema promises a value and there is none."""
    return case((value.is_(None), MISSING), else_=written) if is_non_null_type(field.type) else written
