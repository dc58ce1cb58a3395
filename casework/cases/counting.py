"""Counting as it happens: whatever changes a case or one of its clocks changes the counters in the same transaction.

No verb remembers it. All that the office's session writes is looked through for cases that are new, moved or in another
state, and for clocks of cases that ran out or are no longer waited for.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import chain
from typing import Any, NamedTuple, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Boolean, Date, Integer, Table, Text, Uuid, bindparam, column, func, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import get_history
from sqlalchemy.types import TypeEngine

from casework.cases.models import EVER, Case, CaseState
from casework.cases.slots import CELL, adding
from casework.deadlines.models import Timer, TimerState
from casework.deadlines.subjects import add_hold
from casework.kernel.models import TenantRow
from casework.kernel.wire import Sentence, ask
from casework.kernel.work import Work
from casework.kernel.writing import FIRST_VERSION, add_listener

SUBJECT = "case"
"""As what the clocks know a case."""


class Cell(NamedTuple):
    """One counter, whatever its slot."""

    unit_id: UUID
    unit_path: str
    state: str
    overdue: bool
    day: date


TYPES: dict[str, TypeEngine[Any]] = {
    "unit_id": Uuid(),
    "unit_path": Text(),
    "state": Text(),
    "overdue": Boolean(),
    "day": Date(),
    "n": Integer(),
}
DELTAS = (
    func.unnest(*(bindparam(f"{name}s", type_=ARRAY(kind)) for name, kind in TYPES.items()))
    .table_valued(*(column(name, kind) for name, kind in TYPES.items()), name="delta")
    .render_derived()
)
ADD = Sentence.of(adding(DELTAS))
CASES = cast("Table", Case.__table__)
TURN = (
    update(CASES)
    .where(CASES.c.tenant_id == bindparam("of_tenant"), CASES.c.id == bindparam("of_case"))
    .values(overdue_clocks=CASES.c.overdue_clocks + bindparam("turn"))
    .returning(CASES.c.unit_id, CASES.c.unit_path, CASES.c.state, CASES.c.received_at, CASES.c.overdue_clocks)
)


@add_listener
def count_changes(session: Session, new: Sequence[TenantRow], changed: Sequence[TenantRow]) -> None:
    """Add to the counters what was just written; the rows are held by now."""
    deltas: Counter[Cell] = Counter()
    turned: Counter[UUID] = Counter()
    for row in chain(new, changed):
        if isinstance(row, Case):
            _follow(session, row, row.row_version == FIRST_VERSION, deltas)
        elif isinstance(row, Timer) and row.subject_kind == SUBJECT:
            turned[row.subject_id] += _ran_out(row.state, row.overdue_from) - _had_run_out(row)
    for case_id in sorted(case_id for case_id, turn in turned.items() if turn):
        _turn(session, case_id, turned[case_id], deltas)
    _add(session, deltas)


def _follow(session: Session, case: Case, is_new: bool, deltas: Counter[Cell]) -> None:
    """Count a case where it is now, and no longer where it was."""
    overdue, day = case.overdue_clocks > 0, _local_day(session, case.received_at)
    deltas[Cell(case.unit_id, case.unit_path, case.state.value, overdue, day)] += 1
    if not is_new:
        received = _local_day(session, _before(case, "received_at"))
        state: CaseState = _before(case, "state")
        deltas[Cell(_before(case, "unit_id"), _before(case, "unit_path"), state.value, overdue, received)] -= 1


def _turn(session: Session, case_id: UUID, turn: int, deltas: Counter[Cell]) -> None:
    """Write into a case how many of its clocks ran out, and count it anew when it became overdue, or no longer is."""
    values = {"of_tenant": session.info["tenant"], "of_case": case_id, "turn": turn}
    found = session.connection().execute(TURN, values).one_or_none()
    if found is None:
        return
    day, now = _local_day(session, found.received_at), found.overdue_clocks
    for overdue, n in ((now > 0, 1), (now - turn > 0, -1)):
        deltas[Cell(found.unit_id, found.unit_path, found.state.value, overdue, day)] += n


def _add(session: Session, deltas: Counter[Cell]) -> None:
    """Send the changes as one statement."""
    rows = list(_with_totals(deltas))
    if rows:
        columns = {f"{name}s": [getattr(cell, name) for cell, _ in rows] for name in CELL}
        same = {"tenant": session.info["tenant"], "now": session.info["now"]}
        ask(session.connection(), ADD, ADD.values({**columns, **same, "ns": [n for _, n in rows]}))


def _with_totals(deltas: Counter[Cell]) -> Iterator[tuple[Cell, int]]:
    """Give what changed by day and over all days."""
    totals: Counter[Cell] = Counter()
    for cell, n in deltas.items():
        totals[cell._replace(day=EVER)] += n
    return ((cell, n) for cell, n in chain(totals.items(), deltas.items()) if n)


def _ran_out(state: TimerState, overdue_from: datetime | None) -> int:
    """Tell whether a clock was found to have run out, and what it waited for is still to come."""
    return int(state is TimerState.BREACHED and overdue_from is not None)


def _had_run_out(timer: Timer) -> int:
    return (
        0 if timer.row_version == FIRST_VERSION else _ran_out(_before(timer, "state"), _before(timer, "overdue_from"))
    )


def _before(row: Case | Timer, name: str) -> Any:
    """Give a value as it was in the database until this flush."""
    gone = get_history(row, name).deleted
    return gone[0] if gone else getattr(row, name)


def _local_day(session: Session, instant: datetime) -> date:
    zone: str = session.info["regulation"].profile.calendar.timezone
    return instant.astimezone(ZoneInfo(zone)).date()


async def hold_case(work: Work, case_id: UUID) -> None:
    """Hold a case while one of its clocks is fired: both count by its state, and verbs take the case first too."""
    held = select(Case.id).where(Case.tenant_id == work.tenant, Case.id == case_id).with_for_update(key_share=True)
    await work.session.execute(held)


add_hold(SUBJECT, hold_case)
