"""Planning callbacks: after an event that the city names, this applicant will be asked how it went (TA-15-13, CH-4.3-3)."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import and_, or_, select

from authz.decide import Resource
from casework.cases.models import Case, CaseState
from casework.feedback.clocks import start_clocks
from casework.feedback.events import CallbackPlanned
from casework.feedback.models import Callback, CallbackState
from casework.feedback.sampling import Draw, is_drawn, month_of
from casework.kernel.law import Regulation
from casework.kernel.work import Work
from tenants.profile import CallbackTrigger, Profile

PLAN = "system.callback_plan"


class Occasion(StrEnum):
    """What happened to the case that may call for a callback."""

    ARCHIVED = "ARCHIVED"
    BAD_REVIEW = "BAD_REVIEW"


REASONS = {Occasion.ARCHIVED: "PERIODIC", Occasion.BAD_REVIEW: "BAD_REVIEW"}
"""Under which reason a callback is kept; one case is called back once for each reason."""

MOMENTS = {Occasion.ARCHIVED: "ARCHIVED", Occasion.BAD_REVIEW: "BAD_REVIEW_OR_COMPLAINT_RECEIVED"}
"""The moment of a profile's clocks that the occasion is."""


@dataclass(frozen=True)
class PlanCallbacks:
    """Which case, what happened to it, and when."""

    case_id: UUID
    occasion: Occasion
    happened_at: datetime


async def plan_callbacks(work: Work, intent: PlanCallbacks) -> tuple[Callback, ...]:
    """Plan what the case's own profile asks for on this occasion; what is planned already is not planned again."""
    case = await work.load(Case, intent.case_id, "case", "办件", "caseId", lock=True)
    work.require(PLAN, Resource(case.unit_path))
    regulation = await work.pinned(case.revision_id)
    trigger = trigger_for(regulation.profile, intent.occasion, case.service_kind)
    if trigger is None or await _is_planned(work, case, REASONS[intent.occasion]):
        return ()
    if not await _is_taken(work, case, regulation.profile, trigger):
        return ()
    return (await _plan(work, case, intent, regulation, trigger),)


def trigger_for(profile: Profile, occasion: Occasion, service_kind: str) -> CallbackTrigger | None:
    """Find what the city says about callbacks on this occasion, for this kind of service or for every kind."""
    if not profile.callback.enabled:
        return None
    names = (occasion.value, f"{service_kind}_{occasion.value}")
    return next((trigger for trigger in profile.callback.triggers if trigger.on in names), None)


async def _is_planned(work: Work, case: Case, reason: str) -> bool:
    query = select(Callback.id).where(
        Callback.tenant_id == work.tenant, Callback.case_id == case.id, Callback.reason == reason
    )
    return await work.session.scalar(query) is not None


async def _is_taken(work: Work, case: Case, profile: Profile, trigger: CallbackTrigger) -> bool:
    """Draw the case where the city calls back a sample of its archived cases only."""
    sample = profile.timer(trigger.timer).sample if trigger.timer else None
    if sample is None or case.archived_at is None:
        return True
    month = month_of(case.archived_at, profile.calendar.timezone)
    first = await _is_first_of_month(work, case, case.archived_at, profile.calendar.timezone)
    return is_drawn(Draw(work.tenant, case.unit_id, month, case.id), sample, first_of_month=first)


async def _is_first_of_month(work: Work, case: Case, archived_at: datetime, timezone: str) -> bool:
    """Ask whether the unit archived no case of this kind earlier in the same month."""
    month = month_of(archived_at, timezone)
    begins = datetime(month.year, month.month, 1, tzinfo=ZoneInfo(timezone)).astimezone(UTC)
    earlier = (
        select(Case.id)
        .where(
            Case.tenant_id == work.tenant,
            Case.unit_path == case.unit_path,
            Case.state == CaseState.ARCHIVED,
            Case.service_kind == case.service_kind,
            Case.archived_at >= begins,
            or_(Case.archived_at < archived_at, and_(Case.archived_at == archived_at, Case.id < case.id)),
        )
        .limit(1)
    )
    return await work.session.scalar(earlier) is None


async def _plan(
    work: Work, case: Case, intent: PlanCallbacks, regulation: Regulation, trigger: CallbackTrigger
) -> Callback:
    callback = work.add(
        Callback(
            case_id=case.id,
            unit_id=case.unit_id,
            unit_path=case.unit_path,
            reason=REASONS[intent.occasion],
            state=CallbackState.PLANNED,
            planned_at=work.now,
            due_at=None,
            attempts=0,
            rules=list(dict.fromkeys((*trigger.basis.rules, *regulation.profile.callback.basis.rules))),
        )
    )
    await work.session.flush()
    callback.due_at = await start_clocks(
        work, callback, regulation, trigger, MOMENTS[intent.occasion], intent.happened_at
    )
    await work.session.flush()
    work.emit(CallbackPlanned(callback).told())
    return callback
