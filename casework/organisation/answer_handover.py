"""Answers to a hand-over: the receiver accepts or disputes what is offered to him, the side that started it calls it off."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from casework.kernel.errors import Code, Next, Refusal, not_found
from casework.kernel.work import Work
from casework.organisation.duty_events import HANDOVER_ACCEPTED, HANDOVER_CANCELLED, HANDOVER_DISPUTED
from casework.organisation.handover import HOLDINGS, Holding, Matter, one_step_at_a_time, put_in_hands
from casework.organisation.handovers import (
    answer,
    load_handover,
    of_items,
    offered_to_me,
    resource_of,
    said,
    settle,
    tell,
)
from casework.organisation.incidents import Failed, record_incident
from casework.organisation.models import DutyHandover, HandoverItem, IncidentKind, ItemState
from casework.organisation.queries import unit_by_id
from casework.organisation.successors import OFFER_ACCEPT, can_have

DISPUTE = Next("disputeHandover", "Dispute it", "提出异议")


@dataclass(frozen=True)
class AcceptHandover:
    """Which hand-over; everything that it offers to the actor is accepted."""

    handover_id: UUID
    expected_version: int | None = None


@dataclass(frozen=True)
class DisputeHandover:
    """Which hand-over, why, and which of its matters; None is everything offered to the actor."""

    handover_id: UUID
    reason: str
    item_ids: tuple[UUID, ...] | None = None
    expected_version: int | None = None


@dataclass(frozen=True)
class CancelHandover:
    """Which hand-over is called off; what was accepted stays with its receiver."""

    handover_id: UUID
    expected_version: int | None = None


async def accept_handover(work: Work, intent: AcceptHandover) -> DutyHandover:
    """Take over what is offered: only now, and in one transaction, does responsibility move (NX-A6-2)."""
    handover, items = await load_handover(work, intent.handover_id, intent.expected_version)
    mine = offered_to_me(work, handover, items)
    receiver = mine[0].to_staff_id
    assert receiver is not None
    await one_step_at_a_time(work, handover.from_staff_id)
    await put_in_hands(work, receiver, "handoverId")
    there = {
        (holding.name, matter.id): (holding, matter)
        for holding, matters in await of_items(work, handover.from_staff_id, mine)
        for matter in matters
    }
    await _check_able(work, handover, list(there.values()))
    moved = []
    for item in sorted(mine, key=_lock_order):
        # What was passed on or finished since it was offered is none of the receiver's business any more.
        here = (item.kind, item.matter_id) in there
        if here and await HOLDINGS[item.kind].move(work, item.matter_id, handover.from_staff_id, receiver):
            moved.append(item)
    answer(work, (item for item in mine if item not in moved), ItemState.GONE)
    answer(work, moved, ItemState.ACCEPTED)
    await settle(work, handover, items)
    tell(work, HANDOVER_ACCEPTED, handover, moved, (receiver,))
    return handover


def _lock_order(item: HandoverItem) -> tuple[UUID, int]:
    """Order matters as all verbs lock them: case by case, and what stands above a case (a leg) before the case itself."""
    return (item.case_id, -list(HOLDINGS).index(item.kind))


async def _check_able(work: Work, handover: DutyHandover, matters: Sequence[tuple[Holding, Matter]]) -> None:
    """Refuse when the receiver lost, since it was offered, what it takes to go on with a matter."""
    unable = [
        matter.case_no
        for holding, matter in matters
        if not await can_have(work, handover.from_staff_id, holding, matter, work.actor)
    ]
    if unable:
        raise Refusal(
            Code.CONFLICT,
            f"Your posts do not let you go on with {', '.join(sorted(unable))}; dispute it.",
            f"您现有岗位无法接办{'、'.join(sorted(unable))},请提出异议。",
            ("handoverId",),
            lawful_next=(DISPUTE,),
        )


async def dispute_handover(work: Work, intent: DisputeHandover) -> DutyHandover:
    """Dispute what is offered: it stays with the leaver, and the failure is recorded where the text demands it (NX-A6-3)."""
    handover, items = await load_handover(work, intent.handover_id, intent.expected_version)
    mine = _chosen(offered_to_me(work, handover, items), intent.item_ids)
    answer(work, mine, ItemState.DISPUTED, said(intent.reason, "reason"))
    await settle(work, handover, items)
    unit = await unit_by_id(work, handover.unit_id)
    left = await of_items(work, handover.from_staff_id, mine)
    await record_incident(work, Failed(IncidentKind.DISPUTED, handover.from_staff_id, unit), left)
    tell(work, HANDOVER_DISPUTED, handover, mine, (work.actor.staff_id,))
    return handover


def _chosen(mine: list[HandoverItem], item_ids: tuple[UUID, ...] | None) -> list[HandoverItem]:
    if item_ids is None:
        return mine
    foreign = set(item_ids) - {item.id for item in mine}
    if foreign:
        raise not_found("matter offered to you", "待您确认的事项", ("itemIds",), min(foreign))
    return [item for item in mine if item.id in item_ids]


async def cancel_handover(work: Work, intent: CancelHandover) -> DutyHandover:
    """Call off what nobody has answered yet; the person himself or his unit does."""
    handover, items = await load_handover(work, intent.handover_id, intent.expected_version)
    work.require(OFFER_ACCEPT, resource_of(handover), "handoverId")
    offered = [item for item in items if item.state is ItemState.OFFERED]
    if not offered:
        raise Refusal(
            Code.ILLEGAL_TRANSITION, f"Nothing is on offer any more; the hand-over is {handover.state}.",
            "该交接已无待确认事项。", ("handoverId",), details={"state": handover.state.value},
        )  # fmt: skip
    answer(work, offered, ItemState.WITHDRAWN)
    await settle(work, handover, items)
    tell(work, HANDOVER_CANCELLED, handover, offered, (item.to_staff_id for item in offered))
    return handover
