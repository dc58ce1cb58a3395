"""Converting: what was asked as agency goes on as assistance, where the profile provides for it (ZZ-7.2-2, TA-9-1)."""

from dataclasses import dataclass
from uuid import UUID

from casework.cases.access import load_case
from casework.cases.advance import advance, facts_of
from casework.cases.models import Case, ServiceKind
from casework.kernel.errors import invalid
from casework.kernel.work import Work

ACCEPT = "case.accept"


@dataclass(frozen=True)
class ConvertCase:
    """Which case, and why."""

    case_id: UUID
    reason: str
    expected_version: int | None = None


async def convert_case(work: Work, intent: ConvertCase) -> Case:
    """Go on with the case as assistance: the applicant files himself, the office helps."""
    case = await load_case(work, intent.case_id, ACCEPT, expected_version=intent.expected_version)
    facts = await facts_of(work, case)
    targets = facts.workflow.converts_to
    if not targets:
        raise invalid("This service cannot be converted.", "该服务不能转换类型。", "caseId")
    await advance(facts, "CONVERT", {"reason": intent.reason, "toWorkflow": targets[0]})
    case.workflow = targets[0]
    case.service_kind = ServiceKind(facts.profile.workflows[targets[0]].service_kind)
    await work.session.flush()
    return case
