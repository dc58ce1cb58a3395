"""Plans root fields that the office composes of lists of rows, all read by the one statement."""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any

import orjson
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from casework.kernel.errors import Refusal
from schema.reading.binds import Filling
from schema.reading.columns import reader_of
from schema.reading.lens import Lens
from schema.reading.roots import Asked, RootPlan
from schema.reading.selection import NotPlanned
from schema.reading.slots import Slot, Whole
from schema.reading.sources import Chosen, Composed, Surveyed
from schema.reading.values import shaping
from schema.reading.writer import Writer


def composed(source: Composed, asked: Asked, writer: Writer) -> RootPlan:
    """Plan a field that is composed of lists of rows."""

    def compose(_lens: Lens, *rows: list[Any], **given: Any) -> Any:
        return source.compose(*rows, **given)

    return of_lists(source.lists, writer.binds.tenant, compose, asked, writer)


def surveyed(source: Surveyed, asked: Asked, writer: Writer) -> RootPlan:
    """Plan a field that the office judges from lists of rows which the caller sees."""
    return of_lists(source.lists, writer.sight, source.judge, asked, writer)


def of_lists(chosen: Sequence[Chosen], place: Any, make: Callable[..., Any], asked: Asked, writer: Writer) -> RootPlan:
    """Plan a field that is made of lists of rows: `make(lens, *lists, **arguments)`."""
    shape = shaping(writer.selection, asked.field.type, asked.nodes)
    lists = [gathered(each, place, asked, writer) for each in chosen]
    readers, arguments = [reading(each) for each in chosen], asked.arguments

    def assemble(raw: bytes | None, lens: Lens, filling: Filling) -> Any:
        found = zip(readers, orjson.loads(raw or b"[]"), strict=True)
        rows = [[read(row) for row in each or ()] for read, each in found]
        given = {name: filled(value, filling.variables) for name, value in arguments.items()}
        try:
            return shape(make(lens, *rows, **given))
        except Refusal:
            raise NotPlanned("refused") from None

    return RootPlan(select(func.json_build_array(*lists)), assemble)


def gathered(chosen: Chosen, place: Any, asked: Asked, writer: Writer) -> Any:
    """Write one list as an array of arrays."""
    rows = chosen.rows(writer.binds, place, **asked.arguments)
    source = rows.with_only_columns(*chosen.columns).subquery(writer.next_name())
    values: Any = func.json_build_array(*(source.c[column.key] for column in chosen.columns))
    return select(func.json_agg(aggregate_order_by(values, *chosen.order(source)))).scalar_subquery()


def reading(chosen: Chosen) -> Callable[[list[Any]], Any]:
    """Give what makes a row of an array, with the values that the model holds."""
    row = namedtuple("Row", [column.key for column in chosen.columns])  # type: ignore[misc]
    readers = [reader_of(column) for column in chosen.columns]

    def read(values: list[Any]) -> Any:
        pairs = zip(readers, values, strict=True)
        return row(*(value if reader is None or value is None else reader(value) for reader, value in pairs))

    return read


def filled(value: Any, variables: Mapping[str, Any]) -> Any:
    """Put the values of a request into an argument."""
    if isinstance(value, Slot):
        return value.value(variables)
    if isinstance(value, list):
        if len(value) == 1 and isinstance(value[0], Whole):
            return value[0].slot.value(variables)
        return [filled(each, variables) for each in value]
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{one.name: filled(getattr(value, one.name), variables) for one in fields(value)})
    return value
