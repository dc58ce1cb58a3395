"""What the relays room does behind the counter: legs that nobody takes, or that are late, are brought to mind."""

from uuid import UUID

from authz.actor import Actor
from casework.kernel.work import Office, Work
from casework.relays.bring_to_mind import TEXTS, BringToMind, bring_to_mind
from casework.relays.remind import BATCH, RemindLegs, remind_legs
from workers.duties import every
from workers.events import Happened, on


@every(5, "relays.remind")
async def remind(office: Office, tenant: str) -> bool:
    """Mark late and untaken legs of a tenant; a full batch means that more are waiting."""
    async with office.open(Actor.system(tenant)) as work:
        return await remind_legs(work, RemindLegs()) == BATCH


async def tell_of_leg(work: Work, event: Happened) -> None:
    """Tell whoever can move the leg."""
    await bring_to_mind(work, BringToMind(UUID(event.payload["legId"]), event.name, event.id))


for name in TEXTS:
    on(name, consumer=f"relays.bring_to_mind.{name}")(tell_of_leg)
