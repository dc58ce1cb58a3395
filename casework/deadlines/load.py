"""The working calendar of a unit as the database holds it: hours, exceptional days, counting shifts, known years."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, Date, Select, Text, Uuid, bindparam, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from casework.deadlines.calendar import DayRule, Intervals, Shift, WorkingCalendar
from casework.deadlines.models import CalendarDay, ExtraShift
from casework.deadlines.seed import NATIONAL_DAY
from casework.kernel.errors import not_found
from casework.kernel.wire import Sentence
from casework.kernel.work import Work
from casework.organisation.models import OrgUnit
from tenants.profile import Profile

NO_HOLIDAYS = "NONE"
"""What a profile says that follows no annual notice of holidays."""

MARGIN = timedelta(days=2)
"""Shifts are loaded this far around the asked dates: a local date begins and ends on other UTC dates."""


HOLDING = {
    for_change: Sentence.of(select(take(func.hashtextextended(bindparam("calendar", type_=Text), 0))))
    for for_change, take in ((True, func.pg_advisory_xact_lock), (False, func.pg_advisory_xact_lock_shared))
}


async def hold_calendar(work: Work, *, for_change: bool = False) -> None:
    """Keep the tenant's calendars as they are until the end of the Work, or wait for the right to change them.

    Who starts or stops clocks shares the calendars, who corrects them has them alone: so no clock can start by the
    old calendar beside a correction that did not see it. It is taken before any clock is locked, always in this order.
    """
    await work.ask(HOLDING[for_change], calendar=f"calendar:{work.tenant}")


async def calendar_of(
    work: Work, unit_id: UUID, from_day: date, to_day: date, revision_id: UUID | None = None
) -> WorkingCalendar:
    """Give the calendar of a unit for the years of the dates; hours are those of the revision, or of the unit (Q9)."""
    profile = (await work.pinned(revision_id)).profile
    found = await work.ask(
        CALENDAR,
        tenant=work.tenant,
        unit=unit_id,
        first_day=date(from_day.year, 1, 1),
        last_day=date(to_day.year, 12, 31),
        shifts_from=from_day - MARGIN,
        shifts_to=to_day + MARGIN,
    )
    if not found:
        raise not_found("unit", "机构", ("unitId",), unit_id)
    own_hours, shifts, kept = found[0]
    hours = orjson.loads(own_hours) if own_hours else None
    days = days_of(kept) if kept else {}
    return WorkingCalendar(
        timezone=profile.calendar.timezone,
        working_days=profile.calendar.working_days,
        office_hours=intervals_of(hours) if hours else profile.calendar.office_hours,
        days=days,
        shifts=shifts_of(orjson.loads(shifts)) if shifts else (),
        covered_years=years_with_notice(profile, days, from_day.year, to_day.year),
    )


def years_with_notice(profile: Profile, days: Mapping[date, DayRule], first: int, last: int) -> frozenset[int]:
    """Tell which years' official notice is on record: those with a firm National Day, which every notice names.

    A year without it is provisional, be it that nothing is recorded or that its National Day is marked provisional.
    A tenant that follows no notice has no year that one could still change.
    """
    if profile.calendar.holidays == NO_HOLIDAYS:
        return frozenset(range(first, last + 1))
    return frozenset(
        day.year for day, rule in days.items() if (day.month, day.day) == NATIONAL_DAY and not rule.provisional
    )


def told_of(day: Any) -> ColumnElement[Any]:
    """Write what is told of one exceptional day; `day` is the table or an alias."""
    return func.json_build_array(day.day, day.is_workday, day.note, day.provisional, day.intervals)


@lru_cache(maxsize=64)
def days_of(text: bytes) -> Mapping[date, DayRule]:
    """Read exceptional days; the same text is read once."""
    return {
        date.fromisoformat(day): DayRule(works, note, provisional, intervals_of(intervals) if intervals else None)
        for day, works, note, provisional, intervals in orjson.loads(text)
    }


def shifts_of(told: Sequence[Sequence[Any]]) -> tuple[Shift, ...]:
    """Read shifts as a statement tells them."""
    return tuple(
        Shift(datetime.fromisoformat(starts), datetime.fromisoformat(ends), kind, counts)
        for starts, ends, kind, counts in told
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


def _calendar() -> Select[Any]:
    """Compose the statement for what a calendar is made of: hours of the unit, shifts that count, exceptional days."""
    tenant, first, last = (
        bindparam("tenant", type_=Text),
        bindparam("shifts_from", type_=Date),
        bindparam("shifts_to", type_=Date),
    )
    told = func.json_build_array(ExtraShift.starts_at, ExtraShift.ends_at, ExtraShift.kind, ExtraShift.counts)
    shifts = select(func.json_agg(aggregate_order_by(told, ExtraShift.starts_at, ExtraShift.id))).where(
        ExtraShift.tenant_id == tenant,
        ExtraShift.unit_id == OrgUnit.id,
        ExtraShift.counts,
        ExtraShift.ends_at >= first,
        ExtraShift.starts_at <= last,
    )
    days = select(func.json_agg(aggregate_order_by(told_of(CalendarDay), CalendarDay.day))).where(
        CalendarDay.tenant_id == tenant,
        CalendarDay.day.between(bindparam("first_day", type_=Date), bindparam("last_day", type_=Date)),
    )
    return select(OrgUnit.office_hours, shifts.correlate(OrgUnit).scalar_subquery(), days.scalar_subquery()).where(
        OrgUnit.tenant_id == tenant, OrgUnit.id == bindparam("unit", type_=Uuid)
    )


CALENDAR = Sentence.of(_calendar())
