"""The dashboard: how many cases of which unit are in which state, read from the maintained counters."""

from datetime import date
from typing import Annotated
from uuid import UUID

import strawberry

from authz.actor import check_unit_path
from casework.cases.models import CaseState
from casework.cases.tally import Days, visible_tally
from casework.kernel.errors import invalid
from casework.kernel.work import Work
from casework.organisation.models import OrgUnit
from schema.context import Info
from schema.fields import field
from schema.organisation import UnitNode
from schema.rows import by_id

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


@strawberry.type(name="DashboardRow", description="How many cases of one unit are in one state (办件统计).")
class DashboardRow:
    """How many cases of one unit are in one state."""

    unit_id: strawberry.Private[UUID]
    unit_path: str = strawberry.field(description="Path of the unit (层级路径).")
    state: CaseState = strawberry.field(description="Neutral state of the cases (状态).")
    overdue: bool = strawberry.field(
        description="Whether a limit of them is passed at this instant, and what it waits for is still to come (是否超期)."
    )
    count: int = strawberry.field(description="How many there are (件数).")

    @field
    async def unit(self, info: Info) -> UnitNode | None:
        """The unit that handles them now (承办机构)."""
        return UnitNode.maybe(await by_id(info.context, OrgUnit).load(self.unit_id))


@strawberry.type
class DashboardQuery:
    """Figures of the cases."""

    @field
    async def dashboard(self, info: Info, below: Below = None, from_: From = None, to: To = None) -> list[DashboardRow]:
        """Cases by unit, state and overdue, of the units that the caller may list cases of, ordered by path (办件看板)."""
        async with info.context.office.open(info.context.whose(), info.context.correlation_id) as work:
            statement = visible_tally(work, _path(below), _days(work, from_, to))
            rows = (await work.session.execute(statement)).all()
        return [
            DashboardRow(
                unit_id=row.unit_id,
                unit_path=row.unit_path,
                state=CaseState(row.state),
                overdue=row.overdue,
                count=row.count,
            )
            for row in rows
        ]


def _path(below: str | None) -> str | None:
    if below is not None:
        try:
            check_unit_path(below)
        except ValueError:
            raise invalid(
                "A unit path is codes, each followed by a dot.", "机构层级路径格式不正确。", "below"
            ) from None
    return below


def _days(work: Work, first: date | None, last: date | None) -> Days | None:
    """Give the days asked for; without any the counters of all days answer, which are few."""
    if first is None and last is None:
        return None
    return Days(first, last, work.profile.calendar.timezone)
