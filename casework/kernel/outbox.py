"""The outbox: events wait here, in the transaction that made them, until a worker has done what they ask for."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index, String, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from casework.kernel.models import TenantRow, text_enum, unique_within_tenant


class OutboxState(StrEnum):
    """Where an event stands: waiting, handed to the broker, done, or given up after too many tries."""

    PENDING = "PENDING"
    SENT = "SENT"
    DONE = "DONE"
    DEAD = "DEAD"


class OutboxEvent(TenantRow):
    """One event and how far its consequences have got; `available_at` and `sent_at` are host time, not legal time."""

    __tablename__ = "outbox_event"

    name: Mapped[str]
    aggregate: Mapped[str]
    aggregate_id: Mapped[UUID]
    occurred_at: Mapped[datetime]
    actor: Mapped[str]
    correlation_id: Mapped[str]
    payload: Mapped[dict[str, Any]]
    rules: Mapped[list[str]]
    state: Mapped[OutboxState] = mapped_column(text_enum(OutboxState))
    attempts: Mapped[int]
    available_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    last_error: Mapped[str | None]

    __table_args__ = (
        Index(
            "ix_outbox_event_open", "tenant_id", "available_at", postgresql_where=text("state IN ('PENDING', 'SENT')")
        ),
        Index("ix_outbox_event_aggregate", "tenant_id", "aggregate_id"),
    )


class InboxEntry(TenantRow):
    """A consumer has had the effects of an event: the key that makes effects happen once."""

    __tablename__ = "inbox_entry"

    consumer: Mapped[str] = mapped_column(String(80))
    event_id: Mapped[UUID]

    __table_args__ = (unique_within_tenant("consumer", "event_id"),)


async def claim_batch(session: AsyncSession, tenant: str, size: int, lease: timedelta) -> list[UUID]:
    """Claim open events of one tenant for sending; the lease hides them until a sweeper may send them again."""
    due = (
        select(OutboxEvent.id)
        .where(
            OutboxEvent.tenant_id == tenant,
            OutboxEvent.state.in_((OutboxState.PENDING, OutboxState.SENT)),
            OutboxEvent.available_at <= func.clock_timestamp(),
        )
        .order_by(OutboxEvent.available_at)
        .limit(size)
        .with_for_update(skip_locked=True)
    )
    ids = list((await session.scalars(due)).all())
    if ids:
        await session.execute(
            update(OutboxEvent)
            .where(OutboxEvent.tenant_id == tenant, OutboxEvent.id.in_(ids))
            .values(state=OutboxState.SENT, available_at=func.clock_timestamp() + lease)
            .execution_options(synchronize_session=False)
        )
    return ids


async def backlog(session: AsyncSession, tenant: str) -> int:
    """Count the events of a tenant whose consequences are still open."""
    open_events = select(func.count()).where(
        OutboxEvent.tenant_id == tenant, OutboxEvent.state.in_((OutboxState.PENDING, OutboxState.SENT))
    )
    return int(await session.scalar(open_events) or 0)
