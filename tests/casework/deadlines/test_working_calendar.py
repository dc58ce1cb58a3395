"""What a working calendar refuses, and when it says that a date is not settled yet."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from casework.deadlines.calendar import DayRule, Intervals, Shift, WorkingCalendar, windows
from casework.deadlines.worktime import (
    NeverDueError,
    add_calendar_days,
    add_months,
    add_working_days,
    due,
    elapsed,
    is_provisional,
    office_close,
)
from tests.casework.deadlines.calendars import OFFICE_HOURS, city_calendar, local
from tests.effort import calls

CALLS_PER_DAY = 300
"""What a day with a shift may cost to count once and to reckon with once; it is about half of that."""

NEVER_OPEN = WorkingCalendar("Asia/Shanghai", (), OFFICE_HOURS)


@pytest.mark.parametrize(
    "intervals",
    [
        ((time(12), time(9)),),
        ((time(9), time(9)),),
        ((time(9), time(12)), (time(11), time(17))),
        ((time(13), time(17)), (time(9), time(12))),
        ((time(9), time(0)), (time(10), time(12))),
    ],
    ids=["backwards", "empty", "overlapping", "unordered", "after_midnight"],
)
def test_muddled_opening_hours_are_refused(intervals: Intervals) -> None:
    with pytest.raises(ValueError, match=r"opening at|closing at"):
        WorkingCalendar("Asia/Shanghai", (0,), intervals)
    with pytest.raises(ValueError, match=r"opening at|closing at"):
        DayRule(True, intervals=intervals)


@pytest.mark.parametrize(("is_workday", "intervals"), [(True, ()), (False, OFFICE_HOURS)])
def test_a_day_rule_must_not_contradict_its_own_hours(is_workday: bool, intervals: Intervals) -> None:
    with pytest.raises(ValueError, match="a working day has opening hours"):
        DayRule(is_workday, intervals=intervals)


def test_a_shift_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="ends before it starts"):
        Shift(local("2024-09-03T19:00"), local("2024-09-03T17:00"), "EXTENDED_HOURS", counts=True)


def test_an_instant_without_an_offset_is_refused() -> None:
    naive = datetime(2024, 9, 3, 9)  # noqa: DTZ001 - the refusal of exactly this is the test
    with pytest.raises(ValueError, match="no UTC offset"):
        due(city_calendar(), naive, timedelta(hours=1))
    with pytest.raises(ValueError, match="no UTC offset"):
        elapsed(city_calendar(), naive, local("2024-09-03T10:00"))
    with pytest.raises(ValueError, match="no UTC offset"):
        Shift(naive, local("2024-09-03T10:00"), "WEEKEND", counts=True)


def test_results_are_in_utc() -> None:
    limit = due(city_calendar(), local("2024-09-03T10:30"), timedelta(hours=2))
    assert limit.due_at.tzinfo is UTC
    assert office_close(city_calendar(), local("2024-09-03T10:30")).tzinfo is UTC
    assert add_calendar_days(city_calendar(), local("2024-09-03T10:30"), 1).tzinfo is UTC


def test_a_calendar_without_working_time_is_never_due() -> None:
    start = local("2024-09-03T10:30")
    with pytest.raises(NeverDueError):
        due(NEVER_OPEN, start, timedelta(minutes=1))
    with pytest.raises(NeverDueError):
        add_working_days(NEVER_OPEN, start, 1)
    with pytest.raises(NeverDueError):
        office_close(NEVER_OPEN, start)


def test_a_limit_of_nothing_is_due_at_once_and_a_negative_one_is_refused() -> None:
    night = local("2024-09-03T22:00")
    assert due(city_calendar(), night, timedelta()).due_at == night
    with pytest.raises(ValueError, match="negative"):
        due(city_calendar(), night, timedelta(seconds=-1))
    for count in (0, -1):
        for add in (add_working_days, add_calendar_days, add_months):
            with pytest.raises(ValueError, match="at least one"):
                add(city_calendar(), night, count)


def test_overlapping_shifts_count_once_and_the_earlier_holds_the_time() -> None:
    first = Shift(local("2024-09-21T09:00"), local("2024-09-21T11:00"), "WEEKEND", counts=True)
    second = Shift(local("2024-09-21T10:00"), local("2024-09-21T12:00"), "EXTENDED_HOURS", counts=True)
    inner = Shift(local("2024-09-21T09:30"), local("2024-09-21T10:30"), "EXTENDED_HOURS", counts=True)
    parts = list(windows(city_calendar(inner, second, first), local("2024-09-21T00:00"), local("2024-09-22T00:00")))
    assert [(part.reason, part.end - part.start) for part in parts] == [
        ("SHIFT:WEEKEND", timedelta(hours=2)),
        ("SHIFT:EXTENDED_HOURS", timedelta(hours=1)),
    ]


def test_an_interval_may_end_at_midnight() -> None:
    calendar = WorkingCalendar("Asia/Shanghai", (0, 1), ((time(0), time(6)), (time(20), time(0))))
    parts = list(windows(calendar, local("2024-09-02T12:00"), local("2024-09-03T12:00")))
    assert [(part.start, part.end) for part in parts] == [(local("2024-09-02T20:00"), local("2024-09-03T06:00"))]
    assert office_close(calendar, local("2024-09-02T21:00")) == local("2024-09-03T00:00")


@pytest.mark.parametrize(
    ("start", "hours", "provisional"),
    [
        ("2026-12-31T09:00", 6, False),
        ("2026-12-31T09:00", 7, True),
        ("2026-12-31T18:00", 1, True),
        ("2027-03-01T09:00", 1, True),
    ],
    ids=["ends_before", "reaches_into", "skips_into", "inside"],
)
def test_a_due_time_that_rests_on_a_year_without_notice_is_provisional(
    start: str, hours: int, provisional: bool
) -> None:
    assert due(city_calendar(), local(start), timedelta(hours=hours)).provisional is provisional


def test_a_skipped_weekend_of_a_year_without_notice_is_enough_to_be_provisional() -> None:
    settled = {date(2027, 3, day): DayRule(True) for day in (5, 8)}
    calendar = city_calendar(days=settled)
    friday = local("2027-03-05T16:30")
    assert due(calendar, friday, timedelta(hours=1)).provisional
    weekend = {date(2027, 3, day): DayRule(False) for day in (6, 7)}
    assert not due(city_calendar(days=settled | weekend), friday, timedelta(hours=1)).provisional


def test_a_day_recorded_before_its_notice_is_provisional() -> None:
    guess = {date(2024, 9, 4): DayRule(False, "待通知", provisional=True)}
    assert is_provisional(city_calendar(days=guess), local("2024-09-03T16:00"), local("2024-09-05T10:00"))
    assert not is_provisional(city_calendar(days=guess), local("2024-09-02T16:00"), local("2024-09-03T10:00"))


def test_twice_the_working_time_is_twice_the_work_and_not_four_times() -> None:
    start = local("2024-01-02T09:00")
    shifts = [
        Shift(start + timedelta(days=n, hours=7), start + timedelta(days=n, hours=10), "EXTENDED_HOURS", counts=True)
        for n in range(730)
    ]

    def work(days: int) -> int:
        first, second = city_calendar(*shifts[:days]), city_calendar(*shifts[:days])
        end = start + timedelta(days=days)
        worked = elapsed(city_calendar(*shifts[:days]), start, end)
        assert due(city_calendar(*shifts[:days]), start, worked).due_at <= end
        return calls(lambda: elapsed(first, start, end)) + calls(lambda: due(second, start, worked))

    year = work(365)
    assert year < 365 * CALLS_PER_DAY
    assert work(730) < 2.5 * year
