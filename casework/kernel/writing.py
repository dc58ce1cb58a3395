"""Writing together: all that a Work has added and changed goes to PostgreSQL as one statement.

A row in every table that a step touches is usual: the case, its step, its clocks, the event, the audit entry. Written
one by one they would cost a round trip each. Keys are checked at the end of a statement, so their order is free.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, count
from typing import Any, cast

from sqlalchemy import ClauseElement, Column, Dialect, Table, inspect
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.orm import Mapper, Session, make_transient, make_transient_to_detached
from sqlalchemy.orm.attributes import get_history, set_committed_value
from sqlalchemy.orm.exc import StaleDataError

from casework.kernel.models import TenantRow
from casework.kernel.wire import Sentence, ask, written

DIALECT: Dialect = PGDialect()  # type: ignore[no-untyped-call]
QUOTED = DIALECT.identifier_preparer
KEPT_SENTENCES = 512
KEY = ("tenant_id", "id", "row_version")
FIRST_VERSION = 1


@dataclass(frozen=True)
class Value:
    """One column as a row keeps it: the attribute, the name in the table, how a value is sealed or coded before it leaves."""

    attribute: str
    name: str
    coded: Callable[[Any], Any] | None
    default: Callable[[], Any] | None

    def of(self, row: TenantRow) -> bytes | None:
        """Write the row's value; nothing is nothing to the database too, and no JSON that says so."""
        value = vars(row)[self.attribute]
        return written(value if self.coded is None or value is None else self.coded(value))


@dataclass(frozen=True)
class Shape:
    """How the rows of one table are written."""

    table: str
    values: dict[str, Value]
    """By attribute."""

    inserted: tuple[Value, ...]
    """All that every new row brings along."""

    optional: tuple[Value, ...]
    """What the database fills in where a new row does not bring it along."""

    fetched: tuple[Value, ...]
    """What others keep in the row, read back after each change."""


@lru_cache(maxsize=256)
def shape_of(kind: type[TenantRow]) -> Shape:
    """Read from the model how its rows are written."""
    mapper: Mapper[TenantRow] = inspect(kind)
    table = cast("Table", mapper.local_table)
    values = {mapper.get_property_by_column(column).key: _value(mapper, column) for column in table.columns}
    filled_in = {column.name for column in table.columns if column.server_default is not None and not column.default}
    kept_by_others = {column.name for column in table.columns if column.server_onupdate is not None}
    return Shape(
        QUOTED.format_table(table),
        values,
        tuple(value for value in values.values() if value.name not in filled_in),
        tuple(value for value in values.values() if value.name in filled_in),
        tuple(value for value in values.values() if value.name in kept_by_others),
    )


def _value(mapper: Mapper[TenantRow], column: Column[Any]) -> Value:
    default: Any = column.default
    make = None
    if default is not None:
        make = (lambda: default.arg(None)) if default.is_callable else (lambda: default.arg)
    coded = column.type.dialect_impl(DIALECT).bind_processor(DIALECT)
    return Value(mapper.get_property_by_column(column).key, column.name, coded, make)


@dataclass(frozen=True)
class Change:
    """One row that changed, and which of its attributes."""

    row: TenantRow
    shape: Shape
    attributes: tuple[str, ...]


Kind = tuple[type[TenantRow], tuple[Value, ...]]
"""Rows that are written alike: of one table, with the same of what the database would fill in."""

Listener = Callable[[Session, Sequence[TenantRow], Sequence[TenantRow]], None]
LISTENERS: list[Listener] = []


def add_listener(listener: Listener) -> Listener:
    """Let a room act on rows that were just written, new ones and changed ones; their history is still there."""
    LISTENERS.append(listener)
    return listener


def write_together(session: Session, new: Sequence[TenantRow], dirty: Sequence[TenantRow]) -> None:
    """Write new and changed rows as one statement, tell the listeners, and leave these rows clean.

    Raises StaleDataError when somebody else changed one of the rows since it was read.
    """
    for row in new:
        _fill(row)
    changes = [_change_of(row) for row in dirty]
    if not new and not changes:
        return
    _send(session, new, changes)
    for listener in LISTENERS:
        listener(session, new, dirty)
    for row in dirty:
        session.expunge(row)
        make_transient(row)
    for row in (*new, *dirty):
        take_as_read(session, row)


def write_many(session: Session, new: Sequence[TenantRow]) -> None:
    """Write thousands of new rows with one statement for each table, in the order in which their tables came first.

    No listener is told and the session does not keep the rows as objects: this is for registers that are brought whole.
    """
    for row in new:
        _fill(row)
    for (kind, brought), rows in _alike(new).items():
        columns = _inserted(kind, brought)
        ask(
            session.connection(), _spread(kind, brought), [_array([value.of(row) for row in rows]) for value in columns]
        )


def take_as_read(session: Session, row: TenantRow) -> None:
    """Let a session take a row that PostgreSQL has by now for one that it has read."""
    make_transient_to_detached(row)
    session.add(row)


def holds_values_only(row: TenantRow) -> bool:
    """Tell whether a row is changed to values, and not to expressions such as the database's clock."""
    return not any(isinstance(vars(row).get(key), ClauseElement) for key in inspect(row).committed_state)


