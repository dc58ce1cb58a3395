"""Completing a case and inviting the applicant to evaluate the service (T17)."""

from dataclasses import dataclass
from uuid import UUID

from casework.cases.access import load_case
from casework.cases.advance import CASE, advance, facts_of
from casework.cases.end_mandate import end_mandate
from casework.cases.models import Case, CaseEnding, CaseState, ServiceKind
from casework.kernel.errors import invalid
from casework.kernel.events import Event
from casework.kernel.work import Work
from casework.mandates.models import MandateStatus

COMPLETE = "case.complete"
INVITE = "progress.record"
ANSWER = "case.respond"
RESULT_KNOWN = frozenset({CaseState.DECIDED, CaseState.DELIVERING, CaseState.COMPLETED, CaseState.ARCHIVED})


@dataclass(frozen=True)
class CompleteCase:
    """Which case ends normally."""

    case_id: UUID
    expected_version: int | None = None


@dataclass(frozen=True)
class AnswerConsultation:
    """Which consultation ends with its answer."""

    case_id: UUID
    expected_version: int | None = None


@dataclass(frozen=True)
class InviteEvaluation:
    """Which applicant is invited."""

    case_id: UUID


async def complete_case(work: Work, intent: CompleteCase) -> Case:
    """End a case normally, as each city closes: slip, signature, confirmed receipt or handover."""
    case = await load_case(work, intent.case_id, COMPLETE, expected_version=intent.expected_version)
    await _end(work, case, "COMPLETE")
    await end_mandate(work, case, MandateStatus.ENDED)
    await work.session.flush()
    return case


async def answer_consultation(work: Work, intent: AnswerConsultation) -> Case:
    """End a consultation with its answer (T3)."""
    case = await load_case(work, intent.case_id, ANSWER, expected_version=intent.expected_version)
    if case.service_kind is not ServiceKind.CONSULTATION and case.filed_at is not None:
        raise invalid("This case is more than a consultation.", "该办件不属于咨询。", "caseId")
    await _end(work, case, "ANSWER")
    return case


async def _end(work: Work, case: Case, trigger: str) -> None:
    case.ended_at = work.now
    await advance(await facts_of(work, case), trigger)
    work.add(
        CaseEnding(
            case_id=case.id, kind="NORMAL", cause=None, statement_zh=None, ended_at=work.now, ended_by=work.actor.key
        )
    )
    await work.session.flush()


async def invite_evaluation(work: Work, intent: InviteEvaluation) -> Case:
    """Invite the applicant to evaluate the service; evaluating stays voluntary (TA-15-8, TA-15-11)."""
    case = await load_case(work, intent.case_id, INVITE)
    if case.state not in RESULT_KNOWN:
        raise invalid("Invite once the result is known.", "结果产生后方可邀请评价。", "caseId")
    if case.evaluation_invited_at is None:
        case.evaluation_invited_at = work.now
        work.emit(Event("evaluation.invited", CASE, case.id, {}))
        await work.session.flush()
    return case
