"""What comes of a call: done, tried again, given up with a reason; only by the assignee (S-TA-25)."""

import pytest

from authz.actor import Actor
from casework.cases.models import Case
from casework.deadlines.models import Timer, TimerState
from casework.feedback.assign_callback import AssignCallback, assign_callback
from casework.feedback.models import Callback, CallbackState
from casework.feedback.perform_callback import CallOutcome, PerformCallback, perform_callback
from casework.feedback.plan_callbacks import Occasion, PlanCallbacks, plan_callbacks
from casework.feedback.queries import callback_officers, callbacks_of
from casework.kernel.errors import Code, Refusal
from tests.casework.feedback.town import Town, local


@pytest.fixture
async def caller(taian: Town) -> Actor:
    return await taian.staff("window", "helper")


@pytest.fixture
async def case(taian: Town) -> Case:
    return await taian.archived("window", "2025-03-10T09:30")


@pytest.fixture
async def callback(taian: Town, caller: Actor, case: Case) -> Callback:
    lead = await taian.staff("window", "unit_lead")
    (planned,) = await taian.do(
        taian.system, plan_callbacks, PlanCallbacks(case.id, Occasion.ARCHIVED, taian.clock.instant)
    )
    assert caller.staff_id is not None
    return await taian.do(lead, assign_callback, AssignCallback(planned.id, caller.staff_id))


async def call(town: Town, by: Actor, callback: Callback, outcome: CallOutcome, *args: object) -> Callback:
    return await town.do(by, perform_callback, PerformCallback(callback.id, outcome, *args))  # type: ignore[arg-type]


async def refused(town: Town, by: Actor, callback: Callback, outcome: CallOutcome, *args: object) -> Refusal:
    with pytest.raises(Refusal) as caught:
        await call(town, by, callback, outcome, *args)
    return caught.value


@pytest.mark.rule("TA-15-13")
async def test_a_call_that_reaches_the_applicant_ends_the_callback(
    taian: Town, caller: Actor, callback: Callback
) -> None:
    taian.clock.instant = local("2025-03-12T15:00")
    done = await call(taian, caller, callback, CallOutcome.REACHED, 4, "  很满意 ")
    assert (done.state, done.outcome, done.satisfaction) == (CallbackState.DONE, "REACHED", 4)
    assert (done.done_at, done.attempts, done.comment) == (local("2025-03-12T15:00"), 1, "很满意")
    (event,) = await taian.told("callback.done")
    assert "很满意" not in str(event.payload)
    clocks = await taian.rows(Timer, Timer.subject_id == callback.id)
    assert [clock.state for clock in clocks] in ([TimerState.MET], [TimerState.CANCELLED])


async def test_refusing_to_talk_is_an_answer_without_a_score(taian: Town, caller: Actor, callback: Callback) -> None:
    assert (await refused(taian, caller, callback, CallOutcome.REFUSED, 3)).path == ("satisfaction",)
    done = await call(taian, caller, callback, CallOutcome.REFUSED)
    assert (done.state, done.satisfaction) == (CallbackState.DONE, None)


async def test_nobody_there_means_trying_again_and_giving_up_needs_tries_and_a_reason(
    taian: Town, caller: Actor, callback: Callback
) -> None:
    early = await refused(taian, caller, callback, CallOutcome.GAVE_UP, None, "空号")
    assert (early.code, early.details["needed"]) == (Code.GUARD_REFUSED, 3)
    for number in (1, 2, 3):
        tried = await call(taian, caller, callback, CallOutcome.UNREACHED)
        assert (tried.state, tried.attempts, tried.done_at) == (CallbackState.UNREACHED, number, None)
    assert (await refused(taian, caller, callback, CallOutcome.GAVE_UP)).path == ("comment",)
    given_up = await call(taian, caller, callback, CallOutcome.GAVE_UP, None, "空号")
    assert (given_up.state, given_up.attempts, given_up.comment) == (CallbackState.GAVE_UP, 3, "空号")
    assert len(await taian.told("callback.unreached")) == 3
    assert len(await taian.told("callback.gave_up")) == 1
    assert (await refused(taian, caller, callback, CallOutcome.REACHED, 5)).code is Code.ILLEGAL_TRANSITION


async def test_a_second_try_may_reach_the_applicant(taian: Town, caller: Actor, callback: Callback) -> None:
    await call(taian, caller, callback, CallOutcome.UNREACHED)
    done = await call(taian, caller, callback, CallOutcome.REACHED, 5)
    assert (done.state, done.attempts) == (CallbackState.DONE, 2)


@pytest.mark.parametrize("score", [0, 6, -1])
async def test_the_score_lies_on_the_citys_scale(taian: Town, caller: Actor, callback: Callback, score: int) -> None:
    assert (await refused(taian, caller, callback, CallOutcome.REACHED, score)).path == ("satisfaction",)


async def test_nobody_but_the_assignee_performs_it(taian: Town, callback: Callback) -> None:
    lead, stranger = await taian.staff("window", "unit_lead"), await taian.staff("city", "helper")
    assert (await refused(taian, lead, callback, CallOutcome.REACHED, 5)).code is Code.FORBIDDEN
    assert (await refused(taian, stranger, callback, CallOutcome.REACHED, 5)).code is Code.NOT_FOUND
    citizen = await taian.citizen()
    assert (await refused(taian, citizen, callback, CallOutcome.REACHED, 5)).code is Code.NOT_FOUND


async def test_who_joined_the_case_after_being_named_may_no_longer_call(
    taian: Town, caller: Actor, case: Case, callback: Callback
) -> None:
    await taian.took_part(case, caller)
    assert (await refused(taian, caller, callback, CallOutcome.REACHED, 5)).code is Code.SEPARATION_OF_DUTIES


async def test_an_old_version_is_refused(taian: Town, caller: Actor, callback: Callback) -> None:
    assert (await refused(taian, caller, callback, CallOutcome.UNREACHED, None, None, 99)).code is Code.STALE_VERSION


async def test_the_assignee_is_callback_officer_of_this_case(
    taian: Town, caller: Actor, case: Case, callback: Callback
) -> None:
    async with taian.office.open(taian.system) as work:
        assert await callback_officers(work, case.id) == {caller.staff_id: ("CALLBACK_OFFICER",)}
        assert [row.id for row in await callbacks_of(work, case.id)] == [callback.id]
