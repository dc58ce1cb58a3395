"""What verbs and other rooms ask of feedback: who handled a case, who calls back, what applicants said."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select

from authz.decide import Resource
from casework.cases.access import participants_of, sees
from casework.cases.models import Case, CaseParticipant, CaseStep
from casework.feedback.models import Callback, Evaluation
from casework.kernel.errors import Refusal, not_found
from casework.kernel.replay import add_replay_check
from casework.kernel.sight import Sight
from casework.kernel.work import Work, check_version

OFFICER = "CALLBACK_OFFICER"
"""The neutral role that the assignee of a callback holds on this callback and its case."""


async def handlers_of(work: Work, case: Case) -> frozenset[UUID]:
    """List everybody who ever had a hand in the case: owner, participants present and past, and who took its steps."""
    took_part = select(CaseParticipant.staff_id).where(
        CaseParticipant.tenant_id == work.tenant, CaseParticipant.case_id == case.id
    )
    took_steps = select(CaseStep.staff_id).where(
        CaseStep.tenant_id == work.tenant, CaseStep.case_id == case.id, CaseStep.staff_id.is_not(None)
    )
    found = {row for row in (await work.session.scalars(took_part.union(took_steps))).all() if row is not None}
    return frozenset(found | ({case.owner_staff_id} if case.owner_staff_id else set()))


async def callback_officers(work: Work, case_id: UUID) -> Mapping[UUID, tuple[str, ...]]:
    """Tell who calls back the applicant of a case: the neutral roles they hold on it by virtue of that."""
    query = select(Callback.assignee_id).where(
        Callback.tenant_id == work.tenant, Callback.case_id == case_id, Callback.assignee_id.is_not(None)
    )
    return {staff_id: (OFFICER,) for staff_id in (await work.session.scalars(query)).all() if staff_id is not None}


async def resource_of(work: Work, callback: Callback, case: Case) -> Resource:
    """What permissions need to know of a callback; applicants do not see it, so it names none."""
    roles = {callback.assignee_id: (OFFICER,)} if callback.assignee_id else {}
    return Resource(callback.unit_path, await participants_of(work, case.id), None, roles)


async def load_callback(
    work: Work, callback_id: UUID, action: str, *, expected_version: int | None = None
) -> tuple[Callback, Case]:
    """Load a callback and its case for an action; one that the actor may not see answers like one that never was."""
    callback = await work.find(Callback, callback_id, lock=True)
    if callback is None:
        raise _missing(callback_id)
    case = await work.load(Case, callback.case_id, "case", "办件", "callbackId")
    resource = await resource_of(work, callback, case)
    if not work.decide(action, resource).allowed and not sees(work, resource):
        raise _missing(callback_id)
    work.require(action, resource, "callbackId")
    check_version(callback, expected_version)
    return callback, case


def callbacks_to_make(sight: Sight) -> ColumnElement[bool]:
    """The condition that a callback is one of the actor's units, or his own to make."""
    of_units = sight.reaching(
        "case.list_masked", unit_path=Callback.unit_path.expression, participant_of=None, applicant_id=None
    )
    mine = or_(of_units, sight.is_me(Callback.assignee_id.expression))
    return and_(Callback.tenant_id == sight.tenant, mine)


async def callbacks_of(work: Work, case_id: UUID) -> Sequence[Callback]:
    """List the callbacks of a case, the first planned one first."""
    query = select(Callback).where(Callback.tenant_id == work.tenant, Callback.case_id == case_id)
    return (await work.session.scalars(query.order_by(Callback.planned_at, Callback.id))).all()


async def evaluations_of(work: Work, case_id: UUID) -> Sequence[Evaluation]:
    """List what the applicant said about a case, in the order it was said."""
    query = select(Evaluation).where(Evaluation.tenant_id == work.tenant, Evaluation.case_id == case_id)
    return (await work.session.scalars(query.order_by(Evaluation.given_at, Evaluation.id))).all()


def _missing(callback_id: UUID) -> Refusal:
    return not_found("callback", "回访", ("callbackId",), callback_id)


@add_replay_check
async def callback_still_visible(work: Work, row: Any) -> bool | None:
    """A callback is told again to whoever calls, and to whoever sees it."""
    if not isinstance(row, Callback):
        return None
    case = await work.load(Case, row.case_id, "case", "办件")
    resource = await resource_of(work, row, case)
    may = any(work.decide(action, resource).allowed for action in ("callback.perform", "callback.assign"))
    return may or sees(work, resource)
