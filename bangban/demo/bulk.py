"""Rows by the thousand: COPY into the tables of one city, personal data sealed on the way."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb
from sqlalchemy import inspect
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeEngine

from bangban.demo.identity import OPENED
from casework.kernel.models import TenantRow
from casework.kernel.vault import SealedJson, SealedText

Row = Mapping[str, Any]
"""One row without what all rows have in common."""

DIALECT: Dialect = PGDialect_psycopg()  # type: ignore[no-untyped-call]
"""The dialect that the types of columns are asked under."""


def copy_rows(connection: psycopg.Connection[Any], kind: type[TenantRow], tenant: str, rows: Iterable[Row]) -> int:
    """Copy rows into the table of a kind, in the open transaction, and tell how many there were."""
    columns = list(inspect(kind).columns)
    same = {"tenant_id": tenant, "created_at": OPENED, "updated_at": OPENED, "row_version": 1}
    writers = [_writer(column.type) for column in columns]
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(kind.__tablename__), sql.SQL(", ").join(sql.Identifier(column.name) for column in columns)
    )
    count = 0
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            whole = {**same, **row}
            values = (whole[column.name] for column in columns)
            copy.write_row([write(value) for write, value in zip(writers, values, strict=True)])
            count += 1
    return count


def _writer(kind: TypeEngine[Any]) -> Callable[[Any], Any]:
    if isinstance(kind, SealedText | SealedJson):
        return lambda value: kind.process_bind_param(value, DIALECT)
    if isinstance(kind, JSONB):
        return lambda value: None if value is None else Jsonb(value)
    return lambda value: value
