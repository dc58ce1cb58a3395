"""Figures for the province: once a legal day for the running month, and once for each month that is over."""

from authz.actor import Actor
from casework.kernel.work import Office
from casework.reporting.take_snapshot import TakeSnapshot, months_due, take_snapshot
from workers.duties import every

LOOK_SECONDS = 5.0


@every(LOOK_SECONDS, name="reporting.snapshot")
async def publish_figures(office: Office, tenant: str) -> bool:
    """Take one snapshot that a city owes; True when it owed more than that one."""
    async with office.open(Actor.system(tenant)) as work:
        due = await months_due(work)
        if due:
            await take_snapshot(work, TakeSnapshot(due[0]))
    return len(due) > 1
