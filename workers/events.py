"""Consequences of events: who listens to what, and that each listener's effect happens once.

A broker delivers at least once and a worker may die at any instant. So the effect and its inbox key are written in
one transaction, and the event is done only when every listener has had it. A listener that fails is tried again
later; it does not take the others' effects away.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

import structlog
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from authz.actor import Actor
from casework.kernel.ids import new_id
from casework.kernel.outbox import InboxEntry, OutboxEvent, OutboxState
from casework.kernel.work import Office, Work
from workers.faults import kind_of, places_of
from workers.pace import Pace

log = structlog.get_logger("bangban.workers")


@dataclass(frozen=True)
class Happened:
    """An event as a listener sees it: ids, codes and instants, never personal data."""

    id: UUID
    name: str
    aggregate: str
    aggregate_id: UUID
    occurred_at: datetime
    payload: dict[str, Any]


Act = Callable[[Work, Happened], Awaitable[object]]
ActT = TypeVar("ActT", bound=Act)


@dataclass(frozen=True)
class Consumer:
    """One listener; its name is its inbox key, so it never changes."""

    name: str
    act: Act


class Consumers:
    """Who listens to which event."""

    def __init__(self) -> None:
        self._by_event: dict[str, list[Consumer]] = {}
        self._names: set[str] = set()

    def on(self, event: str, *, consumer: str) -> Callable[[ActT], ActT]:
        """Let a function listen to an event under a name of its own."""

        def register(act: ActT) -> ActT:
            if (key := f"{event} {consumer}") in self._names:
                raise ValueError(f"{consumer} already listens to {event}")
            self._names.add(key)
            self._by_event.setdefault(event, []).append(Consumer(consumer, act))
            return act

        return register

    def of(self, event: str) -> tuple[Consumer, ...]:
        """Name the listeners of an event."""
        return tuple(self._by_event.get(event, ()))

    @property
    def events(self) -> frozenset[str]:
        """The events that anybody listens to."""
        return frozenset(self._by_event)


CONSUMERS = Consumers()
"""The listeners of the house; the modules of workers/ that are named after rooms fill it."""

on = CONSUMERS.on


async def carry_out(office: Office, consumers: Consumers, pace: Pace, tenant: str, event_id: UUID) -> None:
    """Carry out the consequences of one event of one tenant."""
    try:
        async with asyncio.timeout(pace.job_seconds), office.open(Actor.system(tenant)) as work:
            row = await _take(work, event_id)
            if row is not None:
                happened = _told(row)
                traced = replace(work, correlation_id=row.correlation_id)
                faults = [await _have(traced, listener, happened) for listener in consumers.of(row.name)]
                _close(row, [fault for fault in faults if fault], pace)
    except Exception as error:  # noqa: BLE001 - a failure of any kind counts as one try
        log.error("event.failed", tenant=tenant, event_id=str(event_id), error=kind_of(error), places=places_of(error))
        async with office.open(Actor.system(tenant)) as work:
            row = await _take(work, event_id)
            if row is not None:
                _close(row, [kind_of(error)], pace)


async def _take(work: Work, event_id: UUID) -> OutboxEvent | None:
    """Take an open event; whoever finds it taken leaves it to the other, and the lease sees to the rest."""
    waiting = (
        select(OutboxEvent)
        .where(
            OutboxEvent.tenant_id == work.tenant,
            OutboxEvent.id == event_id,
            OutboxEvent.state.in_((OutboxState.PENDING, OutboxState.SENT)),
        )
        .with_for_update(skip_locked=True)
    )
    return (await work.session.scalars(waiting)).one_or_none()


def _told(row: OutboxEvent) -> Happened:
    return Happened(row.id, row.name, row.aggregate, row.aggregate_id, row.occurred_at, dict(row.payload))


async def _have(work: Work, listener: Consumer, happened: Happened) -> str | None:
    """Let one listener have the event, once; its failure undoes only what it did itself."""
    try:
        async with work.session.begin_nested():
            if await _first_time(work, listener.name, happened.id):
                await listener.act(work, happened)
    except Exception as error:  # noqa: BLE001 - one listener's failure must not reach the others
        fault = f"{listener.name}: {kind_of(error)}"
        log.warning(
            "event.consumer_failed",
            tenant=work.tenant,
            event_id=str(happened.id),
            event_name=happened.name,
            fault=fault,
            places=places_of(error),
        )
        return fault
    return None


async def _first_time(work: Work, consumer: str, event_id: UUID) -> bool:
    """Write the inbox key; False when this listener has had the event before."""
    key = {
        "tenant_id": work.tenant,
        "id": new_id(),
        "consumer": consumer,
        "event_id": event_id,
        "created_at": work.now,
        "updated_at": work.now,
        "row_version": 1,
    }
    written = insert(InboxEntry).values(**key).on_conflict_do_nothing().returning(InboxEntry.id)
    return (await work.session.execute(written)).scalar_one_or_none() is not None


def _close(row: OutboxEvent, faults: list[str], pace: Pace) -> None:
    """Mark the event done, or put it off, or give it up after too many tries."""
    if not faults:
        row.state, row.last_error = OutboxState.DONE, None
        return
    row.attempts += 1
    row.last_error = "; ".join(faults)[:500]
    if row.attempts >= pace.tries:
        row.state = OutboxState.DEAD
        log.error("event.dead", tenant=row.tenant_id, event_id=str(row.id), event_name=row.name, fault=row.last_error)
        return
    row.state = OutboxState.PENDING
    row.available_at = _from_now(pace.retry_wait(row.attempts))


def _from_now(wait: timedelta) -> Any:
    """Tell an instant of the database's clock, the one that leases and waits are compared with."""
    return func.clock_timestamp() + wait
