"""What the steps of a hand-over share: finding it, who sees it, and where it stands after each answer."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, and_, cast, exists, func, or_, select

from authz.decide import Resource
from casework.kernel.errors import Code, Refusal, invalid, not_found
from casework.kernel.replay import add_replay_check
from casework.kernel.sight import Sight
from casework.kernel.work import Work, check_version
from casework.organisation.duty_events import HandoverStep
from casework.organisation.handover import HOLDINGS, InHand, in_hand
from casework.organisation.models import (
    DutyHandover,
    HandoverIncident,
    HandoverItem,
    HandoverState,
    ItemState,
    OrgUnit,
    StaffMember,
)
from casework.organisation.successors import OFFER_ACCEPT

ASSIGN = "role.assign"
LONGEST = 500


def said(text: str, *path: str) -> str:
    """Give what somebody says about a hand-over; refuse when nothing is said, or too much."""
    if not 0 < len(text.strip()) <= LONGEST:
        raise invalid(f"Say why, in at most {LONGEST} characters.", f"请填写说明({LONGEST}字以内)。", *path)
    return text.strip()


async def items_of(work: Work, handover_id: UUID) -> Sequence[HandoverItem]:
    """List the matters of a hand-over in the order they were offered."""
    query = select(HandoverItem).where(HandoverItem.tenant_id == work.tenant, HandoverItem.handover_id == handover_id)
    return (await work.session.scalars(query.order_by(HandoverItem.id))).all()


def resource_of(handover: DutyHandover, items: Iterable[HandoverItem] = ()) -> Resource:
    """Whoever hands over takes part in it; with the items, whoever something is offered to does as well."""
    receivers = {item.to_staff_id for item in items if item.to_staff_id is not None}
    return Resource(handover.unit_path, frozenset({handover.from_staff_id, *receivers}))


async def load_handover(
    work: Work, handover_id: UUID, expected_version: int | None = None
) -> tuple[DutyHandover, Sequence[HandoverItem]]:
    """Load a hand-over that is still open to an answer; one that the actor may not see answers like none."""
    hidden = not_found("hand-over", "工作交接", ("handoverId",), handover_id)
    handover = await work.find(DutyHandover, handover_id, lock=True)
    if handover is None:
        raise hidden
    items = await items_of(work, handover.id)
    resource = resource_of(handover, items)
    if not any(work.decide(action, resource).allowed for action in (OFFER_ACCEPT, ASSIGN)):
        raise hidden
    check_version(handover, expected_version)
    return handover, items


def offered_to_me(work: Work, handover: DutyHandover, items: Sequence[HandoverItem]) -> list[HandoverItem]:
    """Give what is offered to the actor and not answered yet; refuse when there is nothing: only receivers answer."""
    work.require(OFFER_ACCEPT, resource_of(handover, items), "handoverId")
    mine = [item for item in items if item.to_staff_id == work.actor.staff_id]
    if not mine or work.actor.staff_id is None:
        raise Refusal(
            Code.FORBIDDEN, "Only the receiver answers what is offered to him.", "只有接收人可以确认或提出异议。",
            ("handoverId",),
        )  # fmt: skip
    still = [item for item in mine if item.state is ItemState.OFFERED]
    if not still:
        raise Refusal(
            Code.ILLEGAL_TRANSITION, f"Nothing of this hand-over waits for you; it is {handover.state}.",
            "该交接中没有待您确认的事项。", ("handoverId",), details={"state": handover.state.value},
        )  # fmt: skip
    return still


async def settle(work: Work, handover: DutyHandover, items: Sequence[HandoverItem]) -> None:
    """Say where a hand-over stands: open while anything is on offer, disputed when something stays with the leaver."""
    states = {item.state for item in items}
    if ItemState.OFFERED in states:
        handover.state = HandoverState.OFFERED
    elif states & {ItemState.DISPUTED, ItemState.UNPLACED}:
        handover.state = HandoverState.DISPUTED
    elif ItemState.WITHDRAWN in states:
        handover.state = HandoverState.CANCELLED
    else:
        handover.state = HandoverState.ACCEPTED
    handover.closed_at = None if handover.state is HandoverState.OFFERED else work.now
    handover.updated_at = work.now
    await work.session.flush()


def answer(work: Work, items: Iterable[HandoverItem], state: ItemState, note: str | None = None) -> None:
    """Write down what became of some matters."""
    for item in items:
        item.state, item.answered_at, item.note = state, work.now, note


def tell(
    work: Work, name: str, handover: DutyHandover, items: Iterable[HandoverItem], people: Iterable[UUID | None]
) -> None:
    """Tell of a step of a hand-over."""
    counts = Counter(item.kind for item in items)
    named = tuple(dict.fromkeys(each for each in people if each is not None))
    rules = work.profile.handover.staff_change.basis.rules
    work.emit(HandoverStep(name, handover.id, handover.from_staff_id, named, counts, rules).told())


async def of_items(work: Work, leaver: UUID, items: Iterable[HandoverItem]) -> InHand:
    """Give the matters of some items as they lie in the leaver's hands now; what is gone is left out."""
    wanted = {(item.kind, item.matter_id) for item in items}
    found = [
        (holding, [matter for matter in matters if (holding.name, matter.id) in wanted])
        for holding, matters in await in_hand(work, leaver)
    ]
    return [(HOLDINGS[holding.name], matters) for holding, matters in found if matters]


