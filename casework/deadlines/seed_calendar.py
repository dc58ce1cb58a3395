"""Record the State Council's annual notices in a tenant's calendar, and mark the years that have none yet."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from casework.deadlines.add_shift import EDIT
from casework.deadlines.calendar import DayRule
from casework.deadlines.events import CalendarSeeded
from casework.deadlines.load import NO_HOLIDAYS, hold_calendar
from casework.deadlines.models import CalendarDay
from casework.deadlines.recompute import recompute, touched_by
from casework.deadlines.seed import NATIONAL_DAY, is_covered, official_rules
from casework.deadlines.set_calendar_day import bounds, write
from casework.kernel.errors import invalid
from casework.kernel.work import Work
from casework.organisation.authority import TENANT_WIDE, require
from tenants.profile import Profile

MARKER = DayRule(is_workday=False, note="国庆节(本年度放假通知尚未发布)", provisional=True)
"""The National Day of a year whose notice nobody knows: a day off by law, and the visible mark of such a year."""


@dataclass(frozen=True)
class SeedCalendar:
    """The years whose notices are to be recorded."""

    years: tuple[int, ...]


async def seed_calendar(work: Work, given: SeedCalendar) -> tuple[CalendarDay, ...]:
    """Record the notices that are known and give the dates that were written; doing it again writes nothing.

    A date that somebody has set firmly is left alone. A provisional one gives way to the notice. A year without a
    notice gets its provisional National Day, and whatever is reckoned across that year says so.
    """
    require(work, EDIT, TENANT_WIDE, "years")
    if not given.years:
        raise invalid("Name at least one year.", "请至少指定一个年份。", "years")
    await hold_calendar(work, for_change=True)
    first, last = date(min(given.years), 1, 1), date(max(given.years), 12, 31)
    known = await _recorded(work, first, last)
    written = tuple(
        _record(work, known.get(day), day, rule)
        for day, rule in days_of(work.profile, given.years)
        if day not in known or (known[day].provisional and not rule.provisional)
    )
    if written:
        moved = await recompute(work, touched_by(*bounds(work, first, last)))
        official = tuple(year for year in given.years if is_covered(year))
        unknown = tuple(year for year in given.years if not is_covered(year))
        work.emit(CalendarSeeded(written[0].id, official, unknown, moved).told())
    return written


def days_of(profile: Profile, years: Sequence[int]) -> Iterator[tuple[date, DayRule]]:
    """List the dates to record for a city: none if it follows no notice, no make-up days if it works none."""
    if profile.calendar.holidays == NO_HOLIDAYS:
        return
    yield from official_rules(years, makeup_workdays=profile.calendar.makeup_workdays).items()
    for year in years:
        if not is_covered(year):
            yield date(year, *NATIONAL_DAY), MARKER


async def _recorded(work: Work, first: date, last: date) -> dict[date, CalendarDay]:
    query = select(CalendarDay).where(CalendarDay.tenant_id == work.tenant, CalendarDay.day.between(first, last))
    return {row.day: row for row in (await work.session.scalars(query)).all()}


def _record(work: Work, row: CalendarDay | None, day: date, rule: DayRule) -> CalendarDay:
    if row is None:
        row = work.add(CalendarDay(day=day))
    write(row, rule)
    return row
