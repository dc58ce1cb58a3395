"""Typed filters: what a list may be narrowed by, and how that becomes a condition of the statement.

A room declares its filter input with fields of the types below and `and`, `or`, `not` of itself:

    @strawberry.input
    class CaseFilter:
        case_no: StringFilter | None = None
        state: EnumFilter[CaseState] | None = None
        and_: list["CaseFilter"] | None = strawberry.field(name="and", default=None)

and gives `condition(filter, {"case_no": Case.case_no, "state": Case.state})` to its statement.
"""

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any, Generic, Protocol, TypeVar

import strawberry
from sqlalchemy import ColumnElement, and_, any_, not_, or_, true
from sqlalchemy.types import TypeEngine
from strawberry import UNSET

from casework.kernel.errors import Refusal
from schema.errors import bad_input
from schema.ids import row_id

E = TypeVar("E", bound=Enum)
LONGEST_LIST = 200
EQ = "Equal to this value."
IN = f"Equal to one of these values, at most {LONGEST_LIST}; an empty list matches nothing."
GT, GTE, LT, LTE = "Greater than this value.", "This value or greater.", "Less than this value.", "This value or less."
NULL = "True: only rows without a value; false: only rows with one."


@strawberry.input(description="Narrows by a text; the conditions given must all hold.")
class StringFilter:
    """Narrows by a text."""

    eq: str | None = strawberry.field(default=UNSET, description=EQ)
    in_: list[str] | None = strawberry.field(name="in", default=UNSET, description=IN)
    starts_with: str | None = strawberry.field(default=UNSET, description="Begins with this text, letter for letter.")
    is_null: bool | None = strawberry.field(default=UNSET, description=NULL)


@strawberry.input(description="Narrows by global ids; the conditions given must all hold.")
class IDFilter:
    """Narrows by global ids."""

    eq: strawberry.ID | None = strawberry.field(default=UNSET, description=EQ)
    in_: list[strawberry.ID] | None = strawberry.field(name="in", default=UNSET, description=IN)
    is_null: bool | None = strawberry.field(default=UNSET, description=NULL)


@strawberry.input(description="Narrows by a value of a closed set; the conditions given must all hold.")
class EnumFilter(Generic[E]):
    """Narrows by a value of a closed set."""

    eq: E | None = strawberry.field(default=UNSET, description=EQ)
    in_: list[E] | None = strawberry.field(name="in", default=UNSET, description=IN)
    is_null: bool | None = strawberry.field(default=UNSET, description=NULL)


@strawberry.input(description="Narrows by an instant; the conditions given must all hold.")
class DateTimeFilter:
    """Narrows by an instant."""

    eq: datetime | None = strawberry.field(default=UNSET, description=EQ)
    gt: datetime | None = strawberry.field(default=UNSET, description=GT)
    gte: datetime | None = strawberry.field(default=UNSET, description=GTE)
    lt: datetime | None = strawberry.field(default=UNSET, description=LT)
    lte: datetime | None = strawberry.field(default=UNSET, description=LTE)
    is_null: bool | None = strawberry.field(default=UNSET, description=NULL)


@strawberry.input(description="Narrows by a calendar day; the conditions given must all hold.")
class LocalDateFilter:
    """Narrows by a calendar day."""

    eq: date | None = strawberry.field(default=UNSET, description=EQ)
    gt: date | None = strawberry.field(default=UNSET, description=GT)
    gte: date | None = strawberry.field(default=UNSET, description=GTE)
    lt: date | None = strawberry.field(default=UNSET, description=LT)
    lte: date | None = strawberry.field(default=UNSET, description=LTE)
    is_null: bool | None = strawberry.field(default=UNSET, description=NULL)


@strawberry.input(description="Narrows by a whole number; the conditions given must all hold.")
class IntFilter:
    """Narrows by a whole number."""

    eq: int | None = strawberry.field(default=UNSET, description=EQ)
    in_: list[int] | None = strawberry.field(name="in", default=UNSET, description=IN)
    gt: int | None = strawberry.field(default=UNSET, description=GT)
    gte: int | None = strawberry.field(default=UNSET, description=GTE)
    lt: int | None = strawberry.field(default=UNSET, description=LT)
    lte: int | None = strawberry.field(default=UNSET, description=LTE)
    is_null: bool | None = strawberry.field(default=UNSET, description=NULL)


@strawberry.input(description="Narrows by yes or no.")
class BooleanFilter:
    """Narrows by yes or no."""

    eq: bool | None = strawberry.field(default=UNSET, description=EQ)


@dataclass(frozen=True)
class IDColumn:
    """A column of ids together with the GraphQL type whose global ids a caller gives for it."""

    column: ColumnElement[Any]
    kind: str