def visible_handovers(sight: Sight) -> ColumnElement[bool]:
    """The condition that a hand-over is the actor's, offers him something, or is one of a unit he answers for."""
    offered = exists(
        select(HandoverItem.id).where(
            HandoverItem.tenant_id == sight.tenant,
            HandoverItem.handover_id == DutyHandover.id,
            sight.is_me(HandoverItem.to_staff_id.expression),
        )
    )
    path = DutyHandover.unit_path.expression
    return and_(
        DutyHandover.tenant_id == sight.tenant,
        or_(sight.is_me(DutyHandover.from_staff_id.expression), offered, _answers_for(sight, path)),
    )


def visible_items(sight: Sight) -> ColumnElement[bool]:
    """The condition that a matter is one of a hand-over that the actor sees."""
    of_it = select(DutyHandover.id).where(DutyHandover.id == HandoverItem.handover_id, visible_handovers(sight))
    return and_(HandoverItem.tenant_id == sight.tenant, exists(of_it))


def visible_incidents(sight: Sight) -> ColumnElement[bool]:
    """The condition that a failed hand-over is the actor's own, of a unit he answers for, or to be put right by one."""
    of_unit = exists(
        select(StaffMember.id)
        .join(OrgUnit, and_(OrgUnit.tenant_id == sight.tenant, OrgUnit.id == StaffMember.unit_id))
        .where(
            StaffMember.tenant_id == sight.tenant,
            StaffMember.id == HandoverIncident.staff_id,
            _answers_for(sight, OrgUnit.path.expression),
        )
    )
    to_put_right = exists(
        select(OrgUnit.id).where(
            OrgUnit.tenant_id == sight.tenant,
            func.jsonb_exists(HandoverIncident.responsible_unit_ids, cast(OrgUnit.id, Text)),
            _answers_for(sight, OrgUnit.path.expression),
        )
    )
    mine = sight.is_me(HandoverIncident.staff_id.expression)
    return and_(HandoverIncident.tenant_id == sight.tenant, or_(mine, of_unit, to_put_right))


def _answers_for(sight: Sight, path: ColumnElement[Any]) -> ColumnElement[bool]:
    reached = (
        sight.reaching(action, unit_path=path, participant_of=None, applicant_id=None)
        for action in (OFFER_ACCEPT, ASSIGN)
    )
    return or_(*reached)


@add_replay_check
async def handover_still_visible(work: Work, row: Any) -> bool | None:
    """A hand-over, or a failed one, is told again to whoever still sees it."""
    if isinstance(row, DutyHandover):
        seen = select(DutyHandover.id).where(visible_handovers(work.sight), DutyHandover.id == row.id)
    elif isinstance(row, HandoverIncident):
        seen = select(HandoverIncident.id).where(visible_incidents(work.sight), HandoverIncident.id == row.id)
    else:
        return None
    return await work.session.scalar(seen) is not None
