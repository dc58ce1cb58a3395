"""Keyset pages: an ordering, opaque cursors into it, and the slice of rows between them.

A cursor holds the values of the order columns of its row. Rows that appear later do not move it, because the next page
asks for what comes after these values and not for an offset. Order columns must be ones that every reader of the list
may see unmasked: a cursor can be decoded by whoever holds it.
"""

import base64
import binascii
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, Row, Select, and_, case, false, or_, tuple_
from sqlalchemy.sql.elements import KeyedColumnElement

from schema.errors import DoorError, bad_input
from schema.scalars import write_instant

VERSION = 1
LARGEST_PAGE = 100
LONGEST_CURSOR = 2_000
READ = {
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
    UUID: UUID,
    Decimal: Decimal,
    int: int,
    str: str,
    bool: bool,
}


@dataclass(frozen=True)
class OrderColumn:
    """One column of an ordering; `name` enters the cursor's seal, `nullable` puts rows without a value last."""

    name: str
    column: ColumnElement[Any]
    descending: bool = False
    nullable: bool = False

    def terms(self) -> tuple["OrderColumn", ...]:
        """Split a nullable column into "has no value", counted as 0 or 1, and the value."""
        if not self.nullable:
            return (self,)
        return (
            OrderColumn(f"{self.name}?", case((self.column.is_(None), 1), else_=0)),
            OrderColumn(self.name, self.column, self.descending),
        )


@dataclass(frozen=True)
class Ordering:
    """An ordering that leaves no two rows equal: its last column must be unique within the list."""

    columns: tuple[OrderColumn, ...]

    @classmethod
    def by(cls, *columns: OrderColumn, tie_breaker: ColumnElement[Any], descending: bool = False) -> "Ordering":
        """Order by columns, then by a unique column."""
        return cls((*columns, OrderColumn("id", tie_breaker, descending)))

    @property
    def seal(self) -> str:
        """Name the ordering in a few letters, so that a cursor of another ordering is noticed."""
        text = ",".join(f"{c.name}{'-' if c.descending else '+'}{'?' if c.nullable else ''}" for c in self.columns)
        return hashlib.sha256(text.encode()).hexdigest()[:8]


@dataclass(frozen=True)
class PageRequest:
    """Which page of a list a caller wants: `first` rows after a cursor, or `last` rows before one."""

    size: int
    backward: bool = False
    after: str | None = None
    before: str | None = None
    where: str = "first"


def page_request(
    first: int | None, after: str | None, last: int | None, before: str | None, where: str = ""
) -> PageRequest:
    """Check the paging arguments of a connection: exactly one of `first` and `last`, from 1 to 100."""
    if (first is None) == (last is None):
        raise bad_input(
            "Give exactly one of first and last, from 1 to 100.",
            "first与last须且只须给出一个,取值1至100。",
            f"{where}first",
        )
    name, size = ("first", first) if first is not None else ("last", last)
    if size is None or not 1 <= size <= LARGEST_PAGE:
        raise bad_input(
            f"{name} must be from 1 to {LARGEST_PAGE}.", f"{name}的取值须为1至{LARGEST_PAGE}。", f"{where}{name}"
        )
    return PageRequest(size, last is not None, after, before, where)


def check_number(ids: Sequence[str]) -> None:
    """Check how many objects are asked for by their ids at once."""
    if len(ids) > LARGEST_PAGE:
        raise bad_input(f"At most {LARGEST_PAGE} ids.", f"最多{LARGEST_PAGE}个标识。", "ids")


