"""From the words of a profile ("PT2H", "P5WD", the item's own limit) to a due time with warnings and proof. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from casework.deadlines.calendar import ONE_DAY, WorkingCalendar, as_utc
from casework.deadlines.worktime import (
    Counted,
    Due,
    add_calendar_days,
    add_months,
    counted_working_days,
    due,
    elapsed,
    is_provisional,
    office_close,
    proof,
)
from tenants.duration import Duration, DurationKind

CALENDAR = "CALENDAR"
"""Why a line of the proof counts when the limit runs on the calendar, nights and holidays included."""


class Clock(StrEnum):
    """Which time a limit given in hours runs in; days and months say it themselves."""

    WORKING_TIME = "WORKING_TIME"
    CALENDAR = "CALENDAR"
    FROM_ITEM_VERSION = "FROM_ITEM_VERSION"


class LimitUnclearError(ValueError):
    """The terms do not say when the limit runs out."""


@dataclass(frozen=True)
class ItemLimit:
    """The committed limit of an item version: a number of WORKING_DAYS, CALENDAR_DAYS or HOURS (TA-3-10, Q10)."""

    value: int
    unit: str


@dataclass(frozen=True)
class Terms:
    """What a profile's timer says, with the item's limit or the agreed instant where the timer refers to them.

    `duration` None measures only. `agreed_at` is the milestone of a plan (FROM_PLAN) or the promise (FROM_PROMISE).
    """

    duration: Duration | None
    clock: str
    warn_at: tuple[Duration, ...] = ()
    item: ItemLimit | None = None
    agreed_at: datetime | None = None


@dataclass(frozen=True)
class Limit:
    """When a timer runs out and warns before, the lines of its proof, and whether a notice may still move it.

    `due_at` is None where time is only measured; `warn_at` is ascending and lies before `due_at`.
    """

    due_at: datetime | None
    warn_at: tuple[datetime, ...] = ()
    windows: tuple[Counted, ...] = ()
    provisional: bool = False


MEASURED = Limit(None)
"""The limit of a timer that only measures: nothing is ever due, nothing can be breached."""


def reckon(calendar: WorkingCalendar, start: datetime, terms: Terms) -> Limit:
    """The limit that starts at `start` on these terms; raises `LimitUnclearError` when they do not fit together.

    Without a number there is no due time: a null duration, an item version without a committed limit, a same-visit
    duty (its end is the end of the visit, PX-B-4.2-1).
    """
    begin = as_utc(start)
    clock = Clock(terms.clock)
    duration = _settled(terms)
    if duration is None or duration.kind is DurationKind.SAME_VISIT:
        return MEASURED
    run = _run(calendar, begin, duration, clock, terms.agreed_at)
    in_working_time = _runs_in_working_time(duration, clock)
    warnings = {_warning(calendar, begin, run.due_at, warning, in_working_time) for warning in terms.warn_at}
    before = tuple(sorted(instant for instant in warnings if instant < run.due_at))
    return Limit(run.due_at, before, run.windows, run.provisional)


def item_duration(item: ItemLimit) -> Duration:
    """The committed limit of an item version as a length of time; its hours are working hours unless told otherwise."""
    if item.value < 1:
        raise LimitUnclearError("a committed limit is at least one")
    match item.unit:
        case "WORKING_DAYS":
            return Duration(DurationKind.WORKING_DAYS, days=item.value)
        case "CALENDAR_DAYS":
            return Duration(DurationKind.CALENDAR, days=item.value)
        case "HOURS":
            return Duration(DurationKind.TIME, seconds=item.value * 3600)
        case _:
            raise LimitUnclearError(f"{item.unit!r} is not a unit of a committed limit")


def _settled(terms: Terms) -> Duration | None:
    """The length of time itself, taken from the item version where the profile refers to it."""
    if terms.duration is None or terms.duration.kind is not DurationKind.FROM_ITEM_VERSION:
        return terms.duration
    return item_duration(terms.item) if terms.item is not None else None


def _runs_in_working_time(duration: Duration, clock: Clock) -> bool:
    """Whether nights and holidays stand still: days and months say so by their kind, hours by the clock (Q1)."""
    if duration.kind is DurationKind.WORKING_DAYS:
        return True
    return duration.kind is not DurationKind.CALENDAR and clock is not Clock.CALENDAR


def _run(calendar: WorkingCalendar, begin: datetime, duration: Duration, clock: Clock, agreed: datetime | None) -> Due:
    """When the length of time runs out, with its proof."""
    match duration.kind:
        case DurationKind.TIME:
            return _run_time(calendar, begin, timedelta(seconds=duration.seconds), clock)
        case DurationKind.WORKING_DAYS:
            counted = counted_working_days(calendar, begin, duration.days)
            return Due(counted[-1].to_at, counted, is_provisional(calendar, begin, counted[-1].to_at))
        case DurationKind.CALENDAR:
            return _run_calendar(calendar, begin, duration)
        case DurationKind.SAME_DAY:
            return _run_same_day(calendar, begin, clock)
        case DurationKind.FROM_PLAN | DurationKind.FROM_PROMISE if agreed is not None:
            return Due(as_utc(agreed), _ran(calendar, begin, as_utc(agreed), clock), provisional=False)
        case _:
            raise LimitUnclearError(f"{duration} alone does not say when the limit runs out")


def _run_time(calendar: WorkingCalendar, begin: datetime, amount: timedelta, clock: Clock) -> Due:
    if clock is not Clock.CALENDAR:
        return due(calendar, begin, amount)
    return Due(begin + amount, _ran(calendar, begin, begin + amount, clock), provisional=False)


def _run_calendar(calendar: WorkingCalendar, begin: datetime, duration: Duration) -> Due:
    """Whole months and days after the day of the start; holidays do not move the end (no text says so)."""
    ends = add_months(calendar, begin, duration.months) if duration.months else begin
    if duration.days:
        ends = add_calendar_days(calendar, ends, duration.days)
    first = calendar.local_date(begin) + ONE_DAY
    days = calendar.local_date(ends) - calendar.local_date(begin)
    return Due(ends, (Counted(calendar.day_start(first), ends, days, CALENDAR),), provisional=False)


def _run_same_day(calendar: WorkingCalendar, begin: datetime, clock: Clock) -> Due:
    """To office close in working time (NX-5-3, Q12), to the end of the day on the calendar."""
    if clock is Clock.CALENDAR:
        ends = calendar.day_end(calendar.local_date(begin))
        return Due(ends, _ran(calendar, begin, ends, clock), provisional=False)
    ends = office_close(calendar, begin)
    return Due(ends, _ran(calendar, begin, ends, clock), is_provisional(calendar, begin, ends))


def _ran(calendar: WorkingCalendar, begin: datetime, ends: datetime, clock: Clock) -> tuple[Counted, ...]:
    """The proof between two known instants."""
    if clock is not Clock.CALENDAR:
        return proof(calendar, begin, ends)
    return (Counted(begin, ends, ends - begin, CALENDAR),) if begin < ends else ()


def _warning(
    calendar: WorkingCalendar, begin: datetime, due_at: datetime, warning: Duration, in_working_time: bool
) -> datetime:
    """When to warn: after a share of the limit, or after a length of time since the start."""
    if warning.kind is not DurationKind.PERCENT:
        clock = Clock.WORKING_TIME if in_working_time else Clock.CALENDAR
        return _run(calendar, begin, warning, clock, None).due_at
    if in_working_time:
        return due(calendar, begin, elapsed(calendar, begin, due_at) * warning.percent / 100).due_at
    return begin + (due_at - begin) * warning.percent / 100
