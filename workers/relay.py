"""The relay: claims open events of a tenant and wakes the workers for them.

The lease makes it the sweeper too: an event whose message got lost becomes claimable again and is sent once more.
Only a window of events per tenant is under way at any time, so that a busy city makes nobody else wait and no lease
runs out in a long queue.
"""

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from sqlalchemy import func, select, update

from authz.actor import Actor
from casework.kernel.outbox import OutboxEvent, OutboxState, claim_batch
from casework.kernel.work import Office, Work
from workers.duties import Duty
from workers.pace import Pace

Send = Callable[[str, Sequence[UUID]], Awaitable[None]]


def relay(send: Send, awaited: frozenset[str], pace: Pace) -> Duty:
    """Make the duty of relaying; `awaited` are the events that anybody listens to."""

    async def look(office: Office, tenant: str) -> bool:
        """Claim and send what is open; what nobody listens to is done as soon as it was read."""
        async with office.open(Actor.system(tenant)) as work:
            room = pace.window - await _under_way(work)
            claimed = await claim_batch(work.session, tenant, room, pace.event_lease) if room > 0 else []
            heard = await _close_unheard(work, claimed, awaited)
        if heard:
            await _send_or_release(office, tenant, heard, send)
        return bool(claimed)

    return Duty("relay", pace.idle_seconds, look)


async def _under_way(work: Work) -> int:
    """Count the events whose message is on its way or in a worker's hands."""
    leased = select(func.count()).where(
        OutboxEvent.tenant_id == work.tenant,
        OutboxEvent.state == OutboxState.SENT,
        OutboxEvent.available_at > func.clock_timestamp(),
    )
    return int(await work.session.scalar(leased) or 0)


async def _close_unheard(work: Work, claimed: Sequence[UUID], awaited: frozenset[str]) -> list[UUID]:
    """Mark done what nobody listens to; give back the others in the order of their claim."""
    if not claimed:
        return []
    unheard = (
        update(OutboxEvent)
        .where(
            OutboxEvent.tenant_id == work.tenant, OutboxEvent.id.in_(claimed), OutboxEvent.name.not_in(sorted(awaited))
        )
        .values(state=OutboxState.DONE)
        .returning(OutboxEvent.id)
        .execution_options(synchronize_session=False)
    )
    done = set((await work.session.scalars(unheard)).all())
    return [each for each in claimed if each not in done]


async def _send_or_release(office: Office, tenant: str, ids: Sequence[UUID], send: Send) -> None:
    """Send, or give the events back at once so that nobody waits for the lease when the broker returns."""
    try:
        await send(tenant, ids)
    except Exception:
        async with office.open(Actor.system(tenant)) as work:
            await work.session.execute(
                update(OutboxEvent)
                .where(OutboxEvent.tenant_id == tenant, OutboxEvent.id.in_(ids), OutboxEvent.state == OutboxState.SENT)
                .values(state=OutboxState.PENDING, available_at=func.clock_timestamp())
                .execution_options(synchronize_session=False)
            )
        raise
