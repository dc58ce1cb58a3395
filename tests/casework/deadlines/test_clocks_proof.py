"""What a clock shows: how far it has run, what is left, and the windows that prove it."""

from datetime import timedelta

import pytest

from casework.deadlines.account import account
from casework.deadlines.models import Timer
from casework.deadlines.queries import proof
from tenants.duration import parse_duration
from tests.casework.deadlines.calendars import city_calendar, local
from tests.casework.deadlines.city import City

RECEIVED, ANSWERED = "REQUEST_RECEIVED", "FIRST_HUMAN_RESPONSE"


async def asked(taian: City, when: str) -> Timer:
    case = taian.subject()
    await taian.happen(when, case, RECEIVED)
    return await taian.timer(case, "assist_response")


@pytest.mark.rule("TA-15-2", "TA-12-2")
async def test_a_running_clock_shows_what_has_run_and_what_is_left(taian: City) -> None:
    timer = await asked(taian, "2024-09-03T10:30")
    shown = await taian.read("2024-09-03T13:40", timer)
    assert (shown.elapsed_seconds, shown.remaining_seconds) == (100 * 60, 20 * 60)
    assert (shown.late_seconds, shown.late_clock_seconds) == (0, 0)
    assert [(line.from_at, line.to_at, line.reason) for line in shown.proof] == [
        (local("2024-09-03T10:30"), local("2024-09-03T12:00"), "OFFICE_HOURS"),
        (local("2024-09-03T13:30"), local("2024-09-03T13:40"), "OFFICE_HOURS"),
    ]


@pytest.mark.rule("TA-15-2")
async def test_a_clock_that_ran_out_proves_its_limit_and_tells_how_late_it_is(taian: City) -> None:
    timer = await taian.fire("2024-09-03T18:00", await asked(taian, "2024-09-03T15:00"))
    shown = await taian.read("2024-09-03T18:20", timer)
    assert (shown.elapsed_seconds, shown.remaining_seconds) == (2 * 3600, None)
    assert (shown.late_seconds, shown.late_clock_seconds) == (0, 80 * 60)
    assert sum((line.counted for line in shown.proof), timedelta()) == timedelta(hours=2)


@pytest.mark.rule("TA-15-2")
async def test_a_late_stop_is_proved_to_the_stop(taian: City) -> None:
    case = taian.subject()
    await taian.happen("2024-09-03T15:00", case, RECEIVED)
    await taian.happen("2024-09-04T09:10", case, ANSWERED)
    timer = await taian.timer(case, "assist_response")
    shown = await taian.read("2024-09-09T10:00", timer)
    assert (shown.elapsed_seconds, shown.late_seconds, shown.remaining_seconds) == (130 * 60, 600, None)
    assert shown.proof[-1].to_at == local("2024-09-04T09:10")
    async with taian.office.open(taian.actor) as work:
        assert await proof(work, timer) == shown.proof


@pytest.mark.rule("TA-15-2")
async def test_a_clock_started_at_night_has_counted_nothing_yet(taian: City) -> None:
    shown = await taian.read("2024-09-04T08:00", await asked(taian, "2024-09-03T22:00"))
    assert (shown.elapsed_seconds, shown.remaining_seconds, shown.proof) == (0, 7200, ())


async def test_a_cancelled_clock_is_not_late(taian: City) -> None:
    case = taian.subject()
    await taian.happen("2024-09-03T10:30", case, RECEIVED)
    await taian.cancel("2024-09-05T10:00", case)
    shown = await taian.read("2024-09-06T10:00", await taian.timer(case, "assist_response"))
    assert (shown.remaining_seconds, shown.late_seconds) == (None, 0)


async def test_a_measure_has_no_remainder(zaozhuang: City) -> None:
    case = zaozhuang.subject()
    await zaozhuang.happen("2024-09-03T10:30", case, RECEIVED)
    shown = await zaozhuang.read("2024-09-03T11:00", await zaozhuang.timer(case, "response_measure"))
    assert (shown.elapsed_seconds, shown.remaining_seconds, shown.late_seconds) == (1800, None, 0)


@pytest.mark.rule("NX-A5.1-5")
def test_working_days_are_proved_day_by_day() -> None:
    lines = account(
        city_calendar(),
        local("2024-09-26T15:00"),
        local("2024-09-30T10:00"),
        parse_duration("P5WD"),
        "WORKING_TIME",
    )
    assert [(line.from_at, line.to_at, line.reason) for line in lines] == [
        (local("2024-09-27T09:00"), local("2024-09-27T17:00"), "OFFICE_HOURS"),
        (local("2024-09-29T09:00"), local("2024-09-29T17:00"), "MAKEUP_WORKDAY"),
        (local("2024-09-30T09:00"), local("2024-09-30T10:00"), "OFFICE_HOURS"),
    ]
    assert {line.counted for line in lines} == {timedelta(days=1)}


@pytest.mark.parametrize(
    ("until", "days"), [("2024-09-03T23:00", None), ("2024-09-04T00:00", 1), ("2024-09-10T23:59", 7)]
)
def test_calendar_days_are_proved_in_one_line(until: str, days: int | None) -> None:
    lines = account(city_calendar(), local("2024-09-03T10:00"), local(until), parse_duration("P7D"), "CALENDAR")
    assert [line.counted for line in lines] == ([] if days is None else [timedelta(days=days)])


def test_hours_on_the_calendar_run_through_the_night() -> None:
    begin, end = local("2024-09-03T16:00"), local("2024-09-04T08:00")
    (line,) = account(city_calendar(), begin, end, parse_duration("PT48H"), "CALENDAR")
    assert (line.counted, line.reason) == (timedelta(hours=16), "CALENDAR")
    assert account(city_calendar(), end, begin, parse_duration("PT48H"), "CALENDAR") == ()
