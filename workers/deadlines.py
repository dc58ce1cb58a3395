"""What the deadlines room does behind the counter: limits that come near or were missed are told to whom they concern."""

from casework.deadlines.escalate import Escalate, escalate, warn
from casework.kernel.work import Work
from workers.events import Happened, on


@on("timer.breached", consumer="deadlines.escalate")
async def report_missed_limit(work: Work, event: Happened) -> None:
    """Tell whom the profile names that a limit was missed (TA-15-2 and its like)."""
    await escalate(work, Escalate(event.aggregate_id))


@on("timer.warned", consumer="deadlines.warn")
async def warn_of_limit(work: Work, event: Happened) -> None:
    """Tell the people of a case that a limit comes near."""
    await warn(work, Escalate(event.aggregate_id))
