"""The questions that the plain schema answers."""

from enum import Enum
from typing import Any

import strawberry
from sqlalchemy import func, select

from bench.plain.province import Comparison, MonthInput, compare
from bench.plain.types import Asking, Case, Unit
from bench.questions.dashboard import EVERY_DAY, TALLY
from casework.cases.models import Case as CaseRow
from casework.cases.models import CaseState


@strawberry.type
class Page:
    """A page of cases."""

    nodes: list[Case]


@strawberry.type
class Cell:
    """How many cases of a unit are in a state, overdue or not."""

    unit_id: strawberry.Private[Any]
    state: str
    overdue: bool
    count: int

    @strawberry.field
    async def unit(self, info: Asking) -> Unit:
        """Whose they are."""
        return Unit.of(await info.context.units.load(self.unit_id))


strawberry.enum(CaseState)


@strawberry.enum
class CaseOrder(Enum):
    """In which order."""

    RECEIVED_AT_DESC = "RECEIVED_AT_DESC"


@strawberry.input
class StateIs:
    """A condition on the state."""

    eq: CaseState


@strawberry.input
class CaseFilter:
    """Which cases."""

    state: StateIs


@strawberry.type
class Query:
    """What is asked."""

    @strawberry.field
    async def case(self, info: Asking, case_no: str) -> Case | None:
        """The case of a number."""
        desk = info.context
        rows = await desk.rows(select(CaseRow).where(CaseRow.tenant_id == desk.tenant, CaseRow.case_no == case_no))
        return Case.of(rows[0]) if rows else None

    @strawberry.field
    async def cases(self, info: Asking, first: int, filter: CaseFilter, order_by: list[CaseOrder]) -> Page:
        """The newest cases in a state."""
        desk = info.context
        newest = select(CaseRow).where(CaseRow.tenant_id == desk.tenant, CaseRow.state == filter.state.eq)
        rows = await desk.rows(newest.order_by(CaseRow.received_at.desc(), CaseRow.id.desc()).limit(first))
        return Page(nodes=[Case.of(row) for row in rows])

    @strawberry.field
    async def dashboard(self, info: Asking) -> list[Cell]:
        """The counters."""
        mine = (TALLY.c.tenant_id == info.context.tenant, TALLY.c.day == EVERY_DAY)
        cell = (TALLY.c.unit_id, TALLY.c.state, TALLY.c.overdue)
        found = await info.context.tuples(select(*cell, func.sum(TALLY.c.n)).where(*mine).group_by(*cell))
        return [Cell(unit_id=row[0], state=row[1], overdue=row[2], count=int(row[3])) for row in found if row[3]]

    @strawberry.field
    async def compare_cities(self, info: Asking, metrics: list[str], period: MonthInput) -> list[Comparison]:
        """Published figures side by side."""
        return await compare(info.context, metrics, period)
