"""Reading assessments: one's own, those that one made, and those of units for which one assesses or decides on posts."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select

from casework.assessment.models import Assessment, AssessmentDecision, AssessmentScheme
from casework.cases.models import CaseParticipant
from casework.kernel.errors import not_found
from casework.kernel.replay import add_replay_check
from casework.kernel.sight import Sight
from casework.kernel.work import Work
from casework.organisation.models import OrgUnit, RoleAssignment
from casework.organisation.queries import held_at

ASSESS, DECIDE = "assessment.perform", "role.assign"
"""Who assesses, and who decides what becomes of a post (NX-6-7)."""


def visible_assessments(sight: Sight) -> ColumnElement[bool]:
    """The condition that an assessment is of or by the actor, or of a unit for which he assesses or gives posts."""
    path = OrgUnit.path.expression
    unit = exists(
        select(OrgUnit.id).where(
            OrgUnit.tenant_id == sight.tenant,
            OrgUnit.id == Assessment.unit_id,
            or_(
                sight.reaching(ASSESS, unit_path=path, participant_of=None, applicant_id=None),
                sight.reaching(DECIDE, unit_path=path, participant_of=None, applicant_id=None),
            ),
        )
    )
    mine = (sight.is_me(Assessment.staff_id.expression), sight.is_me(Assessment.assessor_id.expression))
    return and_(Assessment.tenant_id == sight.tenant, or_(*mine, unit))


def visible_decisions(sight: Sight) -> ColumnElement[bool]:
    """The condition that a decision is on a visible assessment."""
    on = exists(
        select(Assessment.id).where(visible_assessments(sight), Assessment.id == AssessmentDecision.assessment_id)
    )
    return and_(AssessmentDecision.tenant_id == sight.tenant, on)


async def visible_assessment(work: Work, assessment_id: UUID) -> Assessment:
    """Give an assessment that the actor may see; a hidden one answers like none."""
    query = select(Assessment).where(visible_assessments(work.sight), Assessment.id == assessment_id)
    found = (await work.session.scalars(query)).one_or_none()
    if found is None:
        raise not_found("assessment", "考核", ("assessmentId",), assessment_id)
    return found


async def scheme_by_id(work: Work, scheme_id: UUID) -> AssessmentScheme:
    """Give the measures with an id or refuse with NOT_FOUND."""
    return await work.load(AssessmentScheme, scheme_id, "assessment scheme", "考核办法", "schemeId")


async def handled_by(work: Work, case_ids: tuple[UUID, ...]) -> frozenset[UUID]:
    """List who ever worked on one of some cases."""
    query = select(CaseParticipant.staff_id).where(
        CaseParticipant.tenant_id == work.tenant, CaseParticipant.case_id.in_(case_ids)
    )
    return frozenset((await work.session.scalars(query)).all())


async def roles_in_unit(work: Work, staff_id: UUID, unit_id: UUID) -> frozenset[str]:
    """List the roles that a person holds in a unit now."""
    query = select(RoleAssignment.role_code).where(
        RoleAssignment.tenant_id == work.tenant,
        RoleAssignment.staff_id == staff_id,
        RoleAssignment.unit_id == unit_id,
        held_at(work.now),
    )
    return frozenset((await work.session.scalars(query)).all())


@add_replay_check
async def assessment_still_visible(work: Work, row: Any) -> bool | None:
    """An assessment and the decision on it are told again to whoever still sees the assessment."""
    found = row.id if isinstance(row, Assessment) else getattr(row, "assessment_id", None)
    if found is None:
        return None
    query = select(Assessment.id).where(visible_assessments(work.sight), Assessment.id == found)
    return await work.session.scalar(query) is not None
