"""Who may call back: somebody within reach who had no hand in the case (SOD1)."""

from datetime import timedelta
from uuid import UUID

import pytest

from authz.actor import Actor
from casework.cases.models import Case, CaseState
from casework.deadlines.models import Timer, TimerState
from casework.feedback.assign_callback import AssignCallback, assign_callback
from casework.feedback.models import Callback, CallbackState
from casework.feedback.perform_callback import CallOutcome, PerformCallback, perform_callback
from casework.feedback.plan_callbacks import Occasion, PlanCallbacks, plan_callbacks
from casework.kernel.errors import Code, Refusal
from casework.kernel.ids import new_id
from casework.organisation.models import StaffMember
from tests.casework.feedback.town import Town, local


async def planned(town: Town, **facts: object) -> tuple[Case, Callback]:
    case = await town.archived("window", "2025-03-10T09:30", **facts)
    intent = PlanCallbacks(case.id, Occasion.ARCHIVED, town.clock.instant)
    (callback,) = await town.do(town.system, plan_callbacks, intent)
    return case, callback


async def assign(town: Town, by: Actor, callback: Callback, to: UUID | None, version: int | None = None) -> Callback:
    assert to is not None
    return await town.do(by, assign_callback, AssignCallback(callback.id, to, version))


async def refused(town: Town, by: Actor, callback: Callback, to: UUID | None, version: int | None = None) -> Refusal:
    with pytest.raises(Refusal) as caught:
        await assign(town, by, callback, to, version)
    return caught.value


@pytest.mark.rule("TA-25-1")
async def test_the_unit_lead_names_somebody_who_did_not_handle_the_case(taian: Town) -> None:
    lead, colleague = await taian.staff("window", "unit_lead"), await taian.staff("window", "helper")
    _, callback = await planned(taian)
    done = await assign(taian, lead, callback, colleague.staff_id)
    assert (done.state, done.assignee_id) == (CallbackState.ASSIGNED, colleague.staff_id)
    assert done.assigned_at == taian.clock.instant
    assert (await taian.told("callback.assigned"))[0].payload["assigneeId"] == str(colleague.staff_id)


async def test_participants_past_and_present_and_the_owner_are_refused(taian: Town) -> None:
    lead = await taian.staff("window", "unit_lead")
    owner, helper, former, stepped = [await taian.staff("window", "helper") for _ in range(4)]
    case, callback = await planned(taian, owner_staff_id=owner.staff_id)
    await taian.took_part(case, helper)
    await taian.took_part(case, former, until=taian.clock.instant - timedelta(hours=1))
    await taian.add(taian.step(case, CaseState.ACCEPTED, taian.clock.instant, stepped.staff_id))
    for handler in (owner, helper, former, stepped):
        refusal = await refused(taian, lead, callback, handler.staff_id)
        assert (refusal.code, refusal.guard) == (Code.SEPARATION_OF_DUTIES, "NOT_THE_HANDLER")
        assert refusal.path == ("staffId",)
        assert (refusal.rules, refusal.details["default"]) == ((), True)


@pytest.mark.rule("CH-4.3-3")
async def test_the_refusal_names_the_citys_rule_where_there_is_one(chaonan: Town) -> None:
    lead, owner = await chaonan.staff("window", "unit_manager"), await chaonan.staff("window", "helper")
    case = await chaonan.open_case("window", state=CaseState.COMPLETED, owner_staff_id=owner.staff_id)
    intent = PlanCallbacks(case.id, Occasion.BAD_REVIEW, chaonan.clock.instant)
    (callback,) = await chaonan.do(chaonan.system, plan_callbacks, intent)
    refusal = await refused(chaonan, lead, callback, owner.staff_id)
    assert refusal.rules == ("CH-4.3-3",)
    assert refusal.details["default"] is True
    colleague = await chaonan.staff("window", "helper")
    await assign(chaonan, lead, callback, colleague.staff_id)
    (clock,) = await chaonan.rows(Timer, Timer.subject_id == callback.id)
    assert (clock.code, clock.state) == ("callback_assigned", TimerState.MET)


async def test_people_out_of_reach_and_people_who_never_were_look_alike(taian: Town) -> None:
    lead, elsewhere = await taian.staff("window", "unit_lead"), await taian.staff("city", "helper")
    gone = await taian.staff("window", "helper")
    assert gone.staff_id is not None
    async with taian.office.open(taian.system) as work:
        (await work.load(StaffMember, gone.staff_id, "-", "-")).active = False
    _, callback = await planned(taian)
    for staff_id in (elsewhere.staff_id, gone.staff_id, new_id()):
        refusal = await refused(taian, lead, callback, staff_id)
        assert (refusal.code, refusal.message) == (Code.NOT_FOUND, "No such member of staff.")
    supervisor = await taian.staff("city", "city_supervisor")
    assert await assign(taian, supervisor, callback, elsewhere.staff_id)


async def test_who_cannot_see_the_callback_is_told_that_there_is_none(taian: Town) -> None:
    stranger, helper = await taian.staff("city", "helper"), await taian.staff("window", "helper")
    _, callback = await planned(taian)
    assert (await refused(taian, stranger, callback, helper.staff_id)).code is Code.NOT_FOUND
    assert (await refused(taian, helper, callback, helper.staff_id)).code is Code.FORBIDDEN
    assert (await refused(taian, helper, Callback(id=new_id()), helper.staff_id)).code is Code.NOT_FOUND


async def test_a_stale_version_and_a_finished_callback_are_refused(taian: Town) -> None:
    lead, caller = await taian.staff("window", "unit_lead"), await taian.staff("window", "helper")
    _, callback = await planned(taian)
    assert (await refused(taian, lead, callback, caller.staff_id, 99)).code is Code.STALE_VERSION
    await assign(taian, lead, callback, caller.staff_id)
    await taian.do(caller, perform_callback, PerformCallback(callback.id, CallOutcome.REACHED, 5))
    assert (await refused(taian, lead, callback, caller.staff_id)).code is Code.ILLEGAL_TRANSITION


async def test_another_person_may_take_over_before_the_call(taian: Town) -> None:
    lead = await taian.staff("window", "unit_lead")
    one, other = await taian.staff("window", "helper"), await taian.staff("window", "helper")
    _, callback = await planned(taian)
    await assign(taian, lead, callback, one.staff_id)
    assert (await assign(taian, lead, callback, other.staff_id)).assignee_id == other.staff_id
    with pytest.raises(Refusal):
        await taian.do(one, perform_callback, PerformCallback(callback.id, CallOutcome.REACHED, 5))
    taian.clock.instant = local("2025-03-11T10:00")
    done = await taian.do(other, perform_callback, PerformCallback(callback.id, CallOutcome.REACHED, 5))
    assert done.state is CallbackState.DONE