Column = ColumnElement[Any] | IDColumn
Change = Callable[[Any], Any]
Compare = Callable[[ColumnElement[Any], Any], ColumnElement[bool]]
COMPARISONS: Mapping[str, Compare] = {
    "eq": lambda column, value: column == value,
    "in_": lambda column, value: column.in_(value) if isinstance(value, list) else column == any_(value),
    "gt": lambda column, value: column > value,
    "gte": lambda column, value: column >= value,
    "lt": lambda column, value: column < value,
    "lte": lambda column, value: column <= value,
    "starts_with": lambda column, value: column.like(value, escape="/"),
    "is_null": lambda column, value: column.is_(None) if value else column.is_not(None),
}
SHOWN = {"in_": "in", "starts_with": "startsWith", "is_null": "isNull"}


class Operands(Protocol):
    """What stands for the values of a filter in a condition: themselves, or places that are filled in later."""

    @property
    def tenant(self) -> Any:
        """Give what stands for the city whose rows are asked for."""
        ...

    def operand(self, value: Any, kind: TypeEngine[Any], change: Change) -> Any:
        """Give what stands for one value."""
        ...

    def operands(self, values: Sequence[Any], kind: TypeEngine[Any], change: Change) -> Any:
        """Give what stands for a list of values: a list, or one array."""
        ...


@dataclass(frozen=True)
class Themselves:
    """Values stand for themselves."""

    tenant: str | None = None
    """The city whose rows are asked for, where a condition looks at other rows of it."""

    def operand(self, value: Any, kind: TypeEngine[Any], change: Change) -> Any:
        """Give the value."""
        return change(value)

    def operands(self, values: Sequence[Any], kind: TypeEngine[Any], change: Change) -> Any:
        """Give the values."""
        return change(values)


def given(value: object) -> Iterator[tuple[str, Any]]:
    """Give the fields of an input object that the caller set."""
    for field in dataclasses.fields(value):  # type: ignore[arg-type]
        held = getattr(value, field.name)
        if held is not UNSET:
            yield field.name, held


def condition(
    chosen: object | None, columns: Mapping[str, Column], where: str = "filter", operands: Operands | None = None
) -> ColumnElement[bool]:
    """Turn a room's filter into a condition; a filter without conditions lets everything through."""
    if chosen is None:
        return true()
    by = operands or Themselves()
    parts: list[ColumnElement[bool]] = []
    for name, value in given(chosen):
        if value is None:
            continue
        if name == "and_":
            parts.extend(condition(inner, columns, f"{where}.and", by) for inner in value)
        elif name == "or_":
            parts.append(or_(*(condition(inner, columns, f"{where}.or", by) for inner in value)) if value else true())
        elif name == "not_":
            parts.append(not_(condition(value, columns, f"{where}.not", by)))
        else:
            parts.extend(comparisons(value, columns[name], f"{where}.{shown_name(name)}", by))
    return and_(true(), *parts)


def comparisons(chosen: object, column: Column, where: str, by: Operands) -> Iterator[ColumnElement[bool]]:
    """Turn the conditions on one column into SQL."""
    plain = column.column if isinstance(column, IDColumn) else column
    for name, value in given(chosen):
        at = f"{where}.{SHOWN.get(name, name)}"
        if value is None:
            raise bad_input("Null is no value to compare with; use isNull.", "不能与null比较,请使用isNull。", at)
        if name == "is_null":
            operand = value
        elif name == "in_":
            operand = by.operands(value, plain.type, change_of(name, column, at))
        else:
            operand = by.operand(value, plain.type, change_of(name, column, at))
        yield COMPARISONS[name](plain, operand)


def change_of(name: str, column: Column, where: str) -> Change:
    """Give what becomes of a value before it is compared: an id is read, the beginning of a text becomes a pattern."""

    def change(value: Any) -> Any:
        if name == "in_" and len(value) > LONGEST_LIST:
            raise bad_input(f"At most {LONGEST_LIST} values.", f"最多{LONGEST_LIST}个值。", where)
        if isinstance(column, IDColumn):
            return read_ids(value, column.kind, where)
        return beginning_with(value) if name == "starts_with" else value

    return change


def beginning_with(text: str) -> str:
    """Write the pattern of all texts that begin with this one, letter for letter."""
    return text.replace("/", "//").replace("%", "/%").replace("_", "/_") + "%"


def read_ids(value: Any, kind: str, where: str) -> Any:
    """Read the global ids of a filter."""
    try:
        return [row_id(each, kind) for each in value] if isinstance(value, list) else row_id(value, kind)
    except Refusal as refusal:
        raise bad_input(refusal.message, refusal.message_zh, where) from None


def shown_name(name: str) -> str:
    """Write the name of an input field as callers know it."""
    head, *tail = name.split("_")
    return head + "".join(word.capitalize() for word in tail)
