"""Opening a leg: part of a case goes to another unit, with its papers on a custody list (TA-6-25, NX-A5.1-4)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from casework.cases.access import join, load_case
from casework.cases.advance import CASE
from casework.cases.models import Case, HolderKind
from casework.kernel.errors import Code, Refusal, invalid
from casework.kernel.events import Event
from casework.kernel.work import Work
from casework.organisation.models import OrgUnit
from casework.organisation.queries import unit_named
from casework.relays.custody import Party, hand_over
from casework.relays.models import CustodyMethod, LegState, RelayLeg
from tenants.profile import Profile, Relay

OPEN = "leg.open"


@dataclass(frozen=True)
class OpenLeg:
    """To whom, for what, until when, and which papers go along."""

    case_id: UUID
    type: str
    to_unit_code: str
    task: str
    due_at: datetime | None = None
    material_ids: tuple[UUID, ...] = ()
    method: CustodyMethod = CustodyMethod.STAFF_TRIP


async def open_leg(work: Work, intent: OpenLeg) -> RelayLeg:
    """Open a leg; the sender keeps the case and keeps seeing it, the papers stay his until they are received."""
    case = await load_case(work, intent.case_id, OPEN)
    profile = (await work.pinned(case.revision_id)).profile
    sender = await work.load(OrgUnit, case.unit_id, "unit", "机构")
    receiver = await unit_named(work, intent.to_unit_code, "toUnitCode")
    relay = _relay(profile, intent.type)
    _check(relay, sender, receiver, intent, work)
    await join(work, case, work.actor.staff_id, "RELAYER")
    leg = work.add(
        RelayLeg(
            case_id=case.id,
            type=relay.type,
            from_unit_id=sender.id,
            to_unit_id=receiver.id,
            to_unit_path=receiver.path,
            task_zh=intent.task,
            state=LegState.OPEN,
            opened_at=work.now,
            opened_by=work.actor.staff_id,
            due_at=intent.due_at,
            rules=list(relay.basis.rules),
        )
    )
    await work.session.flush()
    await _send_papers(work, case, leg, sender, receiver, intent)
    payload = {"legId": str(leg.id), "toUnitId": str(receiver.id), "type": relay.type}
    work.emit(Event("leg.opened", CASE, case.id, payload, relay.basis.rules))
    return leg


async def _send_papers(
    work: Work, case: Case, leg: RelayLeg, sender: OrgUnit, receiver: OrgUnit, intent: OpenLeg
) -> None:
    await hand_over(
        work,
        case,
        intent.material_ids,
        Party(HolderKind.UNIT, sender.id, sender.path),
        Party(HolderKind.UNIT, receiver.id, receiver.path),
        intent.method,
        leg.id,
    )


def _relay(profile: Profile, type_: str) -> Relay:
    known = {relay.type: relay for relay in profile.relay if relay.enabled}
    if type_ not in known:
        raise invalid(
            f"This city relays in these ways: {', '.join(known) or 'none'}.", "本地制度未规定该类接力。", "type"
        )
    return known[type_]


def _check(relay: Relay, sender: OrgUnit, receiver: OrgUnit, intent: OpenLeg, work: Work) -> None:
    if not intent.task.strip():
        raise invalid("Say what the other unit is asked to do.", "请填写转交办理的内容。", "task")
    if intent.due_at is not None and intent.due_at <= work.now:
        raise invalid("The due time lies in the past.", "时限不得早于当前时间。", "dueAt")
    if sender.id == receiver.id:
        raise invalid("A leg leads to another unit.", "接力应转交其他机构。", "toUnitCode")
    wrong_from = bool(relay.from_tiers) and sender.tier not in relay.from_tiers
    wrong_to = bool(relay.to_tiers) and receiver.tier not in relay.to_tiers
    if wrong_from or wrong_to:
        raise Refusal(
            Code.OUT_OF_SCOPE,
            f"{relay.type} leads from {relay.from_tiers or 'any tier'} to {relay.to_tiers or 'any tier'}.",
            "该类接力不适用于所选机构层级。",
            ("toUnitCode",),
            relay.basis.rules,
        )
