"""Write down what came of a training for one person: whether he came, and a measured evaluation (培训成果, TA-23-5)."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from authz.decide import Resource
from casework.kernel.errors import Code, Refusal, invalid
from casework.kernel.work import Work
from casework.organisation.queries import staff_by_id, unit_by_id
from casework.training.events import ResultRecorded
from casework.training.hold_session import RECORD
from casework.training.models import TrainingResult, TrainingSession
from casework.training.queries import held_one_of, visible_session
from tenants.profile import Profile

HIGHEST = 100


@dataclass(frozen=True)
class RecordResult:
    """Who came, and how it was measured: method, score from 0 to 100 and whether he passed go together."""

    session_id: UUID
    staff_id: UUID
    attended: bool
    evaluation_zh: str | None = None
    score: int | None = None
    passed: bool | None = None


async def record_result(work: Work, given: RecordResult) -> TrainingResult:
    """Record the result of one person once; nobody records his own."""
    session = await visible_session(work, given.session_id)
    unit = await unit_by_id(work, session.unit_id)
    work.require(RECORD, Resource(unit_path=unit.path), "sessionId")
    person = await staff_by_id(work, given.staff_id)
    if person.id == work.actor.staff_id:
        raise Refusal(
            Code.SEPARATION_OF_DUTIES,
            "Somebody else records your own result.",
            "本人培训成绩须由他人登记。",
            ("staffId",),
        )
    if not await held_one_of(work, person.id, session.role_codes, session.held_at):
        raise invalid(
            "The training was not for a post of this person.", "该人员岗位不在本次培训对象范围内。", "staffId",
            rules=work.profile.training.basis.rules,
        )  # fmt: skip
    check_evaluation(work.profile, given)
    await check_first(work, session, person.id)
    result = work.add(
        TrainingResult(
            session_id=session.id, staff_id=person.id, attended=given.attended,
            evaluation_zh=(given.evaluation_zh or "").strip() or None, score=given.score, passed=given.passed,
            recorded_by=work.actor.staff_id, recorded_at=work.now,
        )
    )  # fmt: skip
    await work.session.flush()
    work.emit(ResultRecorded(result.id, session.id, person.id, work.profile.training.basis.rules).told())
    return result


def check_evaluation(profile: Profile, given: RecordResult) -> None:
    """Demand a whole measurement or none, and by a method of the text where it lists some (TA-23-5)."""
    training, method = profile.training, (given.evaluation_zh or "").strip()
    parts = (method or None, given.score, given.passed)
    if any(part is None for part in parts) and any(part is not None for part in parts):
        raise invalid(
            "An evaluation has a method, a score and whether it was passed.", "考评须填写方式、得分和是否合格。",
            "score" if given.score is None else "evaluationZh" if not method else "passed",
            rules=training.basis.rules,
        )  # fmt: skip
    if method and not given.attended:
        raise invalid("Who was not there was not evaluated.", "未参加培训者不予考评。", "attended")
    if method and training.evaluation_zh and method not in training.evaluation_zh:
        raise invalid(
            f"The text evaluates by {', '.join(training.evaluation_zh)}.",
            f"考评方式应为：{'、'.join(training.evaluation_zh)}。", "evaluationZh", rules=training.basis.rules,
        )  # fmt: skip
    if given.score is not None and not 0 <= given.score <= HIGHEST:
        raise invalid(f"A score is from 0 to {HIGHEST}.", f"得分须为0至{HIGHEST}。", "score")


async def check_first(work: Work, session: TrainingSession, staff_id: UUID) -> None:
    """Refuse a second result of a person: what was written down stays."""
    same = select(TrainingResult.id).where(
        TrainingResult.tenant_id == work.tenant,
        TrainingResult.session_id == session.id,
        TrainingResult.staff_id == staff_id,
    )
    if await work.session.scalar(same) is not None:
        raise Refusal(Code.CONFLICT, "This result is recorded already.", "该人员成绩已登记。", ("staffId",))
