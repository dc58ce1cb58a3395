"""The bridge between the broker's threads and the asynchronous office."""

import asyncio
import threading
import time
import traceback
from collections.abc import Iterator

import pytest
from dramatiq import Worker
from dramatiq.brokers.stub import StubBroker
from dramatiq.middleware import TimeLimitExceeded, raise_thread_exception
from structlog.testing import capture_logs

from tests.workers.house import SmallHouse
from workers.faults import JobFailedError, kind_of
from workers.loop import JobLoop

PERSONAL = "13800001111"


@pytest.fixture
def jobs(house: SmallHouse) -> Iterator[JobLoop]:
    loop, broker = JobLoop(house.office), StubBroker()
    worker = Worker(broker)
    loop.before_worker_boot(broker, worker)
    yield loop
    loop.after_worker_shutdown(broker, worker)


async def answer() -> int:
    await asyncio.sleep(0.01)
    return 7


async def fail() -> None:
    raise LookupError(PERSONAL)


async def endless() -> None:
    await asyncio.Event().wait()


def test_a_job_gives_its_answer_to_the_thread_that_waits(jobs: JobLoop) -> None:
    assert jobs.run(answer()) == 7


def test_an_error_reaches_the_broker_and_the_log_by_its_kind_only(jobs: JobLoop) -> None:
    with capture_logs() as logs, pytest.raises(JobFailedError, match="fail: LookupError") as caught:
        jobs.run(fail())
    assert PERSONAL not in "".join(traceback.format_exception(caught.value))
    (entry,) = logs
    assert entry["error"] == "LookupError"
    assert any(place.startswith("tests/workers/test_loop.py:") for place in entry["places"])
    assert PERSONAL not in str(logs)


def test_an_interrupt_reaches_a_thread_that_waits_and_cancels_its_job(jobs: JobLoop) -> None:
    ended: list[BaseException] = []

    def wait() -> None:
        try:
            jobs.run(endless())
        except TimeLimitExceeded as error:
            ended.append(error)

    thread = threading.Thread(target=wait)
    thread.start()
    time.sleep(0.3)
    raise_thread_exception(thread.ident, TimeLimitExceeded)
    thread.join(timeout=2)
    assert len(ended) == 1


def test_a_job_that_does_not_end_is_cut_off_when_the_worker_shuts_down(jobs: JobLoop) -> None:
    ended: list[BaseException] = []

    def wait() -> None:
        try:
            jobs.run(endless())
        except JobFailedError as error:
            ended.append(error)

    thread = threading.Thread(target=wait)
    thread.start()
    time.sleep(0.1)
    broker = StubBroker()
    jobs.before_worker_shutdown(broker, Worker(broker))
    thread.join(timeout=3)
    assert len(ended) == 1


def test_of_a_group_of_errors_the_first_is_named() -> None:
    assert kind_of(ExceptionGroup("both", [LookupError(PERSONAL), OSError()])) == "LookupError"
