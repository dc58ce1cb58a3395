"""Reading cases: one by id or number, and the worklist."""

from enum import StrEnum
from typing import Annotated

import strawberry

from casework.cases.models import Case, CaseState, ServiceKind
from casework.cases.queries import case_by_number, visible_cases
from schema.cases.types import CASE, CaseNode
from schema.connections import Connection, connect
from schema.context import Info
from schema.cursors import OrderColumn, page_request
from schema.enums import described_enum
from schema.fields import planned_field
from schema.filters import Column, DateTimeFilter, EnumFilter, IDColumn, IDFilter, StringFilter
from schema.ids import row_id
from schema.reading.sources import Keyed, Paged
from schema.shown import visible_rows


class CaseOrder(StrEnum):
    """By what a list of cases is ordered."""

    RECEIVED_AT_ASC = "RECEIVED_AT_ASC"
    RECEIVED_AT_DESC = "RECEIVED_AT_DESC"
    CASE_NO_ASC = "CASE_NO_ASC"


described_enum(
    CaseOrder,
    "By what a list of cases is ordered (排序).",
    {
        "RECEIVED_AT_ASC": "Oldest request first (收到时间升序).",
        "RECEIVED_AT_DESC": "Newest request first (收到时间降序).",
        "CASE_NO_ASC": "By number (编号).",
    },
)

ORDERS = {
    CaseOrder.RECEIVED_AT_ASC: OrderColumn("receivedAt", Case.received_at.expression),
    CaseOrder.RECEIVED_AT_DESC: OrderColumn("receivedAt", Case.received_at.expression, descending=True),
    CaseOrder.CASE_NO_ASC: OrderColumn("caseNo", Case.case_no.expression),
}


@strawberry.input(description="Narrows a list of cases; the conditions given must all hold.")
class CaseFilter:
    """Narrows a list of cases."""

    case_no: StringFilter | None = strawberry.field(default=None, description="By number.")
    state: EnumFilter[CaseState] | None = strawberry.field(default=None, description="By state.")
    service_kind: EnumFilter[ServiceKind] | None = strawberry.field(default=None, description="By kind of service.")
    unit: IDFilter | None = strawberry.field(default=None, description="By the unit that handles it.")
    owner: IDFilter | None = strawberry.field(default=None, description="By who handles it.")
    received_at: DateTimeFilter | None = strawberry.field(default=None, description="By when the request came in.")
    and_: list["CaseFilter"] | None = strawberry.field(name="and", default=None, description="All of these.")
    or_: list["CaseFilter"] | None = strawberry.field(name="or", default=None, description="At least one of these.")
    not_: "CaseFilter | None" = strawberry.field(name="not", default=None, description="None of this.")


COLUMNS: dict[str, Column] = {
    "case_no": Case.case_no.expression,
    "state": Case.state.expression,
    "service_kind": Case.service_kind.expression,
    "unit": IDColumn(Case.unit_id.expression, "Unit"),
    "owner": IDColumn(Case.owner_staff_id.expression, "StaffMember"),
    "received_at": Case.received_at.expression,
}


CASES = Paged(Case, seen=visible_cases, orders=ORDERS, default=(CaseOrder.RECEIVED_AT_ASC,), filters=COLUMNS)


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
