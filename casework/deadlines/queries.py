"""What doors and other rooms ask of the clocks: how far one has run, and what it counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import select

from casework.deadlines.account import account
from casework.deadlines.calendar import ONE_DAY, WorkingCalendar
from casework.deadlines.load import calendar_of
from casework.deadlines.models import Timer, TimerState
from casework.deadlines.rounds import TICKING
from casework.deadlines.worktime import Counted, Lateness, elapsed, lateness
from casework.kernel.work import Work
from tenants.duration import parse_duration


@dataclass(frozen=True)
class Reading:
    """What a clock shows, in seconds of working time; only `late_clock_seconds` runs at night.

    A clock shows its stop; without one it shows the end of its limit once that is passed, and else the present. So
    the lines of `proof` add up to `elapsed_seconds` where the limit runs in working time. `remaining_seconds` is None
    where nothing is due and where the clock no longer runs. Lateness goes on until the stop or the present.
    """

    elapsed_seconds: int
    remaining_seconds: int | None
    late_seconds: int
    late_clock_seconds: int
    proof: tuple[Counted, ...]


async def timers_of(work: Work, subject_kind: str, subject_id: UUID) -> Sequence[Timer]:
    """List the clocks of a subject with all their rounds, in the order in which they started."""
    query = (
        select(Timer)
        .where(Timer.tenant_id == work.tenant, Timer.subject_kind == subject_kind, Timer.subject_id == subject_id)
        .order_by(Timer.started_at, Timer.id)
    )
    return (await work.session.scalars(query)).all()


class Clock(Protocol):
    """What is read of a clock: the columns of a timer, from wherever they come."""

    @property
    def started_at(self) -> datetime:
        """When it started."""

    @property
    def due_at(self) -> datetime | None:
        """Until when."""

    @property
    def stopped_at(self) -> datetime | None:
        """When it was stopped."""

    @property
    def state(self) -> TimerState:
        """Where it stands."""

    @property
    def elapsed_seconds(self) -> int | None:
        """What was written down when it stopped."""

    @property
    def proof(self) -> list[Any] | None:
        """The windows that were written down when it ended."""

    @property
    def duration(self) -> str | None:
        """Its limit."""

    @property
    def clock(self) -> str:
        """In what its limit is counted."""


async def reading(work: Work, timer: Timer) -> Reading:
    """Read a clock of the database."""
    present = timer.stopped_at or work.now
    return read_clock(await _calendar(work, timer, max(present, timer.due_at or present)), timer, work.now)


def read_clock(calendar: WorkingCalendar, clock: Clock, now: datetime) -> Reading:
    """Read a clock by a calendar: what it has counted, what is left of its limit, and by how much that was missed."""
    shown, present = _shown_at(clock, now), clock.stopped_at or now
    runs = clock.due_at is not None and clock.state in TICKING
    late = _lateness(calendar, clock, present)
    return Reading(
        elapsed_seconds=elapsed_seconds(calendar, clock, shown),
        remaining_seconds=_seconds(elapsed(calendar, shown, clock.due_at)) if runs and clock.due_at else None,
        late_seconds=_seconds(late.working),
        late_clock_seconds=_seconds(late.clock),
        proof=_windows(calendar, clock, shown),
    )


async def proof(work: Work, timer: Timer) -> tuple[Counted, ...]:
    """List the windows that a clock has counted until its stop, or until it ran out, or until now (TA-15-2, Q1)."""
    shown = _shown_at(timer, work.now)
    return _windows(await _calendar(work, timer, shown), timer, shown)


def elapsed_seconds(calendar: WorkingCalendar, clock: Clock, until: datetime) -> int:
    """Tell the working time that a clock has run; once it has stopped, what was written down then."""
    if clock.elapsed_seconds is not None:
        return clock.elapsed_seconds
    return _seconds(elapsed(calendar, clock.started_at, until))


def _shown_at(clock: Clock, now: datetime) -> datetime:
    if clock.stopped_at is not None:
        return clock.stopped_at
    return min(now, clock.due_at) if clock.due_at else now


def _lateness(calendar: WorkingCalendar, clock: Clock, present: datetime) -> Lateness:
    """Tell by how much a limit was missed; what was cancelled missed nothing."""
    if clock.due_at is None or clock.state is TimerState.CANCELLED:
        return Lateness(timedelta(), timedelta())
    return lateness(calendar, clock.due_at, present)


async def _calendar(work: Work, timer: Timer, until: datetime) -> WorkingCalendar:
    first = timer.started_at.date() - ONE_DAY
    return await calendar_of(work, timer.unit_id, first, until.date() + ONE_DAY, timer.revision_id)


def _windows(calendar: WorkingCalendar, clock: Clock, until: datetime) -> tuple[Counted, ...]:
    """Give what was written down when the clock ended, or what it has counted so far."""
    if clock.proof is not None:
        return tuple(
            Counted(datetime.fromisoformat(from_at), datetime.fromisoformat(to_at), timedelta(seconds=seconds), reason)
            for from_at, to_at, seconds, reason in clock.proof
        )
    duration = parse_duration(clock.duration) if clock.duration else None
    return account(calendar, clock.started_at, until, duration, clock.clock)


def _seconds(time: timedelta) -> int:
    return int(time.total_seconds())
