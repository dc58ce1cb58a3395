"""One round of a clock: how it begins, how its limit is reckoned, how it ends. A repeating clock has many rounds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func, or_, select

from casework.deadlines.account import account
from casework.deadlines.calendar import ONE_DAY, SMALLEST, WorkingCalendar
from casework.deadlines.events import TimerBreached, TimerMet
from casework.deadlines.limits import Limit, Terms, reckon
from casework.deadlines.load import calendar_of
from casework.deadlines.models import LegalStatus, Timer, TimerBreach, TimerState
from casework.deadlines.worktime import elapsed, is_met
from casework.kernel.law import Regulation
from casework.kernel.work import Work
from tenants.duration import Duration, DurationKind, parse_duration
from tenants.profile import Profile
from tenants.profile import Timer as TimerSpec

TICKING = (TimerState.RUNNING, TimerState.WARNED)
"""A clock that was warned runs on."""

WORKING_TIME = "WORKING_TIME"
"""The clock of a timer whose profile names none."""

AGREED = (DurationKind.FROM_PLAN, DurationKind.FROM_PROMISE)
"""Limits that people agree on case by case; no calendar moves them."""

FIRST_LOOK = timedelta(days=100)
"""How far ahead a calendar is loaded at first; a longer limit makes it look further."""


@dataclass(frozen=True)
class Start:
    """What is known when a round begins: of what, for which unit, under which revision, when, and how long it may take."""

    subject_kind: str
    subject_id: UUID
    unit_id: UUID
    number: int
    started_at: datetime
    duration: Duration | None
    agreed_at: datetime | None = None


def ticking() -> ColumnElement[bool]:
    """Select the clocks that run."""
    return Timer.state.in_(TICKING)


def unanswered() -> ColumnElement[bool]:
    """Select the clocks that run, and those that ran out while what they wait for is still to come."""
    return or_(ticking(), and_(Timer.state == TimerState.BREACHED, Timer.stopped_at.is_(None)))


async def open_rounds(work: Work, subject_kind: str, subject_id: UUID) -> list[Timer]:
    """Lock the unanswered rounds of a subject, oldest first.

    A repeating round that ran out while this waited for its lock has left a younger one that the query could not see
    yet; asking again finds it, and it cannot be left behind a second time, because its lock is then held.
    """
    query = (
        select(Timer)
        .where(
            Timer.tenant_id == work.tenant,
            Timer.subject_kind == subject_kind,
            Timer.subject_id == subject_id,
            unanswered(),
        )
        .order_by(Timer.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if work.waits(Timer):
        await work.session.flush()
    known: Sequence[Timer] = ()
    with work.session.no_autoflush:
        found = (await work.session.scalars(query)).all()
        while len(found) > len(known) and any(timer.state is TimerState.BREACHED for timer in found):
            known, found = found, (await work.session.scalars(query)).all()
    return list(found)


async def begin(work: Work, regulation: Regulation, spec: TimerSpec, start: Start) -> Timer:
    """Begin a round; its legal status is that of its first instant (TA-29-1)."""
    timer = Timer(
        code=spec.id,
        subject_kind=start.subject_kind,
        subject_id=start.subject_id,
        unit_id=start.unit_id,
        revision_id=regulation.revision_id,
        started_at=start.started_at,
        clock=spec.clock or WORKING_TIME,
        duration=str(start.duration) if start.duration else None,
        state=TimerState.RUNNING,
        legal_status=legal_status(regulation.profile, spec, start.started_at),
        rules=list(spec.basis.rules),
        round=start.number,
    )
    set_limit(timer, spec, await limit_of(work, timer, spec, start.agreed_at))
    return work.add(timer)


def set_limit(timer: Timer, spec: TimerSpec, limit: Limit) -> None:
    """Write down when a round runs out; of several warnings the first one is given, and only once."""
    timer.due_at = limit.due_at
    if timer.warned_at is None:
        timer.warn_at = limit.warn_at[0] if limit.warn_at else None
    timer.provisional = limit.provisional
    timer.overdue_from = passed_at(spec, limit.due_at) if limit.due_at else None
    timer.fire_at = next_instant(timer, spec)


def legal_status(profile: Profile, spec: TimerSpec, started_at: datetime) -> LegalStatus:
    """Tell whether a text states the limit on the local date on which it starts.

    A limit of a regulation that has run out is reported as the profile says (S-TA-31: operational from the day after
    the last one). The date of the start decides once and for all, not that of the breach: a request received on the
    last day of the trial is judged by what was in force at its receipt, although its limit ends after it (S-TA-32).
    """
    if spec.duration is None:
        return LegalStatus.MEASURE_ONLY
    status = LegalStatus(spec.legal_status)
    validity = profile.validity
    if status is not LegalStatus.REGULATION or validity.valid_to is None or validity.on_expiry is None:
        return status
    expired = started_at.astimezone(ZoneInfo(profile.calendar.timezone)).date() > validity.valid_to
    return LegalStatus(validity.on_expiry.breaches_reported_as) if expired else status


async def limit_of(work: Work, timer: Timer, spec: TimerSpec, agreed_at: datetime | None = None) -> Limit:
    """Reckon when a round runs out, on a calendar that reaches as far as the limit does."""
    first, reach = timer.started_at.date() - ONE_DAY, FIRST_LOOK
    while True:
        calendar = await calendar_of(work, timer.unit_id, first, first + reach, timer.revision_id)
        limit = reckon(calendar, timer.started_at, terms_of(timer, spec, agreed_at))
        if limit.due_at is None or limit.due_at.date() + ONE_DAY < first + reach:
            return limit
        reach *= 4


def terms_of(timer: Timer, spec: TimerSpec, agreed_at: datetime | None = None) -> Terms:
    """Give the terms a round runs on: its own length of time, and the warnings of the profile."""
    return Terms(
        duration=parse_duration(timer.duration) if timer.duration else None,
        clock=timer.clock,
        warn_at=tuple(parse_duration(text) for text in spec.warn_at),
        agreed_at=agreed_at,
    )


def next_instant(timer: Timer, spec: TimerSpec) -> datetime | None:
    """Tell when a worker has something to do next: warn, or find that the limit was passed."""
    if timer.due_at is None:
        return None
    passed = passed_at(spec, timer.due_at)
    warn = timer.warn_at if timer.warned_at is None else None
    return min(warn, passed) if warn else passed


def passed_at(spec: TimerSpec, due_at: datetime) -> datetime:
    """Tell the first instant at which a limit is passed; at its due instant an inclusive one is still met (Q5)."""
    return due_at + SMALLEST if spec.boundary == "INCLUSIVE" else due_at


def in_time(spec: TimerSpec, due_at: datetime, instant: datetime) -> bool:
    """Tell whether something that happens at the instant keeps the limit."""
    return is_met(instant, due_at) if spec.boundary == "INCLUSIVE" else instant < due_at


async def worked_seconds(work: Work, timer: Timer, until: datetime) -> int:
    """Count the whole seconds of working time that a round has run, whatever clock its limit runs on."""
    calendar = await _calendar(work, timer, until)
    return int(elapsed(calendar, timer.started_at, until).total_seconds())


async def keep_proof(work: Work, timer: Timer, until: datetime) -> None:
    """Write down what a round has counted, so that a later correction of the calendar does not change what was judged."""
    duration = parse_duration(timer.duration) if timer.duration else None
    calendar = await _calendar(work, timer, until)
    counted = account(calendar, timer.started_at, until, duration, timer.clock)
    timer.proof = [
        [part.from_at.isoformat(), part.to_at.isoformat(), part.counted.total_seconds(), part.reason]
        for part in counted
    ]


async def _calendar(work: Work, timer: Timer, until: datetime) -> WorkingCalendar:
    first = timer.started_at.date() - ONE_DAY
    return await calendar_of(work, timer.unit_id, first, until.date() + ONE_DAY, timer.revision_id)


async def stop(work: Work, timer: Timer, spec: TimerSpec) -> None:
    """End a round because what it waited for has happened now; what comes late stays late (Q6)."""
    timer.stopped_at = work.now
    timer.elapsed_seconds = await worked_seconds(work, timer, work.now)
    await keep_proof(work, timer, work.now)
    timer.fire_at = timer.overdue_from = None
    if timer.state is TimerState.BREACHED:
        return
    if timer.due_at is None:
        timer.state = TimerState.MEASURED
    elif in_time(spec, timer.due_at, work.now):
        timer.state = TimerState.MET
        work.emit(TimerMet(timer).told())
    else:
        breach(work, timer, timer.due_at)


def breach(work: Work, timer: Timer, due_at: datetime) -> None:
    """Record for good that a limit was passed: at its due instant, whenever that was noticed (S-X-14)."""
    timer.state = TimerState.BREACHED
    timer.fire_at = None
    work.add(
        TimerBreach(
            timer_id=timer.id,
            due_at=due_at,
            noticed_at=work.now,
            legal_status=timer.legal_status,
            rules=list(timer.rules),
        )
    )
    work.emit(TimerBreached(timer).told())


async def last_numbers(work: Work, subject_kind: str, subject_id: UUID, codes: Sequence[str]) -> dict[str, int]:
    """Tell the number of the latest round of each clock that a subject has had."""
    query = (
        select(Timer.code, func.max(Timer.round))
        .where(
            Timer.tenant_id == work.tenant,
            Timer.subject_kind == subject_kind,
            Timer.subject_id == subject_id,
            Timer.code.in_(codes),
        )
        .group_by(Timer.code)
    )
    return {code: int(number) for code, number in (await work.session.execute(query)).all()}
