"""The clocks of a callback: until when somebody must be named, and until when the applicant must have been called."""

from datetime import datetime

from casework.cases.models import Case
from casework.deadlines.clocks import Subject, cancel, react
from casework.deadlines.load import hold_calendar
from casework.deadlines.rounds import Start, begin
from casework.feedback.events import CALLBACK
from casework.feedback.models import Callback
from casework.kernel.law import Regulation
from casework.kernel.work import Work
from tenants.profile import CallbackTrigger, Timer

ASSIGNED = "CALLBACK_ASSIGNED"
DONE = "CALLBACK_DONE"


def clocks_for(regulation: Regulation, trigger: CallbackTrigger, moment: str) -> tuple[Timer, ...]:
    """List the clocks that the city ties to a callback: the trigger's own, and those that wait for it from the moment on."""
    return tuple(
        timer
        for timer in regulation.profile.timers
        if timer.id == trigger.timer or (timer.starts_on == moment and timer.stops_on in (ASSIGNED, DONE))
    )


async def start_clocks(
    work: Work, callback: Callback, regulation: Regulation, trigger: CallbackTrigger, moment: str, since: datetime
) -> datetime | None:
    """Start the clocks of a callback and tell when the call is due; None where the city names no time for it."""
    await hold_calendar(work)
    due_at = None
    for spec in clocks_for(regulation, trigger, moment):
        start = Start(CALLBACK, callback.id, callback.unit_id, 1, since, spec.limit)
        timer = await begin(work, regulation, spec, start)
        if spec.stops_on != ASSIGNED:
            due_at = timer.due_at
    return due_at


async def turn_clocks(work: Work, callback: Callback, case: Case, moment: str) -> None:
    """Let the clocks of a callback know that somebody was named, or that the call was made."""
    revision_id = case.revision_id or work.regulation.revision_id
    subject = Subject(CALLBACK, callback.id, callback.unit_id, revision_id, case.workflow, None, None, None)
    await react(work, subject, moment)


async def end_clocks(work: Work, callback: Callback) -> None:
    """End the clocks that nothing else ends; one that ran out stays breached."""
    await cancel(work, CALLBACK, callback.id)
