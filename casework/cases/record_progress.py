"""Progress told to the applicant; each notice starts the clock of the next one (TA-3-9, NX-A5.1-5)."""

from dataclasses import dataclass
from uuid import UUID

from casework.cases.access import join, load_case
from casework.cases.advance import CASE, facts_of, turn_clocks
from casework.cases.lifecycle import ENDED, FINAL
from casework.cases.models import Case, ProgressEntry
from casework.kernel.errors import Code, Refusal, invalid
from casework.kernel.events import Event
from casework.kernel.work import Work

RECORD = "progress.record"


@dataclass(frozen=True)
class RecordProgress:
    """What the applicant is told."""

    case_id: UUID
    text: str


async def record_progress(work: Work, intent: RecordProgress) -> Case:
    """Record progress and let a worker push it to the applicant."""
    case = await load_case(work, intent.case_id, RECORD)
    if case.state in ENDED | FINAL:
        raise Refusal(Code.ILLEGAL_TRANSITION, "The service has ended.", "服务已结束。", ("caseId",))
    if not intent.text.strip():
        raise invalid("Say what has moved.", "请填写进展内容。", "text")
    work.add(ProgressEntry(case_id=case.id, at=work.now, staff_id=work.actor.staff_id, text_zh=intent.text))
    await join(work, case, work.actor.staff_id, "HELPER")
    work.emit(Event("progress.recorded", CASE, case.id, {}))
    await work.session.flush()
    await turn_clocks(await facts_of(work, case), "LAST_PROGRESS_NOTICE")
    return case
