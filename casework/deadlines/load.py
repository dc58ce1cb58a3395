"""The working calendar of a unit as the database holds it: hours, exceptional days, counting shifts, known years."""

from collections.abc import Iterable, Sequence
from datetime import date, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from casework.deadlines.calendar import DayRule, Intervals, Shift, WorkingCalendar
from casework.deadlines.models import CalendarDay, ExtraShift
from casework.deadlines.seed import NATIONAL_DAY
from casework.kernel.errors import not_found
from casework.kernel.work import Work
from casework.organisation.models import OrgUnit
from tenants.profile import Profile

NO_HOLIDAYS = "NONE"
"""What a profile says that follows no annual notice of holidays."""

MARGIN = timedelta(days=2)
"""Shifts are loaded this far around the asked dates: a local date begins and ends on other UTC dates."""


async def hold_calendar(work: Work, *, for_change: bool = False) -> None:
    """Keep the tenant's calendars as they are until the end of the Work, or wait for the right to change them.

    Who starts or stops clocks shares the calendars, who corrects them has them alone: so no clock can start by the
    old calendar beside a correction that did not see it. It is taken before any clock is locked, always in this order.
    """
    take = func.pg_advisory_xact_lock if for_change else func.pg_advisory_xact_lock_shared
    await work.session.execute(select(take(func.hashtextextended(f"calendar:{work.tenant}", 0))))


async def calendar_of(
    work: Work, unit_id: UUID, from_day: date, to_day: date, revision_id: UUID | None = None
) -> WorkingCalendar:
    """Give the calendar of a unit for the years of the dates; hours are those of the revision, or of the unit (Q9)."""
    profile = (await work.pinned(revision_id)).profile
    days = await _days(work, date(from_day.year, 1, 1), date(to_day.year, 12, 31))
    shifts = await _counting_shifts(work, unit_id, from_day, to_day)
    own_hours = await _own_hours(work, unit_id)
    return WorkingCalendar(
        timezone=profile.calendar.timezone,
        working_days=profile.calendar.working_days,
        office_hours=intervals_of(own_hours) if own_hours else profile.calendar.office_hours,
        days={row.day: rule_of(row) for row in days},
        shifts=tuple(Shift(row.starts_at, row.ends_at, row.kind, row.counts) for row in shifts),
        covered_years=years_with_notice(profile, days, from_day.year, to_day.year),
    )


def years_with_notice(profile: Profile, days: Iterable[CalendarDay], first: int, last: int) -> frozenset[int]:
    """Tell which years' official notice is on record: those with a firm National Day, which every notice names.

    A year without it is provisional, be it that nothing is recorded or that its National Day is marked provisional.
    A tenant that follows no notice has no year that one could still change.
    """
    if profile.calendar.holidays == NO_HOLIDAYS:
        return frozenset(range(first, last + 1))
    return frozenset(
        row.day.year for row in days if (row.day.month, row.day.day) == NATIONAL_DAY and not row.provisional
    )


def rule_of(row: CalendarDay) -> DayRule:
    """Read an exceptional day as the arithmetic wants it."""
    intervals = intervals_of(row.intervals) if row.intervals else None
    return DayRule(row.is_workday, row.note, row.provisional, intervals)


def intervals_of(stored: Sequence[Sequence[str]]) -> Intervals:
    """Read opening hours as they are stored: pairs of local times such as ["09:00", "12:00"]."""
    return tuple((time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in stored)


def stored_intervals(intervals: Intervals) -> list[list[str]]:
    """Write opening hours as they are stored."""
    return [[f"{opens:%H:%M}", f"{closes:%H:%M}"] for opens, closes in intervals]


async def _days(work: Work, first: date, last: date) -> Sequence[CalendarDay]:
    query = select(CalendarDay).where(CalendarDay.tenant_id == work.tenant, CalendarDay.day.between(first, last))
    return (await work.session.scalars(query)).all()


async def _counting_shifts(work: Work, unit_id: UUID, from_day: date, to_day: date) -> Sequence[ExtraShift]:
    query = select(ExtraShift).where(
        ExtraShift.tenant_id == work.tenant,
        ExtraShift.unit_id == unit_id,
        ExtraShift.counts,
        ExtraShift.ends_at >= from_day - MARGIN,
        ExtraShift.starts_at <= to_day + MARGIN,
    )
    return (await work.session.scalars(query)).all()


async def _own_hours(work: Work, unit_id: UUID) -> list[Any] | None:
    query = select(OrgUnit.office_hours).where(OrgUnit.tenant_id == work.tenant, OrgUnit.id == unit_id)
    found = (await work.session.execute(query)).one_or_none()
    if found is None:
        raise not_found("unit", "机构", ("unitId",), unit_id)
    hours: list[Any] | None = found[0]
    return hours
