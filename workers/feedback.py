"""What follows for callbacks when a case is archived or badly reviewed."""

from uuid import UUID

from casework.feedback.plan_callbacks import Occasion, PlanCallbacks, plan_callbacks
from casework.kernel.work import Work
from workers.events import Happened, on


@on("case.archived", consumer="feedback.sample_callback")
async def sample_callback(work: Work, happened: Happened) -> None:
    """Plan a callback if the city calls back after archiving and the case is drawn (TA-15-13)."""
    await plan_callbacks(work, PlanCallbacks(happened.aggregate_id, Occasion.ARCHIVED, happened.occurred_at))


@on("evaluation.bad", consumer="feedback.call_back_bad_review")
async def call_back_bad_review(work: Work, happened: Happened) -> None:
    """Plan the callback that some cities demand after a bad review (CH-4.3-3)."""
    case_id = UUID(happened.payload["caseId"])
    await plan_callbacks(work, PlanCallbacks(case_id, Occasion.BAD_REVIEW, happened.occurred_at))
