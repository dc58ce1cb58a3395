"""Arithmetic of working time and of whole days: elapsed, due, proof (MODEL section 6). Pure; instants in UTC."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from casework.deadlines.calendar import ONE_DAY, Window, WorkingCalendar, as_utc, windows

HORIZON = timedelta(days=3653)
"""How far ahead the office looks for working time: ten years without enough of it is a mistake in the calendar."""


class NeverDueError(ValueError):
    """The calendar has too little working time ahead to reach the limit."""


@dataclass(frozen=True)
class Counted:
    """One line of the proof of a limit: from when to when, how much of it counted, and why."""

    from_at: datetime
    to_at: datetime
    counted: timedelta
    reason: str


@dataclass(frozen=True)
class Due:
    """When a limit runs out, the windows that were counted, and whether an official notice may still move it."""

    due_at: datetime
    windows: tuple[Counted, ...]
    provisional: bool


@dataclass(frozen=True)
class Lateness:
    """How late something happened, in working time and on the clock; both zero when it was in time."""

    working: timedelta
    clock: timedelta


def elapsed(calendar: WorkingCalendar, a: datetime, b: datetime) -> timedelta:
    """The working time that ran from `a` to `b`; none when `b` does not lie after `a`."""
    return sum((window.end - window.start for window in windows(calendar, a, b)), timedelta())


def due(calendar: WorkingCalendar, start: datetime, amount: timedelta) -> Due:
    """The earliest instant at which `amount` of working time has run since `start` (TA-15-2, Q1).

    A start outside working time counts from the next opening; a calendar with too little raises `NeverDueError`.
    """
    if amount < timedelta():
        raise ValueError("a limit cannot be negative")
    begin = as_utc(start)
    if not amount:
        return _due(calendar, begin, begin, ())
    counted: list[Counted] = []
    left = amount
    for window in windows(calendar, begin, begin + HORIZON):
        part = min(left, window.end - window.start)
        counted.append(Counted(window.start, window.start + part, part, window.reason))
        left -= part
        if not left:
            return _due(calendar, begin, counted[-1].to_at, tuple(counted))
    raise NeverDueError(f"no {amount} of working time within ten years after {begin.isoformat()}")


def proof(calendar: WorkingCalendar, start: datetime, until: datetime) -> tuple[Counted, ...]:
    """The windows that counted from the start until the clock stopped or ran out."""
    return tuple(_whole(window) for window in windows(calendar, start, until))


def is_met(stop: datetime, due_at: datetime) -> bool:
    """Whether the stopping event was in time: at or before the due instant, inclusive (Q5, Q6, TA-15-2)."""
    return as_utc(stop) <= as_utc(due_at)


def lateness(calendar: WorkingCalendar, due_at: datetime, stop: datetime) -> Lateness:
    """How late the stopping event was; after office close it is late although no working minute passed (Q6)."""
    if is_met(stop, due_at):
        return Lateness(timedelta(), timedelta())
    return Lateness(elapsed(calendar, due_at, stop), as_utc(stop) - as_utc(due_at))


def office_close(calendar: WorkingCalendar, instant: datetime) -> datetime:
    """The end of the office day that a same-day matter belongs to (NX-5-3, Q12).

    Before the last closing of a working day it is that closing; at or after it, or on a day off, the closing of the
    next working day. Extra shifts do not move it.
    """
    day = calendar.local_date(as_utc(instant))
    if calendar.is_working_day(day) and as_utc(instant) < closing(calendar, day):
        return closing(calendar, day)
    return closing(calendar, next(working_days_after(calendar, day)))


def closing(calendar: WorkingCalendar, day: date) -> datetime:
    """The end of the last office hours of a working day."""
    return calendar.office_windows(day)[-1].end


def working_days_after(calendar: WorkingCalendar, day: date) -> Iterator[date]:
    """The working days that follow the date, in order; raises `NeverDueError` when none comes within ten years."""
    last_seen = day
    following = day
    while following - last_seen < HORIZON:
        following += ONE_DAY
        if calendar.is_working_day(following):
            yield following
            last_seen = following
    raise NeverDueError(f"no working day within ten years after {last_seen.isoformat()}")


def counted_working_days(calendar: WorkingCalendar, start: datetime, days: int) -> tuple[Counted, ...]:
    """The working days that a limit counts, one line each; the day of the start is not counted (NX-A5.1-5)."""
    _require_positive(days)
    following = working_days_after(calendar, calendar.local_date(as_utc(start)))
    return tuple(_whole_day(calendar, next(following)) for _ in range(days))


def add_working_days(calendar: WorkingCalendar, start: datetime, days: int) -> datetime:
    """When a limit of working days runs out: the first day is not counted, the last one ends with its office hours."""
    return counted_working_days(calendar, start, days)[-1].to_at


def add_calendar_days(calendar: WorkingCalendar, start: datetime, days: int) -> datetime:
    """When a limit of calendar days runs out: the first day is not counted, the last one counts to its end (Q15)."""
    _require_positive(days)
    return calendar.day_end(calendar.local_date(as_utc(start)) + timedelta(days=days))


def add_months(calendar: WorkingCalendar, start: datetime, months: int) -> datetime:
    """When a limit of months runs out: end of the corresponding day, or of a short month's last (TA-29-1, Q15)."""
    _require_positive(months)
    first = calendar.local_date(as_utc(start))
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    last_of_month = monthrange(year, month + 1)[1]
    return calendar.day_end(date(year, month + 1, min(first.day, last_of_month)))


def is_provisional(calendar: WorkingCalendar, start: datetime, due_at: datetime) -> bool:
    """Whether a day between start and due, counted or skipped, lies in a year without an official notice."""
    return calendar.is_provisional(calendar.local_date(as_utc(start)), calendar.local_date(as_utc(due_at)))


def _due(calendar: WorkingCalendar, start: datetime, due_at: datetime, counted: tuple[Counted, ...]) -> Due:
    return Due(due_at, counted, is_provisional(calendar, start, due_at))


def _whole(window: Window) -> Counted:
    return Counted(window.start, window.end, window.end - window.start, window.reason)


def _whole_day(calendar: WorkingCalendar, day: date) -> Counted:
    opened = calendar.office_windows(day)
    return Counted(opened[0].start, opened[-1].end, ONE_DAY, opened[0].reason)


def _require_positive(count: int) -> None:
    if count < 1:
        raise ValueError("a limit of whole days or months has at least one of them")
