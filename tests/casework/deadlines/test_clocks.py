"""What happens to a case turns its clocks."""

from dataclasses import replace
from datetime import timedelta

import pytest

from casework.deadlines.clocks import react
from casework.deadlines.models import LegalStatus, TimerState
from casework.kernel.audit import AuditEntry
from casework.kernel.ids import new_id
from casework.regulation.publish import publish
from tests.casework.deadlines.calendars import local
from tests.casework.deadlines.city import City, shipped

RECEIVED, ANSWERED = "REQUEST_RECEIVED", "FIRST_HUMAN_RESPONSE"
NOTICE = "LAST_PROGRESS_NOTICE"


@pytest.mark.rule("TA-15-2", "TA-12-2")
async def test_s_ta_01_a_reply_at_1h59_across_lunch_is_met(taian: City) -> None:
    case = taian.subject()
    await taian.happen("2024-09-03T10:30", case, RECEIVED)
    started = await taian.timer(case, "assist_response")
    assert (started.state, started.legal_status) == (TimerState.RUNNING, LegalStatus.REGULATION)
    assert (started.rules, started.round, started.provisional) == (["TA-15-2"], 1, False)
    assert started.due_at == local("2024-09-03T14:00")
    assert started.warn_at == started.fire_at == local("2024-09-03T12:00")
    await taian.happen("2024-09-03T13:59", case, ANSWERED)
    timer = await taian.timer(case, "assist_response")
    assert timer.state is TimerState.MET
    assert timer.elapsed_seconds == 119 * 60
    assert timer.stopped_at == local("2024-09-03T13:59")
    assert timer.fire_at is None
    assert await taian.events(timer) == ["timer.met"]


@pytest.mark.rule("TA-15-2")
async def test_s_ta_02_exactly_two_hours_is_met(taian: City) -> None:
    case = taian.subject()
    await taian.happen("2024-09-03T10:30", case, RECEIVED)
    await taian.happen("2024-09-03T14:00", case, ANSWERED)
    timer = await taian.timer(case, "assist_response")
    assert timer.state is TimerState.MET
    assert await taian.breaches(timer) == []


@pytest.mark.rule("TA-15-2")
async def test_s_ta_02_a_minute_later_is_breached_at_the_due_instant(taian: City) -> None:
    case = taian.subject()
    await taian.happen("2024-09-03T10:30", case, RECEIVED)
    await taian.happen("2024-09-03T14:01", case, ANSWERED)
    timer = await taian.timer(case, "assist_response")
    assert timer.state is TimerState.BREACHED
    assert timer.stopped_at == local("2024-09-03T14:01")
    (breach,) = await taian.breaches(timer)
    assert breach.due_at == local("2024-09-03T14:00")
    assert breach.noticed_at == local("2024-09-03T14:01")
    assert (breach.legal_status, breach.rules) == (LegalStatus.REGULATION, ["TA-15-2"])
    shown = await taian.read("2024-09-05T10:00", timer)
    assert (shown.late_seconds, shown.late_clock_seconds) == (60, 60)
    assert await taian.events(timer) == ["timer.breached"]


@pytest.mark.rule("TA-15-2")
async def test_a_breach_tells_what_it_is_about_and_is_audited(taian: City) -> None:
    case = taian.subject()
    await taian.happen("2024-09-03T10:30", case, RECEIVED)
    await taian.happen("2024-09-03T14:01", case, ANSWERED)
    timer = await taian.timer(case, "assist_response")
    (entry,) = await taian.rows(AuditEntry, AuditEntry.object_id == str(timer.id))
    assert entry.action == "timer.breached"
    assert entry.rules == ["TA-15-2"]
    assert entry.after == {
        "code": "assist_response",
        "subjectKind": "case",
        "subjectId": str(case.id),
        "dueAt": "2024-09-03T06:00:00+00:00",
        "legalStatus": "REGULATION",
    }


@pytest.mark.rule("TA-15-2")
@pytest.mark.parametrize(
    ("asked", "due"),
    [
        ("2024-09-06T16:30", "2024-09-09T10:30"),
        ("2024-09-30T16:00", "2024-10-08T10:00"),
        ("2024-10-11T16:00", "2024-10-12T10:00"),
    ],
    ids=["weekend", "national_day", "makeup_workday"],
)
async def test_s_ta_04_the_stored_calendar_knows_holidays_and_makeup_days(taian: City, asked: str, due: str) -> None:
    case = taian.subject()
    await taian.happen(asked, case, RECEIVED)
    assert (await taian.timer(case, "assist_response")).due_at == local(due)


