"""Objects of assessments: the measures, assessments made by them, and what was decided on each."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import strawberry
from strawberry import relay

from casework.assessment.kinds import decision_rules, grounds
from casework.assessment.models import Assessment, AssessmentDecision, AssessmentKind, AssessmentScheme, Outcome
from casework.assessment.queries import visible_assessments, visible_decisions
from schema.enums import described_enum
from schema.ids import global_id
from schema.organisation import StaffNode, UnitNode
from schema.reading.declare import computed, first, one
from schema.reading.lens import Lens
from schema.refusals import RuleReference
from schema.regulation import Coded, references
from schema.shown import Shown, shows, to_all_in_city
from schema.staffing import PostNode

described_enum(
    AssessmentKind,
    "Which assessment of the city's text it is (考核类型).",
    {
        "GENERAL": "That of the supervising unit (统一考核).",
        "SPECIAL": "One of certain staff by certain staff (专项考核).",
        "ANNUAL": "That of a year (年度考核).",
    },
)
described_enum(
    Outcome,
    "What was decided on an assessment (考核结果运用).",
    {
        "KEEP": "The person keeps the post (留任).",
        "TRAIN": "The person keeps the post and is trained (培训提升).",
        "CHANGE_POST": "The person changes to another post (调整岗位).",
        "END_POST": "The post ends (退出岗位).",
    },
    name="AssessmentOutcome",
)


def ground_of_kind(lens: Lens, kind: AssessmentKind) -> Coded | None:
    """Show what the city's text says of a kind of assessment."""
    found = grounds(lens.in_force.profile).get(kind)
    return Coded.made(kind.value, found.name_zh, None, found.basis) if found else None


def rules_of_decision(lens: Lens, kind: AssessmentKind) -> list[RuleReference]:
    """Show the rules on which a decision on such an assessment rests."""
    return references(decision_rules(lens.in_force.profile, kind))


@strawberry.type(description="One thing that is looked at in an assessment (考核内容).")
class AssessmentCriterion:
    """One thing that is looked at."""

    name_zh: str = strawberry.field(description="What (内容).")
    points: int = strawberry.field(description="The most points that it can have (分值).")


@strawberry.type(description="The points of one criterion (得分).")
class AssessmentScore:
    """The points of one criterion."""

    name_zh: str = strawberry.field(description="What was looked at (内容).")
    score: int = strawberry.field(description="The points given (得分).")
    of: int = strawberry.field(description="The most points that it could have (分值).")


def criteria_of(_lens: Lens, criteria: list[Any]) -> list[AssessmentCriterion]:
    """Show the criteria."""
    return [AssessmentCriterion(name_zh=each["nameZh"], points=each["points"]) for each in criteria]


def scores_of(_lens: Lens, scores: list[Any]) -> list[AssessmentScore]:
    """Show the points by criterion."""
    return [AssessmentScore(name_zh=each["nameZh"], score=each["score"], of=each["of"]) for each in scores]


def cases_of(_lens: Lens, case_ids: list[Any]) -> list[strawberry.ID]:
    """Show which cases were looked at; each is read by its id as far as the reader may see it."""
    return [global_id("Case", UUID(each)) for each in case_ids]


@shows(
    AssessmentScheme,
    name="AssessmentScheme",
    description="The measures of one kind of assessment as a unit adopted them (考核办法).",
    seen=to_all_in_city(AssessmentScheme),
)
class SchemeNode(Shown, relay.Node):
    """The measures of one kind of assessment as a unit adopted them."""

    id: relay.NodeID[UUID]
    kind: AssessmentKind = strawberry.field(description="Of which assessment (考核类型).")
    title_zh: str = strawberry.field(description="Title (名称).")
    adopted_at: datetime = strawberry.field(description="When they were adopted (制定时间).")
    criteria: list[AssessmentCriterion] = computed(
        criteria_of, AssessmentScheme.criteria, description="What is looked at (考核内容)."
    )
    ground: Coded | None = computed(
        ground_of_kind,
        AssessmentScheme.kind,
        description="What the text calls it and where; null when the present profile no longer knows it (依据).",
    )
    unit: UnitNode | None = one(AssessmentScheme.unit_id, "The unit for which they hold, with all below it (机构).")


@shows(
    AssessmentDecision,
    name="AssessmentDecision",
    description="What was decided on an assessment, and why (考核决定).",
    seen=visible_decisions,
)
class DecisionNode(Shown, relay.Node):
    """What was decided on an assessment, and why."""

    id: relay.NodeID[UUID]
    outcome: Outcome = strawberry.field(description="What was decided (决定).")
    reason: str = strawberry.field(description="Why (理由).")
    decided_at: datetime = strawberry.field(description="When (决定时间).")
    decided_by: StaffNode | None = one(AssessmentDecision.decided_by, "Who decided (决定人).")
    ended_post: PostNode | None = one(AssessmentDecision.ended_post_id, "The post that it ends; null for none (离任).")
    new_post: PostNode | None = one(AssessmentDecision.new_post_id, "The post that follows; null for none (新任职).")
    assessment: Annotated["AssessmentNode", strawberry.lazy("schema.assessment.types")] | None = one(
        AssessmentDecision.assessment_id, "On which assessment (考核)."
    )


@shows(
    Assessment,
    name="Assessment",
    description="How one person works in one unit, by adopted measures and for a period; it changes no post (考核).",
    seen=visible_assessments,
)
class AssessmentNode(Shown, relay.Node):
    """How one person works in one unit."""

    id: relay.NodeID[UUID]
    kind: AssessmentKind = strawberry.field(description="Which assessment (考核类型).")
    period_from: date = strawberry.field(description="First day of the period (周期起始).")
    period_to: date = strawberry.field(description="Last day of the period (周期截止).")
    score: int = strawberry.field(description="All points together (总分).")
    score_of: int = strawberry.field(description="The most points that there could be (满分).")
    remark_zh: str | None = strawberry.field(description="What the assessor adds (评语).")
    assessed_at: datetime = strawberry.field(description="When (考核时间).")
    scores: list[AssessmentScore] = computed(
        scores_of, Assessment.scores, description="The points by criterion (分项得分)."
    )
    case_ids: list[strawberry.ID] = computed(
        cases_of, Assessment.case_ids, description="Global ids of the cases that were looked at (所查办件)."
    )
    rules: list[RuleReference] = computed(
        rules_of_decision, Assessment.kind, description="The rules on which it and a decision on it rest (依据)."
    )
    scheme: SchemeNode | None = one(Assessment.scheme_id, "By which measures (考核办法).")
    staff: StaffNode | None = one(Assessment.staff_id, "Who was assessed (被考核人).")
    unit: UnitNode | None = one(Assessment.unit_id, "In which unit (机构).")
    assessor: StaffNode | None = one(Assessment.assessor_id, "Who assessed (考核人).")
    decision: DecisionNode | None = first(
        AssessmentDecision.assessment_id,
        AssessmentDecision.decided_at.expression,
        AssessmentDecision.id.expression,
        description="What was decided on it; null while nothing is (考核决定).",
    )
