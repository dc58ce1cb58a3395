"""Scalars are written in one way and read strictly, without repeating what was given."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from graphql import GraphQLError
from hypothesis import given
from hypothesis import strategies as st

from schema import scalars

BAD = {
    scalars.read_instant: [
        "2023-10-04",
        "2023-10-04T10:30:00",
        "2024-09-03 10:30:00+08:00",
        "2024-09-03T10:30+08:00",
        "2024-02-30T10:30:00Z",
        "2024-09-03T24:30:00Z",
        "2024-09-03T10:30:60Z",
        "2024-09-03T10:30:00.1234567Z",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+08:00",
        "２０２４-09-03T10:30:00Z",
        "",
        1725330600,
        None,
        {},
    ],
    scalars.read_day: ["2024-9-3", "20240903", "2024-02-30", "2024-09-03T00:00:00Z", "", 20240903, []],
    scalars.read_length: ["P", "PT", "P1Y", "P1M", "P1DT", "1h", "pt2h", "PT-2H", "P1.5D", "", 7200],
    scalars.read_working_length: ["P1D", "P1DT1H", "PT", "PT1.5S", 7200],
    scalars.read_digest: ["", "a" * 63, "A" * 64, "g" * 64, "a" * 65, 1],
    scalars.read_telephone: ["", "123", "1380000123", "23800001234", "phone", "+86", "+0123456789", 13800001234],
}


@pytest.mark.parametrize(("read", "value"), [(read, value) for read, values in BAD.items() for value in values])
def test_what_does_not_fit_is_refused_without_repeating_it(read: Any, value: Any) -> None:
    with pytest.raises(GraphQLError) as caught:
        read(value)
    assert "expected" in caught.value.message
    if isinstance(value, str) and len(value) > 3:
        assert value not in caught.value.message


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2024-09-03T10:30:00+08:00", "2024-09-03T10:30:00+08:00"),
        ("2024-09-03T02:30:00Z", "2024-09-03T10:30:00+08:00"),
        ("2024-09-03t02:30:00z", "2024-09-03T10:30:00+08:00"),
        ("2024-09-02T22:30:00.5-04:00", "2024-09-03T10:30:00.5+08:00"),
    ],
)
def test_instants_are_kept_in_utc_and_shown_in_china(text: str, shown: str) -> None:
    instant = scalars.read_instant(text)
    assert instant.tzinfo is UTC
    assert scalars.write_instant(instant) == shown


def test_an_instant_without_a_zone_is_never_shown() -> None:
    with pytest.raises(ValueError, match="time zone"):
        scalars.write_instant(datetime(2024, 9, 3))  # noqa: DTZ001


@given(st.datetimes(min_value=datetime(1900, 1, 2), max_value=datetime(2200, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_every_instant_survives(instant: datetime) -> None:
    assert scalars.read_instant(scalars.write_instant(instant)) == instant


@given(st.dates())
def test_every_day_survives(day: date) -> None:
    assert scalars.read_day(day.isoformat()) == day


@given(st.timedeltas(min_value=timedelta(days=-9_999), max_value=timedelta(days=9_999)))
def test_every_length_survives(length: timedelta) -> None:
    assert scalars.read_length(scalars.write_length(length)) == length


@given(st.integers(min_value=-10_000_000, max_value=10_000_000))
def test_every_working_length_survives(seconds: int) -> None:
    length = timedelta(seconds=seconds)
    assert scalars.read_working_length(scalars.write_working_length(length)) == length


@pytest.mark.parametrize(
    ("length", "shown", "working"),
    [
        (timedelta(), "PT0S", "PT0S"),
        (timedelta(hours=1, minutes=59), "PT1H59M", "PT1H59M"),
        (timedelta(days=1, seconds=1), "P1DT1S", "PT24H1S"),
        (-timedelta(minutes=1), "-PT1M", "-PT1M"),
        (timedelta(weeks=1), "P7D", "PT168H"),
        (timedelta(milliseconds=1500), "PT1.5S", "PT1.5S"),
    ],
)
def test_lengths_are_written_plainly(length: timedelta, shown: str, working: str) -> None:
    assert scalars.write_length(length) == shown
    assert scalars.write_working_length(length) == working


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("138 0000 1234", "13800001234"),
        ("+86-138-0000-1234", "13800001234"),
        ("0538-8888888", "05388888888"),
        ("400-123-4567", "4001234567"),
        ("12345", "12345"),
        ("+44 20 7946 0958", "+442079460958"),
    ],
)
def test_equal_telephone_numbers_are_equal_texts(text: str, kept: str) -> None:
    assert scalars.read_telephone(text) == kept
