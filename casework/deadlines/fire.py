"""Firing a clock: it warns, or it finds that its limit was passed. Called by the worker, perhaps twice, perhaps early."""

from dataclasses import dataclass
from uuid import UUID

from authz.decide import Resource
from casework.deadlines.events import TimerWarned
from casework.deadlines.load import hold_calendar
from casework.deadlines.models import Timer, TimerState
from casework.deadlines.rounds import AGREED, TICKING, Start, begin, breach, in_time, keep_proof, next_instant
from casework.deadlines.subjects import hold_subject
from casework.kernel.law import Regulation
from casework.kernel.work import Work
from tenants.duration import parse_duration
from tenants.profile import Timer as TimerSpec

ANYWHERE = Resource()
"""The whole tenant: the clocks of every unit."""


@dataclass(frozen=True)
class FireTimer:
    """The clock whose instant has come."""

    timer_id: UUID


async def fire_timer(work: Work, intent: FireTimer) -> Timer:
    """Do what the present instant asks of a clock, once: warn while there is time, record the breach when there is none.

    A stopped clock, one that has fired already, and one whose instant has not come are left as they are. When both
    instants have passed, nobody could still be warned, and only the breach is recorded.
    """
    found = await work.load(Timer, intent.timer_id, "timer", "计时", "timerId")
    await hold_subject(work, found.subject_kind, found.subject_id)
    await hold_calendar(work)
    timer = await work.load(Timer, intent.timer_id, "timer", "计时", "timerId", lock=True)
    if timer.state not in TICKING or timer.due_at is None:
        return timer
    regulation = await work.pinned(timer.revision_id)
    spec = regulation.profile.timer(timer.code)
    if not in_time(spec, timer.due_at, work.now):
        work.require("system.timer_breach", ANYWHERE)
        await keep_proof(work, timer, timer.due_at)
        breach(work, timer, timer.due_at)
        await _repeat(work, regulation, spec, timer)
    elif timer.warned_at is None and timer.warn_at is not None and timer.warn_at <= work.now:
        work.require("system.timer_warn", ANYWHERE)
        _warn(work, timer, spec)
    await work.session.flush()
    return timer


def _warn(work: Work, timer: Timer, spec: TimerSpec) -> None:
    timer.state = TimerState.WARNED
    timer.warned_at = timer.warn_at
    timer.fire_at = next_instant(timer, spec)
    work.emit(TimerWarned(timer).told())


async def _repeat(work: Work, regulation: Regulation, spec: TimerSpec, timer: Timer) -> None:
    """Begin the next round of a repeating clock where the last one ran out, not where that was noticed."""
    duration = parse_duration(timer.duration) if timer.duration else None
    if not spec.repeat or timer.due_at is None or duration is None or duration.kind in AGREED:
        return
    work.require("system.timer_repeat", ANYWHERE)
    start = Start(timer.subject_kind, timer.subject_id, timer.unit_id, timer.round + 1, timer.due_at, duration)
    await begin(work, regulation, spec, start)
