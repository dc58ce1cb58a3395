"""The relay: every open event is sent, a lost message is sent again, and no city makes another one wait."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from casework.kernel.outbox import OutboxState
from tests.workers.house import SmallHouse
from tests.workers.program import FAST, listeners
from workers.events import carry_out
from workers.pulse import Pulse
from workers.relay import relay

AWAITED = frozenset({"probe.happened", "probe.poison"})


class Post:
    """A broker that remembers what it was given and delivers nothing."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, UUID]] = []
        self.down = False

    async def send(self, tenant: str, ids: Sequence[UUID]) -> None:
        if self.down:
            raise ConnectionError
        self.sent += [(tenant, each) for each in ids]

    def ids(self, tenant: str = "east") -> list[UUID]:
        """List what was sent for a tenant."""
        return [each for whose, each in self.sent if whose == tenant]


async def test_a_lost_message_is_sent_again_when_its_lease_has_run_out(house: SmallHouse) -> None:
    post = Post()
    duty = relay(post.send, AWAITED, replace(FAST, event_lease=timedelta(milliseconds=300)))
    await house.emit("east")
    assert await duty.act(house.office, "east") is True
    assert await duty.act(house.office, "east") is False
    assert len(post.sent) == 1
    await asyncio.sleep(0.4)
    await duty.act(house.office, "east")
    assert len(post.sent) == 2
    (event,) = await house.events("east")
    assert post.ids() == [event.id, event.id]


async def test_what_was_sent_twice_has_its_effect_once_and_is_not_sent_a_third_time(house: SmallHouse) -> None:
    post = Post()
    duty = relay(post.send, AWAITED, replace(FAST, event_lease=timedelta(0)))
    await house.emit("east")
    await duty.act(house.office, "east")
    await duty.act(house.office, "east")
    assert len(post.sent) == 2
    consumers = listeners(house.folder)
    for tenant, event_id in post.sent:
        await carry_out(house.office, consumers, FAST, tenant, event_id)
    assert len(await house.effects("east")) == 1
    await duty.act(house.office, "east")
    assert len(post.sent) == 2


async def test_an_event_that_nobody_listens_to_is_done_without_a_message(house: SmallHouse) -> None:
    post = Post()
    await house.emit("east", "probe.unheard", count=3)
    await house.emit("east", "probe.happened")
    await relay(post.send, AWAITED, FAST).act(house.office, "east")
    assert await house.states("east") == {OutboxState.DONE: 3, OutboxState.SENT: 1}
    assert len(post.sent) == 1


async def test_a_broker_that_is_away_costs_no_lease(house: SmallHouse) -> None:
    post = Post()
    post.down = True
    duty = relay(post.send, AWAITED, FAST)
    await house.emit("east", count=3)
    with pytest.raises(ConnectionError):
        await duty.act(house.office, "east")
    assert await house.states("east") == {OutboxState.PENDING: 3}
    post.down = False
    await duty.act(house.office, "east")
    assert len(post.sent) == 3


async def test_only_a_window_of_a_tenants_events_is_under_way(house: SmallHouse) -> None:
    post = Post()
    duty = relay(post.send, AWAITED, replace(FAST, window=5))
    await house.emit("east", count=12)
    await duty.act(house.office, "east")
    await duty.act(house.office, "east")
    assert len(post.sent) == 5
    consumers = listeners(house.folder)
    for event_id in post.ids()[:3]:
        await carry_out(house.office, consumers, FAST, "east", event_id)
    await duty.act(house.office, "east")
    assert len(post.sent) == 8


async def test_every_event_is_sent_not_only_the_first_batch_of_the_first_tenant(house: SmallHouse) -> None:
    post = Post()
    pace = replace(FAST, window=20)
    await house.emit("east", count=70)
    await house.emit("west", count=30)
    consumers = listeners(house.folder)

    async def work_off() -> None:
        done = 0
        while True:
            for tenant, event_id in post.sent[done:]:
                await carry_out(house.office, consumers, FAST, tenant, event_id)
                done += 1
            await asyncio.sleep(0.01)

    pulse = asyncio.create_task(Pulse(house.office, [relay(post.send, AWAITED, pace)], pace).run())
    worker = asyncio.create_task(work_off())
    await house.until_done("east", 70)
    await house.until_done("west", 30)
    pulse.cancel()
    worker.cancel()
    assert len(set(post.ids("east"))) == 70
    # The small city's first event went out while the large one had no more than its window under way.
    assert [tenant for tenant, _ in post.sent].index("west") <= 40


async def test_a_poisonous_event_dies_and_the_others_go_on(house: SmallHouse) -> None:
    consumers = listeners(house.folder)

    async def deliver(tenant: str, ids: Sequence[UUID]) -> None:
        for each in ids:
            await carry_out(house.office, consumers, FAST, tenant, each)

    await house.emit("east", "probe.poison", count=2)
    await house.emit("east", count=5)
    await house.emit("west", count=5)
    pulse = asyncio.create_task(Pulse(house.office, [relay(deliver, AWAITED, FAST)], FAST).run())
    await house.until_done("east", 5)
    await house.until_done("west", 5)
    for _ in range(100):
        if (await house.states("east")).get(OutboxState.DEAD) == 2:
            break
        await asyncio.sleep(0.05)
    pulse.cancel()
    assert await house.states("east") == {OutboxState.DONE: 5, OutboxState.DEAD: 2}
    assert len(await house.effects("east")) == 5
