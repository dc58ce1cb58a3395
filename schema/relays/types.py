"""Legs of a case in other hands, and the custody of their papers, as callers read them."""

from datetime import datetime
from uuid import UUID

import strawberry
from strawberry import relay

from casework.cases.queries import of_visible_case
from casework.relays.models import CustodyItem, CustodyMethod, CustodyTransfer, LegState, RelayLeg
from casework.relays.queries import visible_legs
from schema.cases.records import MaterialNode
from schema.enums import described_enum
from schema.organisation import UnitNode
from schema.reading.declare import computed, many, one
from schema.refusals import RuleReference
from schema.regulation import rules_of
from schema.shown import Shown, shows

described_enum(
    LegState,
    "Where a leg stands (接力环节状态).",
    {
        "OPEN": "Waiting for the receiving unit (待受理).",
        "IN_HAND": "In the receiving unit's hands (办理中).",
        "DONE": "Done (已办结).",
        "RETURNED": "Given back with a reason (已退回).",
        "REFUSED": "Refused with a reason (已拒绝).",
        "CANCELLED": "Cancelled (已取消).",
    },
)
described_enum(
    CustodyMethod,
    "How papers travel (交接方式).",
    {
        "IN_PERSON": "Hand to hand (当面).",
        "COURIER": "By courier (快递).",
        "STAFF_TRIP": "Carried by staff (工作人员递送).",
        "ARCHIVE": "Into the archive (归档).",
    },
)


@shows(CustodyItem, name="TransferredPaper", description="One paper of a transfer (交接材料).")
class TransferredPaper(Shown):
    """One paper of a transfer."""

    arrived: bool | None = strawberry.field(description="Whether it arrived; null while on its way (是否收到).")

    material: MaterialNode | None = one(CustodyItem.material_id, "The paper (材料).")


@shows(
    CustodyTransfer,
    name="CustodyTransfer",
    description="Papers on their way from one holder to the next (材料交接).",
    seen=of_visible_case(CustodyTransfer.case_id),
    noted="read_custody_transfer",
)
class TransferNode(Shown, relay.Node):
    """Papers on their way from one holder to the next."""

    id: relay.NodeID[UUID]
    from_kind: str = strawberry.field(description="Kind of the giver (移交方).")
    to_kind: str = strawberry.field(description="Kind of the taker (接收方).")
    method: CustodyMethod = strawberry.field(description="How they travel (交接方式).")
    handed_at: datetime = strawberry.field(description="When they were handed over (交出时间).")
    received_at: datetime | None = strawberry.field(description="When they were confirmed; null on the way (接收时间).")
    discrepancy_zh: str | None = strawberry.field(description="What was missing or damaged (差异).")

    papers: list[TransferredPaper] = many(
        CustodyItem.transfer_id, CustodyItem.id.expression, description="The papers (材料清单)."
    )


@shows(
    RelayLeg,
    name="RelayLeg",
    description="Part of a case in the hands of another unit (接力环节).",
    seen=visible_legs,
    noted="read_relay_leg",
)
class LegNode(Shown, relay.Node):
    """Part of a case in the hands of another unit."""

    id: relay.NodeID[UUID]
    type: str = strawberry.field(description="Kind of relay by the city's codes (类型).")
    task_zh: str = strawberry.field(description="What the other unit is asked to do (任务).")
    state: LegState = strawberry.field(description="Where it stands (状态).")
    opened_at: datetime = strawberry.field(description="When it was opened (开始时间).")
    claimed_at: datetime | None = strawberry.field(description="When it was taken in hand (受理时间).")
    closed_at: datetime | None = strawberry.field(description="When it ended (结束时间).")
    close_reason_zh: str | None = strawberry.field(description="Result, or why it went back (结果/原因).")
    due_at: datetime | None = strawberry.field(description="Until when (时限).")
    late_since: datetime | None = strawberry.field(description="Since when it is late; never hidden (逾期起).")

    rules: list[RuleReference] = computed(
        rules_of, RelayLeg.rules, description="The rules that the relay rests on (依据)."
    )
    from_unit: UnitNode | None = one(RelayLeg.from_unit_id, "The unit that keeps the case (转出机构).")
    to_unit: UnitNode | None = one(RelayLeg.to_unit_id, "The unit that handles the leg (接收机构).")
    transfers: list[TransferNode] = many(
        CustodyTransfer.leg_id,
        CustodyTransfer.id.expression,
        description="The custody of its papers, oldest first (材料交接).",
    )
