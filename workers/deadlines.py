"""What follows from the clocks: a missed limit is told to whom the city's profile names."""

from casework.deadlines.escalate import Escalate, escalate
from casework.kernel.work import Work
from workers.events import Happened, on


@on("timer.breached", consumer="deadlines.escalate")
async def tell_of_breach(work: Work, happened: Happened) -> None:
    """Tell those who must hear of a missed limit."""
    await escalate(work, Escalate(happened.aggregate_id))
