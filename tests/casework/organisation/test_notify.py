import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from authz.actor import Actor, ActorKind
from casework.kernel.errors import Code, Refusal
from casework.organisation.mark_read import MarkReadInput, mark_read
from casework.organisation.models import Notification, Recipient
from casework.organisation.notify import Subject, notify_applicant, notify_staff
from tests.casework.cities import OPENING, City

TEXT = "您的申请已受理,张三同志将与您联系。"


async def leave(city: City, staff_id: UUID, cause: UUID | None, template: str = "case.assigned") -> Notification:
    async with city.work() as work:
        return await notify_staff(work, staff_id, template, Subject("case", uuid4()), TEXT, cause, automatic=True)


async def test_a_message_is_left_sealed_and_told_without_its_text(taian: City) -> None:
    await taian.hire("agent", "county", "agent")
    message = await leave(taian, taian.people["agent"].id, uuid4())
    assert (message.text_zh, message.sent_at, message.read_at) == (TEXT, OPENING, None)
    (event,) = await taian.events(message.id)
    assert event.name == "notification.sent"
    assert TEXT not in str(event.payload)
    async with taian.work() as work:
        stored = await work.session.scalar(
            text("SELECT text_zh FROM notification WHERE tenant_id = :tenant AND id = :id"),
            {"tenant": taian.tenant, "id": message.id},
        )
    assert TEXT.encode() not in bytes(stored)


async def test_one_cause_leaves_one_message_per_recipient_and_template(taian: City) -> None:
    await taian.hire("agent", "county", "agent")
    await taian.hire("chief", "county", "chief_helper")
    agent, chief, cause = taian.people["agent"].id, taian.people["chief"].id, uuid4()
    first = await leave(taian, agent, cause)
    again = await leave(taian, agent, cause)
    assert again.id == first.id
    assert len(await taian.events(first.id)) == 1
    await leave(taian, chief, cause)
    await leave(taian, agent, cause, "timer.warned")
    await leave(taian, agent, uuid4())
    assert len(await taian.rows(Notification)) == 4


async def test_a_job_that_runs_twice_at_once_leaves_one_message(taian: City) -> None:
    await taian.hire("agent", "county", "agent")
    cause = uuid4()
    left = await asyncio.gather(*(leave(taian, taian.people["agent"].id, cause) for _ in range(3)))
    assert len({message.id for message in left}) == 1


async def test_messages_without_cause_are_all_left(taian: City) -> None:
    await taian.hire("agent", "county", "agent")
    await leave(taian, taian.people["agent"].id, None)
    await leave(taian, taian.people["agent"].id, None)
    assert len(await taian.rows(Notification)) == 2


async def test_an_applicant_is_told_too(taian: City) -> None:
    applicant, case = uuid4(), uuid4()
    async with taian.work() as work:
        told = await notify_applicant(
            work, applicant, "case.accepted", Subject("case", case), TEXT, case, automatic=True
        )
    assert (told.recipient_kind, told.recipient_id, told.subject_id) == (Recipient.APPLICANT, applicant, case)
    actor = Actor(ActorKind.APPLICANT, taian.tenant, "portal", applicant_id=applicant)
    async with taian.office.open(actor) as work:
        read = await mark_read(work, MarkReadInput(told.id))
    assert read.read_at == OPENING


async def test_only_the_recipient_reads_and_the_first_time_counts(taian: City) -> None:
    await taian.hire("agent", "county", "agent")
    await taian.hire("lead", "county", "unit_lead")
    message = await leave(taian, taian.people["agent"].id, uuid4())
    async with taian.work("lead") as work:
        with pytest.raises(Refusal) as refused:
            await mark_read(work, MarkReadInput(message.id))
    assert refused.value.code is Code.NOT_FOUND
    async with taian.work("agent") as work:
        await mark_read(work, MarkReadInput(message.id))
    taian.clock.instant = OPENING + timedelta(hours=1)
    async with taian.work("agent") as work:
        assert (await mark_read(work, MarkReadInput(message.id))).read_at == OPENING
        with pytest.raises(Refusal):
            await mark_read(work, MarkReadInput(uuid4()))
