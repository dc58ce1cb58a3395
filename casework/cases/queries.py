"""Reading cases: what the actor may see, and nothing else."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select

from authz.rows import predicate, row_filter
from casework.cases.access import SEE, resource_of, sees
from casework.cases.models import Case, CaseParticipant
from casework.kernel.replay import add_replay_check
from casework.kernel.work import Work


def visible_cases(work: Work) -> ColumnElement[bool]:
    """The condition that a case is one the actor may see: own tenant, and within one of his ways of seeing."""
    filters = (row_filter(work.regulation.table, work.actor, action) for action in SEE)
    reached = (
        predicate(
            found,
            unit_path=Case.unit_path.expression,
            participant_of=lambda staff_id: _takes_part(work, staff_id),
            applicant_id=Case.applicant_id.expression,
        )
        for found in filters
    )
    return and_(Case.tenant_id == work.tenant, or_(*reached))


def _takes_part(work: Work, staff_id: UUID) -> ColumnElement[bool]:
    return exists(
        select(CaseParticipant.id).where(
            CaseParticipant.tenant_id == work.tenant,
            CaseParticipant.case_id == Case.id,
            CaseParticipant.staff_id == staff_id,
            or_(CaseParticipant.until.is_(None), CaseParticipant.until > work.now),
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
    query = select(Case).where(visible_cases(work), Case.case_no == case_no)
    return (await work.session.scalars(query)).one_or_none()


@add_replay_check
async def case_still_visible(work: Work, row: Any) -> bool | None:
    """What hangs on a case is told again to whoever still sees the case."""
    case_id = row.id if isinstance(row, Case) else getattr(row, "case_id", None)
    return None if case_id is None else await case_by_id(work, case_id) is not None
