"""Reading the legs of one's unit, and the acts on legs and papers."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import strawberry

from casework.relays.close_leg import CompleteLeg, ReturnLeg, complete_leg, return_leg
from casework.relays.models import CustodyMethod, LegState, RelayLeg
from casework.relays.open_leg import OpenLeg, open_leg
from casework.relays.papers import HandOverPapers, ReceivePapers, hand_over_papers, receive_papers
from casework.relays.queries import legs_with_my_units
from casework.relays.take_leg import TakeLeg, take_leg
from schema.cases.inputs import KEY
from schema.connections import Connection, connect
from schema.context import Info
from schema.cursors import OrderColumn, page_request
from schema.fields import mutation, planned_field
from schema.filters import EnumFilter
from schema.ids import row_id
from schema.perform import Payload, perform
from schema.reading.sources import Paged
from schema.relays.types import LegNode, TransferNode

LEG = "Global id of the leg (接力环节)."
ARRIVED = "Papers that arrived; all if absent (收到的材料)."


@strawberry.type(description="What a mutation of a leg answers.")
class LegPayload(Payload):
    """What a mutation of a leg answers."""

    leg: LegNode | None = strawberry.field(default=None, description="The leg; null when refused (接力环节).")


@strawberry.type(description="What a mutation of a custody transfer answers.")
class TransferPayload(Payload):
    """What a mutation of a custody transfer answers."""

    transfer: TransferNode | None = strawberry.field(
        default=None, description="The transfer; null when refused (材料交接)."
    )


@strawberry.input(description="A leg to open (转交).")
class OpenLegInput:
    """A leg to open."""

    case_id: strawberry.ID = strawberry.field(description="Global id of the case (办件).")
    type: str = strawberry.field(description="Kind of relay by the city's codes (类型).")
    to_unit_code: str = strawberry.field(description="Code of the receiving unit (接收机构).")
    task: str = strawberry.field(description="What it is asked to do (任务).")
    due_at: datetime | None = strawberry.field(default=None, description="Until when (时限).")
    material_ids: list[strawberry.ID] = strawberry.field(
        default_factory=list, description="Papers that go along (材料)."
    )
    method: CustodyMethod = strawberry.field(
        default=CustodyMethod.STAFF_TRIP, description="How they travel (交接方式)."
    )
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)

    def intent(self) -> OpenLeg:
        """Give the office's form of it."""
        return OpenLeg(
            row_id(self.case_id, "Case", "caseId"), self.type, self.to_unit_code, self.task, self.due_at,
            materials(self.material_ids, "materialIds"), self.method,
        )  # fmt: skip


@strawberry.input(description="A leg taken in hand (受理接力).")
class TakeLegInput:
    """A leg taken in hand."""

    leg_id: strawberry.ID = strawberry.field(description=LEG)
    arrived: list[strawberry.ID] | None = strawberry.field(default=None, description=ARRIVED)
    discrepancy: str | None = strawberry.field(
        default=None, description="What is missing or damaged; needed when not everything arrived (差异)."
    )
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)

    def intent(self) -> TakeLeg:
        """Give the office's form of it."""
        return TakeLeg(row_id(self.leg_id, "RelayLeg", "legId"), arrived(self.arrived), self.discrepancy)


@strawberry.input(description="A leg given back (退回接力).")
class ReturnLegInput:
    """A leg given back."""

    leg_id: strawberry.ID = strawberry.field(description=LEG)
    reason: str = strawberry.field(description="Why it goes back (退回原因).")
    arrived: list[strawberry.ID] | None = strawberry.field(default=None, description=ARRIVED)
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)

    def intent(self) -> ReturnLeg:
        """Give the office's form of it."""
        return ReturnLeg(row_id(self.leg_id, "RelayLeg", "legId"), self.reason, arrived(self.arrived))


@strawberry.input(description="A leg that is done (办结接力).")
class CompleteLegInput:
    """A leg that is done."""

    leg_id: strawberry.ID = strawberry.field(description=LEG)
    result: str = strawberry.field(description="What came of it (办理结果).")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)

    def intent(self) -> CompleteLeg:
        """Give the office's form of it."""
        return CompleteLeg(row_id(self.leg_id, "RelayLeg", "legId"), self.result)


