"""A profile's words become due times, warnings and proof."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.deadlines.limits import (
    MEASURED,
    Clock,
    ItemLimit,
    Limit,
    LimitUnclearError,
    Terms,
    item_duration,
    reckon,
)
from tenants.duration import Duration, DurationKind, parse_duration
from tests.casework.deadlines.calendars import World, city_calendar, local, moments


def limit(
    start: str,
    duration: str | None,
    clock: str,
    *warn_at: str,
    item: ItemLimit | None = None,
    agreed: str | None = None,
) -> Limit:
    terms = Terms(
        parse_duration(duration) if duration else None,
        clock,
        tuple(parse_duration(warning) for warning in warn_at),
        item,
        local(agreed) if agreed else None,
    )
    return reckon(city_calendar(), local(start), terms)


@pytest.mark.rule("TA-15-2")
def test_two_working_hours_warn_after_ninety_minutes() -> None:
    response = limit("2024-09-03T10:30", "PT2H", "WORKING_TIME", "PT1H30M")
    assert response.due_at == local("2024-09-03T14:00")
    assert response.warn_at == (local("2024-09-03T12:00"),)
    assert sum((line.counted for line in response.windows), timedelta()) == timedelta(hours=2)


def test_two_hours_on_the_calendar_run_through_lunch_and_night() -> None:
    response = limit("2024-09-03T23:00", "PT2H", "CALENDAR", "P50PCT", "PT1H30M")
    assert response.due_at == local("2024-09-04T01:00")
    assert response.warn_at == (local("2024-09-04T00:00"), local("2024-09-04T00:30"))
    assert [(line.counted, line.reason) for line in response.windows] == [(timedelta(hours=2), "CALENDAR")]


@pytest.mark.rule("TA-3-10", "TA-15-9", "PX-B-3.1-5")
def test_the_committed_limit_comes_from_the_item_version() -> None:
    ten_days = ItemLimit(10, "WORKING_DAYS")
    committed = limit("2025-08-20T10:00", "FROM_ITEM_VERSION", "FROM_ITEM_VERSION", "P80PCT", item=ten_days)
    assert committed.due_at == local("2025-09-03T17:00")
    assert sum((line.counted for line in committed.windows), timedelta()) == timedelta(days=10)
    # Of 5.5 + 65 working hours 80 % are 56.4: 5.5 on the first day, seven full days, 5.4 on Mon 1 September.
    assert committed.warn_at == (local("2025-09-01T15:54"),)


@pytest.mark.rule("TA-3-10")
@pytest.mark.parametrize(
    ("start", "item", "expected"),
    [
        ("2024-09-27T15:30", ItemLimit(3, "WORKING_DAYS"), "2024-10-08T17:00"),
        ("2024-09-28T09:00", ItemLimit(3, "CALENDAR_DAYS"), "2024-10-01T23:59:59.999999"),
        ("2024-09-27T15:30", ItemLimit(3, "HOURS"), "2024-09-29T10:30"),
    ],
    ids=["working_days", "calendar_days", "working_hours"],
)
def test_each_unit_of_an_item_limit(start: str, item: ItemLimit, expected: str) -> None:
    assert limit(start, "FROM_ITEM_VERSION", "FROM_ITEM_VERSION", item=item).due_at == local(expected)


def test_an_item_limit_in_an_unknown_unit_or_of_nothing_is_refused() -> None:
    for wrong in (ItemLimit(3, "WEEKS"), ItemLimit(0, "WORKING_DAYS")):
        with pytest.raises(LimitUnclearError):
            item_duration(wrong)


@pytest.mark.rule("ZZ-7.1-1")
@pytest.mark.parametrize(("duration", "clock"), [(None, "WORKING_TIME"), ("FROM_ITEM_VERSION", "FROM_ITEM_VERSION")])
def test_where_no_text_has_a_number_time_is_only_measured(duration: str | None, clock: str) -> None:
    assert limit("2024-09-03T10:30", duration, clock, "P80PCT") == MEASURED


@pytest.mark.rule("PX-B-4.2-1")
def test_a_same_visit_duty_has_no_due_time() -> None:
    assert limit("2024-09-03T10:30", "SAME_VISIT", "CALENDAR") == MEASURED


@pytest.mark.rule("NX-5-3")
def test_same_day_ends_with_the_office() -> None:
    same_day = limit("2024-09-04T10:00", "SAME_DAY", "WORKING_TIME", "P50PCT")
    assert same_day.due_at == local("2024-09-04T17:00")
    assert same_day.warn_at == (local("2024-09-04T14:15"),)
    assert [line.counted for line in same_day.windows] == [timedelta(hours=2), timedelta(hours=3.5)]


def test_same_day_on_the_calendar_ends_with_the_day() -> None:
    assert limit("2024-09-04T20:00", "SAME_DAY", "CALENDAR").due_at == local("2024-09-04T23:59:59.999999")


@pytest.mark.rule("NX-A5.1-5")
def test_five_working_days_of_feedback_name_the_makeup_day() -> None:
    feedback = limit("2024-09-26T09:20", "P5WD", "WORKING_TIME", "P4WD")
    assert feedback.due_at == local("2024-10-09T17:00")
    assert feedback.warn_at == (local("2024-10-08T17:00"),)
    assert [line.reason for line in feedback.windows] == ["OFFICE_HOURS", "MAKEUP_WORKDAY", *["OFFICE_HOURS"] * 3]


@pytest.mark.rule("CH-4.3-3", "CH-4.3-4")
def test_callback_and_result_of_a_bad_review() -> None:
    assert limit("2024-11-04T15:00", "P1WD", "WORKING_TIME").due_at == local("2024-11-05T17:00")
    assert limit("2024-11-04T15:00", "P5WD", "WORKING_TIME").due_at == local("2024-11-11T17:00")


@pytest.mark.rule("TA-26-5", "TA-29-1")
@pytest.mark.parametrize(
    ("duration", "last_instant", "days"),
    [
        ("P7D", "2024-09-04T23:59:59.999999", 7),
        ("P1M", "2024-09-28T23:59:59.999999", 31),
        ("P1Y", "2025-08-28T23:59:59.999999", 365),
        ("P1M2D", "2024-09-30T23:59:59.999999", 33),
    ],
)
def test_calendar_periods_end_with_their_last_day(duration: str, last_instant: str, days: int) -> None:
    period = limit("2024-08-28T10:00", duration, "CALENDAR")
    assert period.due_at == local(last_instant)
    assert [line.counted for line in period.windows] == [timedelta(days=days)]
    assert period.windows[0].from_at == local("2024-08-29T00:00")
    assert not period.provisional


@pytest.mark.rule("ZZ-6-8")
def test_a_promise_is_due_when_it_was_promised() -> None:
    promise = limit("2024-09-27T14:00", "FROM_PROMISE", "WORKING_TIME", "PT2H", "P5WD", agreed="2024-09-27T17:00")
    assert promise.due_at == local("2024-09-27T17:00")
    assert promise.warn_at == (local("2024-09-27T16:00"),), "a warning after the end warns nobody"
    assert [line.counted for line in promise.windows] == [timedelta(hours=3)]


@pytest.mark.rule("TA-18-9")
def test_a_plan_without_its_milestone_is_unclear() -> None:
    with pytest.raises(LimitUnclearError, match="FROM_PLAN"):
        limit("2024-09-27T14:00", "FROM_PLAN", "WORKING_TIME")


def test_a_share_is_no_limit_by_itself_and_an_unknown_clock_is_refused() -> None:
    with pytest.raises(LimitUnclearError, match="P80PCT"):
        limit("2024-09-27T14:00", "P80PCT", "WORKING_TIME")
    with pytest.raises(ValueError, match="SIDEREAL"):
        limit("2024-09-27T14:00", "PT2H", "SIDEREAL")


@pytest.mark.parametrize(
    ("duration", "clock", "provisional"),
    [("P1WD", "WORKING_TIME", True), ("PT2H", "WORKING_TIME", True), ("P7D", "CALENDAR", False)],
)
def test_only_working_time_waits_for_the_official_notice(duration: str, clock: str, provisional: bool) -> None:
    assert limit("2026-12-31T16:00", duration, clock).provisional is provisional


_DURATIONS = st.one_of(
    st.integers(1, 100_000).map(lambda n: Duration(DurationKind.TIME, seconds=n)),
    st.integers(1, 20).map(lambda n: Duration(DurationKind.WORKING_DAYS, days=n)),
    st.integers(1, 40).map(lambda n: Duration(DurationKind.CALENDAR, days=n)),
    st.integers(1, 3).map(lambda n: Duration(DurationKind.CALENDAR, months=n)),
)
_SHARES = st.integers(1, 100).map(lambda n: Duration(DurationKind.PERCENT, percent=n))


@settings(max_examples=120, deadline=None, derandomize=True, database=None)
@given(moments(1), _DURATIONS, st.sampled_from(Clock), st.lists(_SHARES | _DURATIONS, max_size=3))
def test_a_limit_ends_after_its_start_and_warns_in_order_before_its_end(
    given_moments: tuple[World, tuple[datetime, ...]], duration: Duration, clock: Clock, warn_at: list[Duration]
) -> None:
    world, (start,) = given_moments
    reckoned = reckon(world.calendar, start, Terms(duration, clock, tuple(warn_at)))
    assert reckoned.due_at is not None
    assert reckoned.due_at > start
    assert list(reckoned.warn_at) == sorted(set(reckoned.warn_at))
    assert all(start <= instant < reckoned.due_at for instant in reckoned.warn_at)
    assert reckoned.windows[-1].to_at == reckoned.due_at
