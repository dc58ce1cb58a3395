"""The worker fires clocks: once, whatever the broker does, and never against a stop."""

import asyncio
from datetime import UTC, timedelta

import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.exc import ProgrammingError

from casework.deadlines.calendar import SMALLEST
from casework.deadlines.clocks import Subject, react
from casework.deadlines.fire import FireTimer, fire_timer
from casework.deadlines.models import Timer, TimerBreach, TimerState
from casework.kernel.errors import Code, Refusal
from casework.kernel.ids import new_id
from tests.casework.deadlines.calendars import local
from tests.casework.deadlines.city import City

RECEIVED, ANSWERED = "REQUEST_RECEIVED", "FIRST_HUMAN_RESPONSE"


@pytest.fixture
async def asked(taian: City) -> Subject:
    """A request of 10:30, due at 14:00, to be warned of at 12:00."""
    case = taian.subject()
    await taian.happen("2024-09-03T10:30", case, RECEIVED)
    return case


@pytest.mark.rule("TA-15-2")
async def test_a_clock_warns_and_runs_on(taian: City, asked: Subject) -> None:
    timer = await taian.timer(asked, "assist_response")
    warned = await taian.fire("2024-09-03T12:00:01", timer)
    assert warned.state is TimerState.WARNED
    assert warned.warned_at == local("2024-09-03T12:00")
    assert warned.fire_at == local("2024-09-03T14:00") + SMALLEST
    await taian.fire("2024-09-03T12:30", timer)
    assert await taian.events(timer) == ["timer.warned"]
    await taian.happen("2024-09-03T13:59", asked, ANSWERED)
    assert (await taian.timer(asked, "assist_response")).state is TimerState.MET
    assert await taian.events(timer) == ["timer.warned", "timer.met"]


@pytest.mark.rule("TA-15-2")
async def test_s_x_14_a_message_that_comes_late_and_twice_makes_one_breach_at_the_due_time(
    taian: City, asked: Subject
) -> None:
    timer = await taian.timer(asked, "assist_response")
    for _ in range(2):
        await taian.fire("2024-09-03T16:20", timer)
    fired = await taian.timer(asked, "assist_response")
    assert (fired.state, fired.warned_at, fired.fire_at, fired.stopped_at) == (TimerState.BREACHED, None, None, None)
    (breach,) = await taian.breaches(timer)
    assert breach.due_at == local("2024-09-03T14:00")
    assert breach.noticed_at == local("2024-09-03T16:20")
    assert await taian.events(timer) == ["timer.breached"]


@pytest.mark.rule("TA-15-2")
async def test_a_clock_fired_at_the_due_instant_can_still_be_met(taian: City, asked: Subject) -> None:
    timer = await taian.timer(asked, "assist_response")
    await taian.fire("2024-09-03T14:00", timer)
    assert await taian.breaches(timer) == []
    await taian.happen("2024-09-03T14:00", asked, ANSWERED)
    assert (await taian.timer(asked, "assist_response")).state is TimerState.MET


async def test_a_clock_fired_too_early_is_left_alone(taian: City, asked: Subject) -> None:
    timer = await taian.timer(asked, "assist_response")
    early = await taian.fire("2024-09-03T10:00", timer)
    assert (early.state, early.row_version) == (TimerState.RUNNING, timer.row_version)
    assert await taian.events(timer) == []


@pytest.mark.parametrize("answered", ["2024-09-03T13:00", "2024-09-03T15:00"], ids=["met", "breached"])
async def test_a_stopped_clock_does_not_fire(taian: City, asked: Subject, answered: str) -> None:
    await taian.happen(answered, asked, ANSWERED)
    stopped = await taian.timer(asked, "assist_response")
    fired = await taian.fire("2024-09-03T17:00", stopped)
    assert (fired.state, fired.row_version) == (stopped.state, stopped.row_version)
    assert len(await taian.events(stopped)) == 1


@pytest.mark.rule("TA-15-2")
async def test_an_answer_after_the_breach_is_late_and_breaches_no_second_time(taian: City, asked: Subject) -> None:
    timer = await taian.timer(asked, "assist_response")
    await taian.fire("2024-09-03T14:00:01", timer)
    await taian.happen("2024-09-04T10:00", asked, ANSWERED)
    answered = await taian.timer(asked, "assist_response")
    assert (answered.state, answered.stopped_at) == (TimerState.BREACHED, local("2024-09-04T10:00"))
    assert answered.elapsed_seconds == timedelta(hours=6).total_seconds()
    assert len(await taian.breaches(timer)) == 1
    assert await taian.events(timer) == ["timer.breached"]


async def test_an_unknown_clock_is_refused(taian: City) -> None:
    async with taian.office.open(taian.actor) as work:
        with pytest.raises(Refusal) as refused:
            await fire_timer(work, FireTimer(new_id()))
    assert refused.value.code is Code.NOT_FOUND


