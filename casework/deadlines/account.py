"""The lines of a clock's proof, in the measure its limit is written in: working time, working days or the calendar. Pure."""

from datetime import datetime
from itertools import takewhile

from casework.deadlines.calendar import ONE_DAY, WorkingCalendar, as_utc
from casework.deadlines.limits import CALENDAR, Clock
from casework.deadlines.worktime import Counted, proof, working_days_after
from tenants.duration import Duration, DurationKind


def account(
    calendar: WorkingCalendar, start: datetime, until: datetime, duration: Duration | None, clock: str
) -> tuple[Counted, ...]:
    """Account for what a clock has counted from its start until an instant; nothing if that does not lie after it."""
    begin, end = as_utc(start), as_utc(until)
    if end <= begin:
        return ()
    kind = duration.kind if duration else DurationKind.TIME
    if kind is DurationKind.WORKING_DAYS:
        return _working_days(calendar, begin, end)
    if kind is DurationKind.CALENDAR:
        return _calendar_days(calendar, begin, end)
    if clock == Clock.CALENDAR:
        return (Counted(begin, end, end - begin, CALENDAR),)
    return proof(calendar, begin, end)


def _working_days(calendar: WorkingCalendar, begin: datetime, end: datetime) -> tuple[Counted, ...]:
    """List each working day after that of the start, up to the end; a day that has begun counts as a day."""
    last = calendar.local_date(end)
    lines = []
    for day in takewhile(lambda day: day <= last, working_days_after(calendar, calendar.local_date(begin))):
        opened = calendar.office_windows(day)
        if opened[0].start < end:
            lines.append(Counted(opened[0].start, min(opened[-1].end, end), ONE_DAY, opened[0].reason))
    return tuple(lines)


def _calendar_days(calendar: WorkingCalendar, begin: datetime, end: datetime) -> tuple[Counted, ...]:
    """Give the days after that of the start in one line; a day that has begun counts as a day."""
    first, last = calendar.local_date(begin), calendar.local_date(end)
    if first == last:
        return ()
    return (Counted(calendar.day_start(first + ONE_DAY), end, last - first, CALENDAR),)
