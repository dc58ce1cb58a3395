"""Hand-overs: proposed by jurisdiction, role and load; what is offered moves when its receiver accepts, and only then."""

from collections.abc import AsyncIterator

import pytest

from authz.actor import Actor
from bangban.connections import Connections
from casework.cases import in_hand as cases_in_hand
from casework.cases.models import Case
from casework.kernel.errors import Code, Refusal
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
from tests.casework.feedback.founding import founder
from tests.casework.feedback.town import Town
from tests.casework.organisation.test_handover import post_of

assert cases_in_hand.CASES.name == "case", "importing the room is what registers its matters"


@pytest.fixture
async def town(database: Connections) -> AsyncIterator[Town]:
    async with founder(database) as found:
        yield await found("taian")


async def agent(town: Town, role: str = "agent") -> Actor:
    actor = await town.staff("county", role)
    await post_of(town, actor, "county", role)
    return actor


async def start(town: Town, by: Actor, leaver: Actor) -> DutyHandover:
    assert leaver.staff_id is not None
    return await town.do(by, start_handover, StartHandover(leaver.staff_id, "轮岗"))


async def owner(town: Town, case: Case) -> object:
    (found,) = await town.rows(Case, Case.id == case.id)
    return found.owner_staff_id


async def test_the_lightest_load_is_proposed_and_a_case_moves_only_when_accepted(town: Town) -> None:
    leaver, busy, free = [await agent(town) for _ in range(3)]
    await town.open_case("county", owner_staff_id=busy.staff_id)
    case = await town.open_case("county", owner_staff_id=leaver.staff_id)
    handover = await start(town, leaver, leaver)
    (item,) = await town.rows(HandoverItem)
    assert (item.to_staff_id, item.state) == (free.staff_id, ItemState.OFFERED)
    assert await owner(town, case) == leaver.staff_id
    for other in (leaver, busy):
        with pytest.raises(Refusal):
            await town.do(other, accept_handover, AcceptHandover(handover.id))
    done = await town.do(free, accept_handover, AcceptHandover(handover.id))
    assert done.state is HandoverState.ACCEPTED
    assert await owner(town, case) == free.staff_id


async def test_what_is_disputed_or_called_off_stays_and_may_be_offered_again(town: Town) -> None:
    leaver, first, second = [await agent(town) for _ in range(3)]
    case = await town.open_case("county", owner_staff_id=leaver.staff_id)
    handover = await start(town, leaver, leaver)
    with pytest.raises(Refusal) as twice:
        await start(town, leaver, leaver)
    assert twice.value.code is Code.CONFLICT
    disputed = await town.do(first, dispute_handover, DisputeHandover(handover.id, "材料不齐"))
    assert (disputed.state, await owner(town, case)) == (HandoverState.DISPUTED, leaver.staff_id)
    again = await start(town, leaver, leaver)
    offered = await town.rows(HandoverItem, HandoverItem.handover_id == again.id)
    assert [item.to_staff_id for item in offered] == [second.staff_id], "who disputed it is not asked again"
    cancelled = await town.do(leaver, cancel_handover, CancelHandover(again.id))
    assert (cancelled.state, await owner(town, case)) == (HandoverState.CANCELLED, leaver.staff_id)


async def test_nobody_leaves_the_service_with_a_case_in_hand(town: Town) -> None:
    leaver, other, lead = await agent(town), await agent(town), await agent(town, "unit_lead")
    await town.open_case("county", owner_staff_id=leaver.staff_id)
    assert leaver.staff_id is not None
    intent = DeactivateStaff(leaver.staff_id, "退休")
    with pytest.raises(Refusal) as refused:
        await town.do(lead, deactivate_staff, intent)
    assert refused.value.guard == "HANDOVER_ACCEPTED"
    handover = await start(town, lead, leaver)
    await town.do(other, accept_handover, AcceptHandover(handover.id))
    with pytest.raises(Refusal) as forbidden:
        await town.do(other, deactivate_staff, intent)
    assert forbidden.value.code is Code.FORBIDDEN
    await town.do(lead, deactivate_staff, intent)
    (person,) = await town.rows(StaffMember, StaffMember.id == leaver.staff_id)
    assert not person.active
