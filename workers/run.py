"""One worker process: the broker's threads carry out jobs, the main thread keeps the pulse, a signal ends both."""

import asyncio
import logging
import os
import signal
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Protocol

import dramatiq
import structlog

from casework.kernel.work import Office
from workers.actors import Actors, Sender, declare_actors
from workers.audit import seal
from workers.broker import BrokerSettings, broker_fault, broker_warning, make_broker
from workers.duties import DUTIES, Duties, Duty
from workers.events import CONSUMERS, Consumers
from workers.loop import JobLoop
from workers.pace import Pace
from workers.pulse import Pulse
from workers.relay import relay
from workers.rooms import ROOMS
from workers.timers import keep_clocks

log = structlog.get_logger("bangban.workers")

IDLE_MS = 500
STOP_MS = 2_000
LAST_SECONDS = 3.5


class Wiring(Protocol):
    """What a worker process needs from the program."""

    @property
    def broker_settings(self) -> BrokerSettings:
        """Where the broker is."""

    @property
    def worker_threads(self) -> int:
        """How many jobs this process may have in hand at once."""

    def make_office(self) -> Office:
        """Make an office with a pool of its own; each event loop needs one."""


def run(wiring: Wiring, *, pace: Pace | None = None, consumers: Consumers = CONSUMERS, duties: Duties = DUTIES) -> None:
    """Work until SIGTERM or SIGINT; ends within five seconds, and what was in hand is done again by another."""
    pace = pace or Pace()
    logging.getLogger("pika").setLevel(logging.WARNING)
    broker = make_broker(wiring.broker_settings)
    jobs = JobLoop(wiring.make_office())
    broker.add_middleware(jobs)
    actors = declare_actors(broker, jobs, wiring.broker_settings.prefix, consumers, pace)
    worker = dramatiq.Worker(broker, worker_timeout=IDLE_MS, worker_threads=wiring.worker_threads)
    _tell_of(broker)
    broker.emit_after("process_boot")
    worker.start()
    sender = Sender()
    try:
        looks = (*_standing_duties(sender, actors, consumers, pace), *duties.all())
        asyncio.run(_keep_pulse(wiring.make_office(), looks, pace))
    finally:
        _end(worker, broker, sender)


def _standing_duties(sender: Sender, actors: Actors, consumers: Consumers, pace: Pace) -> Sequence[Duty]:
    return (
        keep_clocks(partial(sender.send, actors.fire_timer), pace),
        relay(partial(sender.send, actors.handle_event), consumers.events, pace),
        seal(pace),
    )


async def _keep_pulse(office: Office, duties: Sequence[Duty], pace: Pace) -> None:
    """Keep the pulse until a signal says that it is enough; a pulse that stops by itself ends the process."""
    told_to_stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told_to_stop.set)
    pulse = asyncio.create_task(Pulse(office, duties, pace).run())
    log.info("worker.started", pid=os.getpid(), rooms=[room.__name__ for room in ROOMS])
    await asyncio.wait([pulse, asyncio.create_task(told_to_stop.wait())], return_when=asyncio.FIRST_COMPLETED)
    _end_anyway_after(LAST_SECONDS)
    log.info("worker.stopping", pid=os.getpid())
    pulse.cancel()
    with suppress(asyncio.CancelledError):
        await pulse
    await office.database.close()


def _end(worker: dramatiq.Worker, broker: dramatiq.Broker, sender: Sender) -> None:
    sender.close()
    worker.stop(timeout=STOP_MS)
    broker.close()
    log.info("worker.stopped", pid=os.getpid())


def _end_anyway_after(seconds: float) -> None:
    """End the process even when a job, a broker or a database does not answer; nothing is lost by it."""

    def cut_off() -> None:
        time.sleep(seconds)
        log.warning("worker.cut_off", pid=os.getpid())
        os._exit(0)

    threading.Thread(target=cut_off, name="cut-off", daemon=True).start()


def _tell_of(broker: dramatiq.Broker) -> None:
    """Say at the start what is wrong with the broker; it may come back, so the process goes on."""
    fault = broker_fault(broker)
    if fault is not None:
        log.error("broker.unreachable", error=fault)
    elif warning := broker_warning(broker):
        log.warning("broker.may_forget", warning=warning)
