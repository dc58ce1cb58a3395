"""A storm of hand-overs: everybody hands over to everybody, cases arrive and people leave meanwhile; nothing is lost.

Nothing has two holders, nothing has none, nobody who left has anything, and every change of hands begins where the last ended.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

import pytest

from authz.actor import Actor
from bangban.connections import Connections
from casework.cases.assign import AssignCase, assign_case
from casework.cases.models import Case, CaseParticipant, HolderKind, MaterialItem
from casework.feedback.models import Callback
from casework.kernel.errors import Code, Refusal
from casework.mandates.models import Mandate, MandateStatus
from casework.organisation.answer_handover import (
    AcceptHandover,
    CancelHandover,
    DisputeHandover,
    accept_handover,
    cancel_handover,
    dispute_handover,
)
from casework.organisation.leave_duty import DeactivateStaff, deactivate_staff
from casework.organisation.models import DutyHandover, HandoverItem, HandoverState, ItemState, StaffMember
from casework.organisation.start_handover import StartHandover, start_handover
from casework.relays.models import RelayLeg
from tests.casework.feedback.founding import founder
from tests.casework.feedback.town import Town
from tests.casework.organisation.test_handover import in_hand, post_of

ROUNDS, ARRIVALS = 5, 16
LAWFUL = {
    Code.CONFLICT, Code.STALE_VERSION, Code.ILLEGAL_TRANSITION, Code.FORBIDDEN, Code.GUARD_REFUSED, Code.NOT_FOUND,
}  # fmt: skip
"""How an office may answer who came too late; anything else fails the storm."""


@pytest.fixture
async def town(database: Connections) -> AsyncIterator[Town]:
    async with founder(database) as found:
        yield await found("taian")


@dataclass
class Storm:
    """The people of the storm, who of them mean to leave, and how the office answered."""

    town: Town
    lead: Actor
    people: list[Actor]
    chance: Random = field(default_factory=lambda: Random(4))
    answers: Counter[str] = field(default_factory=Counter)
    gone: set[UUID] = field(default_factory=set)
    arrived: int = 0

    @property
    def leavers(self) -> list[Actor]:
        return self.people[::2]

    async def tried(self, actor: Actor, verb: Any, intent: Any) -> Any:
        """Try something; gives None when the office says no in a lawful way."""
        try:
            done = await self.town.do(actor, verb, intent)
        except Refusal as refusal:
            if refusal.code not in LAWFUL:
                raise
            self.answers[f"{verb.__name__} {refusal.code}"] += 1
            return None
        self.answers[verb.__name__] += 1
        return done

    async def hand_over(self, person: Actor) -> None:
        """Start, accept, dispute and call off, whatever there is."""
        for _ in range(ROUNDS):
            started = await self.tried(person, start_handover, StartHandover(id_of(person), "轮岗"))
            if started is not None and self.chance.random() < 0.15:
                await self.tried(person, cancel_handover, CancelHandover(started.id))
            await self.answer(person, disputes=0.1)

    async def answer(self, person: Actor, disputes: float = 0.0) -> None:
        """Answer everything that is offered to a person, twice at the same moment now and then."""
        mine = (HandoverItem.to_staff_id == id_of(person), HandoverItem.state == ItemState.OFFERED)
        for handover_id in sorted({item.handover_id for item in await self.town.rows(HandoverItem, *mine)}):
            if self.chance.random() < disputes:
                await self.tried(person, dispute_handover, DisputeHandover(handover_id, "材料不齐"))
            else:
                accept = AcceptHandover(handover_id)
                await asyncio.gather(*[self.tried(person, accept_handover, accept) for _ in range(2)])

    async def arrive(self) -> None:
        """Let new cases be assigned to anybody, those who are about to leave included."""
        for _ in range(ARRIVALS):
            case = await self.town.open_case("county", owner_staff_id=id_of(self.people[-1]))
            self.arrived += 1
            to = self.chance.choice(self.people)
            await self.tried(self.lead, assign_case, AssignCase(case.id, staff_id=id_of(to)))

    async def leave(self, person: Actor) -> None:
        """Try to take a person off duty again and again while the storm blows."""
        for _ in range(ROUNDS * 3):
            if id_of(person) not in self.gone:
                await self.leave_once(person)

    async def leave_once(self, person: Actor) -> None:
        if await self.tried(self.lead, deactivate_staff, DeactivateStaff(id_of(person), "调离")) is not None:
            self.gone.add(id_of(person))


def id_of(actor: Actor) -> UUID:
    assert actor.staff_id is not None
    return actor.staff_id


async def hired(town: Town, number: int) -> list[Actor]:
    people = []
    for _ in range(number):
        people.append(await town.staff("county", "agent"))
        await post_of(town, people[-1], "county", "agent")
    return people


async def laden(town: Town, people: list[Actor]) -> None:
    """Give everybody one matter of each kind; the mandate and the paper belong to a colleague's case."""
    for person, colleague in zip(people, [*people[1:], people[0]], strict=True):
        case = await town.open_case("county", owner_staff_id=id_of(person))
        mandate = Mandate(
            case_id=case.id, extent="FULL", powers=[], agent_id=id_of(colleague), status=MandateStatus.SIGNED
        )
        await town.add(mandate)
        await town.add(in_hand(town, "paper", case, town.units["city"], colleague))
        for kind in ("leg", "callback"):
            await town.add(in_hand(town, kind, await town.open_case("county"), town.units["city"], person))


