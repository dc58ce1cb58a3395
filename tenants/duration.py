"""Lengths of time as the profiles write them: ISO 8601, working days, shares of a limit, and limits named elsewhere."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache


class DurationKind(StrEnum):
    """What a length of time is measured in, or where it is read from."""

    TIME = "TIME"
    WORKING_DAYS = "WORKING_DAYS"
    CALENDAR = "CALENDAR"
    PERCENT = "PERCENT"
    FROM_ITEM_VERSION = "FROM_ITEM_VERSION"
    FROM_PLAN = "FROM_PLAN"
    FROM_PROMISE = "FROM_PROMISE"
    SAME_DAY = "SAME_DAY"
    SAME_VISIT = "SAME_VISIT"


@dataclass(frozen=True, slots=True)
class Duration:
    """One length of time; which of the numbers is used follows from the kind."""

    kind: DurationKind
    seconds: int = 0
    days: int = 0
    months: int = 0
    percent: int = 0

    def __str__(self) -> str:
        """Write the length of time back in the form a profile uses."""
        match self.kind:
            case DurationKind.TIME:
                return _write_time(self.seconds)
            case DurationKind.WORKING_DAYS:
                return f"P{self.days}WD"
            case DurationKind.PERCENT:
                return f"P{self.percent}PCT"
            case DurationKind.CALENDAR:
                months = f"{self.months}M" if self.months else ""
                days = f"{self.days}D" if self.days else ""
                return f"P{months}{days}"
            case _:
                return str(self.kind)


class DurationError(ValueError):
    """A text that names no length of time."""


EXPECTED = (
    "PT2H or PT1H30M (time), P5WD (working days), P7D, P1M or P1Y (calendar), P80PCT (share of the limit), "
    "FROM_ITEM_VERSION, FROM_PLAN, FROM_PROMISE, SAME_DAY or SAME_VISIT"
)

_NAMED = {
    str(kind): Duration(kind)
    for kind in (
        DurationKind.FROM_ITEM_VERSION,
        DurationKind.FROM_PLAN,
        DurationKind.FROM_PROMISE,
        DurationKind.SAME_DAY,
        DurationKind.SAME_VISIT,
    )
}
_WORKING_DAYS = re.compile(r"P(\d{1,4})WD")
_PERCENT = re.compile(r"P(\d{1,3})PCT")
_TIME = re.compile(r"PT(?=\d)(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:(\d{1,6})S)?")
_CALENDAR = re.compile(r"P(?=\d)(?:(\d{1,3})Y)?(?:(\d{1,4})M)?(?:(\d{1,3})W)?(?:(\d{1,5})D)?")


@lru_cache(maxsize=256)
def parse_duration(text: str) -> Duration:
    """Read one length of time, or raise `DurationError` with the forms that would be right."""
    named = _NAMED.get(text)
    if named is not None:
        return named
    duration = _working_days(text) or _percent(text) or _time(text) or _calendar(text)
    if duration is None:
        raise DurationError(f"{text!r} is not a length of time; write {EXPECTED}")
    return duration


def _working_days(text: str) -> Duration | None:
    found = _WORKING_DAYS.fullmatch(text)
    if found is None or int(found[1]) == 0:
        return None
    return Duration(DurationKind.WORKING_DAYS, days=int(found[1]))


def _percent(text: str) -> Duration | None:
    found = _PERCENT.fullmatch(text)
    if found is None or not 0 < int(found[1]) <= 100:
        return None
    return Duration(DurationKind.PERCENT, percent=int(found[1]))


def _time(text: str) -> Duration | None:
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    total = hours * 3600 + minutes * 60 + seconds
    return Duration(DurationKind.TIME, seconds=total) if total else None


def _calendar(text: str) -> Duration | None:
    found = _CALENDAR.fullmatch(text)
    if found is None:
        return None
    years, months, weeks, days = (int(part or 0) for part in found.groups())
    duration = Duration(DurationKind.CALENDAR, days=weeks * 7 + days, months=years * 12 + months)
    return duration if duration.days or duration.months else None


def _write_time(seconds: int) -> str:
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    parts = ((hours, "H"), (minutes, "M"), (left, "S"))
    return "PT" + "".join(f"{number}{unit}" for number, unit in parts if number)
