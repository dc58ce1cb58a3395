"""Turning a matter away before it is taken on: declined with an explanation, referred out, or withdrawn."""

from dataclasses import dataclass
from uuid import UUID

from casework.cases.access import load_case
from casework.cases.advance import advance, facts_of
from casework.cases.explain import Explanation, record_explanation
from casework.cases.models import Case
from casework.kernel.work import Work

DECLINE = "case.decline_with_explanation"
REFER_OUT = "case.refer_out"
WITHDRAW = "case.withdraw"


@dataclass(frozen=True)
class DeclineCase:
    """The ground from the regulation's closed list, and the explanation given."""

    case_id: UUID
    ground: str
    explanation: Explanation | None = None
    expected_version: int | None = None


@dataclass(frozen=True)
class ReferCaseOut:
    """The explanation given, with the body that was contacted for the applicant."""

    case_id: UUID
    explanation: Explanation | None = None
    expected_version: int | None = None


@dataclass(frozen=True)
class WithdrawCase:
    """The applicant takes the request back."""

    case_id: UUID
    expected_version: int | None = None


async def decline_case(work: Work, intent: DeclineCase) -> Case:
    """Decline a matter on a ground of the closed list, with an explanation (NX-5-6)."""
    case = await load_case(work, intent.case_id, DECLINE, expected_version=intent.expected_version)
    if intent.explanation is not None:
        await record_explanation(work, case, intent.explanation)
    case.ended_at = work.now
    await advance(await facts_of(work, case, ground=intent.ground), "DECLINE", {"ground": intent.ground})
    return case


async def refer_case_out(work: Work, intent: ReferCaseOut) -> Case:
    """Explain that the matter lies elsewhere and make the contact for the applicant (NX-A5.1-7)."""
    case = await load_case(work, intent.case_id, REFER_OUT, expected_version=intent.expected_version)
    if intent.explanation is not None:
        await record_explanation(work, case, intent.explanation)
    case.ended_at = work.now
    await advance(await facts_of(work, case), "REFER_OUT")
    return case


async def withdraw_case(work: Work, intent: WithdrawCase) -> Case:
    """Let the applicant take the request back; service is voluntary (TA-3-5, ZZ-2-3, PX-B-2.1-1, CH-2.1-1)."""
    case = await load_case(work, intent.case_id, WITHDRAW, expected_version=intent.expected_version)
    case.ended_at = work.now
    await advance(await facts_of(work, case), "WITHDRAW")
    return case