@strawberry.input(description="Papers that go back to the applicant (退还材料).")
class HandOverPapersInput:
    """Papers that go back to the applicant."""

    case_id: strawberry.ID = strawberry.field(description="Global id of the case (办件).")
    material_ids: list[strawberry.ID] = strawberry.field(description="The papers (材料).")
    method: CustodyMethod = strawberry.field(default=CustodyMethod.IN_PERSON, description="How they travel (交接方式).")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="Papers that arrived (签收材料).")
class ReceivePapersInput:
    """Papers that arrived."""

    transfer_id: strawberry.ID = strawberry.field(description="Global id of the transfer (材料交接).")
    arrived: list[strawberry.ID] | None = strawberry.field(default=None, description=ARRIVED)
    discrepancy: str | None = strawberry.field(default=None, description="What is missing or damaged (差异).")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="Narrows a list of legs.")
class LegFilter:
    """Narrows a list of legs."""

    state: EnumFilter[LegState] | None = strawberry.field(default=None, description="By state.")


def arrived(ids: list[strawberry.ID] | None) -> tuple[UUID, ...] | None:
    """Read the ids of papers that arrived; None is all of them."""
    return None if ids is None else materials(ids, "arrived")


def materials(ids: list[strawberry.ID], path: str) -> tuple[UUID, ...]:
    """Read ids of papers."""
    return tuple(row_id(value, "Material", path) for value in ids)


class LegOrder(StrEnum):
    """By what a list of legs is ordered."""

    OPENED_AT_ASC = "OPENED_AT_ASC"


LEGS = Paged(
    RelayLeg,
    seen=legs_with_my_units,
    orders={LegOrder.OPENED_AT_ASC: OrderColumn("openedAt", RelayLeg.opened_at.expression)},
    default=(LegOrder.OPENED_AT_ASC,),
    filters={"state": RelayLeg.state.expression},
)


@strawberry.type
class RelayQuery:
    """Reading legs."""

    @planned_field(LEGS)
    async def legs(
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
        filter: LegFilter | None = None,
    ) -> Connection[LegNode]:
        """Legs that lie with the caller's units, oldest first (本机构接力环节)."""
        return await connect(info, LEGS, page_request(first, after, last, before), LegNode.of, filter=filter)


@strawberry.type
class RelayMutation:
    """Mutations of legs and papers."""

    @mutation
    async def open_leg(self, info: Info, input: OpenLegInput) -> LegPayload:
        """Give part of a case to another unit, with its papers on a custody list (接力转交)."""
        return await perform(info, LegPayload, open_leg, input.intent, input.idempotency_key)

    @mutation
    async def take_leg(self, info: Info, input: TakeLegInput) -> LegPayload:
        """Take a leg in hand; only now do its papers change hands (受理接力)."""
        return await perform(info, LegPayload, take_leg, input.intent, input.idempotency_key)

    @mutation
    async def complete_leg(self, info: Info, input: CompleteLegInput) -> LegPayload:
        """Finish a leg; its papers go back on a new custody list (办结接力)."""
        return await perform(info, LegPayload, complete_leg, input.intent, input.idempotency_key)

    @mutation
    async def return_leg(self, info: Info, input: ReturnLegInput) -> LegPayload:
        """Give a leg back with the reason (退回接力)."""
        return await perform(info, LegPayload, return_leg, input.intent, input.idempotency_key)

    @mutation
    async def hand_over_papers(self, info: Info, input: HandOverPapersInput) -> TransferPayload:
        """Hand papers back to the applicant (退还材料)."""
        return await perform(
            info, TransferPayload, hand_over_papers,
            lambda: HandOverPapers(row_id(input.case_id, "Case", "caseId"),
                                   materials(input.material_ids, "materialIds"), input.method),
            input.idempotency_key,
        )  # fmt: skip

    @mutation
    async def receive_papers(self, info: Info, input: ReceivePapersInput) -> TransferPayload:
        """Confirm papers that arrived (签收材料)."""
        return await perform(
            info, TransferPayload, receive_papers,
            lambda: ReceivePapers(row_id(input.transfer_id, "CustodyTransfer", "transferId"), arrived(input.arrived),
                                  input.discrepancy),
            input.idempotency_key,
        )  # fmt: skip
