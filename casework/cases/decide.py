"""The department's answer: recorded here, never made here (TA-3-4; the approval stays with the department)."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from casework.cases.access import join, load_case
from casework.cases.advance import CASE, advance, facts_of, turn_clocks
from casework.cases.materials import materials_of
from casework.cases.models import Case, CaseState, Decision, Filing, HolderKind, MaterialState
from casework.kernel.errors import invalid
from casework.kernel.events import Event
from casework.kernel.work import Work

RECORD = "filing.record_decision"
TELL = "progress.record"


@dataclass(frozen=True)
class RecordDecision:
    """What the department decided; `result_told` when the applicant heard it in the same moment."""

    case_id: UUID
    decision: Decision
    result_told: bool = False
    expected_version: int | None = None


@dataclass(frozen=True)
class ReturnFiling:
    """Why the department gives the filing back for correction."""

    case_id: UUID
    reason: str
    expected_version: int | None = None


@dataclass(frozen=True)
class TellResult:
    """The applicant is told the result."""

    case_id: UUID
    expected_version: int | None = None


async def record_decision(work: Work, intent: RecordDecision) -> Case:
    """Record the department's decision: after filing, or on the spot where the item allows it (T14, T15)."""
    case = await load_case(work, intent.case_id, RECORD, expected_version=intent.expected_version)
    on_spot = case.state is CaseState.PREPARING
    facts = await facts_of(work, case)
    case.decided_at = work.now
    await advance(facts, "DECIDE_ON_SPOT" if on_spot else "DECIDE", {"decision": intent.decision.value})
    filing = await open_filing(work, case)
    if filing is not None:
        filing.decision = intent.decision
        filing.decided_at = work.now
    if on_spot or intent.result_told:
        # A result given over the counter is told by being given.
        await _told(work, case)
    await join(work, case, work.actor.staff_id, "HANDLER")
    return case


async def return_filing(work: Work, intent: ReturnFiling) -> Case:
    """Record that the department asks for correction; the papers are back in the office's hands (T13)."""
    case = await load_case(work, intent.case_id, RECORD, expected_version=intent.expected_version)
    if not intent.reason.strip():
        raise invalid("Say why the department returns the filing.", "请填写退回补正原因。", "reason")
    await advance(await facts_of(work, case), "RETURN_FILING")
    filing = await open_filing(work, case)
    if filing is not None:
        filing.returned_at = work.now
        filing.return_reason = intent.reason
    for paper in await materials_of(work, case.id):
        if paper.state is MaterialState.SUBMITTED:
            paper.state = MaterialState.RECEIVED
            paper.holder_kind = HolderKind.UNIT
            paper.holder_id = case.unit_id
    await work.session.flush()
    return case


async def tell_result(work: Work, intent: TellResult) -> Case:
    """Record that the applicant was told the result; inside the committed limit where the text says so (TA-15-9, Q11)."""
    case = await load_case(work, intent.case_id, TELL, expected_version=intent.expected_version)
    if case.decided_at is None:
        raise invalid("There is no result yet.", "尚无审批结果。", "caseId")
    if case.result_told_at is None:
        await _told(work, case)
    return case


async def _told(work: Work, case: Case) -> None:
    case.result_told_at = work.now
    work.emit(Event("result.told", CASE, case.id, {}))
    await work.session.flush()
    await turn_clocks(await facts_of(work, case), "RESULT_NOTIFIED")


async def open_filing(work: Work, case: Case) -> Filing | None:
    """The filing that the department has not answered yet."""
    query = (
        select(Filing)
        .where(
            Filing.tenant_id == work.tenant,
            Filing.case_id == case.id,
            Filing.decided_at.is_(None),
            Filing.returned_at.is_(None),
        )
        .order_by(Filing.filed_at.desc())
        .limit(1)
    )
    return (await work.session.scalars(query)).one_or_none()
