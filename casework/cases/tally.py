"""Reading the counters: how many cases of which unit are in which state, overdue at this very instant or not.

A clock that has run out and was not fired yet is not in the counters; the few cases with such a clock and no fired one
are moved over while reading, each once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Date,
    Integer,
    Select,
    String,
    cast,
    column,
    func,
    literal_column,
    select,
    true,
    type_coerce,
    union_all,
    values,
)

from casework.cases.counting import SUBJECT
from casework.cases.models import EVER, Case, CaseTally
from casework.deadlines.models import Timer
from casework.deadlines.rounds import TICKING
from casework.kernel.sight import Sight

LIST = "case.list_masked"
"""Who may list the cases of a unit may know how many there are."""

Within = Callable[[ColumnElement[str]], ColumnElement[bool]]
"""Writes the condition on a unit path."""


@dataclass(frozen=True)
class Days:
    """Local days on which cases were received, first and last included; None leaves that end open."""

    first: Any
    last: Any
    timezone: Any

    def cover(self, day: ColumnElement[date]) -> ColumnElement[bool]:
        """Write the condition on a day; the counters that leave the day out are on none."""
        begun = day >= self.first if self.first is not None else day > EVER
        return begun & (day <= self.last if self.last is not None else true())


def tally(tenant: Any, now: Any, within: Within, days: Days | None = None) -> Select[Any]:
    """Write the statement with the columns unit_id, unit_path, state, overdue and count, ordered by all but the last."""
    counted = select(
        CaseTally.unit_id,
        CaseTally.unit_path,
        cast(CaseTally.state, String).label("state"),
        CaseTally.overdue,
        CaseTally.n,
    ).where(
        CaseTally.tenant_id == tenant,
        within(CaseTally.unit_path.expression),
        days.cover(CaseTally.day.expression) if days else CaseTally.day == EVER,
    )
    rows = union_all(counted, _not_fired_yet(tenant, now, within, days)).subquery("tally").c
    n = cast(func.sum(rows.n), BigInteger)
    cell = (rows.unit_id, rows.unit_path, rows.state, rows.overdue)
    return select(*cell, n.label("count")).group_by(*cell).having(n != 0).order_by(*cell[1:])


def _not_fired_yet(tenant: Any, now: Any, within: Within, days: Days | None) -> Select[Any]:
    """Move over the cases whose clocks have run out in the last moments and did not fire yet."""
    # The states stand in the text, so that a statement kept for any values still finds the index of running clocks.
    states = (literal_column(f"'{state.value}'", String) for state in TICKING)
    late = (
        select(Timer.subject_id)
        .where(
            Timer.tenant_id == tenant,
            type_coerce(Timer.state, String).in_(states),
            Timer.fire_at <= now,
            Timer.overdue_from <= now,
            Timer.subject_kind == SUBJECT,
        )
        .distinct()
        .subquery("late")
    )
    # Asked for one by one: joined as a whole, a wrong guess of how many are late would read every case.
    standing = (
        select(Case.unit_id, Case.unit_path, cast(Case.state, String).label("state"), Case.received_at)
        .where(
            Case.tenant_id == tenant,
            Case.id == late.c.subject_id,
            Case.overdue_clocks <= 0,
            within(Case.unit_path.expression),
            days.cover(local_day(days.timezone)) if days else true(),
        )
        .limit(1)
        .lateral("standing")
    )
    moved = values(column("overdue", Boolean), column("n", Integer), name="moved", literal_binds=True)
    moves = moved.data([(False, -1), (True, 1)])
    return (
        select(standing.c.unit_id, standing.c.unit_path, standing.c.state, moves.c.overdue, moves.c.n)
        .select_from(late)
        .join(standing, true())
        .join(moves, true())
    )


def local_day(timezone: Any) -> ColumnElement[date]:
    """Write the local day on which a case was received."""
    return cast(func.timezone(timezone, Case.received_at), Date)


def visible_tally(sight: Sight, below: Any = None, first: Any = None, last: Any = None) -> Select[Any]:
    """Write the statement for what the actor reaches by unit; who sees single cases only, sees no figures.

    Without days the counters of all days answer, which are few.
    """

    def within(path: ColumnElement[str]) -> ColumnElement[bool]:
        reached = sight.reaching(LIST, unit_path=path, participant_of=None, applicant_id=None)
        return reached & below(path) if below is not None else reached

    days = None if first is None and last is None else Days(first, last, sight.timezone)
    return tally(sight.tenant, sight.now, within, days)
