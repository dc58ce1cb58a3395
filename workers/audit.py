"""The audit trail is sealed from here, tenant by tenant, within about a second after the deed."""

from authz.actor import Actor
from casework.kernel.audit import seal_entries
from casework.kernel.work import Office
from workers.duties import Duty
from workers.pace import Pace

BATCH = 500


def seal(pace: Pace) -> Duty:
    """Make the duty of sealing."""

    async def look(office: Office, tenant: str) -> bool:
        """Chain the new entries of a tenant; a full batch means that more are waiting."""
        async with office.open(Actor.system(tenant)) as work:
            sealed = await seal_entries(work.session, tenant, BATCH)
        return sealed == BATCH

    return Duty("audit", pace.seal_seconds, look)
