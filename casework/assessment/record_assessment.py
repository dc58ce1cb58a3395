"""Assess how a person works (考核): by adopted measures, never oneself, never by cases that one handled (SOD8, NX-6-5)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from authz.decide import Resource
from casework.assessment.events import StaffAssessed
from casework.assessment.kinds import Ground, ground_of
from casework.assessment.models import Assessment, AssessmentScheme
from casework.assessment.queries import ASSESS, handled_by, roles_in_unit, scheme_by_id
from casework.cases.models import Case
from casework.cases.queries import visible_cases
from casework.kernel.errors import Code, Refusal, invalid, not_found
from casework.kernel.work import Work
from casework.organisation.models import OrgUnit
from casework.organisation.queries import staff_by_id, unit_by_id


@dataclass(frozen=True)
class RecordAssessment:
    """Who is assessed in which unit, by which measures and for which period; `scores` gives the points of each criterion."""

    scheme_id: UUID
    staff_id: UUID
    unit_id: UUID
    period_from: date
    period_to: date
    scores: Mapping[str, int] = field(default_factory=dict)
    remark_zh: str | None = None
    case_ids: tuple[UUID, ...] = ()


async def record_assessment(work: Work, given: RecordAssessment) -> Assessment:
    """Write an assessment down. It leaves every post as it is: only a recorded decision on it may change one."""
    unit = await unit_by_id(work, given.unit_id)
    scheme = await scheme_by_id(work, given.scheme_id)
    ground = ground_of(work.profile, scheme.kind, "schemeId")
    person = await staff_by_id(work, given.staff_id)
    place = kept_at(work, ground, unit)
    await check_cases_seen(work, given.case_ids)
    check_duties(work, ground, Resource(unit_path=place, participants=frozenset({person.id})), "staffId")
    examined = await handled_by(work, given.case_ids)
    check_duties(work, ground, Resource(unit_path=place, participants=examined), "caseIds")
    await check_scheme(work, scheme, unit)
    check_assessed(ground, await roles_in_unit(work, person.id, unit.id))
    if not given.period_from <= given.period_to <= work.today:
        raise invalid("The period has begun and is over.", "考核周期须已结束。", "periodTo")
    scores = checked_scores(scheme, given.scores)
    found = work.add(
        Assessment(
            scheme_id=scheme.id, kind=scheme.kind, staff_id=person.id, unit_id=unit.id,
            assessor_id=work.actor.staff_id, period_from=given.period_from, period_to=given.period_to, scores=scores,
            score=sum(each["score"] for each in scores), score_of=sum(each["of"] for each in scores),
            remark_zh=(given.remark_zh or "").strip() or None, case_ids=[str(each) for each in given.case_ids],
            assessed_at=work.now,
        )
    )  # fmt: skip
    await work.session.flush()
    work.emit(StaffAssessed(found.id, person.id, unit.id, scheme.kind.value, ground.basis.rules).told())
    return found


def kept_at(work: Work, ground: Ground, unit: OrgUnit) -> str:
    """Say which unit keeps the assessment: that of the assessed, or of the role to which the text gives the assessment.

    The service supervisors of departments assess agents of townships, which stand below no department (NX-6-5).
    """
    if ground.by is None:
        return unit.path
    seat = next((held.unit_path for held in work.actor.roles if held.role_code == ground.by), None)
    if seat is None:
        raise Refusal(
            Code.FORBIDDEN, f"Only a {ground.by} makes this assessment.", "该考核由服务督办岗位负责。", ("schemeId",),
            ground.basis.rules,
        )  # fmt: skip
    return seat


def check_duties(work: Work, ground: Ground, resource: Resource, path: str) -> None:
    """Demand that the actor may assess here, and say by which rule not when he judges himself or his own cases."""
    decision = work.decide(ASSESS, resource)
    if decision.barred_by is not None:
        raise Refusal(
            Code.SEPARATION_OF_DUTIES, "Nobody assesses himself or cases that he handled.", "不得考核本人或本人经办的办件。",
            (path,), ground.basis.rules,
        )  # fmt: skip
    work.require(ASSESS, resource, "unitId")


async def check_cases_seen(work: Work, case_ids: tuple[UUID, ...]) -> None:
    """Refuse a case that the actor may not see like one that does not exist."""
    query = select(Case.id).where(visible_cases(work.sight), Case.id.in_(case_ids))
    found = frozenset((await work.session.scalars(query)).all()) if case_ids else frozenset()
    hidden = next((case_id for case_id in case_ids if case_id not in found), None)
    if hidden is not None:
        raise not_found("case", "办件", ("caseIds",), hidden)


async def check_scheme(work: Work, scheme: AssessmentScheme, unit: OrgUnit) -> None:
    """Refuse measures that were adopted neither in the unit nor above it."""
    adopted = await unit_by_id(work, scheme.unit_id)
    if not unit.path.startswith(adopted.path):
        raise invalid("These measures do not hold for this unit.", "该考核办法不适用于此机构。", "schemeId")


def check_assessed(ground: Ground, roles: frozenset[str]) -> None:
    """Refuse the assessment of somebody who does not serve there, or is not of those whom the text has in mind."""
    if not roles:
        raise invalid("This person holds no post in the unit.", "该人员未在此机构任职。", "staffId")
    if ground.of_roles and roles.isdisjoint(ground.of_roles):
        raise invalid(
            f"The text has only {', '.join(ground.of_roles)} assessed so.", "该人员不属于该项考核对象。", "staffId",
            rules=ground.basis.rules,
        )  # fmt: skip


def checked_scores(scheme: AssessmentScheme, given: Mapping[str, int]) -> list[dict[str, Any]]:
    """Demand the points of each criterion of the measures, none beside them, and none above the most."""
    most = {each["nameZh"]: each["points"] for each in scheme.criteria}
    if set(given) != set(most):
        raise invalid(f"Give the points of {', '.join(most)}.", "请按考核办法逐项评分。", "scores")
    high = [name for name, points in given.items() if not 0 <= points <= most[name]]
    if high:
        raise invalid(f"Points out of range: {', '.join(high)}.", "得分超出分值范围。", "scores")
    return [{"nameZh": name, "score": given[name], "of": of} for name, of in most.items()]
