"""What the relays room does behind the counter: legs that nobody takes, or that are late, are brought to mind."""

from authz.actor import Actor
from casework.kernel.work import Office
from casework.relays.remind import BATCH, RemindLegs, remind_legs
from workers.duties import every


@every(5, "relays.remind")
async def remind(office: Office, tenant: str) -> bool:
    """Mark late and untaken legs of a tenant; a full batch means that more are waiting."""
    async with office.open(Actor.system(tenant)) as work:
        return await remind_legs(work, RemindLegs()) == BATCH
