"""Assessments through the API: adopting measures, assessing, deciding; and the lists of them."""

from datetime import date, datetime
from enum import StrEnum

import strawberry

from casework.assessment.adopt_scheme import AdoptScheme, Criterion, adopt_scheme
from casework.assessment.decide_on_assessment import DecideOnAssessment, decide_on_assessment
from casework.assessment.models import Assessment, AssessmentKind, AssessmentScheme, Outcome
from casework.assessment.queries import visible_assessments
from casework.assessment.record_assessment import RecordAssessment, record_assessment
from schema.assessment.types import AssessmentNode, DecisionNode, SchemeNode
from schema.cases.inputs import KEY
from schema.connections import Connection, connect
from schema.context import Info
from schema.cursors import OrderColumn, page_request
from schema.fields import mutation, planned_field
from schema.filters import Column, EnumFilter, IDColumn, IDFilter
from schema.ids import row_id, row_id_or_none
from schema.perform import Payload, perform
from schema.reading.sources import Paged
from schema.shown import to_all_in_city


@strawberry.type(description="What adoptAssessmentScheme answers.")
class SchemePayload(Payload):
    """What adoptAssessmentScheme answers."""

    scheme: SchemeNode | None = strawberry.field(
        default=None, description="The measures; null when refused (考核办法)."
    )


@strawberry.type(description="What recordAssessment answers.")
class AssessmentPayload(Payload):
    """What recordAssessment answers."""

    assessment: AssessmentNode | None = strawberry.field(
        default=None, description="The assessment; null when refused (考核)."
    )


@strawberry.type(description="What decideOnAssessment answers.")
class DecisionPayload(Payload):
    """What decideOnAssessment answers."""

    decision: DecisionNode | None = strawberry.field(
        default=None, description="The decision; null when refused (考核决定)."
    )


@strawberry.input(description="One thing to look at in an assessment (考核内容).")
class AssessmentCriterionInput:
    """One thing to look at."""

    name_zh: str = strawberry.field(description="What (内容).")
    points: int = strawberry.field(description="The most points that it can have (分值).")


@strawberry.input(description="The measures to adopt (制定考核办法).")
class AdoptAssessmentSchemeInput:
    """The measures to adopt."""

    unit_id: strawberry.ID = strawberry.field(description="The unit for which they hold, with all below it (机构).")
    kind: AssessmentKind = strawberry.field(description="Of which assessment of the city's text (考核类型).")
    title_zh: str = strawberry.field(description="Title (名称).")
    criteria: list[AssessmentCriterionInput] = strawberry.field(
        description="What is looked at; all that the text names must be among it (考核内容)."
    )
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="The points of one criterion (得分).")
class AssessmentScoreInput:
    """The points of one criterion."""

    name_zh: str = strawberry.field(description="The criterion, as the measures name it (内容).")
    score: int = strawberry.field(description="The points (得分).")


@strawberry.input(description="An assessment to record (登记考核).")
class RecordAssessmentInput:
    """An assessment to record."""

    scheme_id: strawberry.ID = strawberry.field(description="By which measures (考核办法).")
    staff_id: strawberry.ID = strawberry.field(description="Who is assessed (被考核人).")
    unit_id: strawberry.ID = strawberry.field(description="In which unit (机构).")
    period_from: date = strawberry.field(description="First day of the period (周期起始).")
    period_to: date = strawberry.field(description="Last day of the period, not after today (周期截止).")
    scores: list[AssessmentScoreInput] = strawberry.field(description="The points of every criterion (分项得分).")
    remark_zh: str | None = strawberry.field(default=None, description="What the assessor adds (评语).")
    case_ids: list[strawberry.ID] = strawberry.field(
        default_factory=list, description="Cases that were looked at; none that the assessor handled (所查办件)."
    )
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="What to decide on an assessment (考核决定).")
class DecideOnAssessmentInput:
    """What to decide on an assessment."""

    assessment_id: strawberry.ID = strawberry.field(description="Which assessment (考核).")
    outcome: Outcome = strawberry.field(description="What is decided (决定).")
    reason: str = strawberry.field(description="Why; it is also why a post ends (理由).")
    role_assignment_id: strawberry.ID | None = strawberry.field(
        default=None, description="The post that ends or changes, and only then (任职)."
    )
    role_code: str | None = strawberry.field(default=None, description="The new role, if the post changes (新岗位).")
    unit_id: strawberry.ID | None = strawberry.field(
        default=None, description="The unit of the new post; that of the old one if absent (新机构)."
    )
    ends_at: datetime | None = strawberry.field(default=None, description="When; now if absent (离任时间).")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


