"""Objects of the API made from rows: plain fields carry the row's columns of the same name, methods carry the rest."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, Self
from uuid import UUID

import strawberry
from strawberry.types.base import get_object_definition

from casework.kernel.models import TenantRow
from schema.context import Info


@lru_cache(maxsize=256)
def plain_fields(kind: type) -> tuple[str, ...]:
    """Name the fields of a type that have no resolver of their own."""
    return tuple(
        field.python_name for field in get_object_definition(kind, strict=True).fields if field.base_resolver is None
    )


class Shown:
    """What every object made from a row can do."""

    row: strawberry.Private[Any]

    @classmethod
    def of(cls, row: Any) -> Self:
        """Show a row."""
        values = {name: getattr(row, name) for name in plain_fields(cls) if name != "row"}
        return cls(row=row, **values)  # type: ignore[call-arg]

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
