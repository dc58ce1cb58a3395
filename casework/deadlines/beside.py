"""What a clock is read by, beside its own row: its unit's hours and shifts, and the city's exceptional days, as SQL and back."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from casework.deadlines.calendar import WorkingCalendar
from casework.deadlines.load import MARGIN, days_of, intervals_of, shifts_of, told_of
from casework.deadlines.models import CalendarDay, ExtraShift
from casework.kernel.sight import Sight
from casework.organisation.models import OrgUnit
from tenants.profile import Profile

FURTHEST_DAYS = MARGIN.days + 1
"""Shifts that ended so many days before a clock started cannot count for it, whatever the zone of the office."""


def hours_and_shifts(sight: Sight, timer: FromClause) -> Sequence[ColumnElement[Any]]:
    """Select, beside a row of a timer, the hours of its unit and the shifts that may count for it."""
    unit, shift = OrgUnit.__table__.alias(), ExtraShift.__table__.alias()
    hours = select(unit.c.office_hours).where(unit.c.tenant_id == sight.tenant, unit.c.id == timer.c.unit_id)
    kept = func.json_build_array(shift.c.starts_at, shift.c.ends_at, shift.c.kind, shift.c.counts)
    gathered: Any = func.json_agg(aggregate_order_by(kept, shift.c.starts_at, shift.c.id))
    shifts = select(gathered).where(
        shift.c.tenant_id == sight.tenant,
        shift.c.unit_id == timer.c.unit_id,
        shift.c.counts,
        shift.c.ends_at >= timer.c.started_at - func.make_interval(0, 0, 0, FURTHEST_DAYS),
    )
    return hours.correlate(timer).scalar_subquery(), shifts.correlate(timer).scalar_subquery()


def exceptional_days(sight: Sight) -> Select[Any]:
    """Select all exceptional days of the city."""
    gathered: Any = func.json_agg(aggregate_order_by(told_of(CalendarDay), CalendarDay.day))
    return select(gathered).where(CalendarDay.tenant_id == sight.tenant)


def calendar_from(profile: Profile, days: bytes | None, hours: Any, shifts: Any) -> WorkingCalendar:
    """Make the calendar of a unit; which years are firm does not matter to what a clock shows."""
    return WorkingCalendar(
        timezone=profile.calendar.timezone,
        working_days=profile.calendar.working_days,
        office_hours=intervals_of(hours) if hours else profile.calendar.office_hours,
        days=days_of(days) if days else {},
        shifts=shifts_of(shifts or ()),
        covered_years=frozenset(),
    )
