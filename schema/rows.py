"""Batch loaders for rows: one query for all rows that the fields of one request ask for at the same moment."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select
from strawberry.dataloader import DataLoader

from casework.deadlines.models import Timer
from casework.deadlines.queries import Reading, reading
from casework.kernel.models import TenantRow
from casework.kernel.work import Regulation
from schema.context import RequestContext

Row = TypeVar("Row", bound=TenantRow)


def by_id(context: RequestContext, kind: type[Row]) -> DataLoader[UUID, Row | None]:
    """Load rows of one table by their ids; the caller has been allowed to see whatever points to them."""

    async def load(keys: list[UUID]) -> Sequence[Row | None]:
        async with context.office.open(context.whose(), context.correlation_id) as work:
            query = select(kind).where(kind.tenant_id == work.tenant, kind.id.in_(keys))
            found = {row.id: row for row in (await work.session.scalars(query)).all()}
        return [found.get(key) for key in keys]

    return context.loaders.of(("id", kind), lambda: DataLoader(load))


def by_owner(context: RequestContext, kind: type[Row], column: str = "case_id") -> DataLoader[UUID, list[Row]]:
    """Load the rows that point to an owner by `column`, oldest first."""

    async def load(keys: list[UUID]) -> Sequence[list[Row]]:
        owner: Any = getattr(kind, column)
        grouped: dict[UUID, list[Row]] = defaultdict(list)
        async with context.office.open(context.whose(), context.correlation_id) as work:
            query = select(kind).where(kind.tenant_id == work.tenant, owner.in_(keys)).order_by(kind.id)
            for row in (await work.session.scalars(query)).all():
                grouped[getattr(row, column)].append(row)
        return [grouped[key] for key in keys]

    return context.loaders.of(("owner", kind, column), lambda: DataLoader(load))


def regulations(context: RequestContext) -> DataLoader[UUID | None, Regulation]:
    """Load the profile revisions that objects are pinned to; None stands for the one in force."""

    async def load(keys: list[UUID | None]) -> Sequence[Regulation]:
        async with context.office.open(context.whose(), context.correlation_id) as work:
            return [await work.pinned(key) for key in keys]

    return context.loaders.of("regulations", lambda: DataLoader(load))


def readings(context: RequestContext) -> DataLoader[Timer, Reading]:
    """Read the clocks of one request, each once, whatever is asked of it."""

    async def load(timers: list[Timer]) -> Sequence[Reading]:
        async with context.office.open(context.whose(), context.correlation_id) as work:
            return [await reading(work, timer) for timer in timers]

    return context.loaders.of("readings", lambda: DataLoader(load, cache_key_fn=lambda timer: timer.id))
