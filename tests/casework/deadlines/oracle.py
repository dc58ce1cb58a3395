"""A slow second opinion on working time: looks at every single minute, shares no arithmetic with the code."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from casework.deadlines.calendar import WorkingCalendar

MINUTE = timedelta(minutes=1)


def hours_on(calendar: WorkingCalendar, day: date) -> tuple[tuple[time, time], ...]:
    if day in calendar.days:
        rule = calendar.days[day]
        if not rule.is_workday:
            return ()
        return rule.intervals or calendar.office_hours
    return calendar.office_hours if day.weekday() in calendar.working_days else ()


def is_open(calendar: WorkingCalendar, instant: datetime) -> bool:
    local = instant.astimezone(calendar.zone)
    wall = local.time()
    for opens, closes in hours_on(calendar, local.date()):
        if opens <= wall and (wall < closes or closes == time(0)):
            return True
    return any(shift.counts and shift.starts_at <= instant < shift.ends_at for shift in calendar.shifts)


def minutes(start: datetime, end: datetime) -> Iterator[datetime]:
    instant = start.astimezone(UTC)
    while instant < end:
        yield instant
        instant += MINUTE


def slow_elapsed(calendar: WorkingCalendar, start: datetime, end: datetime) -> timedelta:
    return MINUTE * sum(is_open(calendar, minute) for minute in minutes(start, end))


def slow_due(calendar: WorkingCalendar, start: datetime, amount: timedelta, until: datetime) -> datetime | None:
    """The due instant if it comes by `until`."""
    ran = timedelta()
    for minute in minutes(start, until):
        if is_open(calendar, minute):
            ran += MINUTE
            if ran == amount:
                return minute + MINUTE
    return None


def slow_working_day(calendar: WorkingCalendar, start: datetime, count: int) -> date:
    """The last of `count` working days after the day of the start."""
    day = start.astimezone(calendar.zone).date()
    while count:
        day += timedelta(days=1)
        if hours_on(calendar, day):
            count -= 1
    return day
