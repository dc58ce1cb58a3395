"""What the organisation room does behind the counter: planned ends of posts take effect, or are put off and told."""

from uuid import UUID

import structlog

from authz.actor import Actor
from casework.cases import in_hand as cases_in_hand
from casework.feedback import in_hand as callbacks_in_hand
from casework.kernel.errors import Refusal
from casework.kernel.work import Office, Work
from casework.organisation.lapse_offers import LapseOffers, lapse_offers
from casework.organisation.settle_end import PUT_OFF, SettleEnd, TellPutOff, ends_due, settle_end, tell_put_off
from casework.organisation.tell_handover import TEXTS, TellHandover, tell_handover
from casework.relays import in_hand as legs_in_hand
from workers.duties import every
from workers.events import Happened, on

log = structlog.get_logger("bangban.workers")

IN_HAND = (cases_in_hand, legs_in_hand, callbacks_in_hand)
"""Importing them tells the organisation what can lie in a person's hands; without them every hand would look empty."""

LOOK_SECONDS = 1.0


@every(LOOK_SECONDS, name="organisation.ends")
async def settle_ends(office: Office, tenant: str) -> None:
    """Judge the ends of a tenant that were reached or put off, each in a Work of its own."""
    async with office.open(Actor.system(tenant)) as work:
        due = await ends_due(work)
    for post_id in due:
        try:
            async with office.open(Actor.system(tenant)) as work:
                await settle_end(work, SettleEnd(post_id))
        except Refusal as refusal:  # a race was lost; the next look comes soon
            log.warning("role.end_not_settled", tenant=tenant, post=str(post_id), code=refusal.code.value)


@on(PUT_OFF, consumer="organisation.put_off")
async def tell_of_end_put_off(work: Work, event: Happened) -> None:
    """Tell the person and the chain of roles."""
    await tell_put_off(work, TellPutOff(event.aggregate_id, event.id))


@on("staff.left", consumer="organisation.lapse_offers_to_retired")
@on("staff.deactivated", consumer="organisation.lapse_offers_to_gone")
async def lapse_offers_to_gone(work: Work, event: Happened) -> None:
    """Take back what was offered to somebody who left the service."""
    await lapse_offers(work, LapseOffers(event.aggregate_id))


@on("role.ended", consumer="organisation.lapse_offers_to_left")
async def lapse_offers_to_left(work: Work, event: Happened) -> None:
    """Take back what was offered to somebody who holds no post any more."""
    await lapse_offers(work, LapseOffers(UUID(event.payload["staffId"])))


async def tell_of_handover(work: Work, event: Happened) -> None:
    """Tell the people of a hand-over."""
    people = [UUID(each) for each in event.payload["staffIds"]]
    await tell_handover(work, TellHandover(event.aggregate_id, event.name, event.id, people))


for name in TEXTS:
    on(name, consumer=f"organisation.handover.{name}")(tell_of_handover)
