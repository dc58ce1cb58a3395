"""Clocks are found by legal time, fired once however often they are sent, and none holds up another."""

import asyncio
import signal
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

import workers.timers
from casework.deadlines.models import TimerState
from casework.kernel.work import Work
from tests.workers.city import CITY, City, open_city
from tests.workers.house import SmallHouse
from tests.workers.program import FAST
from workers.actors import declare_actors
from workers.broker import make_broker
from workers.events import Consumers
from workers.loop import JobLoop
from workers.pace import Pace
from workers.timers import fire, keep_clocks

TUESDAY = datetime(2024, 9, 3, 10, 30, tzinfo=UTC) - timedelta(hours=8)
DUE = datetime(2024, 9, 3, 14, 0, tzinfo=UTC) - timedelta(hours=8)


class Post:
    """A broker that remembers which clocks it was given and delivers nothing."""

    def __init__(self) -> None:
        self.sent: list[UUID] = []

    async def send(self, tenant: str, ids: Sequence[UUID]) -> None:
        self.sent += ids


@pytest.fixture
async def city(house: SmallHouse) -> City:
    return await open_city(house, TUESDAY)


async def test_a_clock_is_sent_when_legal_time_has_come_and_not_before(city: City) -> None:
    post = Post()
    look = keep_clocks(post.send, FAST).act
    (timer_id,) = await city.receive()
    await look(city.office, CITY)
    assert post.sent == []
    city.clock.set(DUE + timedelta(minutes=1))
    assert await look(city.office, CITY) is True
    assert post.sent == [timer_id]
    assert await look(city.office, CITY) is False
    assert post.sent == [timer_id]


async def test_a_clock_whose_message_was_lost_is_sent_again(city: City) -> None:
    post = Post()
    look = keep_clocks(post.send, replace(FAST, timer_lease=timedelta(milliseconds=200))).act
    (timer_id,) = await city.receive()
    city.clock.set(DUE + timedelta(minutes=1))
    await look(city.office, CITY)
    await asyncio.sleep(0.3)
    await look(city.office, CITY)
    assert post.sent == [timer_id, timer_id]


@pytest.mark.rule("TA-15-2")
async def test_a_clock_that_is_fired_three_times_at_once_has_one_breach_at_its_due_time(city: City) -> None:
    (timer_id,) = await city.receive()
    city.clock.set(DUE + timedelta(minutes=1))
    await asyncio.gather(*(fire(city.office, FAST, CITY, timer_id) for _ in range(3)))
    (breach,) = await city.breaches()
    assert (breach.due_at, breach.noticed_at) == (DUE, DUE + timedelta(minutes=1))


async def test_after_its_warning_a_clock_can_be_sent_again_at_once(city: City) -> None:
    post = Post()
    look = keep_clocks(post.send, FAST).act
    (timer_id,) = await city.receive()
    (timer,) = await city.timers()
    assert timer.warn_at is not None
    city.clock.set(timer.warn_at)
    await look(city.office, CITY)
    await fire(city.office, FAST, CITY, timer_id)
    assert [timer.state for timer in await city.timers()] == [TimerState.WARNED]
    city.clock.set(DUE + timedelta(seconds=1))
    await look(city.office, CITY)
    assert post.sent == [timer_id, timer_id]


async def test_clocks_that_cannot_be_fired_rest_and_do_not_hold_up_the_others(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = Post()
    look = keep_clocks(post.send, replace(FAST, window=2)).act
    poisoned = await city.receive(2)
    city.clock.set(TUESDAY + timedelta(seconds=1))
    (healthy,) = await city.receive()
    real = workers.timers.fire_timer

    async def fail_for_some(work: Work, intent: Any) -> Any:
        if intent.timer_id in poisoned:
            raise RuntimeError
        return await real(work, intent)

    monkeypatch.setattr(workers.timers, "fire_timer", fail_for_some)
    city.clock.set(DUE + timedelta(minutes=1))
    await look(city.office, CITY)
    assert set(post.sent) == set(poisoned)
    for timer_id in poisoned:
        with pytest.raises(RuntimeError):
            await fire(city.office, FAST, CITY, timer_id)
    await look(city.office, CITY)
    assert post.sent[2:] == [healthy]


@pytest.mark.rule("TA-15-2")
async def test_a_running_worker_fires_by_itself_and_reports_up_the_chain(house: SmallHouse, city: City) -> None:
    async def breached() -> bool:
        return len(await city.breaches()) == days + 1

    async def nobody_could_be_told() -> bool:
        return len(await city.told("timer.escalation_unheard")) == 3

    assert Pace().timer_seconds < 1, "two looks in the two seconds that the office allows itself"
    house.start()
    for days in range(3):
        city.clock.set(TUESDAY + timedelta(days=days))
        await city.receive()
        city.clock.set(DUE + timedelta(days=days, seconds=1))
        await city.until(breached, 60, house.log)
    assert [breach.due_at for breach in await city.breaches()] == [DUE + timedelta(days=days) for days in range(3)]
    await city.until(nobody_could_be_told, 60, house.log)


@pytest.mark.rule("TA-15-2")
async def test_worker_restart_s_x_14(house: SmallHouse, city: City) -> None:
    """S-X-14: killed between due time and processing, then delivered twice: one breach, with the due time."""
    first = house.start()
    (timer_id,) = await city.receive()
    await house.until(lambda: "pulse.leads" in house.log())
    first.send_signal(signal.SIGKILL)
    first.wait()
    city.clock.set(DUE + timedelta(minutes=5))
    broker = make_broker(house.broker)
    actors = declare_actors(broker, JobLoop(city.office), house.broker.prefix, Consumers(), FAST)
    for _ in range(2):
        actors.fire_timer.send(CITY, str(timer_id))
    broker.close()
    house.start()
    await city.until(city.breaches, 60, lambda: house.log(1))
    await city.until(lambda: queue_is_empty(house), 60, lambda: house.log(1))
    (breach,) = await city.breaches()
    assert (breach.due_at, breach.noticed_at) == (DUE, DUE + timedelta(minutes=5))
    assert len(await city.told("timer.breached")) == 1


async def queue_is_empty(house: SmallHouse) -> bool:
    """Tell whether the broker has no message left."""
    async with house.office.database.session() as session:
        return not await session.scalar(text("SELECT count(*) FROM dramatiq.queue"))