@pytest.mark.rule("ZZ-7.3-4")
async def test_s_zz_07_a_repeating_clock_goes_on_in_rounds_until_it_is_stopped(zaozhuang: City) -> None:
    case = zaozhuang.subject("agency")
    await zaozhuang.happen("2024-09-03T10:00", case, "MAILED")
    for day in ("2024-09-12", "2024-09-19", "2024-09-25"):
        (running,) = [timer for timer in await zaozhuang.timers(case) if timer.state is TimerState.RUNNING]
        await zaozhuang.fire(f"{day}T08:00", running)
    rounds = await zaozhuang.timers(case, "mail_unconfirmed")
    assert [(timer.round, timer.state) for timer in rounds] == [
        (1, TimerState.BREACHED),
        (2, TimerState.BREACHED),
        (3, TimerState.BREACHED),
        (4, TimerState.RUNNING),
    ]
    ends = [timer.due_at for timer in rounds]
    assert ends == [
        local(f"{day}T00:00") - SMALLEST for day in ("2024-09-11", "2024-09-18", "2024-09-25", "2024-10-02")
    ]
    assert [timer.started_at for timer in rounds[1:]] == ends[:-1]
    await zaozhuang.happen("2024-09-26T10:00", case, "RECEIPT_CONFIRMED")
    rounds = await zaozhuang.timers(case, "mail_unconfirmed")
    assert [timer.state for timer in rounds] == [TimerState.BREACHED] * 3 + [TimerState.MET]
    assert {timer.stopped_at for timer in rounds} == {local("2024-09-26T10:00")}
    assert len(await zaozhuang.breaches(*rounds)) == 3


@pytest.mark.rule("NX-A5.1-5")
async def test_a_missed_notice_is_shown_and_the_next_one_is_due_all_the_same(neixiang: City) -> None:
    case = neixiang.subject("agency")
    await neixiang.happen("2024-09-02T10:00", case, "ACCEPTED")
    await neixiang.fire("2024-09-10T09:00", await neixiang.timer(case, "progress_feedback"))
    first, second = await neixiang.timers(case, "progress_feedback")
    assert (first.state, first.due_at) == (TimerState.BREACHED, local("2024-09-09T17:00"))
    assert (second.started_at, second.due_at) == (first.due_at, local("2024-09-14T17:00"))
    await neixiang.happen("2024-09-11T10:00", case, "LAST_PROGRESS_NOTICE")
    states = [timer.state for timer in await neixiang.timers(case, "progress_feedback")]
    assert states == [TimerState.BREACHED, TimerState.MET, TimerState.RUNNING]


@pytest.mark.parametrize("first", ["fire", "stop"])
@pytest.mark.parametrize("minute", [0, 1], ids=["at_the_due_instant", "after_it"])
@pytest.mark.rule("TA-15-2")
async def test_fire_and_stop_at_once_agree(taian: City, asked: Subject, first: str, minute: int) -> None:
    timer = await taian.timer(asked, "assist_response")
    taian.clock.instant = (local("2024-09-03T14:00") + timedelta(minutes=minute)).astimezone(UTC)
    held, waits = asyncio.Event(), asyncio.Event()

    async def act(deed: str, arrived: asyncio.Event, go_on: asyncio.Event) -> None:
        async with taian.office.open(taian.actor) as work:
            if deed == "fire":
                await fire_timer(work, FireTimer(timer.id))
            else:
                await react(work, asked, ANSWERED)
            arrived.set()
            await go_on.wait()

    second = "stop" if first == "fire" else "fire"
    leading = asyncio.create_task(act(first, held, waits))
    await held.wait()
    following = asyncio.create_task(act(second, asyncio.Event(), waits))
    await blocked_on(taian)
    waits.set()
    await asyncio.gather(leading, following)
    after = await taian.timer(asked, "assist_response")
    assert after.stopped_at == taian.clock.instant
    assert after.state is (TimerState.BREACHED if minute else TimerState.MET)
    assert len(await taian.breaches(timer)) == minute
    events = await taian.events(timer)
    assert [name for name in events if name != "timer.warned"] == ["timer.breached" if minute else "timer.met"]


@pytest.mark.rule("ZZ-7.3-4")
async def test_a_stop_that_waited_for_a_firing_stops_the_next_round_too(zaozhuang: City) -> None:
    case = zaozhuang.subject("agency")
    await zaozhuang.happen("2024-09-03T10:00", case, "MAILED")
    timer = await zaozhuang.timer(case, "mail_unconfirmed")
    zaozhuang.clock.instant = local("2024-09-12T08:00").astimezone(UTC)

    async def confirm() -> None:
        async with zaozhuang.office.open(zaozhuang.actor) as work:
            await react(work, case, "RECEIPT_CONFIRMED")

    async with zaozhuang.office.open(zaozhuang.actor) as work:
        await fire_timer(work, FireTimer(timer.id))
        confirming = asyncio.create_task(confirm())
        await blocked_on(zaozhuang)
    await confirming
    states = [timer.state for timer in await zaozhuang.timers(case)]
    assert states == [TimerState.BREACHED, TimerState.MET]


async def blocked_on(city: City) -> None:
    """Wait until a session waits for another's lock."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    for _ in range(200):
        async with city.office.open(city.actor) as work:
            if await work.session.scalar(waiting):
                return
        await asyncio.sleep(0.02)
    pytest.fail("no session waits for another")


@pytest.mark.rule("TA-15-2")
async def test_a_breach_can_be_neither_deleted_nor_changed(taian: City, asked: Subject) -> None:
    timer = await taian.timer(asked, "assist_response")
    await taian.fire("2024-09-03T15:00", timer)
    for tampering in (
        delete(TimerBreach).where(TimerBreach.tenant_id == taian.tenant),
        update(TimerBreach).where(TimerBreach.tenant_id == taian.tenant).values(due_at=local("2024-09-03T17:00")),
        delete(Timer).where(Timer.tenant_id == taian.tenant),
    ):
        with pytest.raises(ProgrammingError, match="permission denied"):
            async with taian.office.open(taian.actor) as work:
                await work.session.execute(tampering.execution_options(synchronize_session=False))
    assert len(await taian.breaches(timer)) == 1
