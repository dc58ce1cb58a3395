"""The dashboard: how many cases of which unit are in which state, read from the maintained counters."""

from datetime import date
from typing import Annotated, Any

import strawberry
from sqlalchemy import ColumnElement, Date, Select, and_

from authz.actor import check_unit_path
from authz.rows import end_of_subtree
from casework.cases.models import CaseState
from casework.cases.tally import visible_tally
from casework.kernel.errors import invalid
from casework.kernel.sight import Sight
from schema.context import Info
from schema.fields import planned_field
from schema.filters import Operands, Themselves
from schema.organisation import UnitNode
from schema.reading.declare import one
from schema.reading.sources import Grouped
from schema.shown import Shown, shows_figures

Below = Annotated[
    str | None,
    strawberry.argument(description="Path of a unit, such as `3709.370902.`: it and the units below it (层级路径)."),
]
From = Annotated[
    date | None, strawberry.argument(name="from", description="Received on this local day or later (收到起始日).")
]
To = Annotated[
    date | None, strawberry.argument(name="to", description="Received on this local day or earlier (收到截止日).")
]


@shows_figures(name="DashboardRow", description="How many cases of one unit are in one state (办件统计).")
class DashboardRow(Shown):
    """How many cases of one unit are in one state."""

    unit_path: str = strawberry.field(description="Path of the unit (层级路径).")
    state: CaseState = strawberry.field(description="Neutral state of the cases (状态).")
    overdue: bool = strawberry.field(
        description="Whether a limit of them is passed at this instant, and what it waits for is still to come (是否超期)."
    )
    count: int = strawberry.field(description="How many there are (件数).")
    unit: UnitNode | None = one("unit_id", "The unit that handles them now (承办机构).")


def figures(by: Operands, sight: Sight, below: Any, from_: Any, to: Any) -> Select[Any]:
    """Write the statement for what the caller may know of the cases' numbers."""

    def within(path: ColumnElement[str]) -> ColumnElement[bool]:
        start, end = by.operand(below, path.type, checked_path), by.operand(below, path.type, end_of_checked)
        return and_(path >= start, path < end)

    days = (None if day is None else by.operand(day, Date(), lambda given: given) for day in (from_, to))
    return visible_tally(sight, None if below is None else within, *days)


FIGURES = Grouped(figures, order=("unit_path", "state", "overdue"), arguments=("below", "from_", "to"))


@strawberry.type
class DashboardQuery:
    """Figures of the cases."""

    @planned_field(FIGURES)
    async def dashboard(self, info: Info, below: Below = None, from_: From = None, to: To = None) -> list[DashboardRow]:
        """Cases by unit, state and overdue, of the units that the caller may list cases of, ordered by path (办件看板)."""
        async with info.context.office.open(info.context.whose(), info.context.correlation_id) as work:
            statement = figures(Themselves(), work.sight, below, from_, to)
            rows = (await work.session.execute(statement)).all()
        return DashboardRow.every(rows)


def checked_path(path: str) -> str:
    """Check the path of a unit."""
    try:
        check_unit_path(path)
    except ValueError:
        raise invalid("A unit path is codes, each followed by a dot.", "机构层级路径格式不正确。", "below") from None
    return path


def end_of_checked(path: str) -> str:
    """Give the first path that is no longer below a unit."""
    return end_of_subtree(checked_path(path))
