"""Lists of cases: by what they are narrowed and ordered, and whose cases are shown."""

from enum import StrEnum

import strawberry

from casework.cases.models import Case, CaseState, CaseStep, ServiceKind
from casework.cases.queries import visible_cases
from schema.cursors import OrderColumn
from schema.enums import described_enum
from schema.filters import Column, DateTimeFilter, EnumFilter, IDColumn, IDFilter, StringFilter
from schema.reading.sources import Nested, Paged
from schema.shown import to_all_in_city


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
CASES_OF_UNIT = Nested(CASES, Case.unit_id)
CASES_OF_STAFF = Nested(CASES, Case.owner_staff_id)


class StepOrder(StrEnum):
    """By what the steps of a case are ordered."""

    AT_ASC = "AT_ASC"
    AT_DESC = "AT_DESC"


described_enum(
    StepOrder,
    "By what the steps of a case are ordered (轨迹排序).",
    {"AT_ASC": "Oldest step first (时间升序).", "AT_DESC": "Newest step first (时间降序)."},
)


@strawberry.input(description="Narrows the steps of a case; the conditions given must all hold.")
class StepFilter:
    """Narrows the steps of a case."""

    at: DateTimeFilter | None = strawberry.field(default=None, description="By when.")
    trigger: StringFilter | None = strawberry.field(default=None, description="By which step, such as ACCEPT.")
    to_state: EnumFilter[CaseState] | None = strawberry.field(default=None, description="By the state after it.")


STEPS_OF_CASE = Nested(
    Paged(
        CaseStep,
        seen=to_all_in_city(CaseStep),
        orders={
            StepOrder.AT_ASC: OrderColumn("at", CaseStep.at.expression),
            StepOrder.AT_DESC: OrderColumn("at", CaseStep.at.expression, descending=True),
        },
        default=(StepOrder.AT_ASC,),
        filters={
            "at": CaseStep.at.expression,
            "trigger": CaseStep.trigger.expression,
            "to_state": CaseStep.to_state.expression,
        },
    ),
    CaseStep.case_id,
)
"""The steps of a case are shown with the case; who sees it sees them."""
