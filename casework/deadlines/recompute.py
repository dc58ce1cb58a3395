"""After a correction of the calendar, running clocks are reckoned anew; what has ended stays as it was (MODEL 6)."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select

from casework.deadlines.calendar import ONE_DAY
from casework.deadlines.events import TIMER
from casework.deadlines.limits import Limit, reckon
from casework.deadlines.load import calendar_of
from casework.deadlines.models import Timer
from casework.deadlines.rounds import AGREED, FIRST_LOOK, limit_of, set_limit, terms_of, ticking
from casework.kernel.work import Work
from tenants.duration import parse_duration
from tenants.profile import Timer as TimerSpec

RECOMPUTED = "timer.recomputed"
"""What the audit trail calls it when a correction moves a clock."""


def touched_by(begin: datetime, end: datetime) -> ColumnElement[bool]:
    """Select the clocks whose limit lies across a stretch of time, and those that wait for an official notice."""
    return or_(and_(Timer.started_at < end, Timer.due_at >= begin), Timer.provisional)


async def recompute(work: Work, affected: ColumnElement[bool]) -> int:
    """Reckon the affected running clocks on the calendar as it is now, audit each that moves, and count them.

    The caller holds the calendars for change. A clock that was warned is not warned again.
    """
    await work.session.flush()
    moved = 0
    for (unit_id, revision_id), group in groupby(await _running(work, affected), key=_calendar_key):
        moved += await _recompute_unit(work, unit_id, revision_id, list(group))
    await work.session.flush()
    return moved


async def _running(work: Work, affected: ColumnElement[bool]) -> Sequence[Timer]:
    """Lock the running clocks in the order in which everybody locks them."""
    query = (
        select(Timer)
        .where(Timer.tenant_id == work.tenant, ticking(), Timer.due_at.is_not(None), affected)
        .order_by(Timer.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found: Iterable[Timer] = (await work.session.scalars(query)).all()
    return sorted((timer for timer in found if not _is_agreed(timer)), key=_calendar_key)


def _is_agreed(timer: Timer) -> bool:
    return timer.duration is not None and parse_duration(timer.duration).kind in AGREED


def _calendar_key(timer: Timer) -> tuple[UUID, UUID]:
    return timer.unit_id, timer.revision_id


async def _recompute_unit(work: Work, unit_id: UUID, revision_id: UUID, timers: list[Timer]) -> int:
    """Reckon the clocks of one unit and revision, which share a calendar."""
    first = min(timer.started_at for timer in timers).date() - ONE_DAY
    last = max(timer.due_at for timer in timers if timer.due_at).date() + FIRST_LOOK
    calendar = await calendar_of(work, unit_id, first, last, revision_id)
    profile = (await work.pinned(revision_id)).profile
    moved = 0
    for timer in timers:
        spec = profile.timer(timer.code)
        limit = reckon(calendar, timer.started_at, terms_of(timer, spec))
        if limit.due_at is not None and limit.due_at.date() >= last:
            limit = await limit_of(work, timer, spec)
        moved += _move(work, timer, spec, limit)
    return moved


def _move(work: Work, timer: Timer, spec: TimerSpec, limit: Limit) -> bool:
    """Write down a clock's limit as it is now, and audit it if that is another one."""
    before = _instants(timer)
    set_limit(timer, spec, limit)
    after = _instants(timer)
    if after == before:
        return False
    timer.leased_until = None
    work.audit(RECOMPUTED, TIMER, timer.id, before=before, after=after, rules=tuple(timer.rules))
    return True


def _instants(timer: Timer) -> dict[str, Any]:
    return {
        "dueAt": timer.due_at.isoformat() if timer.due_at else None,
        "warnAt": timer.warn_at.isoformat() if timer.warn_at else None,
        "provisional": timer.provisional,
    }
