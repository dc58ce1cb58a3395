"""An archived case and a bad review reach the planning of callbacks through the outbox, once."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from bangban.connections import Connections
from casework.cases.models import CaseState
from casework.feedback.models import Callback
from casework.feedback.submit_evaluation import SubmitEvaluation, submit_evaluation
from casework.kernel.events import Event
from casework.kernel.outbox import OutboxEvent, OutboxState
from tests.casework.feedback.founding import Found, founder
from tests.casework.feedback.town import Town
from workers import feedback
from workers.events import CONSUMERS, carry_out
from workers.pace import Pace


@pytest.fixture
async def found(database: Connections) -> AsyncIterator[Found]:
    async with founder(database) as found_town:
        yield found_town


async def handle(town: Town, name: str) -> OutboxState:
    """Carry out the only event of that name, twice, as a broker might."""
    (event,) = await town.told(name)
    for _ in range(2):
        await carry_out(town.office, CONSUMERS, Pace(), town.tenant, event.id)
    (event,) = await town.rows(OutboxEvent, OutboxEvent.id == event.id)
    return event.state


@pytest.mark.rule("TA-15-13")
async def test_a_callback_is_planned_when_a_case_is_archived(found: Found) -> None:
    assert feedback.sample_callback in [listener.act for listener in CONSUMERS.of("case.archived")]
    town = await found("taian")
    case = await town.archived("window", "2025-03-10T09:30")
    async with town.office.open(town.system) as work:
        work.emit(Event("case.archived", "case", case.id, {"serviceKind": "ASSIST"}))
    assert await handle(town, "case.archived") is OutboxState.DONE
    (callback,) = await town.rows(Callback)
    assert callback.case_id == case.id


@pytest.mark.rule("CH-4.3-3")
async def test_a_callback_is_planned_after_a_bad_review(found: Found) -> None:
    town = await found("chaonan")
    citizen = await town.citizen()
    case = await town.open_case("window", state=CaseState.COMPLETED)
    await town.do(citizen, submit_evaluation, SubmitEvaluation(case.id, 1))
    assert await handle(town, "evaluation.bad") is OutboxState.DONE
    (callback,) = await town.rows(Callback)
    assert (callback.reason, callback.case_id) == ("BAD_REVIEW", UUID(str(case.id)))
