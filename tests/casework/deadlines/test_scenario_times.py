"""The times that the scenarios name, one by one."""

from datetime import date, datetime, time, timedelta

import pytest

from casework.deadlines.calendar import DayRule, Shift
from casework.deadlines.worktime import (
    Counted,
    add_calendar_days,
    add_months,
    add_working_days,
    due,
    elapsed,
    is_met,
    lateness,
    office_close,
    proof,
)
from tests.casework.deadlines.calendars import city_calendar, local

TWO_HOURS = timedelta(hours=2)
WEEKEND_SHIFT = Shift(local("2024-09-21T09:00"), local("2024-09-21T11:30"), "WEEKEND", counts=True)
EXTENDED_SHIFT = Shift(local("2024-09-03T17:00"), local("2024-09-03T19:00"), "EXTENDED_HOURS", counts=True)


@pytest.mark.rule("TA-15-2", "TA-12-2")
def test_s_ta_01_reply_at_1h59_across_lunch() -> None:
    asked, answered = local("2024-09-03T10:30"), local("2024-09-03T13:59")
    limit = due(city_calendar(), asked, TWO_HOURS)
    assert limit.due_at == local("2024-09-03T14:00")
    assert elapsed(city_calendar(), asked, answered) == timedelta(hours=1, minutes=59)
    assert is_met(answered, limit.due_at)
    assert not limit.provisional


@pytest.mark.rule("TA-15-2")
def test_s_ta_01_the_proof_names_both_sides_of_lunch() -> None:
    answered = proof(city_calendar(), local("2024-09-03T10:30"), local("2024-09-03T13:59"))
    assert answered == (
        Counted(local("2024-09-03T10:30"), local("2024-09-03T12:00"), timedelta(minutes=90), "OFFICE_HOURS"),
        Counted(local("2024-09-03T13:30"), local("2024-09-03T13:59"), timedelta(minutes=29), "OFFICE_HOURS"),
    )


@pytest.mark.rule("TA-15-2")
def test_s_ta_02_exactly_two_hours_is_met_and_a_minute_more_is_late_by_one_working_minute() -> None:
    limit = due(city_calendar(), local("2024-09-03T10:30"), TWO_HOURS).due_at
    assert is_met(local("2024-09-03T14:00:00"), limit)
    assert not is_met(local("2024-09-03T14:01"), limit)
    assert lateness(city_calendar(), limit, local("2024-09-03T14:01")).working == timedelta(minutes=1)


@pytest.mark.rule("TA-15-2")
def test_a_reply_after_closing_on_the_due_day_is_late_although_no_working_minute_passed() -> None:
    limit = due(city_calendar(), local("2024-09-03T15:00"), TWO_HOURS).due_at
    late = lateness(city_calendar(), limit, local("2024-09-03T18:20"))
    assert limit == local("2024-09-03T17:00")
    assert not is_met(local("2024-09-03T18:20"), limit)
    assert (late.working, late.clock) == (timedelta(), timedelta(hours=1, minutes=20))


@pytest.mark.rule("TA-15-2")
@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("2024-09-06T16:30", "2024-09-09T10:30"),
        ("2024-09-30T16:00", "2024-10-08T10:00"),
        ("2024-10-11T16:00", "2024-10-12T10:00"),
        ("2025-08-28T16:00", "2025-08-29T10:00"),
    ],
    ids=["weekend", "national_day", "makeup_workday", "s_ta_32_last_day_of_the_trial"],
)
def test_s_ta_04_weekend_holiday_and_makeup_day(asked: str, expected: str) -> None:
    assert due(city_calendar(), local(asked), TWO_HOURS).due_at == local(expected)


@pytest.mark.rule("TA-15-2")
def test_s_ta_04_a_makeup_workday_says_so_in_the_proof() -> None:
    counted = due(city_calendar(), local("2024-10-11T16:00"), TWO_HOURS).windows
    assert [line.reason for line in counted] == ["OFFICE_HOURS", "MAKEUP_WORKDAY"]


@pytest.mark.rule("TA-12-7", "TA-15-2")
def test_s_ta_05_a_weekend_shift_counts_only_in_the_unit_that_has_it() -> None:
    asked = local("2024-09-21T09:30")
    with_shift = due(city_calendar(WEEKEND_SHIFT), asked, TWO_HOURS)
    assert with_shift.due_at == local("2024-09-21T11:30")
    assert [line.reason for line in with_shift.windows] == ["SHIFT:WEEKEND"]
    assert due(city_calendar(), asked, TWO_HOURS).due_at == local("2024-09-23T11:00")


