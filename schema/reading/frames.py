"""Where a planned statement takes its columns from: rows, the rows joined to them, and the arrays they become."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import Column, ColumnClause, ColumnElement, FromClause, column, func
from sqlalchemy.sql.visitors import replacement_traverse

MOST_IN_ARRAY = 90
"""A function of PostgreSQL takes at most a hundred arguments; a longer row becomes an array of arrays."""


@dataclass(eq=False)
class Frame:
    """One row of a FROM clause: the scope that it belongs to, and its columns by name.

    `of` is the table whose rows these are, where its expressions are to be written for this row.
    """

    scope: "Scope"
    source: FromClause
    of: FromClause | None = None
    joined: dict[Any, "Frame"] = field(default_factory=dict)
    beside: dict[Any, Sequence[ColumnElement[Any]]] = field(default_factory=dict)
    columns: dict[str, ColumnElement[Any]] = field(default_factory=dict)

    def column(self, name: str) -> ColumnElement[Any]:
        """Give a column, the same for the same name.

        It is made here because a source that is asked for one column makes a copy of each that it has.
        """
        found = self.columns.get(name)
        if found is None:
            made: ColumnClause[Any] = column(name)
            made.table = self.source
            found = self.columns[name] = made
        return found

    def adapted(self, expression: ColumnElement[Any]) -> ColumnElement[Any]:
        """Write an expression on the table's columns as one on this row's."""

        def of_row(element: Any, **_: Any) -> Any:
            return self.column(element.name) if isinstance(element, Column) and element.table is self.of else None

        adapted: ColumnElement[Any] = replacement_traverse(expression, {}, of_row)
        return adapted


@dataclass(eq=False)
class Scope:
    """The rows that become arrays together: the values of each array, and what is joined to find them."""

    depth: int
    values: list[ColumnElement[Any]] = field(default_factory=list)
    origin: Any = None
    above: Sequence[FromClause] = ()
    sources: list[FromClause] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The name of the array in the assembling program."""
        return f"r{self.depth}"

    def start(self, source: FromClause, of: FromClause | None = None) -> Frame:
        """Take the rows of the scope from a source."""
        self.origin = source
        self.sources.append(source)
        return Frame(self, source, of)

    def join(self, joined: Frame, condition: ColumnElement[bool]) -> Frame:
        """Join a row that may be missing."""
        self.origin = self.origin.outerjoin(joined.source, condition)
        self.sources.append(joined.source)
        return joined

    def place(self, value: ColumnElement[Any]) -> str:
        """Put a value into the array and say where it is found again; the same value is put there once."""
        for number, known in enumerate(self.values):
            if known is value:
                return f"{self.name}[{number}]"
        self.values.append(value)
        return f"{self.name}[{len(self.values) - 1}]"

    def array(self) -> ColumnElement[Any]:
        """Write the array of one row."""
        parts = [self.values[start : start + MOST_IN_ARRAY] for start in range(0, len(self.values), MOST_IN_ARRAY)]
        if len(parts) <= 1:
            return func.json_build_array(*self.values)
        return func.json_build_array(*(func.json_build_array(*part) for part in parts))

    @property
    def is_long(self) -> bool:
        """Tell whether the array of a row is one of arrays."""
        return len(self.values) > MOST_IN_ARRAY

    def arrays(self) -> "Arrays":
        """Give what reads the arrays, once all is written: a plan that is kept must not keep the columns."""
        return Arrays(self.is_long)


@dataclass(frozen=True)
class Arrays:
    """Reads the arrays that the rows of a scope became."""

    is_long: bool

    def row(self, raw: bytes) -> list[Any]:
        """Read the array of one row."""
        found: list[Any] = orjson.loads(raw)
        return flat(found) if self.is_long else found

    def rows(self, raw: bytes) -> list[list[Any]]:
        """Read the arrays of several rows."""
        return self.flattened(orjson.loads(raw))

    def flattened(self, rows: list[list[Any]]) -> list[list[Any]]:
        """Make one array of each row."""
        return [flat(row) for row in rows] if self.is_long else rows


def flat(parts: list[Any]) -> list[Any]:
    """Make one array of the parts of a long row."""
    return [value for part in parts for value in part]