def write_value(value: Any) -> Any:
    """Write a value of an order column into a cursor."""
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, datetime):
        return write_instant(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def write_cursor(ordering: Ordering, values: Sequence[Any]) -> str:
    """Write the cursor of a row from the values of its order columns."""
    body = orjson.dumps([VERSION, ordering.seal, *(write_value(value) for value in values)])
    return base64.urlsafe_b64encode(body).rstrip(b"=").decode()


def read_value(column: OrderColumn, value: Any) -> Any:
    """Read a value of a cursor back as what its column holds."""
    kind = column.column.type.python_type
    if value is None and column.nullable:
        return None
    if issubclass(kind, Enum):
        return kind(value)
    read = READ[kind]
    if not isinstance(value, kind if kind in (int, bool, str) else str) or (kind is int and isinstance(value, bool)):
        raise TypeError
    return read(value)  # type: ignore[operator]


def read_cursor(ordering: Ordering, cursor: str, where: str) -> tuple[Any, ...]:
    """Read the values of a cursor; one that was altered or belongs to another list or ordering is refused."""
    try:
        if len(cursor) > LONGEST_CURSOR:
            raise ValueError
        body = orjson.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
        version, seal, *values = body
        if version != VERSION or seal != ordering.seal or len(values) != len(ordering.columns):
            raise ValueError
        return tuple(read_value(column, value) for column, value in zip(ordering.columns, values, strict=True))
    except (ValueError, TypeError, ArithmeticError, OverflowError, binascii.Error):
        raise refused_cursor(where) from None


def refused_cursor(where: str) -> DoorError:
    """Refuse a cursor that this list did not give in this ordering."""
    return bad_input(
        "This cursor does not belong to this list in this order. Start again without it.",
        "该游标不属于当前列表或排序,请从头开始翻页。",
        where,
    )


def beyond(ordering: Ordering, values: Sequence[Any], *, backward: bool) -> ColumnElement[bool]:
    """Describe the rows that come after the values of a cursor, or before them."""
    terms = [
        (term, value)
        for column, held in zip(ordering.columns, values, strict=True)
        for term, value in _split(column, held)
    ]
    directions = {term.descending for term, _ in terms}
    if len(directions) == 1 and all(value is not None for _, value in terms):
        left = tuple_(*(term.column for term, _ in terms))
        right = tuple_(*(value for _, value in terms), types=[term.column.type for term, _ in terms])
        return left < right if directions.pop() != backward else left > right
    return or_(*(_first_difference(terms, position, backward) for position in range(len(terms))))


def _split(column: OrderColumn, held: Any) -> list[tuple[OrderColumn, Any]]:
    terms = column.terms()
    return [(terms[0], held)] if len(terms) == 1 else [(terms[0], int(held is None)), (terms[1], held)]


def _first_difference(terms: list[tuple[OrderColumn, Any]], position: int, backward: bool) -> ColumnElement[bool]:
    equal = [term.column.is_(None) if value is None else term.column == value for term, value in terms[:position]]
    term, value = terms[position]
    if value is None:
        return false()
    further = term.column < value if term.descending != backward else term.column > value
    return and_(*equal, further)


@dataclass(frozen=True)
class Slice:
    """The rows of one page in the order of the list, each with its cursor."""

    rows: tuple[tuple[str, Row[Any]], ...]
    has_next: bool
    has_previous: bool


KEY = "cursor_key_"


def page_statement(statement: Select[Any], ordering: Ordering, page: PageRequest) -> Select[Any]:
    """Turn a statement for all rows into one for a page: one row more than asked tells whether there is another."""
    statement = within_cursors(statement, ordering, page)
    order = page_order(ordering, backward=page.backward)
    return statement.add_columns(*key_columns(ordering)).order_by(*order).limit(page.size + 1)


def within_cursors(statement: Select[Any], ordering: Ordering, page: PageRequest) -> Select[Any]:
    """Leave out what lies beyond the cursors of a page."""
    for cursor, name, backward in ((page.after, "after", False), (page.before, "before", True)):
        if cursor is not None:
            values = read_cursor(ordering, cursor, f"{page.where}{name}")
            statement = statement.where(beyond(ordering, values, backward=backward))
    return statement


def page_order(ordering: Ordering, *, backward: bool) -> list[ColumnElement[Any]]:
    """Write the order in which a page is read; a backward page is read from its end."""
    return [
        term.column.desc() if term.descending != backward else term.column.asc()
        for column in ordering.columns
        for term in column.terms()
    ]


def key_columns(ordering: Ordering) -> list[KeyedColumnElement[Any]]:
    """Label the order columns, so that cursors can be written from the rows."""
    return [column.column.label(f"{KEY}{number}") for number, column in enumerate(ordering.columns)]


def page_slice(found: Sequence[Row[Any]], ordering: Ordering, page: PageRequest) -> Slice:
    """Cut the surplus row off, put a backward page into the order of the list, and write the cursors."""
    more = len(found) > page.size
    rows = list(found[: page.size])
    if page.backward:
        rows.reverse()
    keyed = tuple((write_cursor(ordering, row[-len(ordering.columns) :]), row) for row in rows)
    if page.backward:
        return Slice(keyed, has_next=page.before is not None, has_previous=more)
    return Slice(keyed, has_next=more, has_previous=page.after is not None)
