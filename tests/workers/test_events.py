"""Consequences of events happen once, and one that fails does not take the others along."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from authz.actor import Actor
from casework.kernel.audit import AuditEntry
from casework.kernel.errors import Code, Refusal
from casework.kernel.events import Event
from casework.kernel.ids import new_id
from casework.kernel.outbox import OutboxEvent, OutboxState
from casework.kernel.work import Work
from tests.workers.house import SmallHouse
from tests.workers.program import FAST
from workers.events import Consumers, Happened, carry_out

PERSONAL = "13800001111"


def effect_of(consumers: Consumers, name: str, event: str = "probe.happened") -> None:
    """Let a listener leave a trace under its own name."""

    @consumers.on(event, consumer=name)
    async def leave_trace(work: Work, happened: Happened) -> None:
        work.audit("probe.effect", name, happened.aggregate_id)
        await work.session.flush()
        await asyncio.sleep(0.05)


def failure_of(consumers: Consumers, name: str, error: Exception, event: str = "probe.happened") -> None:
    """Let a listener fail after it has begun to write."""

    @consumers.on(event, consumer=name)
    async def fail(work: Work, happened: Happened) -> None:
        work.audit("probe.effect", name, happened.aggregate_id)
        await work.session.flush()
        raise error


async def the_event(house: SmallHouse, tenant: str = "east") -> OutboxEvent:
    """Read the only event of a tenant."""
    (event,) = await house.events(tenant)
    return event


async def test_an_event_that_is_told_again_has_its_effect_once(house: SmallHouse) -> None:
    consumers = Consumers()
    effect_of(consumers, "probe.a")
    effect_of(consumers, "probe.b")
    await house.emit("east")
    event = await the_event(house)
    for _ in range(3):
        await carry_out(house.office, consumers, FAST, "east", event.id)
    assert len(await house.effects("east")) == 2
    assert (await the_event(house)).state is OutboxState.DONE


async def test_an_event_that_is_told_to_three_workers_at_once_has_its_effect_once(house: SmallHouse) -> None:
    consumers = Consumers()
    effect_of(consumers, "probe.a")
    await house.emit("east")
    event = await the_event(house)
    await asyncio.gather(*(carry_out(house.office, consumers, FAST, "east", event.id) for _ in range(3)))
    assert len(await house.effects("east")) == 1


async def test_the_inbox_key_holds_even_when_the_outbox_forgets(house: SmallHouse) -> None:
    consumers = Consumers()
    effect_of(consumers, "probe.a")
    await house.emit("east")
    event = await the_event(house)
    await carry_out(house.office, consumers, FAST, "east", event.id)
    async with house.office.open(Actor.system("east")) as work:
        (await work.load(OutboxEvent, event.id, "event", "事件")).state = OutboxState.SENT
    await carry_out(house.office, consumers, FAST, "east", event.id)
    assert len(await house.effects("east")) == 1
    assert (await the_event(house)).state is OutboxState.DONE


async def test_a_failing_listener_takes_nobody_elses_effect_and_is_tried_again_alone(house: SmallHouse) -> None:
    consumers = Consumers()
    effect_of(consumers, "probe.before")
    failure_of(consumers, "probe.broken", RuntimeError(PERSONAL))
    effect_of(consumers, "probe.after")
    await house.emit("east")
    event = await the_event(house)
    for _ in range(2):
        await carry_out(house.office, consumers, FAST, "east", event.id)
    event = await the_event(house)
    assert (event.state, event.attempts) == (OutboxState.PENDING, 2)
    assert event.last_error == "probe.broken: RuntimeError"
    assert len(await house.effects("east")) == 2


async def test_a_poisonous_event_is_given_up_with_a_log_line_and_without_data(house: SmallHouse) -> None:
    consumers = Consumers()
    failure_of(consumers, "probe.broken", Refusal(Code.CONFLICT, PERSONAL, PERSONAL))
    await house.emit("east")
    event = await the_event(house)
    with capture_logs() as logs:
        for _ in range(FAST.tries + 2):
            await carry_out(house.office, consumers, FAST, "east", event.id)
    event = await the_event(house)
    assert (event.state, event.attempts) == (OutboxState.DEAD, FAST.tries)
    assert event.last_error == "probe.broken: Refusal CONFLICT"
    assert await house.effects("east") == []
    dead = [entry for entry in logs if entry["event"] == "event.dead"]
    assert len(dead) == 1
    assert PERSONAL not in str(logs)


async def test_waits_grow_between_tries_and_the_clock_of_the_law_has_no_say_in_them(house: SmallHouse) -> None:
    house.office.clock.set(datetime(2024, 9, 3, tzinfo=UTC))  # type: ignore[attr-defined]
    slow = replace(FAST, retry_first=timedelta(minutes=1), retry_longest=timedelta(minutes=5), tries=12)
    consumers = Consumers()
    failure_of(consumers, "probe.broken", RuntimeError())
    await house.emit("east")
    event = await the_event(house)
    waits = []
    for _ in range(4):
        await carry_out(house.office, consumers, slow, "east", event.id)
        waits.append((await the_event(house)).available_at - datetime.now(UTC))
    minutes = [round(wait / timedelta(minutes=1)) for wait in waits]
    assert minutes == [1, 2, 4, 5]


async def test_a_job_without_end_counts_as_a_failure(house: SmallHouse) -> None:
    consumers = Consumers()

    @consumers.on("probe.happened", consumer="probe.endless")
    async def wait(work: Work, happened: Happened) -> None:
        await asyncio.sleep(3600)

    await house.emit("east")
    event = await the_event(house)
    await carry_out(house.office, consumers, replace(FAST, job_seconds=0.2), "east", event.id)
    event = await the_event(house)
    assert (event.state, event.attempts, event.last_error) == (OutboxState.PENDING, 1, "TimeoutError")


async def test_what_follows_from_an_event_can_be_traced_to_the_request_that_caused_it(house: SmallHouse) -> None:
    consumers = Consumers()
    effect_of(consumers, "probe.a")
    async with house.office.open(Actor.system("east"), correlation_id="request-7") as work:
        work.emit(Event("probe.happened", "probe", new_id()))
    event = await the_event(house)
    await carry_out(house.office, consumers, FAST, "east", event.id)
    async with house.office.open(Actor.system("east")) as work:
        query = AuditEntry.__table__.select().where(AuditEntry.action == "probe.effect")
        (entry,) = (await work.session.execute(query)).all()
    assert entry.correlation_id == "request-7"


async def test_an_event_of_another_tenant_is_not_found(house: SmallHouse) -> None:
    consumers = Consumers()
    effect_of(consumers, "probe.a")
    await house.emit("east")
    event = await the_event(house)
    await carry_out(house.office, consumers, FAST, "west", event.id)
    assert await house.effects("east") == []
    assert (await the_event(house)).state is OutboxState.PENDING


def test_a_listener_has_one_name_per_event() -> None:
    consumers = Consumers()
    effect_of(consumers, "probe.a")
    effect_of(consumers, "probe.a", event="probe.other")
    with pytest.raises(ValueError, match="already listens"):
        effect_of(consumers, "probe.a")