@pytest.mark.rule("TA-12-7", "TA-15-2")
def test_s_ta_05_an_extended_shift_prolongs_the_day() -> None:
    limit = due(city_calendar(EXTENDED_SHIFT), local("2024-09-03T16:30"), TWO_HOURS)
    assert limit.due_at == local("2024-09-03T18:30")
    assert [(line.reason, line.counted) for line in limit.windows] == [
        ("OFFICE_HOURS", timedelta(minutes=30)),
        ("SHIFT:EXTENDED_HOURS", timedelta(minutes=90)),
    ]


@pytest.mark.rule("TA-12-7")
def test_a_shift_by_appointment_does_not_feed_the_clock() -> None:
    appointment = Shift(local("2024-09-21T09:00"), local("2024-09-21T11:30"), "APPOINTMENT", counts=False)
    limit = due(city_calendar(appointment), local("2024-09-21T09:30"), TWO_HOURS)
    assert limit.due_at == local("2024-09-23T11:00")


@pytest.mark.rule("TA-12-7")
def test_a_shift_that_overlaps_office_hours_is_not_counted_twice() -> None:
    shift = Shift(local("2024-09-03T11:00"), local("2024-09-03T14:30"), "EXTENDED_HOURS", counts=True)
    lines = proof(city_calendar(shift), local("2024-09-03T10:00"), local("2024-09-03T15:00"))
    assert sum((line.counted for line in lines), timedelta()) == timedelta(hours=5)
    assert [line.reason for line in lines] == ["OFFICE_HOURS", "SHIFT:EXTENDED_HOURS", "OFFICE_HOURS"]


def test_a_night_shift_runs_across_midnight() -> None:
    shift = Shift(local("2024-09-03T23:00"), local("2024-09-04T01:00"), "EXTENDED_HOURS", counts=True)
    limit = due(city_calendar(shift), local("2024-09-03T22:00"), timedelta(minutes=90))
    assert limit.due_at == local("2024-09-04T00:30")


def test_other_hours_on_one_day_replace_the_usual_ones() -> None:
    morning_only = DayRule(True, "上午办公", intervals=((time(9), time(11)),))
    calendar = city_calendar(days={date(2024, 9, 3): morning_only})
    limit = due(calendar, local("2024-09-03T10:30"), TWO_HOURS)
    assert limit.due_at == local("2024-09-04T10:30")
    assert [line.reason for line in limit.windows] == ["SPECIAL_HOURS", "OFFICE_HOURS"]
    assert office_close(calendar, local("2024-09-03T10:30")) == local("2024-09-03T11:00")


def test_a_day_confirmed_as_ordinary_counts_as_ordinary() -> None:
    calendar = city_calendar(days={date(2024, 9, 3): DayRule(True, "正常上班")})
    assert [line.reason for line in due(calendar, local("2024-09-03T09:00"), TWO_HOURS).windows] == ["OFFICE_HOURS"]


@pytest.mark.rule("TA-15-2")
def test_nothing_is_rounded_a_microsecond_left_at_closing_runs_the_next_morning() -> None:
    limit = due(city_calendar(), local("2024-09-03T15:00:00.000001"), TWO_HOURS)
    assert limit.due_at == local("2024-09-04T09:00:00.000001")


@pytest.mark.rule("TA-20-3")
def test_s_ta_16_a_fee_due_on_monday_is_unpaid_on_tuesday() -> None:
    last_instant = city_calendar().day_end(date(2025, 3, 3))
    assert is_met(local("2025-03-03T23:59:59"), last_instant)
    assert not is_met(local("2025-03-04T00:00"), last_instant)


@pytest.mark.rule("TA-3-10", "TA-15-9")
def test_s_ta_19_ten_working_days() -> None:
    assert add_working_days(city_calendar(), local("2025-08-20T10:00"), 10) == local("2025-09-03T17:00")


@pytest.mark.rule("TA-29-1")
def test_s_ta_31_the_trial_year_ends_with_its_corresponding_day() -> None:
    last_instant = add_months(city_calendar(), local("2024-08-28T00:00"), 12)
    assert is_met(local("2025-08-28T23:59:59.999999"), last_instant)
    assert not is_met(local("2025-08-29T00:00"), last_instant)


