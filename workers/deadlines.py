"""What the deadlines room does behind the counter: a missed limit is reported up the city's own chain of roles."""

from casework.deadlines.escalate import Escalate, escalate
from casework.kernel.work import Work
from workers.events import Happened, on


@on("timer.breached", consumer="deadlines.escalate")
async def report_missed_limit(work: Work, event: Happened) -> None:
    """Tell whom the profile names that a limit was missed (TA-15-2 and its like)."""
    await escalate(work, Escalate(event.aggregate_id))
