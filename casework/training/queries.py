"""Reading training: plans and sessions of one's own units, results and commendations of one's own or of those answered for."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select

from casework.kernel.errors import not_found
from casework.kernel.replay import add_replay_check
from casework.kernel.sight import Seen, Sight
from casework.kernel.work import Work
from casework.organisation.models import RoleAssignment, StaffMember
from casework.organisation.queries import held_at, in_unit_answered_for, in_unit_served_in
from casework.training.models import Commendation, TrainingPlan, TrainingResult, TrainingSession


def visible_plans(sight: Sight) -> ColumnElement[bool]:
    """The condition that a plan is of a unit which the actor answers for or serves in."""
    mine = (in_unit_answered_for(sight, TrainingPlan.unit_id), in_unit_served_in(sight, TrainingPlan.unit_id))
    return and_(TrainingPlan.tenant_id == sight.tenant, or_(*mine))


def visible_sessions(sight: Sight) -> ColumnElement[bool]:
    """The condition that a session is of such a unit, or that the actor has a result of it."""
    own = exists(
        select(TrainingResult.id).where(
            TrainingResult.tenant_id == sight.tenant,
            TrainingResult.session_id == TrainingSession.id,
            sight.is_me(TrainingResult.staff_id.expression),
        )
    )
    of_unit = (in_unit_answered_for(sight, TrainingSession.unit_id), in_unit_served_in(sight, TrainingSession.unit_id))
    return and_(TrainingSession.tenant_id == sight.tenant, or_(own, *of_unit))


def visible_results(sight: Sight) -> ColumnElement[bool]:
    """The condition that a result is the actor's own, or of a session of a unit which he answers for."""
    session = exists(
        select(TrainingSession.id).where(
            TrainingSession.tenant_id == sight.tenant,
            TrainingSession.id == TrainingResult.session_id,
            in_unit_answered_for(sight, TrainingSession.unit_id),
        )
    )
    own = sight.is_me(TrainingResult.staff_id.expression)
    return and_(TrainingResult.tenant_id == sight.tenant, or_(own, session))


def visible_commendations(sight: Sight) -> ColumnElement[bool]:
    """The condition that a commendation is the actor's own, or of a unit which he answers for."""
    own = sight.is_me(Commendation.staff_id.expression)
    of_unit = in_unit_answered_for(sight, Commendation.unit_id)
    return and_(Commendation.tenant_id == sight.tenant, or_(own, of_unit))


async def visible_plan(work: Work, plan_id: UUID) -> TrainingPlan:
    """Give a plan that the actor may see; a hidden one answers like none."""
    query = select(TrainingPlan).where(visible_plans(work.sight), TrainingPlan.id == plan_id)
    found = (await work.session.scalars(query)).one_or_none()
    if found is None:
        raise not_found("training plan", "培训计划", ("planId",), plan_id)
    return found


async def visible_session(work: Work, session_id: UUID) -> TrainingSession:
    """Give a session that the actor may see; a hidden one answers like none."""
    query = select(TrainingSession).where(visible_sessions(work.sight), TrainingSession.id == session_id)
    found = (await work.session.scalars(query)).one_or_none()
    if found is None:
        raise not_found("training session", "培训", ("sessionId",), session_id)
    return found


async def held_one_of(work: Work, staff_id: UUID, role_codes: list[str], at: Any) -> bool:
    """Tell whether a person held one of some roles at an instant, in whatever unit."""
    query = select(RoleAssignment.id).where(
        RoleAssignment.tenant_id == work.tenant,
        RoleAssignment.staff_id == staff_id,
        RoleAssignment.role_code.in_(role_codes),
        held_at(at),
    )
    return await work.session.scalar(query.limit(1)) is not None


async def serves_in(work: Work, staff_id: UUID, unit_id: UUID) -> bool:
    """Tell whether a person holds a post in a unit now."""
    query = select(RoleAssignment.id).where(
        RoleAssignment.tenant_id == work.tenant,
        RoleAssignment.staff_id == staff_id,
        RoleAssignment.unit_id == unit_id,
        held_at(work.now),
    )
    return await work.session.scalar(query.limit(1)) is not None


def skills(sight: Sight, unit_id: Any) -> Select[Any]:
    """Count for everybody how often he passed which topic, as far as the actor sees the results (TA-23-1)."""
    # The condition on results looks at sessions itself, so the session of each row goes by another name.
    lesson = TrainingSession.__table__.alias("lesson")
    columns: tuple[ColumnElement[Any], ...] = (
        TrainingResult.staff_id.label("staff_id"),
        StaffMember.code.label("staff_code"),
        lesson.c.topic_zh.label("topic_zh"),
        func.count().label("passes"),
    )
    query = (
        select(*columns)
        .select_from(TrainingResult)
        .join(lesson, and_(lesson.c.tenant_id == sight.tenant, lesson.c.id == TrainingResult.session_id))
        .join(StaffMember, and_(StaffMember.tenant_id == sight.tenant, StaffMember.id == TrainingResult.staff_id))
        .where(visible_results(sight), TrainingResult.passed.is_(True))
        .group_by(TrainingResult.staff_id, StaffMember.code, lesson.c.topic_zh)
        .order_by(StaffMember.code, lesson.c.topic_zh)
    )
    return query if unit_id is None else query.where(StaffMember.unit_id == unit_id)


SEEN: dict[type, Seen] = {
    TrainingPlan: visible_plans,
    TrainingSession: visible_sessions,
    TrainingResult: visible_results,
    Commendation: visible_commendations,
}


@add_replay_check
async def training_still_visible(work: Work, row: Any) -> bool | None:
    """What the room wrote down is told again to whoever still sees it."""
    kind: Any = type(row)
    if kind not in SEEN:
        return None
    return await work.session.scalar(select(kind.id).where(SEEN[kind](work.sight), kind.id == row.id)) is not None
