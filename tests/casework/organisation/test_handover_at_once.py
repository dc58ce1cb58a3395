"""Two at the same moment: one has done his part and has not committed yet, the other comes and has to wait for him."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from authz.actor import Actor
from bangban.connections import Connections
from casework.cases.assign import AssignCase, assign_case
from casework.cases.models import Case
from casework.kernel.errors import Code, Refusal
from casework.organisation.answer_handover import AcceptHandover, accept_handover
from casework.organisation.leave_duty import DeactivateStaff, deactivate_staff
from casework.organisation.models import DutyHandover, HandoverItem, ItemState, StaffMember
from casework.organisation.start_handover import StartHandover, start_handover
from tests.casework.feedback.founding import founder
from tests.casework.feedback.town import Town
from tests.casework.organisation.test_handover_storm import hired, id_of

A_MOMENT = 0.4
"""Seconds that the second has to get as far as he can; he is slower sometimes, and the answer is the same."""


@pytest.fixture
async def town(database: Connections) -> AsyncIterator[Town]:
    async with founder(database) as found:
        yield await found("taian")


async def while_open(town: Town, first: tuple[Actor, Any, Any], second: tuple[Actor, Any, Any]) -> Any:
    """Let the second begin while the first has not committed; gives the second's answer, or why he was refused."""
    actor, verb, intent = first
    async with town.office.open(actor) as work:
        await verb(work, intent)
        waiting = asyncio.create_task(town.do(*second))
        await asyncio.wait({waiting}, timeout=A_MOMENT)
    try:
        return await waiting
    except Refusal as refusal:
        return refusal


async def owner(town: Town, case: Case) -> Any:
    (found,) = await town.rows(Case, Case.id == case.id)
    return found.owner_staff_id


async def serves(town: Town, person: Actor) -> bool:
    (found,) = await town.rows(StaffMember, StaffMember.id == person.staff_id)
    return found.active


async def test_nobody_is_taken_off_duty_while_a_case_is_put_into_his_hands(town: Town) -> None:
    lead, (person, other) = await town.staff("county", "unit_lead"), await hired(town, 2)
    case = await town.open_case("county", owner_staff_id=other.staff_id)
    refused = await while_open(
        town,
        (lead, assign_case, AssignCase(case.id, staff_id=person.staff_id)),
        (lead, deactivate_staff, DeactivateStaff(id_of(person), "调离")),
    )
    assert (refused.code, refused.guard) == (Code.GUARD_REFUSED, "HANDOVER_ACCEPTED")
    assert (await owner(town, case), await serves(town, person)) == (person.staff_id, True)


async def test_nothing_is_put_into_the_hands_of_somebody_who_is_taken_off_duty(town: Town) -> None:
    lead, (person, other) = await town.staff("county", "unit_lead"), await hired(town, 2)
    case = await town.open_case("county", owner_staff_id=other.staff_id)
    refused = await while_open(
        town,
        (lead, deactivate_staff, DeactivateStaff(id_of(person), "调离")),
        (lead, assign_case, AssignCase(case.id, staff_id=person.staff_id)),
    )
    assert refused.code is Code.NOT_FOUND
    assert (await owner(town, case), await serves(town, person)) == (other.staff_id, False)


async def test_a_receiver_who_is_accepting_cannot_be_taken_off_duty(town: Town) -> None:
    lead, (leaver, receiver) = await town.staff("county", "unit_lead"), await hired(town, 2)
    case = await town.open_case("county", owner_staff_id=leaver.staff_id)
    handover = await town.do(leaver, start_handover, StartHandover(id_of(leaver), "轮岗", receiver.staff_id))
    refused = await while_open(
        town,
        (receiver, accept_handover, AcceptHandover(handover.id)),
        (lead, deactivate_staff, DeactivateStaff(id_of(receiver), "调离")),
    )
    assert refused.guard == "HANDOVER_ACCEPTED"
    assert await owner(town, case) == receiver.staff_id


async def test_nothing_is_offered_to_somebody_who_is_taken_off_duty(town: Town) -> None:
    lead, (leaver, receiver) = await town.staff("county", "unit_lead"), await hired(town, 2)
    await town.open_case("county", owner_staff_id=leaver.staff_id)
    refused = await while_open(
        town,
        (lead, deactivate_staff, DeactivateStaff(id_of(receiver), "调离")),
        (leaver, start_handover, StartHandover(id_of(leaver), "轮岗", receiver.staff_id)),
    )
    assert refused.code is Code.NOT_FOUND
    assert await town.rows(DutyHandover) == []


async def test_what_was_assigned_to_somebody_else_at_that_moment_is_not_taken_from_him(town: Town) -> None:
    lead, (leaver, receiver, third) = await town.staff("county", "unit_lead"), await hired(town, 3)
    case = await town.open_case("county", owner_staff_id=leaver.staff_id)
    handover = await town.do(leaver, start_handover, StartHandover(id_of(leaver), "轮岗", receiver.staff_id))
    await while_open(
        town,
        (lead, assign_case, AssignCase(case.id, staff_id=third.staff_id)),
        (receiver, accept_handover, AcceptHandover(handover.id)),
    )
    (item,) = await town.rows(HandoverItem)
    assert (item.state, await owner(town, case)) == (ItemState.GONE, third.staff_id)


async def test_two_hand_overs_of_one_person_do_not_offer_the_same(town: Town) -> None:
    lead, (leaver, receiver) = await town.staff("county", "unit_lead"), await hired(town, 2)
    await town.open_case("county", owner_staff_id=leaver.staff_id)
    start = StartHandover(id_of(leaver), "轮岗", receiver.staff_id)
    refused = await while_open(town, (leaver, start_handover, start), (lead, start_handover, start))
    assert refused.code is Code.CONFLICT
    assert len(await town.rows(HandoverItem)) == 1


async def test_a_case_that_arrives_while_the_list_is_accepted_stays_and_keeps_the_leaver(town: Town) -> None:
    lead, (leaver, receiver) = await town.staff("county", "unit_lead"), await hired(town, 2)
    await town.open_case("county", owner_staff_id=leaver.staff_id)
    late = await town.open_case("county", owner_staff_id=receiver.staff_id)
    handover = await town.do(leaver, start_handover, StartHandover(id_of(leaver), "轮岗", receiver.staff_id))
    accepted = await while_open(
        town,
        (lead, assign_case, AssignCase(late.id, staff_id=leaver.staff_id)),
        (receiver, accept_handover, AcceptHandover(handover.id)),
    )
    assert accepted.state == "ACCEPTED"
    assert await owner(town, late) == leaver.staff_id
    with pytest.raises(Refusal) as refused:
        await town.do(lead, deactivate_staff, DeactivateStaff(id_of(leaver), "调离"))
    assert refused.value.guard == "HANDOVER_ACCEPTED"
