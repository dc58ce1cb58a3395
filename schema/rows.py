"""Batch loaders for rows: one query for all rows that the fields of one request ask for at the same moment."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select
from strawberry.dataloader import DataLoader

from casework.deadlines.models import Timer
from casework.deadlines.queries import Reading, reading
from casework.kernel.law import Regulation
from casework.kernel.models import TenantRow
from schema.context import RequestContext
from schema.reading.lens import Lens
from schema.reading.sources import First, Many

Row = TypeVar("Row", bound=TenantRow)


def by_id(context: RequestContext, kind: type[Row]) -> DataLoader[UUID, Row | None]:
    """Load rows of one table by their ids; the caller has been allowed to see whatever points to them."""

    async def load(keys: list[UUID]) -> Sequence[Row | None]:
        async with context.office.open(context.whose(), context.correlation_id) as work:
            query = select(kind).where(kind.tenant_id == work.tenant, kind.id.in_(keys))
            found = {row.id: row for row in (await work.session.scalars(query)).all()}
        return [found.get(key) for key in keys]

    return context.loaders.of(("id", kind), lambda: DataLoader(load))


def by_owner(context: RequestContext, relation: First | Many) -> DataLoader[UUID, list[Any]]:
    """Load the rows that point to an owner, in the order of the relation."""
    owner, where = relation.owner, relation.where if isinstance(relation, First) else None
    kind = owner.class_

    async def load(keys: list[UUID]) -> Sequence[list[Any]]:
        grouped: dict[UUID, list[Any]] = defaultdict(list)
        async with context.office.open(context.whose(), context.correlation_id) as work:
            query = select(kind).where(kind.tenant_id == work.tenant, owner.in_(keys)).order_by(*relation.order)
            if where is not None:
                query = query.where(where(work.sight))
            for row in (await work.session.scalars(query)).all():
                grouped[getattr(row, owner.key)].append(row)
        return [grouped[key] for key in keys]

    return context.loaders.of(("owner", id(relation)), lambda: DataLoader(load))


def regulations(context: RequestContext) -> DataLoader[UUID | None, Regulation]:
    """Load the profile revisions that objects are pinned to; None stands for the one in force."""

    async def load(keys: list[UUID | None]) -> Sequence[Regulation]:
        async with context.office.open(context.whose(), context.correlation_id) as work:
            return [await work.pinned(key) for key in keys]

    return context.loaders.of("regulations", lambda: DataLoader(load))


def lenses(context: RequestContext) -> DataLoader[None, Lens]:
    """Give the lens of the request, made when the first computed field asks for it."""

    async def load(keys: list[None]) -> Sequence[Lens]:
        actor = context.whose()
        async with context.office.open(actor, context.correlation_id) as work:
            in_force, now = work.regulation, work.now
        known = context.office.regulations.known
        return [Lens(actor, now, in_force, lambda key: known(str(actor.tenant), key)) for _ in keys]

    return context.loaders.of("lens", lambda: DataLoader(load))


def readings(context: RequestContext) -> DataLoader[Timer, Reading]:
    """Read the clocks of one request, each once, whatever is asked of it."""

    async def load(timers: list[Timer]) -> Sequence[Reading]:
        async with context.office.open(context.whose(), context.correlation_id) as work:
            return [await reading(work, timer) for timer in timers]

    return context.loaders.of("readings", lambda: DataLoader(load, cache_key_fn=lambda timer: timer.id))
