"""Legs of a case in other hands, and the custody of their papers, as callers read them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import strawberry
from strawberry import relay

from casework.cases.models import MaterialItem
from casework.organisation.models import OrgUnit
from casework.relays.models import CustodyItem, CustodyMethod, CustodyTransfer, LegState
from casework.relays.queries import visible_leg
from schema.cases.records import MaterialNode
from schema.cases.seeing import note_attempts, rows_of_visible_cases
from schema.context import Info
from schema.enums import described_enum
from schema.fields import field
from schema.organisation import UnitNode
from schema.refusals import RuleReference
from schema.regulation import rules_of
from schema.rows import by_id, by_owner
from schema.shown import Shown

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


@strawberry.type(description="One paper of a transfer (交接材料).")
class TransferredPaper(Shown):
    """One paper of a transfer."""

    arrived: bool | None = strawberry.field(description="Whether it arrived; null while on its way (是否收到).")

    @field
    async def material(self, info: Info) -> MaterialNode | None:
        """The paper (材料)."""
        return MaterialNode.maybe(await by_id(info.context, MaterialItem).load(self.row.material_id))


@strawberry.type(name="CustodyTransfer", description="Papers on their way from one holder to the next (材料交接).")
class TransferNode(Shown, relay.Node):
    """Papers on their way from one holder to the next."""

    id: relay.NodeID[UUID]
    from_kind: str = strawberry.field(description="Kind of the giver (移交方).")
    to_kind: str = strawberry.field(description="Kind of the taker (接收方).")
    method: CustodyMethod = strawberry.field(description="How they travel (交接方式).")
    handed_at: datetime = strawberry.field(description="When they were handed over (交出时间).")
    received_at: datetime | None = strawberry.field(description="When they were confirmed; null on the way (接收时间).")
    discrepancy_zh: str | None = strawberry.field(description="What was missing or damaged (差异).")

    @field
    async def papers(self, info: Info) -> list[TransferredPaper]:
        """The papers (材料清单)."""
        return TransferredPaper.every(await by_owner(info.context, CustodyItem, "transfer_id").load(self.row.id))

    @classmethod
    async def resolve_nodes(cls, *, info: Info, node_ids: Iterable[str], required: bool = False) -> Any:
        """Load transfers of cases that the caller sees."""
        return [cls.maybe(row) for row in await rows_of_visible_cases(info, CustodyTransfer, node_ids)]


@strawberry.type(name="RelayLeg", description="Part of a case in the hands of another unit (接力环节).")
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

    @field
    def rules(self) -> list[RuleReference]:
        """The rules that the relay rests on (依据)."""
        return rules_of(self.row.rules)

    @field
    async def from_unit(self, info: Info) -> UnitNode | None:
        """The unit that keeps the case (转出机构)."""
        return UnitNode.maybe(await by_id(info.context, OrgUnit).load(self.row.from_unit_id))

    @field
    async def to_unit(self, info: Info) -> UnitNode | None:
        """The unit that handles the leg (接收机构)."""
        return UnitNode.maybe(await by_id(info.context, OrgUnit).load(self.row.to_unit_id))

    @field
    async def transfers(self, info: Info) -> list[TransferNode]:
        """The custody of its papers, oldest first (材料交接)."""
        return TransferNode.every(await by_owner(info.context, CustodyTransfer, "leg_id").load(self.row.id))

    @classmethod
    async def resolve_nodes(cls, *, info: Info, node_ids: Iterable[str], required: bool = False) -> Any:
        """Load legs that the caller sees: as the sender, or as the unit they lie with."""
        context = info.context
        async with context.office.open(context.whose(), context.correlation_id) as work:
            found = {key: await visible_leg(work, key) for key in (UUID(str(each)) for each in node_ids)}
        await note_attempts(info, "read_relay_leg", found)
        return [cls.maybe(row) for row in found.values()]