async def holders(town: Town) -> dict[str, list[UUID | None]]:
    """Say who has each matter, kind by kind."""
    return {
        "case": [case.owner_staff_id for case in await town.rows(Case, Case.id.not_in(await bare(town)))],
        "mandate": [mandate.agent_id for mandate in await town.rows(Mandate)],
        "paper": [paper.holder_id for paper in await town.rows(MaterialItem, MaterialItem.holder_kind == HolderKind.STAFF)],
        "leg": [leg.claimed_by for leg in await town.rows(RelayLeg)],
        "callback": [callback.assignee_id for callback in await town.rows(Callback)],
    }  # fmt: skip


async def bare(town: Town) -> list[UUID]:
    """List the cases that only carry a leg or a callback; nobody owns them from the beginning."""
    legs, callbacks = await town.rows(RelayLeg), await town.rows(Callback)
    return [leg.case_id for leg in legs] + [callback.case_id for callback in callbacks]


async def chains(town: Town, first: dict[UUID, UUID | None]) -> None:
    """Follow every case from hand to hand: nobody gave what he did not have."""
    at = dict(first)
    for event in await town.told("case.assigned"):
        before = event.payload.get("fromStaffId")
        if before is not None:
            assert at.get(event.aggregate_id, UUID(before)) == UUID(before), "it had been handed over before"
        at[event.aggregate_id] = UUID(event.payload["staffId"])
    for case in await town.rows(Case, Case.id.in_(list(at))):
        assert case.owner_staff_id == at[case.id]


@pytest.mark.rule("NX-A6-2")
async def test_a_storm_of_hand_overs_loses_nothing(town: Town) -> None:
    lead = await town.staff("county", "unit_lead")
    people = await hired(town, 6)
    await laden(town, people)
    first = {case.id: case.owner_staff_id for case in await town.rows(Case)}
    storm = Storm(town, lead, people)
    await asyncio.gather(
        *(storm.hand_over(person) for person in people), storm.arrive(), *(storm.leave(one) for one in storm.leavers)
    )
    assert storm.answers["accept_handover"], storm.answers
    counts = {"case": len(people) + storm.arrived, "mandate": 6, "paper": 6, "leg": 6, "callback": 6}
    everybody = {id_of(person) for person in people}
    found = await holders(town)
    assert {kind: len(who) for kind, who in found.items()} == counts, "nothing is lost, nothing is there twice"
    for kind, who in found.items():
        assert set(who) <= everybody - storm.gone, f"every {kind} has a holder, who serves"
    await chains(town, first)
    await calm(storm)
    assert {kind: len(who) for kind, who in (await holders(town)).items()} == counts


async def calm(storm: Storm) -> None:
    """When the storm is over, everybody who means to leave hands over to one who stays, and is gone."""
    town, stays = storm.town, storm.people[1]
    for person in storm.leavers:
        for _ in range(3):
            if id_of(person) not in storm.gone:
                for open_one in await town.rows(
                    DutyHandover,
                    DutyHandover.from_staff_id == id_of(person),
                    DutyHandover.state == HandoverState.OFFERED,
                ):
                    await storm.tried(person, cancel_handover, CancelHandover(open_one.id))
                await storm.tried(person, start_handover, StartHandover(id_of(person), "轮岗", id_of(stays)))
                for other in storm.people:
                    await storm.answer(other)
                await storm.leave_once(person)
    assert storm.gone == {id_of(person) for person in storm.leavers}, storm.answers
    gone = [person for person in await town.rows(StaffMember, StaffMember.id.in_(storm.gone)) if person.active]
    assert gone == []
    left = [who for kinds in (await holders(town)).values() for who in kinds if who in storm.gone]
    assert left == []
    parts = await town.rows(CaseParticipant, CaseParticipant.staff_id.in_(storm.gone), CaseParticipant.until.is_(None))
    owned = {case.id for case in await town.rows(Case, Case.owner_staff_id.is_not(None))}
    assert not {part.case_id for part in parts} & owned, "whoever gave a case away takes no part in it any more"
