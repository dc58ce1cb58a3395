"""Bringing legs to mind: who can move an untaken or late leg is told, on both sides of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from authz.decide import Resource
from casework.cases.announce import people_of_case
from casework.kernel.work import Work
from casework.organisation.notify import Subject, notify_staff
from casework.organisation.queries import first_in_chain
from casework.relays.models import LegState, RelayLeg

TEXTS: Mapping[str, str] = {
    "leg.untaken": "转交贵机构的“{task}”尚未受理,请及时处理。",
    "leg.late": "接力环节“{task}”已逾期,请尽快办结。",
}
"""What is told of a leg, by event."""


@dataclass(frozen=True)
class BringToMind:
    """Which leg, because of which event."""

    leg_id: UUID
    event: str
    event_id: UUID


async def bring_to_mind(work: Work, intent: BringToMind) -> RelayLeg:
    """Tell whoever has the leg in hand, else the receiving unit's chain of roles; of a late one the sender hears too."""
    work.require("system.notify", Resource())
    leg = await work.load(RelayLeg, intent.leg_id, "leg", "接力环节", "legId")
    if leg.state not in {LegState.OPEN, LegState.IN_HAND}:
        return leg
    people = set((leg.claimed_by,) if leg.claimed_by else await first_in_chain(work, leg.to_unit_id, work.profile))
    if intent.event == "leg.late":
        people |= set(await people_of_case(work, leg.case_id, intent.event))
    text = TEXTS[intent.event].format(task=leg.task_zh)
    for staff_id in sorted(people):
        await notify_staff(work, staff_id, intent.event, Subject("leg", leg.id), text, intent.event_id, automatic=True)
    return leg
