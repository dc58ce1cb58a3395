"""What doors and other rooms ask of the clocks: how far one has run, and what it counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
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


async def reading(work: Work, timer: Timer) -> Reading:
    """Read a clock: what it has counted, what is left of its limit, and by how much that was missed."""
    shown, present = _shown_at(work, timer), timer.stopped_at or work.now
    calendar = await _calendar(work, timer, max(present, timer.due_at or present))
    runs = timer.due_at is not None and timer.state in TICKING
    late = _lateness(calendar, timer, present)
    return Reading(
        elapsed_seconds=elapsed_seconds(calendar, timer, shown),
        remaining_seconds=_seconds(elapsed(calendar, shown, timer.due_at)) if runs and timer.due_at else None,
        late_seconds=_seconds(late.working),
        late_clock_seconds=_seconds(late.clock),
        proof=_windows(calendar, timer, shown),
    )


async def proof(work: Work, timer: Timer) -> tuple[Counted, ...]:
    """List the windows that a clock has counted until its stop, or until it ran out, or until now (TA-15-2, Q1)."""
    shown = _shown_at(work, timer)
    return _windows(await _calendar(work, timer, shown), timer, shown)


def elapsed_seconds(calendar: WorkingCalendar, timer: Timer, until: datetime) -> int:
    """Tell the working time that a clock has run; once it has stopped, what was written down then."""
    if timer.elapsed_seconds is not None:
        return timer.elapsed_seconds
    return _seconds(elapsed(calendar, timer.started_at, until))


def _shown_at(work: Work, timer: Timer) -> datetime:
    if timer.stopped_at is not None:
        return timer.stopped_at
    return min(work.now, timer.due_at) if timer.due_at else work.now


def _lateness(calendar: WorkingCalendar, timer: Timer, present: datetime) -> Lateness:
    """Tell by how much a limit was missed; what was cancelled missed nothing."""
    if timer.due_at is None or timer.state is TimerState.CANCELLED:
        return Lateness(timedelta(), timedelta())
    return lateness(calendar, timer.due_at, present)


async def _calendar(work: Work, timer: Timer, until: datetime) -> WorkingCalendar:
    first = timer.started_at.date() - ONE_DAY
    return await calendar_of(work, timer.unit_id, first, until.date() + ONE_DAY, timer.revision_id)


def _windows(calendar: WorkingCalendar, timer: Timer, until: datetime) -> tuple[Counted, ...]:
    """Give what was written down when the clock ended, or what it has counted so far."""
    if timer.proof is not None:
        return tuple(
            Counted(datetime.fromisoformat(from_at), datetime.fromisoformat(to_at), timedelta(seconds=seconds), reason)
            for from_at, to_at, seconds, reason in timer.proof
        )
    duration = parse_duration(timer.duration) if timer.duration else None
    return account(calendar, timer.started_at, until, duration, timer.clock)


def _seconds(time: timedelta) -> int:
    return int(time.total_seconds())
