"""Telling the applicant what happened to the case: automatic messages that never count as a response (TA-3-9, S-TA-07)."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from authz.decide import Resource
from casework.cases.models import Case, CaseParticipant
from casework.kernel.work import Work
from casework.organisation.models import Notification
from casework.organisation.notify import Subject, notify_applicant

NOTIFY = "system.notify"
TEXTS: Mapping[str, str] = {
    "request.received": "您的需求已收到,编号{number}。工作人员将尽快与您联系。",
    "case.accepted": "您的办件{number}已受理。",
    "mandate.signed": "办件{number}的委托已生效。",
    "mandate.agent_changed": "办件{number}的代办人员已变更,委托继续有效。",
    "filing.submitted": "办件{number}已递交审批部门。",
    "filing.returned": "办件{number}需补正,工作人员将与您联系。",
    "filing.decided": "办件{number}已有审批结果。",
    "delivery.started": "办件{number}的结果正在交付。",
    "case.completed": "办件{number}已办结。",
    "case.terminated": "办件{number}的服务已终止。",
    "case.declined": "办件{number}不予办理,解释已告知。",
    "evaluation.invited": "请您对办件{number}的服务进行评价。",
    "progress.recorded": "办件{number}有新的进展,请查看。",
    "leg.claimed": "办件{number}已由接力机构受理。",
}
"""Events that an applicant hears of, and the words."""


@dataclass(frozen=True)
class Announce:
    """Which event of which case; the event is the cause, so that it is told once."""

    case_id: UUID
    event: str
    event_id: UUID


async def announce(work: Work, intent: Announce) -> Notification:
    """Leave the applicant a message about one event of his case."""
    work.require(NOTIFY, Resource())
    case = await work.load(Case, intent.case_id, "case", "办件", "caseId")
    text = TEXTS[intent.event].format(number=case.case_no)
    return await notify_applicant(
        work, case.applicant_id, intent.event, Subject("case", case.id), text, intent.event_id, True
    )


async def people_of_case(work: Work, case_id: UUID, _action: str) -> tuple[UUID, ...]:
    """The staff who are reminded of a case: its owner, else everybody who works on it now."""
    case = await work.find(Case, case_id)
    if case is not None and case.owner_staff_id is not None:
        return (case.owner_staff_id,)
    query = select(CaseParticipant.staff_id).where(
        CaseParticipant.tenant_id == work.tenant, CaseParticipant.case_id == case_id, CaseParticipant.until.is_(None)
    )
    return tuple((await work.session.scalars(query)).all())
