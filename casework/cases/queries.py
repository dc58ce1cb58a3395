"""Reading cases: what the actor may see, and nothing else."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from casework.cases.access import SEE, resource_of, sees
from casework.cases.models import Case, CaseParticipant
from casework.kernel.replay import add_replay_check
from casework.kernel.sight import Seen, Sight
from casework.kernel.work import Work


def visible_cases(sight: Sight) -> ColumnElement[bool]:
    """The condition that a case is one the actor may see: own tenant, and within one of his ways of seeing."""
    reached = (
        sight.reaching(
            action,
            unit_path=Case.unit_path.expression,
            participant_of=lambda staff_id: _takes_part(sight, staff_id),
            applicant_id=Case.applicant_id.expression,
        )
        for action in SEE
    )
    return and_(Case.tenant_id == sight.tenant, or_(*reached))


def of_visible_case(case_id: InstrumentedAttribute[UUID]) -> Seen:
    """The condition that a row hangs on a case which the actor may see."""
    table = case_id.class_

    def seen(sight: Sight) -> ColumnElement[bool]:
        case = select(Case.id).where(visible_cases(sight), Case.id == case_id)
        return and_(table.tenant_id == sight.tenant, exists(case))

    return seen


def _takes_part(sight: Sight, staff_id: Any) -> ColumnElement[bool]:
    return exists(
        select(CaseParticipant.id).where(
            CaseParticipant.tenant_id == sight.tenant,
            CaseParticipant.case_id == Case.id,
            CaseParticipant.staff_id == staff_id,
            or_(CaseParticipant.until.is_(None), CaseParticipant.until > sight.now),
        )
    )


async def case_by_id(work: Work, case_id: UUID) -> Case | None:
    """Find a case that the actor may see; a hidden one answers like one that never existed (S-X-02)."""
    case = await work.find(Case, case_id)
    if case is not None and sees(work, await resource_of(work, case)):
        return case
    return None


async def case_by_number(work: Work, case_no: str) -> Case | None:
    """Find a case by its number, if the actor may see it."""
    query = select(Case).where(visible_cases(work.sight), Case.case_no == case_no)
    return (await work.session.scalars(query)).one_or_none()


@add_replay_check
async def case_still_visible(work: Work, row: Any) -> bool | None:
    """What hangs on a case is told again to whoever still sees the case."""
    case_id = row.id if isinstance(row, Case) else getattr(row, "case_id", None)
    return None if case_id is None else await case_by_id(work, case_id) is not None
