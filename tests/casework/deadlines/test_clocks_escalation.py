"""A missed limit is told to those whom the city's profile names, once."""

from collections.abc import Sequence
from uuid import UUID

import pytest

from casework.deadlines import escalate as escalation
from casework.deadlines.escalate import Escalate, add_recipients, escalate
from casework.deadlines.models import Timer, TimerState
from casework.kernel.ids import new_id
from casework.kernel.outbox import OutboxEvent
from casework.kernel.work import Work
from casework.organisation.models import Engagement, Notification, RoleAssignment, StaffMember
from tests.casework.deadlines.calendars import local
from tests.casework.deadlines.city import City
from workers import rooms
from workers.events import CONSUMERS, Happened

RECEIVED = "REQUEST_RECEIVED"


async def employ(city: City, unit: str, role: str) -> UUID:
    """Let somebody hold a role in a unit."""
    async with city.office.open(city.actor) as work:
        person = work.add(
            StaffMember(code=str(new_id()), name="测试员", unit_id=city.units[unit], source="FORMAL", active=True)
        )
        await work.session.flush()
        work.add(
            RoleAssignment(
                staff_id=person.id,
                unit_id=city.units[unit],
                role_code=role,
                engagement=Engagement.FULL_TIME,
                valid_from=local("2024-01-01"),
            )
        )
        return person.id


async def breached(city: City, kind: str = "case") -> Timer:
    """A two-hour clock that ran out."""
    case = city.subject(kind=kind)
    await city.happen("2024-09-03T10:30", case, RECEIVED)
    return await city.fire("2024-09-03T14:05", await city.timer(case, "assist_response"))


async def climb(city: City, timer: Timer) -> None:
    async with city.office.open(city.actor) as work:
        await escalate(work, Escalate(timer.id))


async def told(city: City) -> list[Notification]:
    return await city.rows(Notification)


@pytest.mark.rule("TA-15-2")
async def test_s_ta_02_the_chief_helper_of_the_unit_is_told_once(taian: City) -> None:
    chief = await employ(taian, "window", "chief_helper")
    for unit, role in (("window", "unit_lead"), ("county", "chief_helper"), ("city", "city_supervisor")):
        await employ(taian, unit, role)
    timer = await breached(taian)
    for _ in range(2):
        await climb(taian, timer)
    (notice,) = await told(taian)
    assert (notice.recipient_id, notice.template, notice.cause_id) == (chief, "timer.escalated", timer.id)
    assert (notice.subject_kind, notice.subject_id, notice.automatic) == ("case", timer.subject_id, True)
    assert notice.text_zh == "“2小时响应”于2024-09-03 14:00到期未完成,请督促处理。"


async def test_the_event_of_the_breach_reaches_the_chain(taian: City) -> None:
    assert rooms.ROOMS
    chief = await employ(taian, "window", "chief_helper")
    timer = await breached(taian)
    (event,) = await taian.rows(OutboxEvent, OutboxEvent.aggregate_id == timer.id)
    (listener,) = [each for each in CONSUMERS.of(event.name) if each.name == "deadlines.escalate"]
    async with taian.office.open(taian.actor) as work:
        await listener.act(work, Happened(event.id, event.name, "timer", timer.id, event.occurred_at, event.payload))
    assert [notice.recipient_id for notice in await told(taian)] == [chief]


@pytest.mark.parametrize(
    ("posts", "heard"),
    [
        ([("window", "unit_lead"), ("county", "chief_helper")], ("window", "unit_lead")),
        ([("county", "unit_lead"), ("city", "chief_helper")], ("county", "unit_lead")),
        ([("city", "city_supervisor")], ("city", "city_supervisor")),
    ],
    ids=["next_role_in_the_unit", "next_unit_up", "top"],
)
async def test_a_vacant_post_is_passed_over_then_the_next_unit_up_is_told(
    taian: City, posts: list[tuple[str, str]], heard: tuple[str, str]
) -> None:
    people = {post: await employ(taian, *post) for post in posts}
    await climb(taian, await breached(taian))
    assert [notice.recipient_id for notice in await told(taian)] == [people[heard]]


async def test_where_nobody_holds_a_post_that_is_told_instead(taian: City) -> None:
    timer = await breached(taian)
    await climb(taian, timer)
    assert await told(taian) == []
    events = await taian.rows(OutboxEvent, OutboxEvent.name == "timer.escalation_unheard")
    assert [(event.aggregate_id, event.payload) for event in events] == [(timer.id, {"action": "ESCALATE"})]


async def test_a_clock_that_did_not_run_out_tells_nobody(taian: City) -> None:
    await employ(taian, "window", "chief_helper")
    case = taian.subject()
    await taian.happen("2024-09-03T10:30", case, RECEIVED)
    timer = await taian.timer(case, "assist_response")
    assert timer.state is TimerState.RUNNING
    await climb(taian, timer)
    assert await told(taian) == []


@pytest.mark.rule("NX-5-4")
async def test_the_people_of_the_subject_are_asked_for_an_explanation_and_the_chain_hears_of_it(
    neixiang: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(escalation, "_RECIPIENTS", {})
    agent = await employ(neixiang, "window", "grid_agent")
    supervisor = await employ(neixiang, "county", "service_supervisor")
    asked: list[tuple[UUID, str]] = []

    async def people(_work: Work, subject_id: UUID, action: str) -> Sequence[UUID]:
        asked.append((subject_id, action))
        return (agent,)

    add_recipients("case", people)
    with pytest.raises(ValueError, match="named already"):
        add_recipients("case", lambda _work, _id, _action: people(_work, _id, _action))
    case = neixiang.subject("agency", triage_class="INSTANT")
    await neixiang.happen("2024-09-04T10:00", case, "COMMISSIONED")
    timer = await neixiang.fire("2024-09-04T17:00:01", await neixiang.timer(case, "same_day"))
    await climb(neixiang, timer)
    assert asked == [(case.id, "REQUIRE_EXPLANATION")]
    assert {(notice.recipient_id, notice.template) for notice in await told(neixiang)} == {
        (agent, "timer.explanation_required"),
        (supervisor, "timer.escalated"),
    }


@pytest.mark.rule("TA-3-10")
async def test_a_department_that_nobody_can_name_is_urged_through_the_chain(
    taian: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(escalation, "_RECIPIENTS", {})
    chief = await employ(taian, "window", "chief_helper")
    case = taian.subject("agency", limit_value=1, limit_unit="WORKING_DAYS")
    await taian.happen("2024-09-03T10:30", case, "FILED")
    await climb(taian, await taian.fire("2024-09-05T09:00", await taian.timer(case, "committed_limit")))
    assert [(notice.recipient_id, notice.template) for notice in await told(taian)] == [
        (chief, "timer.department_urged")
    ]
