"""The official days: what the notices of 2024 to 2026 say, and that nothing is invented for a year without one."""

from datetime import date, timedelta

import pytest

from casework.deadlines.seed import covered_years, is_covered, official_days, official_rules
from tests.casework.deadlines.calendars import city_calendar


def days_between(first: date, last: date) -> set[date]:
    return {first + timedelta(days=n) for n in range((last - first).days + 1)}


def test_national_day_2024_with_its_makeup_days() -> None:
    days = {seed.date: seed for seed in official_days(2024)}
    off = {day for day, seed in days.items() if day.month == 10 and not seed.is_workday}
    assert off == days_between(date(2024, 10, 1), date(2024, 10, 7))
    assert {day for day, seed in days.items() if day >= date(2024, 9, 20) and seed.is_workday} == {
        date(2024, 9, 29),
        date(2024, 10, 12),
    }
    assert days[date(2024, 10, 1)].note == "国庆节"
    assert days[date(2024, 10, 12)].note == "国庆节调休上班"


def test_spring_festival_2026() -> None:
    days = {seed.date: seed for seed in official_days(2026)}
    off = {day for day, seed in days.items() if day.month == 2 and not seed.is_workday}
    assert off == days_between(date(2026, 2, 15), date(2026, 2, 23))
    assert days[date(2026, 2, 14)].is_workday
    assert days[date(2026, 2, 28)].is_workday


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_a_known_year_is_ordered_firm_and_holds_exceptions_only(year: int) -> None:
    days = official_days(year)
    assert [seed.date for seed in days] == sorted({seed.date for seed in days})
    assert all(seed.date.year == year and seed.note and not seed.provisional for seed in days)
    assert all(seed.date.weekday() >= 5 for seed in days if seed.is_workday)
    assert all(city_calendar().is_working_day(seed.date) == seed.is_workday for seed in days)


def test_a_year_without_notice_invents_nothing() -> None:
    unknown = max(covered_years()) + 1
    assert not is_covered(unknown)
    assert official_days(unknown) == []
    assert {2024, 2025, 2026} <= covered_years()


def test_a_city_without_makeup_days_keeps_its_weekends() -> None:
    worked = official_rules([2024])
    rested = official_rules([2024], makeup_workdays=False)
    assert worked[date(2024, 10, 12)].is_workday
    assert date(2024, 10, 12) not in rested
    assert not rested[date(2024, 10, 1)].is_workday