@pytest.mark.rule("TA-15-1", "TA-15-2")
async def test_s_ta_07_a_reassignment_neither_restarts_the_clock_nor_moves_it(taian: City) -> None:
    case = taian.subject()
    await taian.happen("2024-09-03T10:30", case, RECEIVED)
    before = await taian.timer(case, "assist_response")
    elsewhere = replace(case, unit_id=taian.units["county"])
    await taian.happen("2024-09-03T11:00", elsewhere, RECEIVED)
    after = await taian.timer(case, "assist_response")
    assert (after.id, after.started_at, after.due_at) == (before.id, before.started_at, before.due_at)
    assert after.unit_id == taian.units["window"]
    await taian.happen("2024-09-03T13:59", elsewhere, ANSWERED)
    assert (await taian.timer(case, "assist_response")).state is TimerState.MET


@pytest.mark.rule("TA-15-2")
async def test_a_workflow_has_its_own_clocks(taian: City) -> None:
    case = taian.subject("agency")
    await taian.happen("2024-09-03T10:30", case, RECEIVED)
    (timer,) = await taian.timers(case)
    assert (timer.code, timer.legal_status, timer.rules) == ("agency_response", LegalStatus.OPERATIONAL, [])


async def test_a_city_without_a_number_measures(zaozhuang: City) -> None:
    case = zaozhuang.subject("assist")
    await zaozhuang.happen("2024-09-03T10:30", case, RECEIVED)
    timer = await zaozhuang.timer(case, "response_measure")
    assert (timer.due_at, timer.fire_at, timer.legal_status) == (None, None, LegalStatus.MEASURE_ONLY)
    await zaozhuang.happen("2024-09-04T09:30", case, ANSWERED)
    timer = await zaozhuang.timer(case, "response_measure")
    assert timer.state is TimerState.MEASURED
    assert timer.elapsed_seconds == timedelta(hours=5, minutes=30).total_seconds()
    assert await zaozhuang.events(timer) == []


@pytest.mark.rule("TA-3-10", "TA-15-9")
async def test_the_committed_limit_is_that_of_the_item(taian: City) -> None:
    case = taian.subject(limit_value=5, limit_unit="WORKING_DAYS")
    await taian.happen("2024-09-26T10:00", case, "FILED")
    limit = await taian.timer(case, "committed_limit")
    notice = await taian.timer(case, "result_notice")
    assert limit.due_at == notice.due_at == local("2024-10-09T17:00")
    assert limit.duration == "P5WD"
    assert limit.warn_at is not None
    assert limit.warn_at < limit.due_at
    await taian.happen("2024-10-09T16:00", case, "DECIDED")
    assert (await taian.timer(case, "committed_limit")).state is TimerState.MET
    assert (await taian.timer(case, "result_notice")).state is TimerState.RUNNING


async def test_an_item_without_a_committed_limit_has_no_clock(taian: City) -> None:
    case = taian.subject()
    await taian.happen("2024-09-26T10:00", case, "FILED")
    assert await taian.timers(case) == []


async def test_filing_again_after_a_correction_does_not_stop_the_committed_limit(taian: City) -> None:
    case = taian.subject(limit_value=5, limit_unit="WORKING_DAYS")
    await taian.happen("2024-09-10T10:00", case, "FILED")
    before = await taian.timer(case, "committed_limit")
    await taian.happen("2024-09-12T10:00", case, "FILED")
    assert (await taian.timer(case, "committed_limit")).started_at == before.started_at


@pytest.mark.rule("NX-5-3")
async def test_s_nx_01_an_instant_matter_done_the_same_day_is_met(neixiang: City) -> None:
    case = neixiang.subject("agency", triage_class="INSTANT")
    await neixiang.happen("2024-09-04T10:00", case, "COMMISSIONED")
    assert (await neixiang.timer(case, "same_day")).due_at == local("2024-09-04T17:00")
    await neixiang.happen("2024-09-04T16:40", case, "COMPLETED")
    timer = await neixiang.timer(case, "same_day")
    assert (timer.state, timer.rules) == (TimerState.MET, ["NX-5-3", "NX-5-4"])


@pytest.mark.rule("NX-5-2")
async def test_a_matter_of_another_class_has_no_clock_of_the_same_day(neixiang: City) -> None:
    case = neixiang.subject("agency", triage_class="ORDINARY")
    await neixiang.happen("2024-09-04T10:00", case, "COMMISSIONED")
    assert await neixiang.timers(case) == []


@pytest.mark.rule("NX-A5.1-5")
async def test_s_nx_16_each_notice_of_progress_starts_the_clock_of_the_next(neixiang: City) -> None:
    case = neixiang.subject("agency")
    await neixiang.happen("2024-09-24T10:00", case, "ACCEPTED")
    await neixiang.happen("2024-09-26T15:00", case, NOTICE)
    first, second = await neixiang.timers(case, "progress_feedback")
    assert (first.state, first.round) == (TimerState.MET, 1)
    assert (second.state, second.round) == (TimerState.RUNNING, 2)
    assert second.due_at == local("2024-10-09T17:00")
    await neixiang.happen("2024-10-08T10:00", case, "COMPLETED")
    assert [timer.state for timer in await neixiang.timers(case)] == [TimerState.MET, TimerState.CANCELLED]