@pytest.mark.rule("NX-5-3")
def test_s_nx_01_an_instant_matter_ends_with_the_office_day() -> None:
    limit = office_close(city_calendar(), local("2024-09-04T10:00"))
    assert limit == local("2024-09-04T17:00")
    assert is_met(local("2024-09-04T16:40"), limit)


@pytest.mark.rule("NX-5-3", "NX-5-4")
def test_s_nx_02_not_finished_at_closing_is_missed() -> None:
    limit = office_close(city_calendar(), local("2024-09-04T10:00"))
    assert is_met(local("2024-09-04T17:00"), limit)
    assert not is_met(local("2024-09-04T17:00:01"), limit)


@pytest.mark.rule("NX-5-3")
@pytest.mark.parametrize(
    ("commissioned", "closes"),
    [
        ("2024-09-04T07:00", "2024-09-04T17:00"),
        ("2024-09-04T12:30", "2024-09-04T17:00"),
        ("2024-09-04T16:59:59.999999", "2024-09-04T17:00"),
        ("2024-09-04T17:00", "2024-09-05T17:00"),
        ("2024-09-04T20:00", "2024-09-05T17:00"),
        ("2024-09-06T17:30", "2024-09-09T17:00"),
        ("2024-09-28T10:00", "2024-09-29T17:00"),
        ("2024-09-30T18:00", "2024-10-08T17:00"),
    ],
    ids=["before_opening", "lunch", "last_moment", "at_close", "evening", "friday_evening", "to_makeup_day", "holiday"],
)
def test_same_day_after_closing_means_the_next_working_day(commissioned: str, closes: str) -> None:
    assert office_close(city_calendar(), local(commissioned)) == local(closes)


def test_an_extra_shift_does_not_move_the_closing_of_the_office() -> None:
    calendar = city_calendar(EXTENDED_SHIFT, WEEKEND_SHIFT)
    assert office_close(calendar, local("2024-09-03T10:00")) == local("2024-09-03T17:00")
    assert office_close(calendar, local("2024-09-21T09:30")) == local("2024-09-23T17:00")


@pytest.mark.rule("NX-A5.1-5")
def test_s_nx_16_five_working_days_across_a_makeup_day_and_national_day() -> None:
    assert add_working_days(city_calendar(), local("2024-09-26T09:20"), 5) == local("2024-10-09T17:00")


@pytest.mark.rule("CH-4.3-3", "CH-4.3-4")
def test_s_ch_07_callback_next_day_and_result_after_five() -> None:
    received = local("2024-11-04T15:00")
    assert add_working_days(city_calendar(), received, 1) == local("2024-11-05T17:00")
    assert add_working_days(city_calendar(), received, 5) == local("2024-11-11T17:00")


@pytest.mark.rule("TA-26-5", "ZZ-7.3-4")
def test_seven_calendar_days_end_with_the_seventh_day_and_repeat_without_drift() -> None:
    first = add_calendar_days(city_calendar(), local("2024-09-27T10:00"), 7)
    assert first == local("2024-10-04T23:59:59.999999")
    assert add_calendar_days(city_calendar(), first, 7) == local("2024-10-11T23:59:59.999999")


@pytest.mark.parametrize(
    ("start", "months", "last_day"),
    [
        ("2024-01-31T09:00", 1, date(2024, 2, 29)),
        ("2025-01-31T09:00", 1, date(2025, 2, 28)),
        ("2024-12-15T09:00", 1, date(2025, 1, 15)),
        ("2024-08-31T09:00", 6, date(2025, 2, 28)),
        ("2024-02-29T09:00", 12, date(2025, 2, 28)),
    ],
)
def test_months_end_on_the_corresponding_day(start: str, months: int, last_day: date) -> None:
    ends = add_months(city_calendar(), local(start), months)
    assert ends == city_calendar().day_end(last_day)
    assert city_calendar().local_date(ends) == last_day


def test_a_start_late_in_the_evening_in_utc_is_already_the_next_day_in_the_office() -> None:
    start = datetime.fromisoformat("2024-09-02T16:30:00+00:00")
    assert add_working_days(city_calendar(), start, 1) == local("2024-09-04T17:00")
    assert add_calendar_days(city_calendar(), start, 1) == city_calendar().day_end(date(2024, 9, 4))
