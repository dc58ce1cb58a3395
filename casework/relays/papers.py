"""Handing papers over and taking them, outside of a leg's acceptance: back to the sender, back to the applicant."""

from dataclasses import dataclass
from uuid import UUID

from authz.actor import ActorKind
from authz.decide import Resource
from casework.cases.access import load_case, resource_of, sees
from casework.cases.models import Case, HolderKind
from casework.kernel.errors import Code, Refusal, not_found
from casework.kernel.work import Work
from casework.relays.custody import Party, hand_over, receive
from casework.relays.models import CustodyMethod, CustodyTransfer

HAND_OVER = "custody.hand_over"


@dataclass(frozen=True)
class HandOverPapers:
    """Papers that go back to the applicant."""

    case_id: UUID
    material_ids: tuple[UUID, ...]
    method: CustodyMethod = CustodyMethod.IN_PERSON


@dataclass(frozen=True)
class ReceivePapers:
    """Confirm papers that are on their way to one's unit or to oneself."""

    transfer_id: UUID
    arrived: tuple[UUID, ...] | None = None
    discrepancy: str | None = None


async def hand_over_papers(work: Work, intent: HandOverPapers) -> CustodyTransfer:
    """Hand papers back to the applicant; in person, his presence is the receipt."""
    case = await load_case(work, intent.case_id, HAND_OVER)
    transfer = await hand_over(
        work,
        case,
        intent.material_ids,
        Party(HolderKind.UNIT, case.unit_id, case.unit_path),
        Party(HolderKind.APPLICANT, case.applicant_id),
        intent.method,
    )
    if transfer is None:
        raise Refusal(Code.INVALID_INPUT, "Name the papers.", "请选择要移交的材料。", ("materialIds",))
    if intent.method is CustodyMethod.IN_PERSON:
        await receive(work, transfer, None, None)
    return transfer


async def receive_papers(work: Work, intent: ReceivePapers) -> CustodyTransfer:
    """Confirm the papers of a transfer; only the side they were sent to can."""
    hidden = not_found("transfer", "材料交接", ("transferId",), intent.transfer_id)
    transfer = await work.find(CustodyTransfer, intent.transfer_id, lock=True)
    if transfer is None:
        raise hidden
    case = await work.load(Case, transfer.case_id, "case", "办件", "transferId")
    await _require_taker(work, transfer, case, hidden)
    arrived = None if intent.arrived is None else frozenset(intent.arrived)
    await receive(work, transfer, arrived, intent.discrepancy)
    return transfer


async def _require_taker(work: Work, transfer: CustodyTransfer, case: Case, hidden: Refusal) -> None:
    resource = await resource_of(work, case)
    if transfer.to_kind == HolderKind.APPLICANT:
        if not sees(work, resource):
            raise hidden
        if work.actor.kind is not ActorKind.APPLICANT:
            raise Refusal(
                Code.FORBIDDEN, "Only the applicant confirms these papers.", "须由申请人确认签收。", ("transferId",)
            )
        work.require(HAND_OVER, resource, "transferId")
        return
    taker = Resource(transfer.to_unit_path, resource.participants)
    at_unit = any(role.unit_path == transfer.to_unit_path for role in work.actor.roles)
    if not at_unit:
        raise hidden
    work.require(HAND_OVER, taker, "transferId")
