"""The State Council's holidays and make-up workdays as the `chinesecalendar` package knows them, ready to store."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache

from chinese_calendar import Holiday, holidays, workdays

from casework.deadlines.calendar import DayRule

NATIONAL_DAY = (10, 1)
"""Month and day that every annual notice names, so that a year known only in part is not taken for known."""


@dataclass(frozen=True)
class SeedDay:
    """One date of the annual notice that differs from the plain week or carries a holiday's name."""

    date: date
    is_workday: bool
    note: str
    provisional: bool


@cache
def covered_years() -> frozenset[int]:
    """The years whose official notice is known; any other year is provisional until somebody records its notice."""
    return frozenset(day.year for day in holidays if (day.month, day.day) == NATIONAL_DAY)


def is_covered(year: int) -> bool:
    """Whether the official notice of the year is known."""
    return year in covered_years()


def official_days(year: int) -> list[SeedDay]:
    """The notice of the year in order: holidays, weekends within them included, and make-up workdays.

    Empty for a year whose notice is not known (`is_covered` tells): nothing is invented for it.
    """
    if not is_covered(year):
        return []
    rest = [SeedDay(day, False, _name(name), False) for day, name in holidays.items() if day.year == year]
    work = [SeedDay(day, True, f"{_name(name)}调休上班", False) for day, name in workdays.items() if day.year == year]
    return sorted(rest + work, key=lambda seed: seed.date)


def official_rules(years: Iterable[int], *, makeup_workdays: bool = True) -> dict[date, DayRule]:
    """The notices of the years as calendar rules; a city that works no make-up days leaves those out."""
    return {
        seed.date: DayRule(seed.is_workday, seed.note, seed.provisional)
        for year in years
        for seed in official_days(year)
        if makeup_workdays or not seed.is_workday
    }


def _name(english: str) -> str:
    return str(Holiday(english).chinese)
