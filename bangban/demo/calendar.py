"""The working calendar of a city for the years of the demonstration, as the official notices have it."""

from collections.abc import Iterator

from bangban.demo.bulk import Row
from bangban.demo.identity import Source
from casework.deadlines.seed_calendar import days_of
from tenants.profile import Profile

YEARS = range(2024, 2028)
"""The years that are written down; one without an official notice is marked as provisional."""


def calendar_rows(profile: Profile, source: Source) -> Iterator[Row]:
    """Write down the days that differ from the plain week of the city."""
    for day, rule in days_of(profile, YEARS):
        yield {
            "id": source.id("day", day.isoformat()),
            "day": day,
            "is_workday": rule.is_workday,
            "note": rule.note,
            "provisional": rule.provisional,
            "intervals": None,
        }
