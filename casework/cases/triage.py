"""Triage: a matter gets its class where the regulation names classes (NX-5-2, PX-A-2.5-1)."""

from dataclasses import dataclass
from uuid import UUID

from casework.cases.access import load_case
from casework.cases.advance import CASE, facts_of
from casework.cases.models import Case, CaseState
from casework.kernel.errors import Code, Refusal, invalid
from casework.kernel.events import Event
from casework.kernel.work import Work

TRIAGE = "case.triage"
OPEN_TO_TRIAGE = frozenset({CaseState.RECEIVED, CaseState.RESPONDED, CaseState.ACCEPTED})


@dataclass(frozen=True)
class TriageCase:
    """The class and why it was chosen."""

    case_id: UUID
    triage_class: str
    reason: str
    expected_version: int | None = None


async def triage_case(work: Work, intent: TriageCase) -> Case:
    """Put a case into one of the classes of its profile; a class that ends the case has its own verb."""
    case = await load_case(work, intent.case_id, TRIAGE, expected_version=intent.expected_version)
    facts = await facts_of(work, case)
    triage = facts.profile.triage
    classes = {entry.code: entry for entry in triage.classes if not entry.terminal}
    if not triage.enabled or triage.applies_to not in (None, case.workflow):
        raise invalid("This city names no classes for this service.", "本地制度未对该类服务设置分类。", "triageClass")
    if intent.triage_class not in classes:
        raise invalid(
            f"Choose one of: {', '.join(classes)}.", "请选择制度列明的分类。", "triageClass", rules=triage.basis.rules
        )
    if case.state not in OPEN_TO_TRIAGE:
        raise Refusal(
            Code.ILLEGAL_TRANSITION,
            "The class is fixed once the commission is taken.",
            "受理委托后不得变更分类。",
            ("caseId",),
            rules=triage.basis.rules,
        )
    case.triage_class = intent.triage_class
    case.triage_reason = intent.reason
    rules = classes[intent.triage_class].basis.rules
    work.emit(Event("case.triaged", CASE, case.id, {"class": intent.triage_class}, rules))
    await work.session.flush()
    return case
