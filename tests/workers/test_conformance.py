"""One suite for every broker: what the house relies on must hold on each of them."""

import signal

import dramatiq

from tests.workers.house import SmallHouse
from tests.workers.program import FAST
from workers.broker import make_broker

PATIENCE = FAST.job_seconds / 2
"""Seconds to wait for the end of a process: a job that is held would last longer."""


async def test_every_event_has_its_effect_once_and_a_message_for_an_unknown_actor_stops_nobody(
    any_house: SmallHouse,
) -> None:
    send_to_unknown_actor(any_house)
    subjects = {tenant: await any_house.emit(tenant, count=15) for tenant in any_house.tenants}
    process = any_house.start()
    for tenant in any_house.tenants:
        await any_house.until_done(tenant, 15)
        assert await any_house.effects(tenant) == sorted(map(str, subjects[tenant]))
    await any_house.until(lambda: "undefined actor 'of_a_later_release'" in any_house.log())
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE) == 0
    assert "worker.stopped" in any_house.log()


def send_to_unknown_actor(house: SmallHouse) -> None:
    """Send what only a later release understands: it was deployed before its workers."""
    broker = make_broker(house.broker)
    queue = f"{house.broker.prefix}.events"
    broker.declare_queue(queue)
    broker.enqueue(dramatiq.Message(queue, "of_a_later_release", ("east", "1"), {}, {}))
    broker.close()


async def test_a_job_cut_off_by_kill_9_runs_again_and_has_its_effect_once(any_house: SmallHouse) -> None:
    any_house.hold()
    (subject,) = await any_house.emit("east")
    first = any_house.start()
    await any_house.until(lambda: any_house.journal("begins", subject))
    first.kill()
    first.wait()
    any_house.let_go()
    assert await any_house.effects("east") == []
    any_house.start()
    # The lease of the event is longer than this wait: it is the broker that gives the message to the other process.
    await any_house.until_done("east", 1)
    assert await any_house.effects("east") == [str(subject)]
    assert len(any_house.journal("begins", subject)) >= 2


async def test_sigterm_in_the_middle_of_a_job_ends_the_process_and_not_the_job(any_house: SmallHouse) -> None:
    any_house.hold()
    (subject,) = await any_house.emit("west")
    first = any_house.start()
    await any_house.until(lambda: any_house.journal("begins", subject))
    first.send_signal(signal.SIGTERM)
    assert first.wait(PATIENCE) == 0
    assert "worker.stopped" in any_house.log()
    any_house.let_go()
    any_house.start()
    await any_house.until_done("west", 1)
    assert await any_house.effects("west") == [str(subject)]
