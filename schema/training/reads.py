"""Reading training: plans, sessions, somebody's record, commendations, and who is able to do what."""

from typing import Annotated, Any

import strawberry
from sqlalchemy import Select, select

from casework.kernel.sight import Sight
from casework.organisation.models import OrgUnit
from casework.training.queries import skills
from schema.connections import Connection, connect
from schema.context import Info
from schema.cursors import page_request
from schema.fields import planned_field
from schema.filters import Operands, Themselves
from schema.reading.sources import Grouped
from schema.training.lists import (
    COMMENDATIONS,
    PLANS,
    RESULTS,
    SESSIONS,
    CommendationFilter,
    TrainingPlanFilter,
    TrainingResultFilter,
    TrainingSessionFilter,
)
from schema.training.types import (
    CommendationNode,
    SkillRow,
    TrainingPlanNode,
    TrainingResultNode,
    TrainingSessionNode,
)

UnitCode = Annotated[
    str | None,
    strawberry.argument(
        description="Code of the home unit of the persons; all that the caller sees if absent (机构代码)."
    ),
]


def skills_of(by: Operands, sight: Sight, unit_code: Any = None) -> Select[Any]:
    """Write the statement for who passed which topic how often."""
    if unit_code is None:
        return skills(sight, None)
    named = OrgUnit.code == by.operand(unit_code, OrgUnit.code.type, lambda given: given)
    return skills(sight, select(OrgUnit.id).where(OrgUnit.tenant_id == sight.tenant, named).scalar_subquery())


SKILLS = Grouped(skills_of, order=("staff_code", "topic_zh"), arguments=("unit_code",))


@strawberry.type
class TrainingQuery:
    """Reading training."""

    @planned_field(PLANS)
    async def training_plans(
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
        filter: TrainingPlanFilter | None = None,
    ) -> Connection[TrainingPlanNode]:
        """Training plans of units that the caller answers for or serves in, newest first (培训计划)."""
        page = page_request(first, after, last, before)
        return await connect(info, PLANS, page, TrainingPlanNode.of, filter=filter)

    @planned_field(SESSIONS)
    async def training_sessions(
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
        filter: TrainingSessionFilter | None = None,
    ) -> Connection[TrainingSessionNode]:
        """Trainings of such units, and those of which the caller has a result, newest first (培训)."""
        page = page_request(first, after, last, before)
        return await connect(info, SESSIONS, page, TrainingSessionNode.of, filter=filter)

    @planned_field(RESULTS)
    async def training_results(
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
        filter: TrainingResultFilter | None = None,
    ) -> Connection[TrainingResultNode]:
        """The caller's own training record, and the results of units that he answers for, newest first (培训记录)."""
        page = page_request(first, after, last, before)
        return await connect(info, RESULTS, page, TrainingResultNode.of, filter=filter)

    @planned_field(COMMENDATIONS)
    async def commendations(
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
        filter: CommendationFilter | None = None,
    ) -> Connection[CommendationNode]:
        """The caller's own commendations, and those of units that he answers for, newest first (表彰奖励)."""
        page = page_request(first, after, last, before)
        return await connect(info, COMMENDATIONS, page, CommendationNode.of, filter=filter)

    @planned_field(SKILLS)
    async def skills(self, info: Info, unit_code: UnitCode = None) -> list[SkillRow]:
        """Who passed which topic how often, by person and topic, as far as the caller sees results (技能矩阵)."""
        async with info.context.office.open(info.context.whose(), info.context.correlation_id) as work:
            rows = (await work.session.execute(skills_of(Themselves(), work.sight, unit_code))).all()
        return SkillRow.every(rows)
