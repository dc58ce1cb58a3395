"""Rows by the thousand into the tables of one city, personal data sealed on the way.

PostgreSQL refuses COPY into tables with row-level security, so rows travel as JSON, some thousand per statement, and
the database spreads them over the columns; the role, its grants and its policies are those of the running program.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

import orjson
import psycopg
from psycopg import sql
from sqlalchemy import inspect
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeEngine

from bangban.demo.identity import OPENED
from casework.kernel.models import TenantRow
from casework.kernel.vault import SealedJson, SealedText

Row = Mapping[str, Any]
"""One row without what all rows have in common."""

BATCH = 5000
"""How many rows go into one statement."""

DIALECT: Dialect = PGDialect_psycopg()  # type: ignore[no-untyped-call]
"""The dialect that the types of columns are asked under."""


def insert_rows(connection: psycopg.Connection[Any], kind: type[TenantRow], tenant: str, rows: Iterable[Row]) -> int:
    """Insert rows into the table of a kind, in the open transaction, and tell how many there were."""
    same = {"tenant_id": tenant, "created_at": OPENED, "updated_at": OPENED, "row_version": 1}
    writers = {column.name: _writer(column.type) for column in inspect(kind).columns}
    table = sql.Identifier(kind.__tablename__)
    columns = sql.SQL(", ").join(map(sql.Identifier, writers))
    statement = sql.SQL("INSERT INTO {0} ({1}) SELECT {1} FROM json_populate_recordset(NULL::{0}, %s)").format(
        table, columns
    )
    count = 0
    for batch in _batches(rows):
        whole = [_written({**same, **row}, writers) for row in batch]
        count += connection.execute(statement, [orjson.dumps(whole).decode()]).rowcount
    return count


def _written(row: Row, writers: Mapping[str, Callable[[Any], Any]]) -> dict[str, Any]:
    return {name: write(row[name]) for name, write in writers.items()}


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    left = iter(rows)
    while batch := list(islice(left, BATCH)):
        yield batch


def _writer(kind: TypeEngine[Any]) -> Callable[[Any], Any]:
    if isinstance(kind, SealedText | SealedJson):
        return lambda value: _as_hexadecimal(kind.process_bind_param(value, DIALECT))
    return lambda value: value


def _as_hexadecimal(sealed: bytes | None) -> str | None:
    """Write bytes in the form in which PostgreSQL reads them from text."""
    return None if sealed is None else "\\x" + sealed.hex()
