"""Lists of training: what they may be narrowed and ordered by."""

from collections.abc import Mapping
from enum import StrEnum

import strawberry

from casework.training.models import Commendation, TrainingPlan, TrainingResult, TrainingSession
from casework.training.queries import visible_commendations, visible_plans, visible_results, visible_sessions
from schema.cursors import OrderColumn
from schema.filters import BooleanFilter, Column, DateTimeFilter, IDColumn, IDFilter, LocalDateFilter, StringFilter
from schema.reading.sources import Nested, Paged


@strawberry.input(description="Narrows a list of training plans; the conditions given must all hold.")
class TrainingPlanFilter:
    """Narrows a list of training plans."""

    unit: IDFilter | None = strawberry.field(default=None, description="By the unit whose plan it is.")
    starts_on: LocalDateFilter | None = strawberry.field(default=None, description="By the first day.")
    ends_on: LocalDateFilter | None = strawberry.field(default=None, description="By the last day.")


@strawberry.input(description="Narrows a list of trainings; the conditions given must all hold.")
class TrainingSessionFilter:
    """Narrows a list of trainings."""

    unit: IDFilter | None = strawberry.field(default=None, description="By the unit that held it.")
    plan: IDFilter | None = strawberry.field(default=None, description="By the plan; null for those beside all plans.")
    topic_zh: StringFilter | None = strawberry.field(default=None, description="By what was trained.")
    held_at: DateTimeFilter | None = strawberry.field(default=None, description="By when it was held.")


@strawberry.input(description="Narrows a list of training results; the conditions given must all hold.")
class TrainingResultFilter:
    """Narrows a list of training results."""

    staff: IDFilter | None = strawberry.field(default=None, description="By person.")
    session: IDFilter | None = strawberry.field(default=None, description="By training.")
    attended: BooleanFilter | None = strawberry.field(default=None, description="By whether the person came.")
    passed: BooleanFilter | None = strawberry.field(default=None, description="By whether it was passed.")


@strawberry.input(description="Narrows a list of commendations; the conditions given must all hold.")
class CommendationFilter:
    """Narrows a list of commendations."""

    staff: IDFilter | None = strawberry.field(default=None, description="By person.")
    unit: IDFilter | None = strawberry.field(default=None, description="By unit.")


class Newest(StrEnum):
    """The one order of these lists; callers do not choose it."""

    FIRST = "FIRST"


PLAN_COLUMNS: Mapping[str, Column] = {
    "unit": IDColumn(TrainingPlan.unit_id.expression, "Unit"),
    "starts_on": TrainingPlan.starts_on.expression,
    "ends_on": TrainingPlan.ends_on.expression,
}
SESSION_COLUMNS: Mapping[str, Column] = {
    "unit": IDColumn(TrainingSession.unit_id.expression, "Unit"),
    "plan": IDColumn(TrainingSession.plan_id.expression, "TrainingPlan"),
    "topic_zh": TrainingSession.topic_zh.expression,
    "held_at": TrainingSession.held_at.expression,
}
RESULT_COLUMNS: Mapping[str, Column] = {
    "staff": IDColumn(TrainingResult.staff_id.expression, "StaffMember"),
    "session": IDColumn(TrainingResult.session_id.expression, "TrainingSession"),
    "attended": TrainingResult.attended.expression,
    "passed": TrainingResult.passed.expression,
}
COMMENDATION_COLUMNS: Mapping[str, Column] = {
    "staff": IDColumn(Commendation.staff_id.expression, "StaffMember"),
    "unit": IDColumn(Commendation.unit_id.expression, "Unit"),
}
PLANS = Paged(
    TrainingPlan,
    seen=visible_plans,
    orders={Newest.FIRST: OrderColumn("planned_at", TrainingPlan.planned_at.expression, descending=True)},
    default=(Newest.FIRST,),
    filters=PLAN_COLUMNS,
)
SESSIONS = Paged(
    TrainingSession,
    seen=visible_sessions,
    orders={Newest.FIRST: OrderColumn("held_at", TrainingSession.held_at.expression, descending=True)},
    default=(Newest.FIRST,),
    filters=SESSION_COLUMNS,
)
RESULTS = Paged(
    TrainingResult,
    seen=visible_results,
    orders={Newest.FIRST: OrderColumn("recorded_at", TrainingResult.recorded_at.expression, descending=True)},
    default=(Newest.FIRST,),
    filters=RESULT_COLUMNS,
)
COMMENDATIONS = Paged(
    Commendation,
    seen=visible_commendations,
    orders={Newest.FIRST: OrderColumn("awarded_at", Commendation.awarded_at.expression, descending=True)},
    default=(Newest.FIRST,),
    filters=COMMENDATION_COLUMNS,
)
SESSIONS_OF_PLAN = Nested(SESSIONS, TrainingSession.plan_id)
RESULTS_OF_SESSION = Nested(RESULTS, TrainingResult.session_id)
