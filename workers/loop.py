"""The bridge from the broker's threads to the asynchronous office: one daemon event loop per process.

Dramatiq's own middleware waits for its loop without end when the process is told to stop (design facts). This loop
is a daemon: whatever runs in it when the process ends is cut off, rolled back by PostgreSQL, and run again later.
"""

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, TypeVar

import structlog
from dramatiq import Broker, Worker
from dramatiq.middleware import Middleware

from casework.kernel.work import Office
from workers.faults import JobFailedError, kind_of, places_of

log = structlog.get_logger("bangban.workers")

Answer = TypeVar("Answer")
CHECK_SECONDS = 0.2
GRACE_SECONDS = 0.5
FAREWELL_SECONDS = 1.0


class JobLoop(Middleware):
    """The event loop in which the jobs of a process run, with an office of its own."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self._loop: asyncio.AbstractEventLoop

    def before_worker_boot(self, broker: Broker, worker: Worker) -> None:
        """Start the loop before the first message can arrive."""
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._turn, name="jobs", daemon=True).start()

    def before_worker_shutdown(self, broker: Broker, worker: Worker) -> None:
        """Give running jobs a little time, then cut them off: they are rolled back and given to another process."""
        self._loop.call_soon_threadsafe(self._loop.call_later, GRACE_SECONDS, self._cut_off)

    def after_worker_shutdown(self, broker: Broker, worker: Worker) -> None:
        """Say good-bye to the database; never wait for a job."""
        with suppress(Exception):
            asyncio.run_coroutine_threadsafe(self.office.database.close(), self._loop).result(FAREWELL_SECONDS)
        self._loop.call_soon_threadsafe(self._loop.stop)

    def run(self, job: Coroutine[Any, Any, Answer]) -> Answer:
        """Run a job from a broker's thread and wait for it; what it raises arrives without any data."""
        name = getattr(job, "__qualname__", "job")
        future = asyncio.run_coroutine_threadsafe(job, self._loop)
        try:
            return _wait(future)
        except Exception as error:  # noqa: BLE001 - the broker must not keep messages of errors
            log.error("job.failed", job=name, error=kind_of(error), places=places_of(error))
            raise JobFailedError(f"{name}: {kind_of(error)}") from None
        finally:
            future.cancel()

    def _turn(self) -> None:
        self._loop.run_forever()
        self._loop.close()

    def _cut_off(self) -> None:
        for job in asyncio.all_tasks(self._loop):
            job.cancel()


def _wait(future: "Future[Answer]") -> Answer:
    """Wait in short steps: an interrupt (time limit) reaches a thread only between two of them."""
    while True:
        try:
            return future.result(timeout=CHECK_SECONDS)
        except TimeoutError:
            if future.done():
                raise