@pytest.mark.rule("TA-3-9")
async def test_acceptance_is_the_first_notice_even_when_it_is_said_twice(taian: City) -> None:
    case = taian.subject("agency")
    await taian.happen("2024-09-03T10:00", case, "ACCEPTED", NOTICE)
    assert (await taian.timer(case, "progress_stale")).due_at == local("2024-09-06T17:00")


async def test_what_is_done_in_samples_starts_only_for_what_was_drawn(taian: City) -> None:
    case, drawn = taian.subject(), taian.subject(sampled=True)
    await taian.happen("2024-09-03T10:00", case, "ARCHIVED")
    await taian.happen("2024-09-03T10:00", drawn, "ARCHIVED")
    assert await taian.timers(case) == []
    assert (await taian.timer(drawn, "periodic_callback")).due_at == local("2024-10-04T00:00") - timedelta(
        microseconds=1
    )


@pytest.mark.rule("TA-18-9")
async def test_a_milestone_is_due_when_the_plan_says_so(taian: City) -> None:
    agreed = taian.subject("agency", agreed_at=local("2024-09-20T17:00"))
    await taian.happen("2024-09-03T10:00", agreed, "PLAN_APPROVED")
    assert (await taian.timer(agreed, "plan_milestones")).due_at == local("2024-09-20T17:00")
    open_plan = taian.subject("agency")
    await taian.happen("2024-09-03T10:00", open_plan, "PLAN_APPROVED")
    assert await taian.timers(open_plan) == []


@pytest.mark.rule("TA-20-0")
async def test_cancelling_ends_what_runs_and_leaves_what_was_breached(taian: City) -> None:
    case = taian.subject(limit_value=20, limit_unit="WORKING_DAYS")
    await taian.happen("2024-09-03T10:30", case, RECEIVED, "FILED")
    await taian.fire("2024-09-03T15:00", await taian.timer(case, "assist_response"))
    await taian.cancel("2024-09-04T10:30", case)
    states = {timer.code: (timer.state, timer.stopped_at) for timer in await taian.timers(case)}
    assert states == {
        "assist_response": (TimerState.BREACHED, None),
        "committed_limit": (TimerState.CANCELLED, local("2024-09-04T10:30")),
        "result_notice": (TimerState.CANCELLED, local("2024-09-04T10:30")),
    }
    await taian.happen("2024-09-05T10:00", case, "DECIDED")
    assert (await taian.timer(case, "committed_limit")).state is TimerState.CANCELLED


@pytest.mark.rule("TA-29-1")
@pytest.mark.parametrize(
    ("received", "due", "status"),
    [
        ("2025-08-28T16:00", "2025-08-29T10:00", LegalStatus.REGULATION),
        ("2025-08-28T23:59", "2025-08-29T11:00", LegalStatus.REGULATION),
        ("2025-08-29T00:00", "2025-08-29T11:00", LegalStatus.OPERATIONAL),
    ],
    ids=["s_ta_32_last_day", "last_minute", "s_ta_31_expired"],
)
async def test_after_the_trial_a_limit_is_operational(
    taian: City, received: str, due: str, status: LegalStatus
) -> None:
    case = taian.subject()
    await taian.happen(received, case, RECEIVED)
    timer = await taian.timer(case, "assist_response")
    assert (timer.due_at, timer.legal_status) == (local(due), status)
    await taian.happen("2025-08-29T12:00", case, ANSWERED)
    (breach,) = await taian.breaches(timer)
    assert breach.legal_status is status


async def test_s_x_10_a_clock_keeps_the_revision_it_began_under(neixiang: City) -> None:
    case = neixiang.subject("agency", triage_class="INSTANT")
    await neixiang.happen("2024-09-04T10:00", case, "COMMISSIONED")
    before = await neixiang.timer(case, "same_day")
    old = shipped("neixiang")
    timers = tuple(timer for timer in old.timers if timer.id != "same_day")
    newer = old.model_copy(update={"tenant": neixiang.tenant, "revision": 2, "timers": timers})
    revision_id = await publish(neixiang.office.database, neixiang.clock, newer, "test")
    assert revision_id is not None
    await neixiang.happen("2024-09-04T17:01", replace(case, revision_id=revision_id), "COMPLETED")
    after = await neixiang.timer(case, "same_day")
    assert (after.state, after.due_at, after.revision_id) == (TimerState.BREACHED, before.due_at, before.revision_id)
    later = replace(case, id=new_id(), revision_id=revision_id)
    await neixiang.happen("2024-09-05T10:00", later, "COMMISSIONED")
    assert await neixiang.timers(later) == []


async def test_a_clock_can_start_at_the_instant_at_which_something_happened(taian: City) -> None:
    case = taian.subject()
    taian.clock.instant = local("2024-09-03T11:00")
    async with taian.office.open(taian.actor) as work:
        await react(work, case, RECEIVED, started_at=local("2024-09-03T10:30"))
    assert (await taian.timer(case, "assist_response")).due_at == local("2024-09-03T14:00")
