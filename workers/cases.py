"""What the cases room does behind the counter: applicants hear what happens, and the counters are proved again."""

import structlog

from authz.actor import Actor
from casework.cases.announce import TEXTS, Announce, announce, people_of_case
from casework.cases.recount import BATCH, Recount, recount_cases
from casework.deadlines.escalate import add_recipients
from casework.kernel.work import Office, Work
from workers.duties import every
from workers.events import Happened, on

log = structlog.get_logger("bangban.workers")

RECOUNT_SECONDS = 6 * 3600.0
"""Often enough that a wrong counter does not last a day; each look reads every case of the tenant once."""

add_recipients("case", people_of_case)


async def tell_applicant(work: Work, event: Happened) -> None:
    """Leave the applicant a message about the event (TA-3-9)."""
    await announce(work, Announce(event.aggregate_id, event.name, event.id))


for name in TEXTS:
    on(name, consumer=f"cases.announce.{name}")(tell_applicant)


@every(RECOUNT_SECONDS, name="cases.recount")
async def prove_counters(office: Office, tenant: str) -> bool:
    """Count a tenant's cases anew while everybody works on; what was wrong is put right and said aloud."""
    async with office.open(Actor.system(tenant)) as work:
        found = await recount_cases(work, Recount())
    if found.cases or found.counters:
        log.warning("tally.drifted", tenant=tenant, cases=found.cases, counters=found.counters)
    return found.cases == BATCH
