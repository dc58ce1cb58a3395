"""Working time holds its laws on any calendar, and agrees with an oracle that looks at every minute."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.deadlines.calendar import Window, windows
from casework.deadlines.worktime import (
    add_working_days,
    closing,
    counted_working_days,
    due,
    elapsed,
    is_met,
    lateness,
    office_close,
    proof,
)
from tests.casework.deadlines.calendars import World, moments
from tests.casework.deadlines.oracle import MINUTE, is_open, minutes, slow_due, slow_elapsed, slow_working_day

SPAN_OF_ORACLE = timedelta(days=6)
"""How far the slow oracle follows a clock; what lies further is covered by the laws below."""

SMALLEST = timedelta(microseconds=1)
ZERO = timedelta()
AMOUNTS = st.integers(1, timedelta(hours=30) // SMALLEST).map(lambda n: n * SMALLEST)
MINUTE_AMOUNTS = st.integers(1, 30 * 60).map(lambda n: n * MINUTE)

Moments = tuple[World, tuple[datetime, ...]]

against_oracle = settings(max_examples=60, deadline=None, derandomize=True, database=None)
laws = settings(max_examples=100, deadline=None, derandomize=True, database=None)


@pytest.mark.rule("TA-15-2", "TA-12-7")
@against_oracle
@given(moments(2, whole_minutes=True))
def test_elapsed_is_the_number_of_open_minutes(given_moments: Moments) -> None:
    world, (a, b) = given_moments
    assert elapsed(world.calendar, a, b) == slow_elapsed(world.calendar, a, b)


@pytest.mark.rule("TA-15-2", "TA-12-7")
@against_oracle
@given(moments(1, whole_minutes=True), MINUTE_AMOUNTS)
def test_due_is_the_minute_at_which_enough_minutes_were_open(given_moments: Moments, amount: timedelta) -> None:
    world, (start,) = given_moments
    limit = due(world.calendar, start, amount).due_at
    until = start + SPAN_OF_ORACLE
    assert slow_due(world.calendar, start, amount, until) == (limit if limit <= until else None)


@against_oracle
@given(moments(2, whole_minutes=True))
def test_every_open_minute_lies_in_exactly_one_window(given_moments: Moments) -> None:
    world, (a, b) = given_moments
    parts = list(windows(world.calendar, a, b))
    covered = {minute for part in parts for minute in minutes(part.start, part.end)}
    assert covered == {minute for minute in minutes(a, b) if is_open(world.calendar, minute)}
    assert sum((part.end - part.start for part in parts), ZERO) == len(covered) * MINUTE


@laws
@given(moments(2))
def test_windows_are_in_order_apart_and_merged(given_moments: Moments) -> None:
    world, (a, b) = given_moments
    parts = list(windows(world.calendar, a, b))
    assert all(a <= part.start < part.end <= b for part in parts)
    for earlier, later in pairwise(parts):
        assert earlier.end <= later.start
        assert not (earlier.end == later.start and earlier.reason == later.reason)


@laws
@given(moments(2))
def test_windows_of_a_part_are_the_windows_of_the_whole_cut_to_it(given_moments: Moments) -> None:
    world, (a, b) = given_moments
    cut = [
        Window(max(part.start, a), min(part.end, b), part.reason)
        for part in windows(world.calendar, world.begin, world.end)
        if part.start < b and a < part.end and a < b
    ]
    assert list(windows(world.calendar, a, b)) == cut


@laws
@given(moments(3))
def test_elapsed_is_additive_and_monotone(given_moments: Moments) -> None:
    world, (a, b, c) = given_moments
    assert elapsed(world.calendar, a, b) + elapsed(world.calendar, b, c) == elapsed(world.calendar, a, c)
    assert ZERO <= elapsed(world.calendar, a, b) <= elapsed(world.calendar, a, c)
    assert elapsed(world.calendar, a, b) <= b - a


@laws
@given(moments(2))
def test_no_time_runs_backwards(given_moments: Moments) -> None:
    world, (a, b) = given_moments
    assert elapsed(world.calendar, b, a) == ZERO


@pytest.mark.rule("TA-15-2")
@laws
@given(moments(1), AMOUNTS)
def test_due_is_the_inverse_of_elapsed_and_minimal(given_moments: Moments, amount: timedelta) -> None:
    world, (start,) = given_moments
    limit = due(world.calendar, start, amount).due_at
    assert elapsed(world.calendar, start, limit) == amount
    assert elapsed(world.calendar, start, limit - SMALLEST) == amount - SMALLEST


@laws
@given(moments(1), AMOUNTS, AMOUNTS)
def test_a_longer_limit_is_due_later(given_moments: Moments, amount: timedelta, more: timedelta) -> None:
    world, (start,) = given_moments
    shorter = due(world.calendar, start, amount)
    assert shorter.due_at < due(world.calendar, start, amount + more).due_at
    assert due(world.calendar, start, amount + more).due_at == due(world.calendar, shorter.due_at, more).due_at


@laws
@given(moments(2), AMOUNTS)
def test_a_later_start_is_never_due_earlier(given_moments: Moments, amount: timedelta) -> None:
    world, (earlier, later) = given_moments
    assert due(world.calendar, earlier, amount).due_at <= due(world.calendar, later, amount).due_at


@pytest.mark.rule("TA-15-2")
@laws
@given(moments(1), AMOUNTS)
def test_a_start_outside_counts_from_the_next_opening(given_moments: Moments, amount: timedelta) -> None:
    world, (start,) = given_moments
    limit = due(world.calendar, start, amount)
    opening = limit.windows[0].from_at
    assert elapsed(world.calendar, start, opening) == ZERO
    assert due(world.calendar, opening, amount).due_at == limit.due_at


@pytest.mark.rule("TA-15-2")
@laws
@given(moments(1), AMOUNTS, st.floats(0, 1))
def test_a_reassignment_on_the_way_does_not_move_the_due_time(
    given_moments: Moments, amount: timedelta, share: float
) -> None:
    world, (start,) = given_moments
    limit = due(world.calendar, start, amount).due_at
    reassigned = start + (limit - start) * share
    left = amount - elapsed(world.calendar, start, reassigned)
    assert due(world.calendar, reassigned, left).due_at == limit


@laws
@given(moments(1), AMOUNTS)
def test_the_proof_of_a_limit_sums_to_its_amount(given_moments: Moments, amount: timedelta) -> None:
    world, (start,) = given_moments
    limit = due(world.calendar, start, amount)
    assert sum((line.counted for line in limit.windows), ZERO) == amount
    assert all(line.counted == line.to_at - line.from_at for line in limit.windows)
    assert limit.windows == proof(world.calendar, start, limit.due_at)


@laws
@given(moments(2))
def test_the_proof_of_a_stop_sums_to_the_elapsed_time(given_moments: Moments) -> None:
    world, (start, stop) = given_moments
    lines = proof(world.calendar, start, stop)
    assert sum((line.counted for line in lines), ZERO) == elapsed(world.calendar, start, stop)


@pytest.mark.rule("TA-15-2")
@laws
@given(moments(1), AMOUNTS, AMOUNTS)
def test_the_boundary_is_inclusive(given_moments: Moments, amount: timedelta, after: timedelta) -> None:
    world, (start,) = given_moments
    limit = due(world.calendar, start, amount).due_at
    assert is_met(limit, limit)
    assert not is_met(limit + SMALLEST, limit)
    assert lateness(world.calendar, limit, limit).clock == ZERO
    late = lateness(world.calendar, limit, limit + after)
    assert late.clock == after
    assert late.working == elapsed(world.calendar, start, limit + after) - amount


@laws
@given(moments(1), st.integers(1, 30))
def test_working_days_agree_with_counting_on_a_wall_calendar(given_moments: Moments, days: int) -> None:
    world, (start,) = given_moments
    last = slow_working_day(world.calendar, start, days)
    counted = counted_working_days(world.calendar, start, days)
    assert add_working_days(world.calendar, start, days) == closing(world.calendar, last) == counted[-1].to_at
    assert len({world.calendar.local_date(line.from_at) for line in counted}) == days
    assert sum((line.counted for line in counted), ZERO) == timedelta(days=days)


@laws
@given(moments(1))
def test_office_close_is_the_next_last_closing_of_a_working_day(given_moments: Moments) -> None:
    world, (instant,) = given_moments
    close = office_close(world.calendar, instant)
    day = world.calendar.local_date(instant)
    same_day = world.calendar.is_working_day(day) and instant < closing(world.calendar, day)
    assert close == (closing(world.calendar, day) if same_day else add_working_days(world.calendar, instant, 1))
    assert close > instant
