"""Reviving events that were given up: once the cause is mended, they are tried again as if they were new."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from authz.decide import Resource
from casework.kernel.errors import not_found
from casework.kernel.outbox import OutboxEvent, OutboxState
from casework.kernel.work import Work

DELIVER = "system.message_deliver"


@dataclass(frozen=True)
class ReviveEvents:
    """Which events of the city were given up and are to be tried again; None: all of them."""

    event_ids: tuple[UUID, ...] | None = None


async def revive_events(work: Work, intent: ReviveEvents) -> list[OutboxEvent]:
    """Let the relay send given-up events again; what had its effect already has it no second time."""
    work.require(DELIVER, Resource())
    query = select(OutboxEvent).where(OutboxEvent.tenant_id == work.tenant, OutboxEvent.state == OutboxState.DEAD)
    if intent.event_ids is not None:
        query = query.where(OutboxEvent.id.in_(intent.event_ids))
    found = list((await work.session.scalars(query.order_by(OutboxEvent.id).with_for_update())).all())
    missing = set(intent.event_ids or ()) - {event.id for event in found}
    if missing:
        raise not_found("given-up event", "已放弃的事件", ("eventIds",), min(missing))
    for event in found:
        work.audit("event.revived", "event", event.id, before={"attempts": event.attempts})
        event.state, event.attempts = OutboxState.PENDING, 0
        event.available_at = func.clock_timestamp()
    await work.session.flush()
    return found
