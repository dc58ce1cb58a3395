"""The pulse: looks after every tenant, each duty of each tenant in a lane of its own.

A lane that fails or hangs is nobody else's trouble: no city waits for another one, and no duty for another one.
Only one process leads at a time, and even two would do no harm: every claim takes what is not taken, every effect
has its key.
"""

import asyncio
from collections.abc import Sequence

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from casework.kernel.tenancy import Tenant
from casework.kernel.work import Office
from workers.duties import Duty
from workers.faults import kind_of, places_of
from workers.leader import hold, leadership
from workers.pace import Pace

log = structlog.get_logger("bangban.workers")


class Pulse:
    """The loop of one process: stands by until it leads, then looks after all tenants."""

    def __init__(self, office: Office, duties: Sequence[Duty], pace: Pace) -> None:
        self.office = office
        self.duties = tuple(duties)
        self.pace = pace
        self._lanes: dict[str, list[asyncio.Task[None]]] = {}

    async def run(self) -> None:
        """Lead when nobody else does, for ever; cancelling it gives the lead back."""
        while True:
            try:
                async with leadership(self.office.database, self.pace) as session:
                    await self._lead(session)
            except Exception as error:  # noqa: BLE001 - a pulse that ends would stop every clock of every city
                log.error("pulse.interrupted", error=kind_of(error), places=places_of(error))
            await asyncio.sleep(self.pace.election_seconds)

    async def _lead(self, session: AsyncConnection) -> None:
        log.info("pulse.leads")
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(hold(session, self.pace))
                tasks.create_task(self._follow_tenants(tasks))
        finally:
            self._lanes.clear()
            log.info("pulse.steps_down")

    async def _follow_tenants(self, tasks: asyncio.TaskGroup) -> None:
        """Open lanes for tenants that are new and close those of tenants that are gone."""
        while True:
            present = set(await tenants(self.office))
            for tenant in present - self._lanes.keys():
                self._lanes[tenant] = [tasks.create_task(self._lane(duty, tenant)) for duty in self.duties]
            for tenant in self._lanes.keys() - present:
                for lane in self._lanes.pop(tenant):
                    lane.cancel()
            await asyncio.sleep(self.pace.tenants_seconds)

    async def _lane(self, duty: Duty, tenant: str) -> None:
        """Look after one tenant in one respect; a failure makes the lane slower, never silent."""
        failures = 0
        while True:
            try:
                more = await duty.act(self.office, tenant)
                failures = 0
                await asyncio.sleep(0 if more else duty.seconds)
            except Exception as error:  # noqa: BLE001 - the next look may succeed
                failures += 1
                log.error("duty.failed", duty=duty.name, tenant=tenant, error=kind_of(error), places=places_of(error))
                await asyncio.sleep(self.pace.failure_wait(failures))


async def tenants(office: Office) -> list[str]:
    """List the codes of all tenants."""
    async with office.database.session() as session:
        return list((await session.scalars(select(Tenant.code).order_by(Tenant.code))).all())
