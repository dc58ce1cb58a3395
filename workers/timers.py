"""Clocks: finds those that are due by legal time and fires each through the deadlines room.

Due is decided by the office's clock (legal time); leases are counted by the database's clock (host time), because a
lease is about a message and not about a case.
"""

import asyncio
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, update

from authz.actor import Actor
from casework.deadlines.fire import FireTimer, fire_timer
from casework.deadlines.models import Timer, TimerState
from casework.kernel.work import Office, Work
from workers.duties import Duty
from workers.pace import Pace
from workers.relay import Send

TICKING = (TimerState.RUNNING, TimerState.WARNED)


def keep_clocks(send: Send, pace: Pace) -> Duty:
    """Make the duty of finding due clocks."""

    async def look(office: Office, tenant: str) -> bool:
        """Lease the due clocks of a tenant and send them to the workers."""
        async with office.open(Actor.system(tenant)) as work:
            room = pace.window - await _under_way(work, pace)
            due = await _lease_due(work, room, pace.timer_lease) if room > 0 else []
        if due:
            await send(tenant, due)
        return bool(due)

    return Duty("timers", pace.timer_seconds, look)


async def fire(office: Office, pace: Pace, tenant: str, timer_id: UUID) -> None:
    """Fire one clock; its lease ends with it, because its next instant may already be due."""
    try:
        async with asyncio.timeout(pace.job_seconds), office.open(Actor.system(tenant)) as work:
            timer = await fire_timer(work, FireTimer(timer_id))
            timer.leased_until = None
    except Exception:
        await _let_rest(office, pace, tenant, timer_id)
        raise


def _due(work: Work) -> tuple[ColumnElement[bool], ...]:
    return (Timer.tenant_id == work.tenant, Timer.state.in_(TICKING), Timer.fire_at <= work.now)


async def _under_way(work: Work, pace: Pace) -> int:
    """Count due clocks in the workers' hands; those that rest after a failure lie beyond the lease."""
    now = func.clock_timestamp()
    leased = select(func.count()).where(
        *_due(work), Timer.leased_until > now, Timer.leased_until <= now + pace.timer_lease
    )
    return int(await work.session.scalar(leased) or 0)


async def _lease_due(work: Work, size: int, lease: timedelta) -> list[UUID]:
    """Lease the longest due clocks that nobody has in hand."""
    free = (
        select(Timer.id)
        .where(*_due(work), or_(Timer.leased_until.is_(None), Timer.leased_until <= func.clock_timestamp()))
        .order_by(Timer.fire_at)
        .limit(size)
        .with_for_update(skip_locked=True)
    )
    ids = list((await work.session.scalars(free)).all())
    if ids:
        await _lease(work, ids, lease)
    return ids


async def _lease(work: Work, ids: list[UUID], lease: timedelta) -> None:
    await work.session.execute(
        update(Timer)
        .where(Timer.tenant_id == work.tenant, Timer.id.in_(ids))
        .values(leased_until=func.clock_timestamp() + lease)
        .execution_options(synchronize_session=False)
    )


async def _let_rest(office: Office, pace: Pace, tenant: str, timer_id: UUID) -> None:
    """Put a clock aside for a while, so that one that cannot be fired does not hold up the others."""
    async with office.open(Actor.system(tenant)) as work:
        await _lease(work, [timer_id], pace.timer_rest)
