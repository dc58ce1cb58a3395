"""The working calendar of a unit: which stretches of time are the office's working time (MODEL section 6, Q1, Q9)."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from heapq import merge
from operator import attrgetter
from zoneinfo import ZoneInfo

Intervals = tuple[tuple[time, time], ...]
"""Opening and closing times of one day in local time, ascending; a closing time of 00:00 is the end of the day."""

OFFICE_HOURS = "OFFICE_HOURS"
"""Why a window counts: an ordinary working day of the unit."""

MAKEUP_WORKDAY = "MAKEUP_WORKDAY"
"""Why a window counts: a day off that is worked by notice (调休上班)."""

SPECIAL_HOURS = "SPECIAL_HOURS"
"""Why a window counts: an ordinary working day whose hours were replaced for that one day."""

SHIFT = "SHIFT:"
"""Why a window counts: an extra shift of the unit (TA-12-7); the kind of the shift follows the colon."""

ONE_DAY = timedelta(days=1)
"""One calendar day."""

SMALLEST = timedelta(microseconds=1)
"""The finest step of time that the office records."""

MIDNIGHT = time(0)
"""The start of a local day, and as a closing time its end."""


def as_utc(instant: datetime) -> datetime:
    """The instant in UTC; an instant without an offset is refused, because the office could not say when it was."""
    if instant.tzinfo is None:
        raise ValueError(f"the instant {instant.isoformat()} has no UTC offset")
    return instant.astimezone(UTC)


def check_intervals(intervals: Intervals) -> None:
    """Refuse opening hours that run backwards or into each other."""
    previous = MIDNIGHT
    for position, (opens, closes) in enumerate(intervals):
        if opens < previous or (position and previous == MIDNIGHT):
            raise ValueError(f"opening at {opens:%H:%M} lies before the end of the interval before it")
        if closes != MIDNIGHT and closes <= opens:
            raise ValueError(f"closing at {closes:%H:%M} does not lie after opening at {opens:%H:%M}")
        previous = closes


@dataclass(frozen=True)
class DayRule:
    """What is different on one date: a holiday, a make-up workday, or other hours (`intervals`) than usual."""

    is_workday: bool
    note: str | None = None
    provisional: bool = False
    intervals: Intervals | None = None

    def __post_init__(self) -> None:
        if self.intervals is None:
            return
        if self.is_workday != bool(self.intervals):
            raise ValueError("a working day has opening hours and a day off has none")
        check_intervals(self.intervals)


@dataclass(frozen=True)
class Shift:
    """An extra shift of a unit; only a shift that `counts` as working time feeds the clocks (TA-12-7, Q1)."""

    starts_at: datetime
    ends_at: datetime
    kind: str
    counts: bool

    def __post_init__(self) -> None:
        if as_utc(self.starts_at) >= as_utc(self.ends_at):
            raise ValueError(f"the shift {self.kind} ends before it starts")


@dataclass(frozen=True)
class Window:
    """A stretch of working time in UTC, end excluded, with the reason why it counts."""

    start: datetime
    end: datetime
    reason: str


@dataclass(frozen=True)
class WorkingCalendar:
    """A unit's working time: usual hours, exceptional days, extra shifts, and the years with an official notice.

    `working_days` holds weekday numbers (0 is Monday). A date in a year outside `covered_years` is provisional
    unless a firm `DayRule` settles it: the State Council may still move holidays and make-up workdays of that year.
    """

    timezone: str
    working_days: tuple[int, ...]
    office_hours: Intervals
    days: Mapping[date, DayRule] = field(default_factory=dict)
    shifts: tuple[Shift, ...] = ()
    covered_years: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        check_intervals(self.office_hours)

    @cached_property
    def zone(self) -> ZoneInfo:
        """The time zone in which the office reads its clock."""
        return ZoneInfo(self.timezone)

    @cached_property
    def counting_shifts(self) -> tuple[Window, ...]:
        """The shifts that count as working time, ascending; where two overlap, the earlier one holds the time."""
        parts: list[Window] = []
        counting = (shift for shift in self.shifts if shift.counts)
        for shift in sorted(counting, key=attrgetter("starts_at", "ends_at", "kind")):
            start, end = as_utc(shift.starts_at), as_utc(shift.ends_at)
            if parts:
                start = max(start, parts[-1].end)
            if start < end:
                parts.append(Window(start, end, SHIFT + shift.kind))
        return tuple(parts)

    @cached_property
    def provisional_days(self) -> frozenset[date]:
        """The dates whose exception was recorded without an official notice."""
        return frozenset(day for day, rule in self.days.items() if rule.provisional)

    @cached_property
    def _opened(self) -> dict[date, tuple[Window, ...]]:
        """The office windows already worked out, by local date: the same days are asked for again and again."""
        return {}

    def local_date(self, instant: datetime) -> date:
        """The date that the office's wall calendar shows at the instant."""
        return instant.astimezone(self.zone).date()

    def is_working_day(self, day: date) -> bool:
        """Whether the office opens on the date by usual days, holidays and make-up workdays; shifts do not matter."""
        return bool(self.hours_of(day))

    def hours_of(self, day: date) -> Intervals:
        """The opening hours of the date, none on a day off."""
        rule = self.days.get(day)
        if rule is None:
            return self.office_hours if day.weekday() in self.working_days else ()
        if rule.intervals is not None:
            return rule.intervals
        return self.office_hours if rule.is_workday else ()

    def reason_of(self, day: date) -> str:
        """Why the office hours of a working day count."""
        if day.weekday() not in self.working_days:
            return MAKEUP_WORKDAY
        rule = self.days.get(day)
        return OFFICE_HOURS if rule is None or rule.intervals is None else SPECIAL_HOURS

    def office_windows(self, day: date) -> tuple[Window, ...]:
        """The office hours of the date as windows, ascending."""
        known = self._opened.get(day)
        if known is None:
            reason = self.reason_of(day)
            known = tuple(Window(*self._span(day, *hours), reason) for hours in self.hours_of(day))
            self._opened[day] = known
        return known

    def day_start(self, day: date) -> datetime:
        """The first instant of the local date."""
        return datetime.combine(day, MIDNIGHT, self.zone).astimezone(UTC)

    def day_end(self, day: date) -> datetime:
        """The last recordable instant of the local date: a period of whole days ends within its last day (Q15)."""
        return self.day_start(day + ONE_DAY) - SMALLEST

    def is_provisional(self, first: date, last: date) -> bool:
        """Whether a date from `first` to `last`, both included, may still be changed by an official notice."""
        if any(first <= day <= last for day in self.provisional_days):
            return True
        for year in range(first.year, last.year + 1):
            if year not in self.covered_years and self._has_open_day(
                max(first, date(year, 1, 1)), min(last, date(year, 12, 31))
            ):
                return True
        return False

    def _has_open_day(self, first: date, last: date) -> bool:
        """Whether a date of the span has no rule of its own."""
        return any(day not in self.days for day in dates(first, last))

    def _span(self, day: date, opens: time, closes: time) -> tuple[datetime, datetime]:
        closing_day = day + ONE_DAY if closes == MIDNIGHT else day
        start = datetime.combine(day, opens, self.zone)
        end = datetime.combine(closing_day, closes, self.zone)
        return start.astimezone(UTC), end.astimezone(UTC)


