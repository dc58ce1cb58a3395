"""Callbacks are planned from each city's own triggers, once, with the due time and rules of the profile."""

from datetime import timedelta
from uuid import UUID

import pytest

from casework.cases.models import Case, CaseState, ServiceKind
from casework.deadlines.models import LegalStatus, Timer
from casework.feedback.models import Callback, CallbackState
from casework.feedback.plan_callbacks import Occasion, PlanCallbacks, plan_callbacks
from casework.feedback.sampling import Draw, lot, month_of
from casework.kernel.errors import Refusal
from casework.kernel.ids import new_id
from tests.casework.feedback.founding import Found
from tests.casework.feedback.town import Town, local


async def plan(town: Town, case: Case, occasion: Occasion = Occasion.ARCHIVED) -> list[Callback]:
    happened_at = case.archived_at or town.clock.instant
    return list(await town.do(town.system, plan_callbacks, PlanCallbacks(case.id, occasion, happened_at)))


def lucky_id(town: Town, *, drawn: bool) -> UUID:
    """A case id that the lot draws in March, or one that it does not."""
    month = month_of(local("2025-03-10T10:00"), "Asia/Shanghai")
    while True:
        case_id = new_id()
        if (lot(Draw(town.tenant, town.units["window"].id, month, case_id)) < 0.05) is drawn:
            return case_id


@pytest.mark.rule("TA-15-13", "TA-25-1")
async def test_the_first_case_a_unit_archives_in_a_month_is_called_back(taian: Town) -> None:
    case = await taian.archived("window", "2025-03-10T09:30", id=lucky_id(taian, drawn=False))
    (callback,) = await plan(taian, case)
    assert callback.state is CallbackState.PLANNED
    assert (callback.reason, callback.unit_id) == ("PERIODIC", taian.units["window"].id)
    assert callback.rules[0] == "TA-15-13"
    assert callback.due_at is not None
    assert local("2025-04-10T23:59:59") <= callback.due_at < local("2025-04-11T00:00")
    (event,) = await taian.told("callback.planned")
    assert event.payload["caseId"] == str(case.id)
    (clock,) = await taian.rows(Timer, Timer.subject_id == callback.id)
    assert (clock.code, clock.due_at, clock.legal_status) == (
        "periodic_callback",
        callback.due_at,
        LegalStatus.REGULATION,
    )


@pytest.mark.rule("TA-15-13")
async def test_later_cases_are_called_back_only_by_lot_whatever_the_order_of_events(taian: Town) -> None:
    first = await taian.archived("window", "2025-03-03T09:00", id=lucky_id(taian, drawn=False))
    lucky = await taian.archived("window", "2025-03-04T09:00", id=lucky_id(taian, drawn=True))
    other = await taian.archived("window", "2025-03-05T09:00", id=lucky_id(taian, drawn=False))
    planned = {case.id: bool(await plan(taian, case)) for case in (other, lucky, first)}
    assert planned == {first.id: True, lucky.id: True, other.id: False}


async def test_each_unit_and_each_month_has_a_first_case_of_its_own(taian: Town) -> None:
    for unit, when in (("window", "2025-03-31T23:30"), ("window", "2025-04-01T00:30"), ("county", "2025-03-31T23:30")):
        assert await plan(taian, await taian.archived(unit, when))


async def test_the_same_event_twice_plans_once(taian: Town) -> None:
    case = await taian.archived("window", "2025-03-10T09:30")
    assert await plan(taian, case)
    assert not await plan(taian, case)
    assert len(await taian.rows(Callback)) == 1


async def test_other_kinds_and_other_cities_are_not_called_back_after_archiving(taian: Town, found: Found) -> None:
    agency = await taian.archived("window", "2025-03-10T09:30", service_kind=ServiceKind.AGENCY, workflow="agency")
    assert not await plan(taian, agency)
    zaozhuang = await found("zaozhuang")
    assert not await plan(zaozhuang, await zaozhuang.archived("window", "2025-03-10T09:30"))


@pytest.mark.rule("CH-4.3-3")
async def test_a_bad_review_is_called_back_where_the_text_demands_it(chaonan: Town, taian: Town) -> None:
    case = await chaonan.open_case("window", state=CaseState.COMPLETED)
    (callback,) = await plan(chaonan, case, Occasion.BAD_REVIEW)
    assert (callback.reason, callback.due_at) == ("BAD_REVIEW", None)
    assert "CH-4.3-3" in callback.rules
    (clock,) = await chaonan.rows(Timer, Timer.subject_id == callback.id)
    assert (clock.code, clock.legal_status) == ("callback_assigned", LegalStatus.OPERATIONAL)
    assert not await plan(taian, await taian.open_case("window"), Occasion.BAD_REVIEW)


async def test_nobody_plans_callbacks_by_hand(taian: Town) -> None:
    case = await taian.archived("window", "2025-03-10T09:30")
    lead = await taian.staff("window", "unit_lead")
    with pytest.raises(Refusal, match="FORBIDDEN"):
        await taian.do(lead, plan_callbacks, PlanCallbacks(case.id, Occasion.ARCHIVED, case.archived_at or local("")))


async def test_a_case_of_a_moment_later_is_not_the_first(taian: Town) -> None:
    first = await taian.archived("window", "2025-03-10T09:30", id=lucky_id(taian, drawn=False))
    assert first.archived_at is not None
    later = first.archived_at + timedelta(microseconds=1)
    second = await taian.open_case(
        "window", id=lucky_id(taian, drawn=False), state=CaseState.ARCHIVED, archived_at=later
    )
    assert not await plan(taian, second)
