"""Ending a service early: with a cause of the profile, its evidence, papers returned, powers revoked at once (T18)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from authz.actor import ActorKind
from casework.cases.access import load_case
from casework.cases.advance import advance, facts_of
from casework.cases.end_mandate import end_mandate
from casework.cases.models import Case, CaseEnding
from casework.kernel.errors import Code, Refusal
from casework.kernel.work import Work
from casework.mandates.models import MandateStatus

REQUEST = "termination.request"
CONFIRM = "termination.confirm"
BY_PRINCIPAL = "PRINCIPAL_REQUEST"


@dataclass(frozen=True)
class TerminateCase:
    """The cause, and what the profile wants on file for it."""

    case_id: UUID
    cause: str
    statement: str | None = None
    evidence: tuple[str, ...] = ()
    fee_notice_due: datetime | None = None
    expected_version: int | None = None


async def terminate_case(work: Work, intent: TerminateCase) -> Case:
    """End the service; timers stop, the mandate is revoked (TA-20-0, CH-3.3.4-7, CH-3.3.4-9)."""
    own = work.actor.kind is ActorKind.APPLICANT
    case = await load_case(work, intent.case_id, REQUEST if own else CONFIRM, expected_version=intent.expected_version)
    if own and intent.cause != BY_PRINCIPAL:
        raise Refusal(
            Code.FORBIDDEN,
            "An applicant ends the service at his own request only.",
            "申请人只能以本人申请终止。",
            ("cause",),
        )
    second = work.actor.key if not own and case.owner_staff_id != work.actor.staff_id else None
    facts = await facts_of(
        work,
        case,
        cause=intent.cause,
        statement=intent.statement,
        evidence=intent.evidence,
        fee_notice_due=intent.fee_notice_due,
        approved_by=second,
    )
    case.ended_at = work.now
    await advance(facts, "TERMINATE", {"cause": intent.cause})
    await end_mandate(work, case, MandateStatus.REVOKED)
    work.add(
        CaseEnding(
            case_id=case.id,
            kind="EARLY",
            cause=intent.cause,
            statement_zh=intent.statement,
            ended_at=work.now,
            ended_by=work.actor.key,
            confirmed_by=second,
        )
    )
    await work.session.flush()
    return case
