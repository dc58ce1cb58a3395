"""What happens to a case turns its clocks: the profile says which moment starts and which stops which clock."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from casework.deadlines.limits import ItemLimit, item_duration
from casework.deadlines.load import hold_calendar
from casework.deadlines.models import Timer, TimerState
from casework.deadlines.rounds import AGREED, TICKING, Start, begin, last_numbers, open_rounds, stop, worked_seconds
from casework.kernel.law import Regulation
from casework.kernel.work import Work
from tenants.duration import Duration, DurationKind
from tenants.profile import Timer as TimerSpec

LAST_PROGRESS_NOTICE = "LAST_PROGRESS_NOTICE"
"""The moment that ends the clock it started last time and starts it anew (TA-3-9, NX-A5.1-5)."""

COMPLETED = "COMPLETED"
"""The moment after which no notice of progress is due any more."""

IMPLIED: Mapping[str, tuple[str, ...]] = MappingProxyType({"ACCEPTED": (LAST_PROGRESS_NOTICE,)})
"""Moments that are also another moment: acceptance is the first notice of progress."""

ANY_WORKFLOW = "any"
"""The scope of a clock that every workflow has."""


@dataclass(frozen=True)
class Subject:
    """Whose clocks they are, and what their limits are read from.

    `unit_id` is the unit that received the request; its calendar counts however often the case is reassigned (S-TA-07).
    `agreed_at` is the end of a promise or of a plan's milestone. `sampled` says that a draw picked the subject for
    what the profile does in samples only. A `new` subject has no clocks yet that one would have to look for.
    """

    kind: str
    id: UUID
    unit_id: UUID
    revision_id: UUID
    workflow: str
    triage_class: str | None
    limit_value: int | None
    limit_unit: str | None
    agreed_at: datetime | None = None
    sampled: bool = False
    new: bool = False


async def react(work: Work, subject: Subject, *triggers: str, started_at: datetime | None = None) -> None:
    """Let moments happen to a subject, in order: each stops the clocks that wait for it, then starts those it starts.

    Clocks stop now. They start now too, unless `started_at` names the earlier instant at which the moments happened.
    """
    await hold_calendar(work)
    rounds = [] if subject.new else await open_rounds(work, subject.kind, subject.id)
    regulation = await work.pinned(subject.revision_id)
    for trigger in with_implied(triggers):
        rounds = await _stop(work, rounds, trigger)
        rounds += await _start(work, regulation, subject, trigger, rounds, started_at or work.now)


async def cancel(work: Work, subject_kind: str, subject_id: UUID) -> None:
    """Cancel every clock that still runs: the service ended otherwise, and nothing is waited for any more.

    A clock that ran out before stays breached and without a stop, because what it waited for never came.
    """
    await hold_calendar(work)
    for timer in await open_rounds(work, subject_kind, subject_id):
        await _cancel(work, timer)
    await work.session.flush()


def with_implied(triggers: Iterable[str]) -> tuple[str, ...]:
    """List the moments with those that they imply, each once."""
    return tuple(dict.fromkeys(told for trigger in triggers for told in (trigger, *IMPLIED.get(trigger, ()))))


def applies(spec: TimerSpec, subject: Subject) -> bool:
    """Tell whether a clock of the profile concerns a subject of this workflow, class and draw."""
    return (
        spec.workflow in (subject.workflow, ANY_WORKFLOW)
        and (spec.triage is None or spec.triage == subject.triage_class)
        and (spec.sample is None or subject.sampled)
    )


def ends_with(spec: TimerSpec, trigger: str) -> bool:
    """Tell whether a moment is what a clock waits for; a notice of progress is waited for since the last one."""
    return trigger == spec.stops_on or (trigger == spec.starts_on == LAST_PROGRESS_NOTICE)


async def _cancel(work: Work, timer: Timer) -> None:
    timer.overdue_from = None
    if timer.state in TICKING:
        timer.elapsed_seconds = await worked_seconds(work, timer, work.now)
        timer.state, timer.stopped_at, timer.fire_at = TimerState.CANCELLED, work.now, None


async def _stop(work: Work, rounds: list[Timer], trigger: str) -> list[Timer]:
    """Stop the rounds that wait for the moment, by the revision they began under (S-X-10), and give the others."""
    left = []
    for timer in rounds:
        spec = (await work.pinned(timer.revision_id)).profile.timer(timer.code)
        if ends_with(spec, trigger):
            await stop(work, timer, spec)
        elif trigger == COMPLETED and spec.starts_on == LAST_PROGRESS_NOTICE:
            await _cancel(work, timer)
        else:
            left.append(timer)
    return left


async def _start(
    work: Work, regulation: Regulation, subject: Subject, trigger: str, rounds: list[Timer], started_at: datetime
) -> list[Timer]:
    """Start the clocks that begin with the moment and do not run yet; the moment that comes again begins a new round."""
    specs = [
        spec
        for spec in regulation.profile.timers
        if spec.starts_on == trigger and applies(spec, subject) and _has_limit(spec, subject) and _is_free(spec, rounds)
    ]
    if not specs:
        return []
    codes = [spec.id for spec in specs]
    numbers = {} if subject.new else await last_numbers(work, subject.kind, subject.id, codes)
    begun = []
    for spec in specs:
        start = Start(
            subject.kind,
            subject.id,
            subject.unit_id,
            numbers.get(spec.id, 0) + 1,
            started_at,
            _duration(spec, subject),
            subject.agreed_at,
        )
        begun.append(await begin(work, regulation, spec, start))
    return begun


def _is_free(spec: TimerSpec, rounds: list[Timer]) -> bool:
    """Tell whether no round stands in the way: none runs, and none that ran out still waits for its stop."""
    return not any(timer.code == spec.id and (timer.state in TICKING or spec.stops_on is not None) for timer in rounds)


def _has_limit(spec: TimerSpec, subject: Subject) -> bool:
    """Tell whether a clock whose limit is written elsewhere finds it there; without it there is no clock."""
    if spec.limit is None:
        return True
    if spec.limit.kind is DurationKind.FROM_ITEM_VERSION:
        return bool(subject.limit_value and subject.limit_unit)
    return spec.limit.kind not in AGREED or subject.agreed_at is not None


def _duration(spec: TimerSpec, subject: Subject) -> Duration | None:
    """Give the length of time itself; a later correction of the calendar reckons with what held at the start."""
    if spec.limit is None or spec.limit.kind is not DurationKind.FROM_ITEM_VERSION:
        return spec.limit
    if subject.limit_value is None or subject.limit_unit is None:
        return None
    return item_duration(ItemLimit(subject.limit_value, subject.limit_unit))
