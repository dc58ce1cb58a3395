"""Whatever changes a case or its clocks changes the counters with it, and nobody waits for anybody."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update

from casework.cases.models import EVER, Case, CaseState, CaseTally
from casework.deadlines.calendar import SMALLEST
from casework.deadlines.models import Timer, TimerState
from casework.kernel.errors import Refusal
from tests.casework.cases.counted import Counted
from tests.casework.feedback.town import local

WINDOW, SECOND = "city.county.window.", "city.county.window2."
MORNING, DUE = "2025-03-10T10:30", local("2025-03-10T14:00")


async def test_a_case_is_counted_where_it_is_and_no_longer_where_it_was(town: Counted) -> None:
    town.at(MORNING)
    case = await town.receive()
    assert await town.agree() == {(WINDOW, "RECEIVED", False): 1}
    await town.respond(case.id)
    assert await town.agree() == {(WINDOW, "RESPONDED", False): 1}
    await town.assign(case.id, "window2")
    assert await town.agree() == {(SECOND, "RESPONDED", False): 1}
    await town.withdraw(case.id)
    assert await town.agree() == {(SECOND, "WITHDRAWN", False): 1}


async def test_what_is_refused_or_undone_is_not_counted(town: Counted) -> None:
    town.at(MORNING)
    case = await town.receive()
    with pytest.raises(Refusal):
        await town.respond(case.id, version=99)
    with pytest.raises(ZeroDivisionError):
        await _change_mind(town, case)
    assert await town.agree() == {(WINDOW, "RECEIVED", False): 1}


async def _change_mind(town: Counted, case: Case) -> None:
    async with town.office.open(town.system) as work:
        moved = await work.load(Case, case.id, "case", "办件", lock=True)
        async with work.session.begin_nested() as savepoint:
            moved.state = CaseState.ACCEPTED
            await work.session.flush()
            await savepoint.rollback()
        moved = await work.load(Case, case.id, "case", "办件", lock=True)
        moved.state = CaseState.FILED
        await work.session.flush()
        raise ZeroDivisionError


@pytest.mark.rule("TA-15-2")
async def test_a_case_is_overdue_from_the_instant_on_at_which_its_limit_is_passed(town: Counted) -> None:
    town.at(MORNING)
    case = await town.receive()
    assert await town.counted(DUE) == {(WINDOW, "RECEIVED", False): 1}
    assert await town.counted(DUE + SMALLEST) == {(WINDOW, "RECEIVED", True): 1}
    town.town.clock.instant = DUE + SMALLEST
    await town.fire_all(case.id)
    assert await town.agree(DUE + timedelta(days=1)) == {(WINDOW, "RECEIVED", True): 1}
    await town.assign(case.id, "window2")
    assert await town.agree() == {(SECOND, "RECEIVED", True): 1}
    await town.respond(case.id, "window2")
    assert await town.agree() == {(SECOND, "RESPONDED", False): 1}


async def test_a_late_answer_that_comes_before_the_worker_leaves_nothing_overdue(town: Counted) -> None:
    town.at(MORNING)
    case = await town.receive()
    town.at("2025-03-10T15:00")
    assert await town.agree() == {(WINDOW, "RECEIVED", True): 1}
    await town.respond(case.id)
    (timer,) = [each for each in await town.timers(case.id) if each.code == "assist_response"]
    assert timer.state is TimerState.BREACHED
    await town.fire(timer.id)
    assert await town.agree() == {(WINDOW, "RESPONDED", False): 1}


async def test_a_service_that_ended_is_no_longer_overdue(town: Counted) -> None:
    town.at(MORNING)
    case = await town.receive()
    town.at("2025-03-10T15:00")
    await town.fire_all(case.id)
    assert await town.agree() == {(WINDOW, "RECEIVED", True): 1}
    await town.withdraw(case.id)
    assert await town.agree() == {(WINDOW, "WITHDRAWN", False): 1}


@pytest.mark.parametrize("fired", [0, 1, 2])
async def test_a_case_with_two_late_clocks_is_counted_once(town: Counted, fired: int) -> None:
    town.at(MORNING)
    case = await town.receive()
    (first,) = [each for each in await town.timers(case.id) if each.due_at is not None]
    async with town.office.open(town.system) as work:
        values = {name: getattr(first, name) for name in Timer.__table__.columns.keys() if name not in ("id", "code")}  # noqa: SIM118
        work.add(Timer(code="another", **values))
    late = [each for each in await town.timers(case.id) if each.due_at is not None]
    town.at("2025-03-10T15:00")
    async with town.office.open(town.system) as work:
        for timer in late[:fired]:
            row = await work.load(Timer, timer.id, "timer", "计时", lock=True)
            row.state, row.fire_at = TimerState.BREACHED, None
    assert await town.agree() == {(WINDOW, "RECEIVED", True): 1}


async def test_a_limit_that_runs_out_makes_nobodys_work_stale(town: Counted) -> None:
    town.at(MORNING)
    case = await town.receive()
    town.at("2025-03-10T15:00")
    await town.fire_all(case.id)
    await town.respond(case.id, version=case.row_version)
    assert await town.agree() == {(WINDOW, "RESPONDED", False): 1}


async def test_a_writer_who_read_the_case_before_its_limit_ran_out_counts_it_as_it_is(town: Counted) -> None:
    town.at(MORNING)
    case = await town.receive()
    town.at("2025-03-10T15:00")
    async with town.office.open(town.system) as work:
        read_early = await work.load(Case, case.id, "case", "办件")
        await town.fire_all(case.id)
        read_early.state = CaseState.RESPONDED
    assert await town.agree() == {(WINDOW, "RESPONDED", True): 1}


async def test_two_writers_of_one_unit_do_not_wait_for_each_other(town: Counted) -> None:
    town.at(MORNING)
    one, other = await town.receive(), await town.receive()
    async with town.office.open(town.system) as first, town.office.open(town.system) as second:
        for work, case in ((first, one), (second, other)):
            await work.session.execute(text("SET LOCAL lock_timeout = '100ms'"))
            found = await work.load(Case, case.id, "case", "办件", lock=True)
            found.state = CaseState.RESPONDED
            await work.session.flush()
        slots = select(func.count(CaseTally.slot.distinct())).where(CaseTally.tenant_id == town.town.tenant)
        assert await second.session.scalar(slots) == 2
    assert await town.agree() == {(WINDOW, "RESPONDED", False): 2}


async def test_writers_one_after_the_other_use_the_same_slot(town: Counted) -> None:
    town.at(MORNING)
    for _ in range(3):
        await town.receive()
    rows = await town.town.rows(CaseTally)
    assert {row.slot for row in rows} == {0}
    assert sorted((row.day == EVER, row.n) for row in rows) == [(False, 3), (True, 3)]


async def test_firing_waits_for_whoever_has_the_case_before_it_takes_the_clock(town: Counted) -> None:
    town.at(MORNING)
    case = await town.receive()
    (timer,) = [each for each in await town.timers(case.id) if each.due_at is not None]
    town.at("2025-03-10T15:00")
    async with town.office.open(town.system) as work:
        await work.load(Case, case.id, "case", "办件", lock=True)
        firing = asyncio.create_task(town.fire(timer.id))
        done, _ = await asyncio.wait({firing}, timeout=1)
        assert not done
        await work.session.execute(text("SET LOCAL lock_timeout = '100ms'"))
        assert await work.load(Timer, timer.id, "timer", "计时", lock=True)
    assert (await firing).state is TimerState.BREACHED
    assert await town.agree() == {(WINDOW, "RECEIVED", True): 1}


async def test_another_city_sees_none_of_it(town: Counted) -> None:
    town.at(MORNING)
    await town.receive()
    async with town.office.open(town.system) as work:
        await work.session.execute(text("SET LOCAL app.tenant_id = 'elsewhere'"))
        assert await work.session.scalar(select(func.count()).select_from(CaseTally)) == 0
        moved = update(CaseTally.__table__).values(n=7)
        assert (await work.session.execute(moved.returning(CaseTally.id))).all() == []
    assert await town.agree() == {(WINDOW, "RECEIVED", False): 1}
