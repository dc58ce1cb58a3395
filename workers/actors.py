"""The actors: doors between the broker and the office. Messages carry a tenant and an id, nothing else."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from uuid import UUID

import dramatiq

from workers import events, timers
from workers.events import Consumers
from workers.loop import JobLoop
from workers.pace import Pace

Mail = dramatiq.Actor[[str, str], None]


@dataclass(frozen=True)
class Actors:
    """The actors of one broker."""

    handle_event: Mail
    fire_timer: Mail


def declare_actors(broker: dramatiq.Broker, jobs: JobLoop, prefix: str, consumers: Consumers, pace: Pace) -> Actors:
    """Declare the actors; clocks have a queue of their own and go before everything else."""

    @dramatiq.actor(broker=broker, queue_name=f"{prefix}.events", priority=10)
    def handle_event(tenant: str, event_id: str) -> None:
        """Carry out the consequences of an event."""
        jobs.run(events.carry_out(jobs.office, consumers, pace, tenant, UUID(event_id)))

    @dramatiq.actor(broker=broker, queue_name=f"{prefix}.timers", priority=0)
    def fire_timer(tenant: str, timer_id: str) -> None:
        """Fire a clock that is due."""
        jobs.run(timers.fire(jobs.office, pace, tenant, UUID(timer_id)))

    return Actors(handle_event, fire_timer)


class Sender:
    """Hands messages to the broker from one thread of its own: a slow broker must not stop the pulse."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sender")

    async def send(self, actor: Mail, tenant: str, ids: Sequence[UUID]) -> None:
        """Send one message for each id."""
        await asyncio.get_running_loop().run_in_executor(self._thread, _send_all, actor, tenant, ids)

    def close(self) -> None:
        """Send nothing more."""
        self._thread.shutdown(wait=False, cancel_futures=True)


def _send_all(actor: Mail, tenant: str, ids: Sequence[UUID]) -> None:
    for each in ids:
        actor.send(tenant, str(each))
