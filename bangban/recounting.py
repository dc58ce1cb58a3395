"""Counting cases anew, city by city: after a bulk load, or to be sure."""

import asyncio
from collections.abc import Collection, Mapping

from authz.actor import Actor
from bangban.connections import Connections
from bangban.faults import SetupError
from casework.cases.recount import BATCH, Recount, Recounted, recount_cases
from casework.kernel.clock import HostClock
from casework.kernel.database import Database
from casework.kernel.work import Office
from casework.regulation.shelf import Shelf
from workers.pulse import tenants as registered

PATIENCE_MS = 600_000
"""A city of many millions of cases takes its time; nobody waits for it."""


def recount_all(connections: Connections, tenants: Collection[str] | None = None) -> Mapping[str, Recounted]:
    """Count the named cities anew, or all; gives what was wrong in each."""

    async def run() -> dict[str, Recounted]:
        database = Database.connect(connections.app_url, pool_size=1, statement_timeout_ms=PATIENCE_MS)
        office = Office(database, HostClock(), Shelf())
        try:
            known = await registered(office)
            unknown = sorted(set(tenants or ()) - set(known))
            if unknown:
                raise SetupError(f"no such city: {', '.join(unknown)}", f"Cities: {', '.join(known)}")
            return {tenant: await recount(office, tenant) for tenant in tenants or known}
        finally:
            await database.close()

    return asyncio.run(run())


async def recount(office: Office, tenant: str) -> Recounted:
    """Count one city anew, in as many transactions as it needs; gives what was wrong in all."""
    cases = counters = 0
    while True:
        async with office.open(Actor.system(tenant)) as work:
            found = await recount_cases(work, Recount())
        cases, counters = cases + found.cases, counters + found.counters
        if found.cases < BATCH:
            return Recounted(cases, counters)
