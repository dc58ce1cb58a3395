"""Rows on their way into COPY: one buffer per table, written as text."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import inspect

from casework.kernel.models import TenantRow

NULL = "\\N"
MADE = ("created_at", "updated_at", "row_version")
"""What every row says about its making."""


class Buffer:
    """Rows of one table that wait to be copied."""

    def __init__(self, kind: type[TenantRow], tenant: str) -> None:
        """Learn the columns of the table; the city is the same for all rows."""
        self.table = kind.__tablename__
        self.columns = columns_of(kind)
        self.same = {"tenant_id": tenant}
        self.lines: list[str] = []

    def writer(self, *differing: str, **same: Any) -> Callable[..., None]:
        """Give a function that adds a row from the texts of its id and of the columns that differ, in table order.

        What is the same in all these rows is written once, here: millions of rows leave no time for more.
        """
        slots = ("id", *differing)
        known = self.same | same
        if [name for name in self.columns if name in slots] != list(slots) or not set(known) <= set(self.columns):
            raise ValueError(f"{self.table} has the columns {self.columns}, in this order")
        cells = ["%s" if name in slots else field(known.get(name)).replace("%", "%%") for name in self.columns]
        line, add = "\t".join(cells), self.lines.append
        return lambda *values: add(line % values)

    def taken(self) -> tuple[str, bytes, int]:
        """Hand over what waits: the table, the rows as COPY reads them, and how many there are."""
        found = self.table, ("\n".join(self.lines) + "\n").encode() if self.lines else b"", len(self.lines)
        self.lines.clear()
        return found


def columns_of(kind: type[TenantRow]) -> list[str]:
    """List the columns that are written for each row; PostgreSQL fills in the others."""
    columns = inspect(kind).columns
    return [column.name for column in columns if column.server_default is None and column.name not in MADE]


def made_alike(connection: psycopg.Connection[Any], kinds: Sequence[type[TenantRow]], at: datetime) -> None:
    """Let PostgreSQL say how the rows were made: reading it twice for each of millions of them takes a minute."""
    values = {"created_at": sql.Literal(at), "updated_at": sql.Literal(at), "row_version": sql.Literal(1)}
    for kind in kinds:
        for name in MADE:
            _alter(connection, kind, name, sql.SQL("SET DEFAULT {}").format(values[name]))


def made_anyhow(connection: psycopg.Connection[Any], kinds: Sequence[type[TenantRow]]) -> None:
    """Take that back; the tables of the office have no such defaults."""
    for kind in kinds:
        for name in MADE:
            _alter(connection, kind, name, sql.SQL("DROP DEFAULT"))


def _alter(connection: psycopg.Connection[Any], kind: type[TenantRow], name: str, change: sql.Composable) -> None:
    if inspect(kind).columns[name].server_default is not None:
        raise ValueError(f"{kind.__tablename__}.{name} has a default of its own")
    table, column = sql.Identifier(kind.__tablename__), sql.Identifier(name)
    connection.execute(sql.SQL("ALTER TABLE {} ALTER COLUMN {} {}").format(table, column, change))


def field(value: Any) -> str:
    """Write one value in the text form of COPY; texts of the bench hold no tab, newline or backslash."""
    if value is None:
        return NULL
    if value is True:
        return "t"
    if value is False:
        return "f"
    if isinstance(value, bytes):
        return "\\\\x" + value.hex()
    return str(value)
