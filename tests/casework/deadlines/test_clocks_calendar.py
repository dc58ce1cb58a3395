"""The calendar in the database, and what its corrections do to running clocks."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, date, time
from uuid import UUID

import pytest
from sqlalchemy import update

from authz.actor import Actor, ActorKind, RoleHeld
from casework.deadlines.add_shift import AddShift, add_shift
from casework.deadlines.calendar import WorkingCalendar
from casework.deadlines.clocks import react
from casework.deadlines.load import calendar_of
from casework.deadlines.models import CalendarDay, Timer, TimerState
from casework.deadlines.seed import covered_years, official_rules
from casework.deadlines.seed_calendar import SeedCalendar, seed_calendar
from casework.deadlines.set_calendar_day import SetCalendarDay, set_calendar_day
from casework.kernel.audit import AuditEntry
from casework.kernel.errors import Code, Refusal
from casework.kernel.ids import new_id
from casework.organisation.models import OrgUnit
from tests.casework.deadlines.calendars import city_calendar, local
from tests.casework.deadlines.city import City
from tests.casework.deadlines.test_clocks_fire import blocked_on

RECEIVED, ANSWERED = "REQUEST_RECEIVED", "FIRST_HUMAN_RESPONSE"
YEARS_WITHOUT_NOTICE = max(covered_years()) + 1


async def shift(city: City, start: str, end: str, kind: str = "WEEKEND", unit: str = "window") -> None:
    async with city.office.open(city.actor) as work:
        await add_shift(work, AddShift(city.units[unit], kind, local(start), local(end)))


async def set_day(city: City, day: date, *, is_workday: bool, **facts: object) -> CalendarDay:
    async with city.office.open(city.actor) as work:
        given = replace(SetCalendarDay(day, is_workday), **facts)  # type: ignore[arg-type]
        return await set_calendar_day(work, given)


async def calendar(city: City, first: date, last: date, unit: str = "window") -> WorkingCalendar:
    async with city.office.open(city.actor) as work:
        return await calendar_of(work, city.units[unit], first, last)


async def moves(city: City, timer: Timer) -> list[AuditEntry]:
    return await city.rows(AuditEntry, AuditEntry.object_id == str(timer.id), AuditEntry.action == "timer.recomputed")


async def test_the_seeded_calendar_is_that_of_the_notices(taian: City) -> None:
    found = await calendar(taian, date(2024, 5, 1), date(2025, 5, 1))
    assert found.days == official_rules((2024, 2025))
    assert found.covered_years == {2024, 2025}
    assert (found.office_hours, found.working_days) == (city_calendar().office_hours, city_calendar().working_days)
    assert not found.is_provisional(date(2024, 12, 1), date(2025, 2, 1))


async def test_a_unit_may_have_hours_of_its_own(taian: City) -> None:
    async with taian.office.open(taian.actor) as work:
        own = update(OrgUnit).where(OrgUnit.tenant_id == taian.tenant, OrgUnit.id == taian.units["window"])
        await work.session.execute(own.values(office_hours=[["08:30", "12:00"], ["14:00", "18:00"]]))
    found = await calendar(taian, date(2024, 9, 1), date(2024, 9, 30))
    assert found.office_hours == ((time(8, 30), time(12)), (time(14), time(18)))
    assert (await calendar(taian, date(2024, 9, 1), date(2024, 9, 30), "county")).office_hours[0] == (time(9), time(12))
    case = taian.subject()
    await taian.happen("2024-09-03T11:30", case, RECEIVED)
    assert (await taian.timer(case, "assist_response")).due_at == local("2024-09-03T15:30")


@pytest.mark.rule("TA-12-7", "TA-15-2")
async def test_s_ta_05_a_weekend_shift_counts_only_in_the_unit_that_has_it(taian: City) -> None:
    await shift(taian, "2024-09-21T09:00", "2024-09-21T11:30")
    case, elsewhere = taian.subject(), taian.subject(unit_id=taian.units["county"])
    await taian.happen("2024-09-21T09:30", case, RECEIVED)
    await taian.happen("2024-09-21T09:30", elsewhere, RECEIVED)
    timer = await taian.timer(case, "assist_response")
    assert timer.due_at == local("2024-09-21T11:30")
    assert (await taian.timer(elsewhere, "assist_response")).due_at == local("2024-09-23T11:00")
    proof = (await taian.read("2024-09-21T10:00", timer)).proof
    assert [(line.reason, line.counted.total_seconds()) for line in proof] == [("SHIFT:WEEKEND", 1800)]


@pytest.mark.rule("TA-12-7")
async def test_an_appointment_outside_office_hours_does_not_run_the_clock(taian: City) -> None:
    await shift(taian, "2024-09-21T09:00", "2024-09-21T11:30", "APPOINTMENT")
    case = taian.subject()
    await taian.happen("2024-09-21T09:30", case, RECEIVED)
    assert (await taian.timer(case, "assist_response")).due_at == local("2024-09-23T11:00")


@pytest.mark.rule("TA-12-7", "TA-15-2")
async def test_a_shift_added_later_moves_the_running_clocks_of_its_unit_and_is_audited(taian: City) -> None:
    case, elsewhere, answered = taian.subject(), taian.subject(unit_id=taian.units["county"]), taian.subject()
    for each in (case, elsewhere, answered):
        await taian.happen("2024-09-03T16:30", each, RECEIVED)
    await taian.happen("2024-09-03T16:40", answered, ANSWERED)
    await shift(taian, "2024-09-03T17:00", "2024-09-03T19:00", "EXTENDED_HOURS")
    moved = await taian.timer(case, "assist_response")
    assert moved.due_at == local("2024-09-03T18:30")
    assert moved.warn_at == moved.fire_at == local("2024-09-03T18:00")
    (entry,) = await moves(taian, moved)
    assert entry.before is not None
    assert entry.after is not None
    assert entry.before["dueAt"] == local("2024-09-04T10:30").astimezone(UTC).isoformat()
    assert entry.after["dueAt"] == local("2024-09-03T18:30").astimezone(UTC).isoformat()
    for other in (elsewhere, answered):
        timer = await taian.timer(other, "assist_response")
        assert timer.due_at == local("2024-09-04T10:30")
        assert await moves(taian, timer) == []


@pytest.mark.rule("TA-15-2")
async def test_a_corrected_holiday_moves_running_clocks_only(taian: City) -> None:
    running, warned, met, breached = (taian.subject() for _ in range(4))
    for case in (running, warned, met, breached):
        await taian.happen("2024-09-03T16:00", case, RECEIVED)
    await taian.happen("2024-09-03T16:30", met, ANSWERED)
    await taian.fire("2024-09-04T09:40", await taian.timer(warned, "assist_response"))
    await taian.fire("2024-09-04T10:01", await taian.timer(breached, "assist_response"))
    await set_day(taian, date(2024, 9, 4), is_workday=False, note="停电")
    due = {case.id: (await taian.timer(case, "assist_response")).due_at for case in (running, warned, met, breached)}
    assert due == {
        running.id: local("2024-09-05T10:00"),
        warned.id: local("2024-09-05T10:00"),
        met.id: local("2024-09-04T10:00"),
        breached.id: local("2024-09-04T10:00"),
    }
    timer = await taian.timer(warned, "assist_response")
    assert (timer.state, timer.warned_at) == (TimerState.WARNED, local("2024-09-04T09:30"))
    assert len(await moves(taian, timer)) == 1
    assert await moves(taian, await taian.timer(met, "assist_response")) == []


@pytest.mark.rule("TA-3-10")
async def test_a_correction_reckons_with_the_limit_that_held_at_the_start(taian: City) -> None:
    case = taian.subject(limit_value=3, limit_unit="WORKING_DAYS")
    await taian.happen("2024-09-03T10:00", case, "FILED")
    await set_day(taian, date(2024, 9, 5), is_workday=False)
    assert (await taian.timer(case, "committed_limit")).due_at == local("2024-09-09T17:00")


async def test_the_hours_of_one_day_can_be_others(taian: City) -> None:
    case = taian.subject()
    await taian.happen("2024-09-03T16:00", case, RECEIVED)
    first = await set_day(taian, date(2024, 9, 4), is_workday=True, intervals=((time(13), time(0)),))
    assert (await taian.timer(case, "assist_response")).due_at == local("2024-09-04T14:00")
    await set_day(taian, date(2024, 9, 4), is_workday=True, expected_version=first.row_version)
    assert (await taian.timer(case, "assist_response")).due_at == local("2024-09-04T10:00")
    entries = await taian.rows(AuditEntry, AuditEntry.object_id == str(first.id))
    assert sorted(entry.action for entry in entries) == [
        "calendar.day_corrected",
        "calendar.day_set",
        "calendar.day_set",
    ]


async def test_a_correction_by_an_old_version_is_refused(taian: City) -> None:
    first = await set_day(taian, date(2024, 9, 4), is_workday=False)
    await set_day(taian, date(2024, 9, 4), is_workday=True)
    with pytest.raises(Refusal) as refused:
        await set_day(taian, date(2024, 9, 4), is_workday=False, expected_version=first.row_version)
    assert refused.value.code is Code.STALE_VERSION


@pytest.mark.parametrize(
    ("facts", "field"),
    [({"intervals": ((time(12), time(9)),)}, "intervals"), ({"intervals": ()}, "intervals")],
    ids=["backwards", "no_hours"],
)
async def test_hours_that_make_no_day_are_refused(taian: City, facts: dict[str, object], field: str) -> None:
    with pytest.raises(Refusal) as refused:
        await set_day(taian, date(2024, 9, 4), is_workday=True, **facts)
    assert (refused.value.code, refused.value.path) == (Code.INVALID_INPUT, (field,))


@pytest.mark.parametrize(
    ("start", "end", "kind", "path"),
    [
        ("2024-09-21T11:00", "2024-09-21T09:00", "WEEKEND", ("endsAt",)),
        ("2024-09-21T09:00", "2024-09-23T09:00", "WEEKEND", ("endsAt",)),
        ("2024-09-21T09:00", "2024-09-21T11:00", "MIDNIGHT", ("kind",)),
    ],
    ids=["backwards", "too_long", "unknown_kind"],
)
async def test_times_that_make_no_shift_are_refused(
    taian: City, start: str, end: str, kind: str, path: tuple[str]
) -> None:
    with pytest.raises(Refusal) as refused:
        await shift(taian, start, end, kind)
    assert (refused.value.code, refused.value.path) == (Code.INVALID_INPUT, path)


def lead(city: City, unit: str, path: str, role: str = "unit_lead") -> Actor:
    held = RoleHeld(role, city.units[unit], path, local("2024-01-01"))
    return Actor(ActorKind.STAFF, city.tenant, "lead", staff_id=new_id(), roles=(held,))


async def test_a_unit_lead_adds_shifts_to_the_own_unit_only_and_sets_no_holidays(taian: City) -> None:
    def weekend(unit: str) -> AddShift:
        return AddShift(taian.units[unit], "WEEKEND", local("2024-09-21T09:00"), local("2024-09-21T11:30"))

    actor = lead(taian, "window", "city.county.window.")
    await taian.office.carry_out(actor, add_shift, weekend("window"), key=None)
    with pytest.raises(Refusal) as refused:
        await taian.office.carry_out(actor, add_shift, weekend("county"), key=None)
    assert refused.value.code is Code.FORBIDDEN
    with pytest.raises(Refusal) as refused:
        await taian.office.carry_out(actor, set_calendar_day, SetCalendarDay(date(2024, 9, 4), False), key=None)
    assert refused.value.code is Code.FORBIDDEN
    admin = lead(taian, "city", "city.", "TENANT_ADMIN")
    await taian.office.carry_out(admin, set_calendar_day, SetCalendarDay(date(2024, 9, 4), False), key=None)


async def test_an_unknown_unit_has_no_calendar(taian: City) -> None:
    taian.units["nowhere"] = UUID(int=1)
    for attempt in (
        shift(taian, "2024-09-21T09:00", "2024-09-21T11:00", unit="nowhere"),
        calendar(taian, date(2024, 9, 1), date(2024, 9, 2), "nowhere"),
    ):
        with pytest.raises(Refusal) as refused:
            await attempt
        assert refused.value.code is Code.NOT_FOUND


async def test_seeding_twice_writes_nothing_and_respects_what_people_set(taian: City) -> None:
    await set_day(taian, date(2024, 10, 1), is_workday=True, note="本地安排")
    async with taian.office.open(taian.actor) as work:
        assert await seed_calendar(work, SeedCalendar((2024, 2025))) == ()
    (row,) = await taian.rows(CalendarDay, CalendarDay.day == date(2024, 10, 1))
    assert (row.is_workday, row.note) == (True, "本地安排")


async def test_a_year_without_a_notice_is_visible_and_makes_clocks_provisional(taian: City) -> None:
    year = YEARS_WITHOUT_NOTICE
    async with taian.office.open(taian.actor) as work:
        (marker,) = await seed_calendar(work, SeedCalendar((year,)))
    assert (marker.day, marker.is_workday, marker.provisional) == (date(year, 10, 1), False, True)
    found = await calendar(taian, date(year, 1, 1), date(year, 12, 31))
    assert found.covered_years == frozenset()
    case = taian.subject()
    await taian.happen(f"{year}-03-03T10:30", case, RECEIVED)
    assert (await taian.timer(case, "assist_response")).provisional
    await set_day(taian, date(year, 10, 1), is_workday=False, note="国庆节")
    timer = await taian.timer(case, "assist_response")
    assert not timer.provisional
    assert len(await moves(taian, timer)) == 1
    await set_day(taian, date(year, 10, 1), is_workday=False, provisional=True)
    assert (await taian.timer(case, "assist_response")).provisional


async def test_what_was_provisional_gives_way_to_the_notice(taian: City) -> None:
    await set_day(taian, date(2023, 10, 1), is_workday=False, provisional=True)
    async with taian.office.open(taian.actor) as work:
        written = await seed_calendar(work, SeedCalendar((2023,)))
    assert {row.day: row.is_workday for row in written} == {
        day: rule.is_workday for day, rule in official_rules((2023,)).items()
    }
    assert (await calendar(taian, date(2023, 1, 1), date(2023, 12, 31))).covered_years == {2023}


async def test_a_clock_that_starts_beside_a_correction_sees_it(taian: City) -> None:
    case = taian.subject()
    taian.clock.instant = local("2024-09-03T16:00").astimezone(UTC)

    async def receive() -> None:
        async with taian.office.open(taian.actor) as work:
            await react(work, case, RECEIVED)

    await beside(taian, lambda: set_day(taian, date(2024, 9, 4), is_workday=False), receive)
    assert (await taian.timer(case, "assist_response")).due_at == local("2024-09-05T10:00")


async def beside(city: City, correct: Callable[[], Awaitable[object]], start: Callable[[], Awaitable[None]]) -> None:
    """Start a clock while a correction is waiting for another clock that starts."""
    other = city.subject()
    async with city.office.open(city.actor) as work:
        await react(work, other, RECEIVED)
        correcting = asyncio.ensure_future(correct())
        await blocked_on(city)
        starting = asyncio.ensure_future(start())
        await asyncio.sleep(0.05)
    await asyncio.gather(correcting, starting)
    assert (await city.timer(other, "assist_response")).due_at == local("2024-09-05T10:00")
