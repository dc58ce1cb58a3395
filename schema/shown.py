"""Objects of the API made from rows: what a type shows, of which table, and to whom."""

import dataclasses
from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import cache
from typing import Any, ClassVar, Self, TypeVar, cast
from uuid import UUID

import strawberry
from sqlalchemy import ColumnElement, select

from casework.kernel.errors import not_found
from casework.kernel.models import TenantRow
from casework.kernel.sight import Seen, Sight
from schema.context import Info

T = TypeVar("T", bound="Shown")
NOT_OF_THE_ROW = frozenset({"row", "in_full"})


@cache
def plain_fields(kind: Hashable) -> tuple[str, ...]:
    """Name the fields of a type that have no resolver of their own, its id among them."""
    fields = dataclasses.fields(cast("type[Any]", kind))
    return tuple(field.name for field in fields if field.init and field.name not in NOT_OF_THE_ROW)


@dataclasses.dataclass(frozen=True)
class Showing:
    """Of which table a type shows the rows, and to whom one of them is shown by its id.

    `model` is None for figures of many rows. `seen` is None for what is only ever shown with something else. `noted`
    names the reading whose vain attempts leave a trace in the audit trail, because an id that answers nothing may be
    somebody else's (S-X-02).
    """

    model: type[TenantRow] | None
    seen: Seen | None
    noted: str | None


def shows(
    model: type[TenantRow], *, name: str, description: str, seen: Seen | None = None, noted: str | None = None
) -> Callable[[type[T]], type[T]]:
    """Make a GraphQL type of a class: plain fields carry the columns of the same name, others say their source."""

    def make(kind: type[T]) -> type[T]:
        made: type[T] = strawberry.type(name=name, description=description)(kind)
        made.showing = Showing(model, seen, noted)
        return made

    return make


def shows_figures(*, name: str, description: str) -> Callable[[type[T]], type[T]]:
    """Make a GraphQL type of a class that shows aggregated rows: plain fields carry the labelled columns."""

    def make(kind: type[T]) -> type[T]:
        made: type[T] = strawberry.type(name=name, description=description)(kind)
        made.showing = Showing(None, None, None)
        return made

    return make


def to_all_in_city(model: type[TenantRow]) -> Seen:
    """The condition that a row is of the caller's city: the public registers are shown to everybody in it."""

    def seen(sight: Sight) -> ColumnElement[bool]:
        own: ColumnElement[bool] = model.tenant_id == sight.tenant
        return own

    return seen


@strawberry.type
class Shown:
    """What every object made from a row can do."""

    showing: ClassVar[Showing]
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

    @classmethod
    async def resolve_nodes(cls, *, info: Info, node_ids: Iterable[str], required: bool = False) -> Any:
        """Load objects by id, as far as the caller sees them."""
        rows = await visible_rows(info, cls.showing, [UUID(str(key)) for key in node_ids])
        return [cls.maybe(row) for row in rows]


async def visible_rows(info: Info, showing: Showing, keys: list[UUID]) -> Sequence[Any]:
    """Load the rows with these ids that the caller may see; each that may not be seen, or is not there, is None."""
    context, model = info.context, showing.model
    if showing.seen is None or model is None:
        return [None for _ in keys]
    async with context.office.open(context.whose(), context.correlation_id) as work:
        query = select(model).where(model.tenant_id == work.tenant, model.id.in_(keys), showing.seen(work.sight))
        found = {row.id: row for row in (await work.session.scalars(query)).all()}
    await note_attempts(info, showing, [key for key in keys if key not in found])
    return [found.get(key) for key in keys]


async def note_attempts(info: Info, showing: Showing, missing: Iterable[UUID]) -> None:
    """Leave a trace of each id that answered "not found": it may be somebody else's (S-X-02)."""
    context = info.context
    for key in missing if showing.noted else ():
        refusal = not_found("object", "对象", target=key)
        await context.office.audit_attempt(context.whose(), str(showing.noted), refusal, context.correlation_id)