def _fill(row: TenantRow) -> None:
    """Give a new row what the model says of values that nobody set, nothing at all for most."""
    known = vars(row)
    for value in shape_of(type(row)).inserted:
        if known.get(value.attribute) is None:
            set_committed_value(row, value.attribute, None if value.default is None else value.default())
    set_committed_value(row, "row_version", FIRST_VERSION)


def _change_of(row: TenantRow) -> Change:
    changed = [key for key in inspect(row).committed_state if get_history(row, key).has_changes()]
    return Change(row, shape_of(type(row)), tuple(sorted(changed)))


def _send(session: Session, new: Sequence[TenantRow], changes: Sequence[Change]) -> None:
    alike = _alike(new)
    sentence = _sentence(
        tuple((kind, len(rows)) for kind, rows in alike.items()),
        tuple((type(change.row), change.attributes) for change in changes),
    )
    inserted = (value.of(row) for kind, rows in alike.items() for row in rows for value in _inserted(*kind))
    told = ask(session.connection(), sentence, [*inserted, *chain.from_iterable(map(_values_of, changes))])
    answers = iter([told.get_value(0, place) for place in range(told.nfields)])
    next(answers)
    for change in changes:
        if next(answers) is None:
            raise StaleDataError(f"a row of {change.shape.table} was changed by somebody else meanwhile")
        set_committed_value(change.row, "row_version", change.row.row_version + 1)
        for value in change.shape.fetched:
            set_committed_value(change.row, value.attribute, int(next(answers) or 0))


def _alike(new: Sequence[TenantRow]) -> dict[Kind, list[TenantRow]]:
    alike: dict[Kind, list[TenantRow]] = {}
    for row in new:
        brought = tuple(value for value in shape_of(type(row)).optional if vars(row).get(value.attribute) is not None)
        alike.setdefault((type(row), brought), []).append(row)
    return alike


def _array(values: Sequence[bytes | None]) -> bytes:
    """Write the values of one column as PostgreSQL reads an array of texts."""
    quoted = (
        b"NULL" if value is None else b'"' + value.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'
        for value in values
    )
    return b"{" + b",".join(quoted) + b"}"


def _inserted(kind: type[TenantRow], brought: tuple[Value, ...]) -> tuple[Value, ...]:
    return (*shape_of(kind).inserted, *brought)


def _values_of(change: Change) -> Iterator[bytes | None]:
    for attribute in (*change.attributes, *KEY):
        yield change.shape.values[attribute].of(change.row)


@lru_cache(maxsize=KEPT_SENTENCES)
def _sentence(
    new: tuple[tuple[Kind, int], ...], changed: tuple[tuple[type[TenantRow], tuple[str, ...]], ...]
) -> Sentence:
    """Write the statement for so many new rows of these kinds and these changes."""
    numbers = count(1)
    parts = [f"new_{place} AS ({_insert(kind, n, numbers)})" for place, (kind, n) in enumerate(new)]
    told = ["true"]
    for place, (kind, attributes) in enumerate(changed):
        shape, name = shape_of(kind), f"changed_{place}"
        parts.append(f"{name} AS ({_update(shape, attributes, numbers)})")
        answers = ("found", *(value.name for value in shape.fetched))
        told += [f"(SELECT {answer} FROM {name})" for answer in answers]  # noqa: S608 - names of the models only
    return Sentence(f"WITH {', '.join(parts)} SELECT {', '.join(told)}")


def _insert(kind: Kind, rows: int, numbers: Iterator[int]) -> str:
    inserted = _inserted(*kind)
    names = ", ".join(QUOTED.quote(value.name) for value in inserted)
    lines = (f"({', '.join(f'${next(numbers)}' for _ in inserted)})" for _ in range(rows))
    return f"INSERT INTO {shape_of(kind[0]).table} ({names}) VALUES {', '.join(lines)}"  # noqa: S608 - names of the models only


@lru_cache(maxsize=64)
def _spread(kind: type[TenantRow], brought: tuple[Value, ...]) -> Sentence:
    """Write the statement that makes rows of a table out of one list of texts for each column."""
    columns = {column.name: column.type for column in cast("Table", inspect(kind).local_table).columns}
    names = [value.name for value in _inserted(kind, brought)]
    quoted = [QUOTED.quote(name) for name in names]
    cast_to = [f"v.{QUOTED.quote(name)}::{columns[name].compile(DIALECT)}" for name in names]
    lists = ", ".join(f"${number}::text[]" for number in range(1, len(names) + 1))
    return Sentence(
        f"INSERT INTO {shape_of(kind).table} ({', '.join(quoted)}) "  # noqa: S608 - names of the models only
        f"SELECT {', '.join(cast_to)} FROM unnest({lists}) AS v ({', '.join(quoted)})"
    )


def _update(shape: Shape, attributes: Sequence[str], numbers: Iterator[int]) -> str:
    given = [f"{QUOTED.quote(shape.values[name].name)} = ${next(numbers)}" for name in attributes]
    key = " AND ".join(f"{name} = ${next(numbers)}" for name in KEY)
    told = ", ".join(("true AS found", *(QUOTED.quote(value.name) for value in shape.fetched)))
    given.append("row_version = row_version + 1")
    return f"UPDATE {shape.table} SET {', '.join(given)} WHERE {key} RETURNING {told}"  # noqa: S608 - names of the models only
