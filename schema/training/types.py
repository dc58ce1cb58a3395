"""Objects of training: plans with their sessions, sessions with their results, commendations, and who passed what."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import strawberry
from strawberry import relay

from casework.training.models import Commendation, TrainingPlan, TrainingResult, TrainingSession
from casework.training.queries import visible_commendations, visible_plans, visible_results, visible_sessions
from schema.connections import Connection
from schema.context import Info
from schema.cursors import page_request
from schema.fields import planned_field
from schema.nesting import connect_below
from schema.organisation import StaffNode, UnitNode
from schema.reading.declare import computed, one
from schema.reading.lens import Lens
from schema.refusals import RuleReference
from schema.regulation import references
from schema.shown import Shown, shows, shows_figures
from schema.training.lists import RESULTS_OF_SESSION, SESSIONS_OF_PLAN


def open_topics(lens: Lens, topics: list[str]) -> list[str]:
    """List the topics of the city's text that a plan leaves out (TA-23-3)."""
    return [topic for topic in lens.in_force.profile.training.topics_zh if topic not in topics]


def rules_of_training(lens: Lens, _topics: list[str]) -> list[RuleReference]:
    """Show the rules on which the city's training rests."""
    return references(lens.in_force.profile.training.basis.rules)


@shows(
    TrainingResult,
    name="TrainingResult",
    description="Whether one person came to one training, and what a measured evaluation gave (培训成绩).",
    seen=visible_results,
)
class TrainingResultNode(Shown, relay.Node):
    """Whether one person came to one training, and what a measured evaluation gave."""

    id: relay.NodeID[UUID]
    attended: bool = strawberry.field(description="Whether the person came (是否参加).")
    evaluation_zh: str | None = strawberry.field(description="How it was measured; null without evaluation (考评方式).")
    score: int | None = strawberry.field(description="Points from 0 to 100; null without evaluation (得分).")
    passed: bool | None = strawberry.field(description="Whether it was passed; null without evaluation (是否合格).")
    recorded_at: datetime = strawberry.field(description="When it was recorded (登记时间).")
    staff: StaffNode | None = one(TrainingResult.staff_id, "Who (工作人员).")
    session: Annotated["TrainingSessionNode", strawberry.lazy("schema.training.types")] | None = one(
        TrainingResult.session_id, "Which training (培训)."
    )


@shows(
    TrainingSession,
    name="TrainingSession",
    description="One training that was held (培训).",
    seen=visible_sessions,
)
class TrainingSessionNode(Shown, relay.Node):
    """One training that was held."""

    id: relay.NodeID[UUID]
    topic_zh: str = strawberry.field(description="What was trained (培训内容).")
    method_zh: str = strawberry.field(
        description="How, in the words of the city's text where it lists ways (培训方式)."
    )
    role_codes: list[str] = strawberry.field(description="Role codes of the posts that it was for (面向岗位).")
    tiers: list[str] = strawberry.field(description="Tier codes that it was for (面向层级).")
    trainer_zh: str | None = strawberry.field(description="Which body trained; null for the unit itself (培训方).")
    held_at: datetime = strawberry.field(description="When it was held (培训时间).")
    unit: UnitNode | None = one(TrainingSession.unit_id, "The unit that held it (组织机构).")
    plan: Annotated["TrainingPlanNode", strawberry.lazy("schema.training.types")] | None = one(
        TrainingSession.plan_id, "The plan that it belongs to; null for one beside all plans (培训计划)."
    )

    @planned_field(RESULTS_OF_SESSION)
    async def results(
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[TrainingResultNode]:
        """The results, as far as the caller may see them: his own, or those of units that he answers for (培训成绩)."""
        return await connect_below(self, info, RESULTS_OF_SESSION, page_request(first, after, last, before))


@shows(
    TrainingPlan,
    name="TrainingPlan",
    description="What a unit means to train in a period (培训计划).",
    seen=visible_plans,
)
class TrainingPlanNode(Shown, relay.Node):
    """What a unit means to train in a period."""

    id: relay.NodeID[UUID]
    title_zh: str = strawberry.field(description="Title (名称).")
    grounds_zh: str = strawberry.field(
        description="The staffing and capability that it starts from (人员配置与服务能力情况)."
    )
    topics: list[str] = strawberry.field(description="What is to be trained (培训内容).")
    starts_on: date = strawberry.field(description="First day (起始日期).")
    ends_on: date = strawberry.field(description="Last day (截止日期).")
    planned_at: datetime = strawberry.field(description="When it was made (制定时间).")

    open_topics: list[str] = computed(
        open_topics, TrainingPlan.topics, description="Topics of the city's text that the plan leaves out (未列入内容)."
    )
    rules: list[RuleReference] = computed(
        rules_of_training, TrainingPlan.topics, description="The rules on which training rests in the city (依据)."
    )
    unit: UnitNode | None = one(TrainingPlan.unit_id, "The unit whose plan it is (机构).")

    @planned_field(SESSIONS_OF_PLAN)
    async def sessions(
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[TrainingSessionNode]:
        """The trainings that were held under the plan, newest first (培训)."""
        return await connect_below(self, info, SESSIONS_OF_PLAN, page_request(first, after, last, before))


@shows(
    Commendation,
    name="Commendation",
    description="Praise or a reward for one person who did outstandingly (表彰奖励).",
    seen=visible_commendations,
)
class CommendationNode(Shown, relay.Node):
    """Praise or a reward for one person who did outstandingly."""

    id: relay.NodeID[UUID]
    title_zh: str = strawberry.field(description="Title (名称).")
    reason_zh: str = strawberry.field(description="What for (事由).")
    reward_zh: str | None = strawberry.field(description="What was given; null for praise alone (奖励).")
    awarded_at: datetime = strawberry.field(description="When (表彰时间).")
    staff: StaffNode | None = one(Commendation.staff_id, "Who (工作人员).")
    unit: UnitNode | None = one(Commendation.unit_id, "In which unit (机构).")
    result: TrainingResultNode | None = one(
        Commendation.result_id, "The training in which the person did so well; null for other grounds (培训成绩)."
    )


@shows_figures(name="Skill", description="How often one person passed one topic (技能).")
class SkillRow(Shown):
    """How often one person passed one topic."""

    topic_zh: str = strawberry.field(description="Which topic (培训内容).")
    passes: int = strawberry.field(description="How often it was passed (合格次数).")
    staff: StaffNode | None = one("staff_id", "Who (工作人员).")
