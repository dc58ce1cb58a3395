"""Explaining: why a matter was missed, declined or lies outside the scope (NX-5-4, NX-5-6, NX-A5.1-7)."""

from dataclasses import dataclass
from uuid import UUID

from casework.cases.access import join, load_case
from casework.cases.advance import CASE
from casework.cases.models import Case, ExplanationNotice
from casework.kernel.errors import invalid
from casework.kernel.events import Event
from casework.kernel.work import Work

EXPLAIN = "progress.record"


@dataclass(frozen=True)
class Explanation:
    """Ground, text, to whom and how; given now."""

    ground: str
    text: str
    given_to: str
    medium: str = "ORAL"
    contact_made_with: str | None = None


@dataclass(frozen=True)
class ExplainCase:
    """An explanation given to the applicant of a case."""

    case_id: UUID
    explanation: Explanation
    expected_version: int | None = None


async def explain_case(work: Work, intent: ExplainCase) -> Case:
    """Record an explanation that was given; without it a missed same-day matter cannot be archived (NX-5-4)."""
    case = await load_case(work, intent.case_id, EXPLAIN, expected_version=intent.expected_version)
    await record_explanation(work, case, intent.explanation)
    await join(work, case, work.actor.staff_id, "HELPER")
    return case


async def record_explanation(work: Work, case: Case, given: Explanation) -> None:
    """Check and record one explanation; ground, text and addressee must be there."""
    for name, value in (("ground", given.ground), ("text", given.text), ("givenTo", given.given_to)):
        if not value.strip():
            raise invalid("An explanation has a ground, a text and an addressee.", "解释须写明原因、内容和对象。", name)
    work.add(
        ExplanationNotice(
            case_id=case.id,
            ground=given.ground,
            text_zh=given.text,
            given_to=given.given_to,
            given_at=work.now,
            given_by=work.actor.staff_id,
            medium=given.medium,
            contact_made_with=given.contact_made_with,
        )
    )
    work.emit(Event("case.explanation_given", CASE, case.id, {"ground": given.ground}))
    await work.session.flush()
