"""Rows on their way into COPY: one buffer per table, written as text."""

from datetime import datetime
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import inspect

from casework.kernel.models import TenantRow


class Buffer:
    """Rows of one table that wait to be copied."""

    def __init__(self, kind: type[TenantRow], created_at: datetime) -> None:
        """Learn the columns of the table; what the rows do not say about their making is the same for all."""
        self.table = kind.__tablename__
        self.columns = [column.name for column in inspect(kind).columns]
        self.same = {"created_at": field(created_at), "updated_at": field(created_at), "row_version": "1"}
        self.lines: list[str] = []
        self.total = 0

    def add(self, **values: Any) -> None:
        """Write one row; a column that is not named is null."""
        same = self.same
        self.lines.append(
            "\t".join([field(values[name]) if name in values else same.get(name, "\\N") for name in self.columns])
        )

    def flush(self, cursor: psycopg.Cursor[Any]) -> None:
        """Copy what waits."""
        if not self.lines:
            return
        names = sql.SQL(", ").join(map(sql.Identifier, self.columns))
        with cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(self.table), names)) as copy:
            copy.write("\n".join(self.lines) + "\n")
        self.total += len(self.lines)
        self.lines.clear()


def field(value: Any) -> str:
    """Write one value in the text form of COPY; texts of the bench hold no tab, newline or backslash."""
    if value is None:
        return "\\N"
    if value is True:
        return "t"
    if value is False:
        return "f"
    if isinstance(value, bytes):
        return "\\\\x" + value.hex()
    return str(value)
