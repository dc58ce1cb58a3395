"""Evaluating the service: the applicant's own word about the own case; staff never write one (SOD2, TA-15-8, NX-5-7)."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select

from authz.decide import Resource
from casework.cases.access import missing
from casework.cases.models import Case, CaseState
from casework.feedback.events import BadReviewGiven, EvaluationGiven
from casework.feedback.models import Evaluation
from casework.kernel.errors import Code, Refusal, invalid
from casework.kernel.work import Work
from tenants.profile import Profile

SUBMIT = "evaluation.submit"
MAX_COMMENT = 2000
SERVICE_ENDED = frozenset({CaseState.COMPLETED, CaseState.TERMINATED, CaseState.ARCHIVED})


class EvaluationSource(StrEnum):
    """Where an evaluation comes from; each source is heard once."""

    PORTAL = "PORTAL"
    FORM = "FORM"
    GOOD_BAD_REVIEW = "GOOD_BAD_REVIEW"
    PAPER = "PAPER"


@dataclass(frozen=True)
class SubmitEvaluation:
    """What the applicant thinks, from 1 (bad) to the highest score of the city's scale."""

    case_id: UUID
    score: int
    source: EvaluationSource = EvaluationSource.PORTAL
    comment: str | None = None


async def submit_evaluation(work: Work, intent: SubmitEvaluation) -> Evaluation:
    """Keep the applicant's evaluation; after archiving it is an addendum and the sealed file stays as it is (S-NX-14)."""
    refuse_staff(work)
    case = await _own_case(work, intent.case_id)
    profile = (await work.pinned(case.revision_id)).profile
    _check(intent, case, profile)
    await _refuse_second(work, case, intent.source)
    evaluation = work.add(
        Evaluation(
            case_id=case.id,
            source=intent.source.value,
            score=intent.score,
            comment=(intent.comment or "").strip() or None,
            given_at=work.now,
            bad=is_bad(profile, intent.score),
            after_archive=case.archived_at is not None,
        )
    )
    await work.session.flush()
    work.emit(EvaluationGiven(evaluation, _rules(profile, case)).told())
    if evaluation.bad:
        work.emit(BadReviewGiven(evaluation, profile.evaluation.scale.basis.rules).told())
    return evaluation


def refuse_staff(work: Work) -> None:
    """Refuse members of staff whatever the case, before anything is looked up (SOD2)."""
    barred_by = work.decide(SUBMIT, Resource()).barred_by
    if barred_by is not None:
        raise Refusal(
            Code.SEPARATION_OF_DUTIES,
            "Members of staff neither give nor change an evaluation; only the applicant does.",
            "工作人员不得提交或修改评价,评价只能由服务对象作出。",
            details={"duty": barred_by},
        )


def is_bad(profile: Profile, score: int) -> bool:
    """Ask whether a score is a bad review: the scores the city names, else the lowest two fifths of its scale (Q76)."""
    scale = profile.evaluation.scale
    return score in scale.bad if scale.bad else score * 5 <= scale.value * 2


async def _own_case(work: Work, case_id: UUID) -> Case:
    case = await work.find(Case, case_id)
    if case is None or not work.decide(SUBMIT, Resource(case.unit_path, applicant_id=case.applicant_id)).allowed:
        raise missing(case_id)
    return case


def _check(intent: SubmitEvaluation, case: Case, profile: Profile) -> None:
    scale = profile.evaluation.scale.value
    if not 1 <= intent.score <= scale:
        raise invalid(f"The score goes from 1 to {scale}.", f"评分应为1至{scale}分。", "score")
    if intent.comment and len(intent.comment) > MAX_COMMENT:
        raise invalid(f"A comment has at most {MAX_COMMENT} characters.", "评价内容过长。", "comment")
    if case.state not in SERVICE_ENDED and case.evaluation_invited_at is None:
        raise Refusal(
            Code.ILLEGAL_TRANSITION,
            "The service is evaluated when it has ended or when the office has invited the applicant.",
            "服务结束或收到评价邀请后方可评价。",
            ("caseId",),
            rules=_rules(profile, case),
            details={"state": case.state.value},
        )


async def _refuse_second(work: Work, case: Case, source: EvaluationSource) -> None:
    query = select(Evaluation.id).where(
        Evaluation.tenant_id == work.tenant, Evaluation.case_id == case.id, Evaluation.source == source.value
    )
    if await work.session.scalar(query) is not None:
        raise Refusal(
            Code.CONFLICT,
            "This case was evaluated through this channel before; an evaluation is given once and never changed.",
            "该办件已通过此渠道评价,评价作出后不可更改。",
            ("source",),
        )


def _rules(profile: Profile, case: Case) -> tuple[str, ...]:
    """List what the invitation of this kind of service rests on."""
    invitations = (entry for entry in profile.evaluation.invitations if entry.service_kind == case.service_kind)
    return tuple(dict.fromkeys(rule for entry in invitations for rule in entry.basis.rules))
