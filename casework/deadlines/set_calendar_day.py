"""Set what is different on one date for all units of a tenant: a holiday, a make-up workday, other hours."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from casework.deadlines.add_shift import EDIT
from casework.deadlines.calendar import MIDNIGHT, ONE_DAY, DayRule, Intervals
from casework.deadlines.events import CalendarDaySet
from casework.deadlines.load import hold_calendar, rule_of, stored_intervals
from casework.deadlines.models import CalendarDay
from casework.deadlines.recompute import recompute, touched_by
from casework.deadlines.seed import NATIONAL_DAY
from casework.kernel.errors import invalid
from casework.kernel.work import Work, check_version
from casework.organisation.authority import TENANT_WIDE, require


@dataclass(frozen=True)
class SetCalendarDay:
    """The date and its rule; `intervals` are hours of this date only, `provisional` that no notice covers it yet."""

    day: date
    is_workday: bool
    note: str | None = None
    provisional: bool = False
    intervals: Intervals | None = None
    expected_version: int | None = None


async def set_calendar_day(work: Work, given: SetCalendarDay) -> CalendarDay:
    """Set the date, or correct it; clocks that run across it are reckoned anew, and the correction is audited."""
    require(work, EDIT, TENANT_WIDE, "day")
    rule = checked(given)
    await hold_calendar(work, for_change=True)
    row = await calendar_day(work, given.day)
    before = None
    if row is None:
        row = work.add(CalendarDay(day=given.day))
    else:
        check_version(row, given.expected_version)
        before = facts_of(row)
    write(row, rule)
    moved = await recompute(work, touched_by(*bounds(work, *reach_of(given.day))))
    if before is not None:
        work.audit("calendar.day_corrected", "calendar_day", row.id, before=before, after=facts_of(row))
    work.emit(CalendarDaySet(row, moved).told())
    return row


def checked(given: SetCalendarDay) -> DayRule:
    """Give the rule of the date, or refuse hours that contradict it or themselves."""
    try:
        return DayRule(given.is_workday, given.note, given.provisional, given.intervals)
    except ValueError as error:
        raise invalid(f"These hours make no day: {error}.", "当日工作时段无效。", "intervals") from error


async def calendar_day(work: Work, day: date) -> CalendarDay | None:
    """Find what is recorded for a date."""
    query = select(CalendarDay).where(CalendarDay.tenant_id == work.tenant, CalendarDay.day == day)
    return (await work.session.scalars(query)).one_or_none()


def write(row: CalendarDay, rule: DayRule) -> None:
    """Write the rule of a date down."""
    row.is_workday, row.note, row.provisional = rule.is_workday, rule.note, rule.provisional
    row.intervals = stored_intervals(rule.intervals) if rule.intervals else None


def reach_of(day: date) -> tuple[date, date]:
    """Tell from when to when a date matters: the National Day says whether the notice of its whole year is known."""
    if (day.month, day.day) == NATIONAL_DAY:
        return date(day.year, 1, 1), date(day.year, 12, 31)
    return day, day


def bounds(work: Work, first: date, last: date) -> tuple[datetime, datetime]:
    """Give the first instant of the first date and the end of the last one, in the tenant's own time."""
    zone = ZoneInfo(work.profile.calendar.timezone)
    return datetime.combine(first, MIDNIGHT, zone), datetime.combine(last + ONE_DAY, MIDNIGHT, zone)


def facts_of(row: CalendarDay) -> dict[str, Any]:
    """Tell the rule of a date for the audit trail."""
    rule = rule_of(row)
    return {
        "day": row.day.isoformat(),
        "isWorkday": rule.is_workday,
        "note": rule.note,
        "provisional": rule.provisional,
        "intervals": row.intervals,
    }
