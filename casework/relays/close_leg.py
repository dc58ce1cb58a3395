"""Closing a leg: done, or returned with a reason and with the papers."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from casework.cases.advance import CASE
from casework.cases.models import Case, HolderKind, MaterialItem
from casework.kernel.errors import Code, Refusal, invalid
from casework.kernel.events import Event
from casework.kernel.work import Work
from casework.organisation.models import OrgUnit
from casework.relays.access import CLAIM, COMPLETE, FINISH, TAKE_IN, load_leg
from casework.relays.custody import HERE, Party, hand_over, open_transfers, receive
from casework.relays.guards import check_handling
from casework.relays.models import CustodyMethod, LegState, RelayLeg


@dataclass(frozen=True)
class CompleteLeg:
    """What came of the leg."""

    leg_id: UUID
    result: str


@dataclass(frozen=True)
class ReturnLeg:
    """Why the leg goes back; with papers refused on arrival, which of them did arrive."""

    leg_id: UUID
    reason: str
    arrived: tuple[UUID, ...] | None = None


async def complete_leg(work: Work, intent: CompleteLeg) -> RelayLeg:
    """Finish a leg; its papers go back to the sender on a new custody list."""
    leg, case = await load_leg(work, intent.leg_id, COMPLETE, FINISH)
    await check_handling(work, case, leg, leg.claimed_by)
    if leg.state is not LegState.IN_HAND:
        raise _not_in_hand(leg)
    if not intent.result.strip():
        raise invalid("Say what came of the leg.", "请填写办理结果。", "result")
    await _close(work, leg, LegState.DONE, intent.result)
    await _send_back(work, leg, case)
    work.emit(Event("leg.done", CASE, case.id, {"legId": str(leg.id)}, tuple(leg.rules)))
    return leg


async def return_leg(work: Work, intent: ReturnLeg) -> RelayLeg:
    """Give a leg back with the reason; what did not arrive stays charged to the sender (S-PX-05)."""
    leg, case = await load_leg(work, intent.leg_id, CLAIM, TAKE_IN)
    if leg.state not in {LegState.OPEN, LegState.IN_HAND}:
        raise _not_in_hand(leg)
    if not intent.reason.strip():
        raise invalid("Say why the leg goes back.", "请填写退回原因。", "reason")
    arrived = None if intent.arrived is None else frozenset(intent.arrived)
    for transfer in await open_transfers(work, leg.id):
        await receive(work, transfer, arrived, intent.reason)
    await _close(work, leg, LegState.RETURNED, intent.reason)
    await _send_back(work, leg, case)
    work.emit(Event("leg.refused", CASE, case.id, {"legId": str(leg.id)}, tuple(leg.rules)))
    return leg


def _not_in_hand(leg: RelayLeg) -> Refusal:
    return Refusal(
        Code.ILLEGAL_TRANSITION, f"This leg is {leg.state}.", "当前环节状态不能进行该操作。", ("legId",),
        details={"state": leg.state.value},
    )  # fmt: skip


async def _close(work: Work, leg: RelayLeg, state: LegState, reason: str) -> None:
    leg.state = state
    leg.closed_at = work.now
    leg.close_reason_zh = reason
    await work.session.flush()


async def _send_back(work: Work, leg: RelayLeg, case: Case) -> None:
    held = select(MaterialItem.id).where(
        MaterialItem.tenant_id == work.tenant,
        MaterialItem.case_id == case.id,
        MaterialItem.holder_kind == HolderKind.UNIT,
        MaterialItem.holder_id == leg.to_unit_id,
        MaterialItem.state.in_(HERE),
    )
    sender = await work.load(OrgUnit, leg.from_unit_id, "unit", "机构")
    await hand_over(
        work,
        case,
        (await work.session.scalars(held)).all(),
        Party(HolderKind.UNIT, leg.to_unit_id, leg.to_unit_path),
        Party(HolderKind.UNIT, sender.id, sender.path),
        CustodyMethod.STAFF_TRIP,
        leg.id,
    )
