"""Reading cases: one by id or number, and the worklist."""

from typing import Annotated

import strawberry

from casework.cases.models import Case
from casework.cases.queries import case_by_number
from schema.cases.lists import CASES, CaseFilter, CaseOrder
from schema.cases.types import CASE, CaseNode
from schema.connections import Connection, connect
from schema.context import Info
from schema.cursors import page_request
from schema.fields import planned_field
from schema.ids import row_id
from schema.reading.sources import Keyed
from schema.shown import visible_rows


@strawberry.type
class CaseQuery:
    """Reading cases."""

    @planned_field(Keyed({"case_no": Case.case_no}))
    async def case(
        self,
        info: Info,
        id: Annotated[strawberry.ID | None, strawberry.argument(description="Global id (标识).")] = None,
        case_no: Annotated[str | None, strawberry.argument(description="Number inside the city (编号).")] = None,
    ) -> CaseNode | None:
        """One case by global id or by number; null when there is none or the caller may not see it (查办件)."""
        if id is not None:
            return CaseNode.maybe((await visible_rows(info, CaseNode.showing, [row_id(id, CASE)]))[0])
        async with info.context.office.open(info.context.whose(), info.context.correlation_id) as work:
            return CaseNode.maybe(await case_by_number(work, case_no or ""))

    @planned_field(CASES)
    async def cases(
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
        filter: CaseFilter | None = None,
        order_by: list[CaseOrder] | None = None,
    ) -> Connection[CaseNode]:
        """The cases that the caller may see, oldest request first unless ordered otherwise (办件列表)."""
        page = page_request(first, after, last, before)
        return await connect(info, CASES, page, CaseNode.of, filter=filter, order_by=order_by)
