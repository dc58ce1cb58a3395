"""Counting anew while everybody works on: what the counters are off by is measured in one look and added to them.

Every writer changes a case and the counters in one transaction, so any single look at the database shows both before
it or both after it. What they differ by is therefore an old error, and stays that error whatever is written meanwhile.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Date, FromClause, Select, cast, func, literal, select, union_all, update

from casework.cases.counting import CASES, SUBJECT
from casework.cases.models import EVER, Case, CaseTally
from casework.cases.slots import CELL, COUNTERS, adding
from casework.cases.tally import local_day
from casework.deadlines.models import Timer, TimerState
from casework.kernel.work import Work

BATCH = 500


@dataclass(frozen=True)
class Recount:
    """How many cases one run may correct, because it holds them until its end."""

    limit: int = BATCH


@dataclass(frozen=True)
class Recounted:
    """How many cases did not know how many of their clocks had run out, and how many counters were wrong."""

    cases: int
    counters: int


async def recount_cases(work: Work, intent: Recount) -> Recounted:
    """Correct cases and counters that were written past the office's session; as many cases as allowed ask for more."""
    await work.session.flush()
    # One at a time, or two would add the same difference.
    key = func.hashtextextended(f"recount:{work.tenant}", 0)
    await work.session.execute(select(func.pg_advisory_xact_lock(key)))
    wrong = [row.id for row in await work.session.execute(_wrong(work).limit(intent.limit))]
    if wrong:
        await _correct(work, wrong)
    counters = await _add_difference(work)
    return Recounted(len(wrong), counters)


def _run_out(work: Work) -> ColumnElement[int]:
    """Count the clocks of a case that ran out and are still waited for."""
    return (
        select(func.count())
        .where(
            Timer.tenant_id == work.tenant,
            Timer.subject_kind == SUBJECT,
            Timer.subject_id == Case.id,
            Timer.state == TimerState.BREACHED,
            Timer.overdue_from.is_not(None),
        )
        .correlate(Case)
        .scalar_subquery()
    )


def _wrong(work: Work) -> Select[UUID]:
    clocks = (
        select(Timer.subject_id, func.count().label("n"))
        .where(
            Timer.tenant_id == work.tenant,
            Timer.subject_kind == SUBJECT,
            Timer.state == TimerState.BREACHED,
            Timer.overdue_from.is_not(None),
        )
        .group_by(Timer.subject_id)
        .subquery("clocks")
    )
    return (
        select(Case.id)
        .outerjoin(clocks, clocks.c.subject_id == Case.id)
        .where(Case.tenant_id == work.tenant, Case.overdue_clocks != func.coalesce(clocks.c.n, 0))
    )


async def _correct(work: Work, ids: Sequence[UUID]) -> None:
    """Hold the cases, then look at their clocks again: nobody can change those of a case that is held."""
    mine = (Case.tenant_id == work.tenant, Case.id.in_(ids))
    await work.session.execute(select(Case.id).where(*mine).order_by(Case.id).with_for_update(key_share=True))
    corrected = update(CASES).where(*mine).values(overdue_clocks=_run_out(work))
    await work.session.execute(corrected)


async def _add_difference(work: Work) -> int:
    """Add what the counters lack, by one statement, so that cases and counters are seen at the same moment."""
    statement = adding(_difference(work, work.profile.calendar.timezone)).returning(CaseTally.id)
    added = await work.session.execute(statement, {"tenant": work.tenant, "now": work.now})
    return len(added.all())


def _difference(work: Work, timezone: str) -> FromClause:
    """Write what cases and counters differ by, of each day and of all days."""
    overdue, day = Case.overdue_clocks > 0, local_day(timezone)
    live = (
        select(
            Case.unit_id,
            Case.unit_path,
            Case.state,
            overdue.label("overdue"),
            day.label("day"),
            func.count().label("n"),
        )
        .where(Case.tenant_id == work.tenant)
        .group_by(Case.unit_id, Case.unit_path, Case.state, overdue, day)
        .cte("live")
    )
    by_day, counted = ([source[name] for name in CELL[:-1]] for source in (live.c, COUNTERS.c))
    ever = cast(literal(EVER), Date).label("day")
    rows = union_all(
        select(*by_day, live.c.day, live.c.n),
        select(*by_day, ever, live.c.n),
        select(*counted, COUNTERS.c.day, -COUNTERS.c.n).where(COUNTERS.c.tenant_id == work.tenant),
    ).subquery("row")
    off, cell = func.sum(rows.c.n), [rows.c[name] for name in CELL]
    # Those of EVER come first, so that the counters that everybody reads lie together.
    return select(*cell, off.label("n")).group_by(*cell).having(off != 0).order_by(rows.c.day).subquery("off")
