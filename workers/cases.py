"""What the cases room does behind the counter: applicants hear what happens to their cases."""

from casework.cases.announce import TEXTS, Announce, announce, people_of_case
from casework.deadlines.escalate import add_recipients
from casework.kernel.work import Work
from workers.events import Happened, on

add_recipients("case", people_of_case)


async def tell_applicant(work: Work, event: Happened) -> None:
    """Leave the applicant a message about the event (TA-3-9)."""
    await announce(work, Announce(event.aggregate_id, event.name, event.id))


for name in TEXTS:
    on(name, consumer=f"cases.announce.{name}")(tell_applicant)
