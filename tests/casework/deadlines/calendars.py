"""Working calendars for the tests: the default city's, and random ones with everything that makes time hard."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from casework.deadlines.calendar import DayRule, Intervals, Shift, WorkingCalendar
from casework.deadlines.seed import covered_years, official_rules

SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFICE_HOURS: Intervals = ((time(9), time(12)), (time(13, 30), time(17)))
SPAN_DAYS = 5

# A Friday in each: before National Day, and before the nights on which the clocks go back and forward.
SPANS = (
    ("Asia/Shanghai", date(2024, 9, 27)),
    ("Asia/Shanghai", date(2024, 12, 29)),
    ("Asia/Kathmandu", date(2024, 9, 27)),
    ("America/New_York", date(2024, 11, 1)),
    ("Europe/Berlin", date(2024, 3, 29)),
)


def city_calendar(*shifts: Shift, days: dict[date, DayRule] | None = None) -> WorkingCalendar:
    """The default of the scenarios: weekdays 09:00-12:00 and 13:30-17:00, the State Council's days."""
    rules = official_rules(covered_years()) | (days or {})
    return WorkingCalendar("Asia/Shanghai", (0, 1, 2, 3, 4), OFFICE_HOURS, rules, shifts, covered_years())


def local(text: str) -> datetime:
    """An instant as the wall clock in Shanghai shows it."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@dataclass(frozen=True)
class World:
    """A random calendar and the first instant of the days on which it is tested."""

    calendar: WorkingCalendar
    begin: datetime

    @property
    def end(self) -> datetime:
        return self.begin + timedelta(days=SPAN_DAYS)


def _clock(minute: int) -> time:
    return time(minute // 60 % 24, minute % 60)


# No opening between one and three at night: there the clocks change, and a wall time may exist twice or never.
_BOUNDS = st.sampled_from([0, *range(180, 1441, 20), 541, 719, 1439])


@st.composite
def _intervals(draw: st.DrawFn) -> Intervals:
    bounds = sorted(draw(st.lists(_BOUNDS, min_size=2, max_size=6)))
    pairs = zip(bounds[::2], bounds[1::2], strict=False)
    return tuple((_clock(a), _clock(b)) for a, b in pairs if a < b) or OFFICE_HOURS


@st.composite
def _day_rules(draw: st.DrawFn) -> DayRule:
    is_workday = draw(st.booleans())
    intervals = draw(st.none() | _intervals()) if is_workday else None
    return DayRule(is_workday, None, draw(st.booleans()), intervals)


@st.composite
def _shifts(draw: st.DrawFn, begin: datetime) -> Shift:
    start = begin + timedelta(minutes=draw(st.integers(-1440, SPAN_DAYS * 1440)))
    length = timedelta(minutes=draw(st.integers(1, 240) | st.integers(241, 2000)))
    kind = draw(st.sampled_from(["EXTENDED_HOURS", "WEEKEND", "APPOINTMENT"]))
    return Shift(start, start + length, kind, draw(st.booleans()))


@st.composite
def worlds(draw: st.DrawFn) -> World:
    zone, first = draw(st.sampled_from(SPANS))
    begin = datetime.combine(first, time(0), ZoneInfo(zone)).astimezone(UTC)
    days = st.dictionaries(st.integers(-1, SPAN_DAYS).map(lambda n: first + timedelta(days=n)), _day_rules())
    calendar = WorkingCalendar(
        zone,
        tuple(sorted(draw(st.sets(st.integers(0, 6), min_size=1)))),
        draw(_intervals()),
        draw(days),
        tuple(draw(st.lists(_shifts(begin), max_size=5))),
        frozenset({2024}),
    )
    return World(calendar, begin)


@st.composite
def moments(draw: st.DrawFn, count: int, *, whole_minutes: bool = False) -> tuple[World, tuple[datetime, ...]]:
    """A world and `count` ascending instants in it."""
    world = draw(worlds())
    unit = timedelta(minutes=1) if whole_minutes else timedelta(microseconds=1)
    offsets = st.integers(0, timedelta(days=SPAN_DAYS) // unit)
    drawn = sorted(draw(st.lists(offsets, min_size=count, max_size=count)))
    return world, tuple(world.begin + offset * unit for offset in drawn)
