"""The working calendar of a city for the years of the demonstration, as the official notices have it."""

from collections.abc import Iterator

from bangban.demo.bulk import Row
from bangban.demo.identity import Source
from casework.deadlines.seed import official_rules
from tenants.profile import Profile

YEARS = range(2024, 2028)
"""The years that are asked for; one without an official notice yields no day and stays provisional."""


def calendar_rows(profile: Profile, source: Source) -> Iterator[Row]:
    """Write down the holidays, and the make-up working days where the city works them."""
    rules = official_rules(YEARS, makeup_workdays=profile.calendar.makeup_workdays)
    for day, rule in rules.items():
        yield {
            "id": source.id("day", day.isoformat()),
            "day": day,
            "is_workday": rule.is_workday,
            "note": rule.note,
            "provisional": rule.provisional,
            "intervals": None,
        }
