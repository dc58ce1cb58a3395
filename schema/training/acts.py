"""Mutations of training: planning, recording what was held and what came of it, commending."""

from datetime import date, datetime

import strawberry

from casework.training.commend import Commend, commend
from casework.training.hold_session import HoldSession, hold_session
from casework.training.plan_training import PlanTraining, plan_training
from casework.training.record_result import RecordResult, record_result
from schema.cases.inputs import KEY
from schema.context import Info
from schema.fields import mutation
from schema.ids import row_id, row_id_or_none
from schema.perform import Payload, perform
from schema.training.types import CommendationNode, TrainingPlanNode, TrainingResultNode, TrainingSessionNode


@strawberry.type(description="What planTraining answers.")
class TrainingPlanPayload(Payload):
    """What planTraining answers."""

    plan: TrainingPlanNode | None = strawberry.field(
        default=None, description="The plan; null when refused (培训计划)."
    )


@strawberry.type(description="What holdSession answers.")
class TrainingSessionPayload(Payload):
    """What holdSession answers."""

    session: TrainingSessionNode | None = strawberry.field(
        default=None, description="The training; null when refused (培训)."
    )


@strawberry.type(description="What recordResult answers.")
class TrainingResultPayload(Payload):
    """What recordResult answers."""

    result: TrainingResultNode | None = strawberry.field(
        default=None, description="The result; null when refused (培训成绩)."
    )


@strawberry.type(description="What commend answers.")
class CommendationPayload(Payload):
    """What commend answers."""

    commendation: CommendationNode | None = strawberry.field(
        default=None, description="The commendation; null when refused (表彰)."
    )


@strawberry.input(description="A training plan to make (制定培训计划).")
class PlanTrainingInput:
    """A training plan to make."""

    unit_id: strawberry.ID = strawberry.field(description="The unit whose plan it is (机构).")
    title_zh: str = strawberry.field(description="Title (名称).")
    grounds_zh: str = strawberry.field(
        description="The staffing and capability that it starts from (人员配置与服务能力情况)."
    )
    topics: list[str] = strawberry.field(description="What is to be trained (培训内容).")
    starts_on: date = strawberry.field(description="First day (起始日期).")
    ends_on: date = strawberry.field(description="Last day (截止日期).")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="A training that was held (登记培训).")
class HoldSessionInput:
    """A training that was held."""

    unit_id: strawberry.ID = strawberry.field(description="The unit that held it (组织机构).")
    plan_id: strawberry.ID | None = strawberry.field(
        default=None, description="The unit's plan; none for a training beside all plans (培训计划)."
    )
    topic_zh: str = strawberry.field(description="What was trained; a topic of the plan, if there is one (培训内容).")
    method_zh: str = strawberry.field(description="How; one of the ways of the city's text where it lists some (方式).")
    role_codes: list[str] = strawberry.field(description="Role codes of the posts that it was for (面向岗位).")
    tiers: list[str] = strawberry.field(
        default_factory=list, description="Tier codes that it was for; the unit's own if empty (面向层级)."
    )
    trainer_zh: str | None = strawberry.field(default=None, description="Which body trained (培训方).")
    held_at: datetime | None = strawberry.field(default=None, description="When; now if absent (培训时间).")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="What came of a training for one person (登记培训成绩).")
class RecordResultInput:
    """What came of a training for one person."""

    session_id: strawberry.ID = strawberry.field(description="Which training (培训).")
    staff_id: strawberry.ID = strawberry.field(description="Who (工作人员).")
    attended: bool = strawberry.field(description="Whether the person came (是否参加).")
    evaluation_zh: str | None = strawberry.field(
        default=None, description="How it was measured, as the city's text has it where it lists ways (考评方式)."
    )
    score: int | None = strawberry.field(default=None, description="Points from 0 to 100 (得分).")
    passed: bool | None = strawberry.field(default=None, description="Whether it was passed (是否合格).")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="Whom to commend, and for what (表彰奖励).")
class CommendInput:
    """Whom to commend, and for what."""

    staff_id: strawberry.ID = strawberry.field(description="Who (工作人员).")
    unit_id: strawberry.ID = strawberry.field(description="In which unit (机构).")
    title_zh: str = strawberry.field(description="Title (名称).")
    reason_zh: str = strawberry.field(description="What for (事由).")
    reward_zh: str | None = strawberry.field(default=None, description="What is given beside praise (奖励).")
    result_id: strawberry.ID | None = strawberry.field(
        default=None, description="The training result that it rests on, if it does (培训成绩)."
    )
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


def to_hold(given: HoldSessionInput) -> HoldSession:
    """Read what was held."""
    return HoldSession(
        row_id(given.unit_id, "Unit", "unitId"), given.topic_zh, given.method_zh, tuple(given.role_codes),
        tuple(given.tiers), row_id_or_none(given.plan_id, "TrainingPlan", "planId"), given.trainer_zh, given.held_at,
    )  # fmt: skip


def to_commend(given: CommendInput) -> Commend:
    """Read who is commended."""
    return Commend(
        row_id(given.staff_id, "StaffMember", "staffId"), row_id(given.unit_id, "Unit", "unitId"), given.title_zh,
        given.reason_zh, given.reward_zh, row_id_or_none(given.result_id, "TrainingResult", "resultId"),
    )  # fmt: skip


@strawberry.type
class TrainingMutation:
    """Mutations of training."""

    @mutation
    async def plan_training(self, info: Info, input: PlanTrainingInput) -> TrainingPlanPayload:
        """Make a unit's training plan, according to its staffing and capability (制定培训计划)."""
        return await perform(
            info, TrainingPlanPayload, plan_training,
            lambda: PlanTraining(row_id(input.unit_id, "Unit", "unitId"), input.title_zh, input.grounds_zh,
                                 tuple(input.topics), input.starts_on, input.ends_on),
            input.idempotency_key,
        )  # fmt: skip

    @mutation
    async def hold_session(self, info: Info, input: HoldSessionInput) -> TrainingSessionPayload:
        """Record a training that was held, under a plan or beside all plans (登记培训)."""
        return await perform(info, TrainingSessionPayload, hold_session, lambda: to_hold(input), input.idempotency_key)

    @mutation
    async def record_result(self, info: Info, input: RecordResultInput) -> TrainingResultPayload:
        """Record what came of a training for somebody else, once (登记培训成绩)."""
        return await perform(
            info, TrainingResultPayload, record_result,
            lambda: RecordResult(row_id(input.session_id, "TrainingSession", "sessionId"),
                                 row_id(input.staff_id, "StaffMember", "staffId"), input.attended,
                                 input.evaluation_zh, input.score, input.passed),
            input.idempotency_key,
        )  # fmt: skip

    @mutation
    async def commend(self, info: Info, input: CommendInput) -> CommendationPayload:
        """Commend somebody else of a unit who did outstandingly (表彰奖励)."""
        return await perform(info, CommendationPayload, commend, lambda: to_commend(input), input.idempotency_key)
