"""Objects of the API made from rows: plain fields carry the row's columns of the same name, methods carry the rest."""

import dataclasses
from collections.abc import Hashable, Iterable, Sequence
from functools import cache
from typing import Any, Self, cast
from uuid import UUID

import strawberry

from casework.kernel.models import TenantRow
from schema.context import Info


@cache
def plain_fields(kind: Hashable) -> tuple[str, ...]:
    """Name the fields of a type that have no resolver of their own, its id among them."""
    fields = dataclasses.fields(cast("type[Any]", kind))
    return tuple(field.name for field in fields if field.init and field.name != "row")


@strawberry.type
class Shown:
    """What every object made from a row can do."""

    row: strawberry.Private[Any]

    @classmethod
    def of(cls, row: Any) -> Self:
        """Show a row."""
        values = {name: getattr(row, name) for name in plain_fields(cast("Hashable", cls))}
        return cls(row=row, **values)

    @classmethod
    def maybe(cls, row: Any) -> Self | None:
        """Show a row that may be missing."""
        return None if row is None else cls.of(row)

    @classmethod
    def every(cls, rows: Iterable[Any]) -> list[Self]:
        """Show rows in their order."""
        return [cls.of(row) for row in rows]


async def visible_rows(info: Info, kind: type[TenantRow], node_ids: Iterable[str]) -> Sequence[Any]:
    """Load rows that every actor of the city may read, such as units and items."""
    keys = [UUID(str(key)) for key in node_ids]
    async with info.context.office.open(info.context.whose(), info.context.correlation_id) as work:
        found = {key: await work.find(kind, key) for key in keys}
    return [found[key] for key in keys]
