"""Hand-overs of matters in hand, people who leave or move, and hand-overs that failed."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import strawberry
from strawberry import relay

from casework.organisation.handovers import visible_handovers, visible_incidents, visible_items
from casework.organisation.models import (
    DutyHandover,
    HandoverIncident,
    HandoverItem,
    HandoverState,
    IncidentKind,
    ItemState,
)
from schema.connections import Connection, connect
from schema.context import Info
from schema.cursors import OrderColumn, page_request
from schema.enums import described_enum
from schema.fields import planned_field
from schema.filters import EnumFilter
from schema.organisation import StaffNode, UnitNode
from schema.reading.declare import column, computed, many, one
from schema.reading.lens import Lens
from schema.reading.sources import Paged
from schema.refusals import RuleReference
from schema.regulation import rules_of
from schema.shown import Shown, shows

described_enum(
    HandoverState,
    "Where a hand-over stands (交接状态).",
    {
        "OFFERED": "Something waits for its receiver (待确认).",
        "ACCEPTED": "Everything has changed hands (已接收).",
        "DISPUTED": "Something stays with the leaver: disputed, or nobody could take it (有异议).",
        "CANCELLED": "Called off (已撤回).",
    },
)
described_enum(
    ItemState,
    "Where one matter of a hand-over stands (事项状态).",
    {
        "UNPLACED": "Nobody in reach could go on with it (无人可接).",
        "OFFERED": "Offered to its receiver (待确认).",
        "ACCEPTED": "The receiver has it (已接收).",
        "DISPUTED": "The receiver disputed it (有异议).",
        "WITHDRAWN": "Called off before an answer (已撤回).",
        "GONE": "It was not in the leaver's hands any more when it was accepted (已不在手).",
    },
)
described_enum(
    IncidentKind,
    "How a hand-over failed (失误类别).",
    {
        "END_PUT_OFF": "A post could not end because something was still in hand (离任顺延).",
        "DISPUTED": "A receiver disputed what was offered (交接异议).",
        "MATTER_MISSING": "The list left out a case (清单遗漏).",
    },
)


@shows(
    HandoverItem,
    name="HandoverItem",
    description="One matter of a hand-over (交接事项).",
    seen=visible_items,
    noted="read_handover",
)
class HandoverItemNode(Shown, relay.Node):
    """One matter of a hand-over."""

    id: relay.NodeID[UUID]
    kind: str = strawberry.field(description="case, mandate, paper, leg or callback (类别).")
    case_no: str = strawberry.field(description="Number of its case (办件编号).")
    state: ItemState = strawberry.field(description="Where it stands (状态).")
    answered_at: datetime | None = strawberry.field(description="When it was answered (答复时间).")
    note: str | None = strawberry.field(description="What the receiver said (说明).")

    receiver: StaffNode | None = one(
        HandoverItem.to_staff_id, "To whom it is offered; null when nobody could take it (接收人)."
    )


@shows(
    DutyHandover,
    name="DutyHandover",
    description="A hand-over of what somebody has in hand; each matter moves when its receiver accepts (在手事项交接).",
    seen=visible_handovers,
    noted="read_handover",
)
class DutyHandoverNode(Shown, relay.Node):
    """A hand-over of what somebody has in hand."""

    id: relay.NodeID[UUID]
    state: HandoverState = strawberry.field(description="Where it stands (状态).")
    reason: str = strawberry.field(description="Why (交接原因).")
    started_at: datetime = strawberry.field(description="When it was started (发起时间).")
    closed_at: datetime | None = strawberry.field(description="When nothing was on offer any more (结束时间).")

    version: int = column(DutyHandover.row_version, "Version of the object, for `expectedVersion` (版本).")
    leaver: StaffNode | None = one(DutyHandover.from_staff_id, "Who hands over (移交人).")
    unit: UnitNode | None = one(DutyHandover.unit_id, "The leaver's home unit at that time (所属机构).")
    items: list[HandoverItemNode] = many(
        HandoverItem.handover_id, HandoverItem.id.asc(), description="What is handed over to whom (交接清单)."
    )


@strawberry.type(description="A matter that a failed hand-over was about (所涉事项).")
class HandoverMatter:
    """A matter that a failed hand-over was about."""

    kind: str = strawberry.field(description="case, mandate, paper, leg or callback (类别).")
    case_no: str = strawberry.field(description="Number of its case (办件编号).")


def matters_of(_lens: Lens, matters: list[dict[str, str]]) -> list[HandoverMatter]:
    """Show what a failed hand-over was about."""
    return [HandoverMatter(kind=each["kind"], case_no=each["caseNo"]) for each in matters]


def units_of(_lens: Lens, unit_ids: list[str]) -> list[strawberry.ID]:
    """Show the responsible units by their global ids."""
    return [strawberry.ID(relay.to_base64("Unit", each)) for each in unit_ids]


@shows(
    HandoverIncident,
    name="HandoverIncident",
    description="A hand-over that failed, and who puts it right (交接失误).",
    seen=visible_incidents,
    noted="read_incident",
)
class HandoverIncidentNode(Shown, relay.Node):
    """A hand-over that failed, and who puts it right."""

    id: relay.NodeID[UUID]
    kind: IncidentKind = strawberry.field(description="How it failed (类别).")
    occurred_at: datetime = strawberry.field(description="When (发生时间).")
    resolved_at: datetime | None = strawberry.field(description="When it was put right; null until then (解决时间).")
    resolution: str | None = strawberry.field(
        description="How, as a responsible unit told it; null also when the post just ended (处理结果)."
    )

    leaver: StaffNode | None = one(HandoverIncident.staff_id, "Whose work it was (移交人).")
    matters: list[HandoverMatter] = computed(
        matters_of, HandoverIncident.matters, description="What it was about (所涉事项)."
    )
    responsible_unit_ids: list[strawberry.ID] = computed(
        units_of,
        HandoverIncident.responsible_unit_ids,
        description="Global ids of the units that put it right (责任单位).",
    )
    rules: list[RuleReference] = computed(
        rules_of, HandoverIncident.rules, description="The rules that name them (依据)."
    )


@strawberry.input(description="Narrows a list of hand-overs.")
class HandoverFilter:
    """Narrows a list of hand-overs."""

    state: EnumFilter[HandoverState] | None = strawberry.field(default=None, description="By state.")


class HandoverOrder(StrEnum):
    """By what a list of hand-overs is ordered."""

    STARTED_AT_DESC = "STARTED_AT_DESC"


class IncidentOrder(StrEnum):
    """By what a list of failed hand-overs is ordered."""

    OCCURRED_AT_DESC = "OCCURRED_AT_DESC"


HANDOVERS = Paged(
    DutyHandover,
    seen=visible_handovers,
    orders={
        HandoverOrder.STARTED_AT_DESC: OrderColumn("startedAt", DutyHandover.started_at.expression, descending=True)
    },
    default=(HandoverOrder.STARTED_AT_DESC,),
    filters={"state": DutyHandover.state.expression},
)
INCIDENTS = Paged(
    HandoverIncident,
    seen=visible_incidents,
    orders={
        IncidentOrder.OCCURRED_AT_DESC: OrderColumn(
            "occurredAt", HandoverIncident.occurred_at.expression, descending=True
        )
    },
    default=(IncidentOrder.OCCURRED_AT_DESC,),
    filters={},
)


@strawberry.type
class HandoverQuery:
    """Reading hand-overs."""

    @planned_field(HANDOVERS)
    async def handovers(
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
        filter: HandoverFilter | None = None,
    ) -> Connection[DutyHandoverNode]:
        """Hand-overs of the caller, to the caller, and of the units that the caller answers for (交接列表)."""
        page = page_request(first, after, last, before)
        return await connect(info, HANDOVERS, page, DutyHandoverNode.of, filter=filter)

    @planned_field(INCIDENTS)
    async def handover_incidents(
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[HandoverIncidentNode]:
        """Hand-overs that failed, of the caller and of the units that the caller answers for (交接失误列表)."""
        return await connect(info, INCIDENTS, page_request(first, after, last, before), HandoverIncidentNode.of)
