from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.duration import Duration, DurationError, DurationKind, parse_duration


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("PT2H", Duration(DurationKind.TIME, seconds=7200)),
        ("PT1H30M", Duration(DurationKind.TIME, seconds=5400)),
        ("PT90S", Duration(DurationKind.TIME, seconds=90)),
        ("P3WD", Duration(DurationKind.WORKING_DAYS, days=3)),
        ("P7D", Duration(DurationKind.CALENDAR, days=7)),
        ("P2W", Duration(DurationKind.CALENDAR, days=14)),
        ("P1M", Duration(DurationKind.CALENDAR, months=1)),
        ("P1Y2M3D", Duration(DurationKind.CALENDAR, months=14, days=3)),
        ("P80PCT", Duration(DurationKind.PERCENT, percent=80)),
        ("FROM_ITEM_VERSION", Duration(DurationKind.FROM_ITEM_VERSION)),
        ("FROM_PLAN", Duration(DurationKind.FROM_PLAN)),
        ("FROM_PROMISE", Duration(DurationKind.FROM_PROMISE)),
        ("SAME_DAY", Duration(DurationKind.SAME_DAY)),
        ("SAME_VISIT", Duration(DurationKind.SAME_VISIT)),
    ],
)
def test_every_form_of_a_profile_is_read(text: str, meaning: Duration) -> None:
    assert parse_duration(text) == meaning


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2h",
        "P",
        "PT",
        "PT0H",
        "P0WD",
        "P0D",
        "P101PCT",
        "P0PCT",
        "P1DT2H",
        "P1.5D",
        "-P1D",
        "p1d",
        "P1D ",
        "P3W5WD",
    ],
)
def test_anything_else_is_refused_with_the_forms_that_would_be_right(text: str) -> None:
    with pytest.raises(DurationError, match="PT2H"):
        parse_duration(text)


@given(
    st.one_of(
        st.integers(1, 900_000).map(lambda seconds: Duration(DurationKind.TIME, seconds=seconds)),
        st.integers(1, 9999).map(lambda days: Duration(DurationKind.WORKING_DAYS, days=days)),
        st.integers(1, 100).map(lambda percent: Duration(DurationKind.PERCENT, percent=percent)),
        st.tuples(st.integers(0, 9999), st.integers(0, 9999))
        .filter(any)
        .map(lambda pair: Duration(DurationKind.CALENDAR, months=pair[0], days=pair[1])),
    )
)
def test_what_is_written_is_read_back(duration: Duration) -> None:
    assert parse_duration(str(duration)) == duration


@given(st.text(max_size=12))
def test_no_text_breaks_the_reader(text: str) -> None:
    with suppress(DurationError):
        assert str(parse_duration(text)).startswith(("P", "FROM_", "SAME_"))
