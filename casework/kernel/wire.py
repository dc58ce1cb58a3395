"""Statements sent on a transaction's own connection, prepared once on each, past everything that rows and adapters cost."""

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import Enum
from itertools import count
from typing import Any
from uuid import UUID

import psycopg
from psycopg import AsyncConnection, errors, generators, pq
from sqlalchemy import Connection, Dialect, Insert, Select
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.exc import DBAPIError

KEPT_STATEMENTS = 200
NUMBERED: Dialect = PGDialect_psycopg(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]
DONE = (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK)


@dataclass(frozen=True, eq=False)
class Sentence:
    """One statement with parameters `$1`, `$2`; its text is the same for all values."""

    text: str
    names: tuple[str, ...] = ()
    """What the parameters are called, where it was composed."""

    composed: Mapping[str, Any] = field(default_factory=dict)
    """Values that the composition brought along."""

    @classmethod
    def of(cls, statement: Select[Any] | Insert) -> "Sentence":
        """Write a composed statement once and for all; its bound parameters are named at each use."""
        compiled = statement.compile(dialect=NUMBERED)
        return cls(str(compiled), tuple(compiled.positiontup or ()), compiled.params)

    def values(self, given: Mapping[str, Any]) -> list[bytes | None]:
        """Write the values in the order in which the statement wants them."""
        return [written(given[name] if name in given else self.composed[name]) for name in self.names]


@dataclass
class Wire:
    """What a connection remembers: the statements that are prepared on it, by the names they have there."""

    kept: OrderedDict[Sentence, bytes] = field(default_factory=OrderedDict)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @classmethod
    def of(cls, connection: Connection) -> "Wire":
        """Give the wire of a connection."""
        wire: Wire = connection.info.setdefault("wire", cls())
        return wire


def ask(connection: Connection, sentence: Sentence, values: Sequence[bytes | None]) -> pq.abc.PGresult:
    """Have PostgreSQL carry out a statement in the transaction of a connection; what it refuses is raised as by SQLAlchemy."""
    adapted: Any = connection.connection.dbapi_connection
    wire = Wire.of(connection)
    result: pq.abc.PGresult = adapted.run_async(lambda driver: asked(driver, wire, sentence, values))
    return result


async def asked(
    driver: AsyncConnection[Any], wire: Wire, sentence: Sentence, values: Sequence[bytes | None]
) -> pq.abc.PGresult:
    """The same for who holds the driver's connection itself."""
    try:
        return await _ask(driver, wire, sentence, values)
    except psycopg.Error as error:
        raise DBAPIError.instance(
            sentence.text, None, error, psycopg.Error, hide_parameters=True, dialect=NUMBERED
        ) from error


def rows_of(result: pq.abc.PGresult) -> list[tuple[bytes | None, ...]]:
    """Take the rows of an answer, each value as PostgreSQL writes it."""
    columns = range(result.nfields)
    return [tuple(result.get_value(row, column) for column in columns) for row in range(result.ntuples)]


async def _ask(
    driver: AsyncConnection[Any], wire: Wire, sentence: Sentence, values: Sequence[bytes | None]
) -> pq.abc.PGresult:
    name = wire.kept.get(sentence)
    if name is None:
        name = await _prepare(driver, wire, sentence)
    wire.kept.move_to_end(sentence)
    driver.pgconn.send_query_prepared(name, values)
    return await _result(driver)


async def _prepare(driver: AsyncConnection[Any], wire: Wire, sentence: Sentence) -> bytes:
    if len(wire.kept) >= KEPT_STATEMENTS:
        _, longest_unused = wire.kept.popitem(last=False)
        driver.pgconn.send_query(b"DEALLOCATE %s" % longest_unused)
        await _result(driver)
    name = b"work_%d" % next(wire.numbers)
    driver.pgconn.send_prepare(name, sentence.text.encode())
    await _result(driver)
    wire.kept[sentence] = name
    return name


async def _result(driver: AsyncConnection[Any]) -> pq.abc.PGresult:
    results: list[pq.abc.PGresult] = await driver.wait(generators.execute(driver.pgconn))
    result = results[-1]
    if result.status not in DONE:
        raise errors.error_from_result(result, encoding="utf-8")
    return result


def written(value: Any) -> bytes | None:
    """Write a value as PostgreSQL reads it in text."""
    return WRITERS.get(type(value), _other)(value)


def _text(value: str) -> bytes:
    if "\x00" in value:
        raise psycopg.DataError("PostgreSQL keeps no text with a null character")
    return value.encode()


def _list(values: Sequence[Any]) -> bytes:
    return b"{" + b",".join(_quoted(written(value)) for value in values) + b"}"


def _quoted(value: bytes | None) -> bytes:
    """Write a value that stands in a list."""
    return b"NULL" if value is None else b'"' + value.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'


def _other(value: Any) -> bytes:
    """Write what is a value of its own by another name, such as a state."""
    return _text(str(value.value if isinstance(value, Enum) else value))


WRITERS: dict[type, Callable[[Any], bytes | None]] = {
    type(None): lambda _value: None,
    str: _text,
    int: lambda value: b"%d" % value,
    bool: lambda value: b"t" if value else b"f",
    bytes: lambda value: b"\\x" + value.hex().encode(),
    UUID: lambda value: str(value).encode(),
    datetime: lambda value: value.isoformat().encode(),
    date: lambda value: value.isoformat().encode(),
    time: lambda value: value.isoformat().encode(),
    list: _list,
    tuple: _list,
}
"""How the values of a kind are written."""