def dates(first: date, last: date) -> Iterator[date]:
    """The dates from `first` to `last`, both included."""
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        yield date.fromordinal(ordinal)


def windows(calendar: WorkingCalendar, start: datetime, end: datetime) -> Iterator[Window]:
    """The working time from `start` to `end` in order and without overlap; office hours come before shifts."""
    begin, stop = as_utc(start), as_utc(end)
    office = _office_time(calendar, begin, stop)
    shifts = _shift_time(calendar, begin, stop)
    return _joined(merge(office, shifts, key=attrgetter("start")))


def _office_time(calendar: WorkingCalendar, begin: datetime, stop: datetime) -> Iterator[Window]:
    """The office hours between two instants."""
    for day in dates(calendar.local_date(begin), calendar.local_date(stop)):
        yield from _within(calendar.office_windows(day), begin, stop)


def _shift_time(calendar: WorkingCalendar, begin: datetime, stop: datetime) -> Iterator[Window]:
    """The counting shifts between two instants, without the parts that are office hours anyway."""
    shifts = calendar.counting_shifts
    first = bisect_right(shifts, begin, key=attrgetter("end"))
    for index in range(first, len(shifts)):
        if shifts[index].start >= stop:
            return
        for shift in _within([shifts[index]], begin, stop):
            yield from _gaps(shift, _office_time(calendar, shift.start, shift.end))


def _within(parts: Iterable[Window], begin: datetime, stop: datetime) -> Iterator[Window]:
    """The parts of the windows that lie between two instants."""
    for part in parts:
        if begin <= part.start and part.end <= stop:
            yield part
        elif part.start < stop and begin < part.end and begin < stop:
            yield Window(max(part.start, begin), min(part.end, stop), part.reason)


def _gaps(shift: Window, taken: Iterable[Window]) -> Iterator[Window]:
    """What is left of a shift when the taken windows are cut out of it."""
    cursor = shift.start
    for window in taken:
        if cursor < window.start:
            yield Window(cursor, window.start, shift.reason)
        cursor = window.end
    if cursor < shift.end:
        yield Window(cursor, shift.end, shift.reason)


def _joined(parts: Iterable[Window]) -> Iterator[Window]:
    """The windows with those put together that touch and count for the same reason."""
    held: Window | None = None
    for part in parts:
        if held is not None and held.end == part.start and held.reason == part.reason:
            held = Window(held.start, part.end, held.reason)
            continue
        if held is not None:
            yield held
        held = part
    if held is not None:
        yield held
