"""Make a training plan of a unit, according to its staffing and capability (制定培训计划, TA-23-2, NX-6-1)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from authz.decide import Resource
from casework.kernel.errors import invalid
from casework.kernel.work import Work
from casework.organisation.queries import unit_by_id
from casework.training.events import TrainingPlanned
from casework.training.models import TrainingPlan

PLAN = "training.plan"


@dataclass(frozen=True)
class PlanTraining:
    """What a unit means to train; `grounds_zh` is the staffing and capability that the plan starts from."""

    unit_id: UUID
    title_zh: str
    grounds_zh: str
    topics: tuple[str, ...]
    starts_on: date
    ends_on: date


async def plan_training(work: Work, given: PlanTraining) -> TrainingPlan:
    """Write down a training plan; topics of the text that it leaves out are shown with it, not refused."""
    unit = await unit_by_id(work, given.unit_id)
    work.require(PLAN, Resource(unit_path=unit.path), "unitId")
    rules = work.profile.training.basis.rules
    topics = tuple(dict.fromkeys(topic.strip() for topic in given.topics if topic.strip()))
    if not given.title_zh.strip():
        raise invalid("A plan has a title.", "请填写计划名称。", "titleZh", rules=rules)
    if not given.grounds_zh.strip():
        raise invalid(
            "Say what staffing and capability the plan starts from.", "请说明人员配置和服务能力情况。", "groundsZh",
            rules=rules,
        )  # fmt: skip
    if not topics:
        raise invalid("A plan has topics.", "请填写培训内容。", "topics", rules=rules)
    if given.ends_on < given.starts_on:
        raise invalid("A plan ends after it begins.", "计划截止日期不得早于起始日期。", "endsOn")
    plan = work.add(
        TrainingPlan(
            unit_id=unit.id, title_zh=given.title_zh.strip(), grounds_zh=given.grounds_zh.strip(),
            topics=list(topics), starts_on=given.starts_on, ends_on=given.ends_on,
            planned_by=work.actor.staff_id, planned_at=work.now,
        )
    )  # fmt: skip
    await work.session.flush()
    work.emit(TrainingPlanned(plan.id, unit.id, rules).told())
    return plan