def to_record(given: RecordAssessmentInput) -> RecordAssessment:
    """Read what is recorded."""
    return RecordAssessment(
        row_id(given.scheme_id, "AssessmentScheme", "schemeId"), row_id(given.staff_id, "StaffMember", "staffId"),
        row_id(given.unit_id, "Unit", "unitId"), given.period_from, given.period_to,
        {each.name_zh: each.score for each in given.scores}, given.remark_zh,
        tuple(dict.fromkeys(row_id(each, "Case", "caseIds") for each in given.case_ids)),
    )  # fmt: skip


def to_decide(given: DecideOnAssessmentInput) -> DecideOnAssessment:
    """Read what is decided."""
    return DecideOnAssessment(
        row_id(given.assessment_id, "Assessment", "assessmentId"), given.outcome, given.reason,
        row_id_or_none(given.role_assignment_id, "RoleAssignment", "roleAssignmentId"), given.role_code,
        row_id_or_none(given.unit_id, "Unit", "unitId"), given.ends_at,
    )  # fmt: skip


@strawberry.type
class AssessmentMutation:
    """Mutations of assessments."""

    @mutation
    async def adopt_assessment_scheme(self, info: Info, input: AdoptAssessmentSchemeInput) -> SchemePayload:
        """Adopt the measures of an assessment that the city's text knows (制定考核办法)."""
        return await perform(
            info, SchemePayload, adopt_scheme,
            lambda: AdoptScheme(row_id(input.unit_id, "Unit", "unitId"), input.kind, input.title_zh,
                                tuple(Criterion(each.name_zh, each.points) for each in input.criteria)),
            input.idempotency_key,
        )  # fmt: skip

    @mutation
    async def record_assessment(self, info: Info, input: RecordAssessmentInput) -> AssessmentPayload:
        """Assess somebody else by adopted measures; it changes no post by itself (登记考核)."""
        return await perform(
            info, AssessmentPayload, record_assessment, lambda: to_record(input), input.idempotency_key
        )

    @mutation
    async def decide_on_assessment(self, info: Info, input: DecideOnAssessmentInput) -> DecisionPayload:
        """Decide on somebody else's assessment; the only way by which one ends or changes a post (优胜劣汰、动态管理)."""
        return await perform(
            info, DecisionPayload, decide_on_assessment, lambda: to_decide(input), input.idempotency_key
        )


@strawberry.input(description="Narrows a list of assessments; the conditions given must all hold.")
class AssessmentFilter:
    """Narrows a list of assessments."""

    kind: EnumFilter[AssessmentKind] | None = strawberry.field(default=None, description="By kind.")
    staff: IDFilter | None = strawberry.field(default=None, description="By who was assessed.")
    unit: IDFilter | None = strawberry.field(default=None, description="By unit.")


class NewestAssessment(StrEnum):
    """The one order of these lists; callers do not choose it."""

    FIRST = "FIRST"


COLUMNS: dict[str, Column] = {
    "kind": Assessment.kind.expression,
    "staff": IDColumn(Assessment.staff_id.expression, "StaffMember"),
    "unit": IDColumn(Assessment.unit_id.expression, "Unit"),
}
ASSESSMENTS = Paged(
    Assessment,
    seen=visible_assessments,
    orders={NewestAssessment.FIRST: OrderColumn("assessed_at", Assessment.assessed_at.expression, descending=True)},
    default=(NewestAssessment.FIRST,),
    filters=COLUMNS,
)
SCHEMES = Paged(
    AssessmentScheme,
    seen=to_all_in_city(AssessmentScheme),
    orders={NewestAssessment.FIRST: OrderColumn("adopted_at", AssessmentScheme.adopted_at.expression, descending=True)},
    default=(NewestAssessment.FIRST,),
)


@strawberry.type
class AssessmentQuery:
    """Reading assessments."""

    @planned_field(SCHEMES)
    async def assessment_schemes(
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[SchemeNode]:
        """The measures by which staff of the city are assessed, newest first (考核办法)."""
        return await connect(info, SCHEMES, page_request(first, after, last, before), SchemeNode.of)

    @planned_field(ASSESSMENTS)
    async def assessments(
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
        filter: AssessmentFilter | None = None,
    ) -> Connection[AssessmentNode]:
        """Assessments of or by the caller, and of units for which he assesses or gives posts, newest first (考核)."""
        page = page_request(first, after, last, before)
        return await connect(info, ASSESSMENTS, page, AssessmentNode.of, filter=filter)
