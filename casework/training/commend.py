"""Commend a person who did outstandingly (表彰奖励, TA-23-6)."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from authz.decide import Resource
from casework.kernel.errors import Code, Refusal, invalid, not_found
from casework.kernel.work import Work
from casework.organisation.queries import staff_by_id, unit_by_id
from casework.training.events import StaffCommended
from casework.training.models import Commendation, TrainingResult
from casework.training.plan_training import PLAN
from casework.training.queries import serves_in, visible_results


@dataclass(frozen=True)
class Commend:
    """Who is commended in which unit and for what; `result_id` is the training in which he did so well, if it was one."""

    staff_id: UUID
    unit_id: UUID
    title_zh: str
    reason_zh: str
    reward_zh: str | None = None
    result_id: UUID | None = None


async def commend(work: Work, given: Commend) -> Commendation:
    """Commend somebody of a unit; nobody commends himself."""
    unit = await unit_by_id(work, given.unit_id)
    work.require(PLAN, Resource(unit_path=unit.path), "unitId")
    person = await staff_by_id(work, given.staff_id)
    if person.id == work.actor.staff_id:
        raise Refusal(Code.SEPARATION_OF_DUTIES, "Nobody commends himself.", "不得表彰本人。", ("staffId",))
    if not await serves_in(work, person.id, unit.id):
        raise invalid("This person holds no post in the unit.", "该人员未在此机构任职。", "staffId")
    if not given.title_zh.strip():
        raise invalid("A commendation has a title.", "请填写表彰名称。", "titleZh")
    if not given.reason_zh.strip():
        raise invalid("Say what the person is commended for.", "请填写表彰事由。", "reasonZh")
    if given.result_id is not None:
        await check_result(work, given.result_id, person.id)
    found = work.add(
        Commendation(
            staff_id=person.id, unit_id=unit.id, title_zh=given.title_zh.strip(), reason_zh=given.reason_zh.strip(),
            reward_zh=(given.reward_zh or "").strip() or None, result_id=given.result_id,
            awarded_by=work.actor.staff_id, awarded_at=work.now,
        )
    )  # fmt: skip
    await work.session.flush()
    training = work.profile.training
    rules = training.basis.rules if training.rewards else ()
    work.emit(StaffCommended(found.id, person.id, unit.id, rules).told())
    return found


async def check_result(work: Work, result_id: UUID, staff_id: UUID) -> None:
    """Refuse the result of somebody else as the ground of a commendation."""
    query = select(TrainingResult).where(visible_results(work.sight), TrainingResult.id == result_id)
    result = (await work.session.scalars(query)).one_or_none()
    if result is None:
        raise not_found("training result", "培训成绩", ("resultId",), result_id)
    if result.staff_id != staff_id:
        raise invalid("This is the result of somebody else.", "该成绩属于其他人员。", "resultId")
