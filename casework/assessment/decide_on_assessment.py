"""Decide on an assessment (考核结果运用): the only way by which an assessment ends or changes a post (优胜劣汰, NX-6-7).

The decision is recorded once, with its reason, by somebody else than the assessed. What is in the person's hands keeps
the post from ending as it does elsewhere (NX-A6-2).
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from authz.decide import Resource
from casework.assessment.events import AssessmentDecided
from casework.assessment.kinds import decision_rules
from casework.assessment.models import Assessment, AssessmentDecision, Outcome
from casework.assessment.queries import DECIDE, visible_assessment
from casework.kernel.errors import Code, Refusal, invalid
from casework.kernel.work import Work
from casework.organisation.assign_role import AssignRoleInput, assign_role
from casework.organisation.end_role import EndRoleInput, end_role
from casework.organisation.models import RoleAssignment
from casework.organisation.queries import unit_by_id

OF_A_POST = frozenset({Outcome.CHANGE_POST, Outcome.END_POST})


@dataclass(frozen=True)
class DecideOnAssessment:
    """What is decided and why; an outcome about a post names it, and a change the role that follows.

    Without an instant the post ends now; without a unit the new post is in the unit of the old one.
    """

    assessment_id: UUID
    outcome: Outcome
    reason: str
    post_id: UUID | None = None
    role_code: str | None = None
    unit_id: UUID | None = None
    ends_at: datetime | None = None


async def decide_on_assessment(work: Work, given: DecideOnAssessment) -> AssessmentDecision:
    """Record what becomes of an assessment, once, and end or change the post if that is what was decided."""
    assessment = await visible_assessment(work, given.assessment_id)
    unit = await unit_by_id(work, assessment.unit_id)
    rules = decision_rules(work.profile, assessment.kind)
    work.require(DECIDE, Resource(unit_path=unit.path), "assessmentId")
    if assessment.staff_id == work.actor.staff_id:
        raise Refusal(
            Code.SEPARATION_OF_DUTIES, "Somebody else decides on your assessment.", "本人考核结果须由他人决定。",
            ("assessmentId",), rules,
        )  # fmt: skip
    if not given.reason.strip():
        raise invalid("Say why it is decided so.", "请填写决定理由。", "reason", rules=rules)
    await check_undecided(work, assessment)
    check_asked(given)
    ended, following = await change_post(work, assessment, given)
    decision = work.add(
        AssessmentDecision(
            assessment_id=assessment.id, outcome=given.outcome, reason=given.reason.strip(),
            decided_by=work.actor.staff_id, decided_at=work.now, ended_post_id=ended, new_post_id=following,
        )
    )  # fmt: skip
    await work.session.flush()
    told = AssessmentDecided(decision.id, assessment.id, assessment.staff_id, given.outcome.value, rules)
    work.emit(told.told())
    return decision


async def check_undecided(work: Work, assessment: Assessment) -> None:
    """Refuse a second decision: what was decided stays."""
    query = select(AssessmentDecision.id).where(
        AssessmentDecision.tenant_id == work.tenant, AssessmentDecision.assessment_id == assessment.id
    )
    if await work.session.scalar(query) is not None:
        raise Refusal(Code.CONFLICT, "This assessment is decided already.", "该考核已作出决定。", ("assessmentId",))


def check_asked(given: DecideOnAssessment) -> None:
    """Demand the post for an outcome that ends one, the new role for one that changes it, and neither elsewhere."""
    if (given.post_id is not None) != (given.outcome in OF_A_POST):
        raise invalid(
            "Name the post when it ends or changes, and only then.", "仅调整或终止任职时填写任职。", "roleAssignmentId"
        )
    if (given.role_code is not None) != (given.outcome is Outcome.CHANGE_POST):
        raise invalid("Name the new role when the post changes, and only then.", "仅调整岗位时填写新岗位。", "roleCode")


async def change_post(work: Work, assessment: Assessment, given: DecideOnAssessment) -> tuple[UUID | None, UUID | None]:
    """End the post of the assessed, and give him the next one before, so that he may keep what both let him do."""
    if given.post_id is None:
        return None, None
    post = await work.load(RoleAssignment, given.post_id, "post", "任职", "roleAssignmentId")
    if (post.staff_id, post.unit_id) != (assessment.staff_id, assessment.unit_id):
        raise invalid("This is not a post of the assessed in that unit.", "该任职不属于被考核人。", "roleAssignmentId")
    following = None
    if given.role_code is not None:
        unit_id, begins = given.unit_id or post.unit_id, given.ends_at or work.now
        wanted = AssignRoleInput(post.staff_id, unit_id, given.role_code, post.engagement, begins)
        following = (await assign_role(work, wanted)).id
    await end_role(work, EndRoleInput(post.id, given.reason, given.ends_at))
    return post.id, following
