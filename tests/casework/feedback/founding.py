"""Founding towns: a published profile, a tree of units, a citizen."""

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from uuid import uuid4

from bangban.connections import Connections
from casework.kernel.database import Database
from casework.kernel.vault import Vault, open_vault
from casework.kernel.work import Office
from casework.regulation.publish import publish
from casework.regulation.shelf import Shelf
from tests.casework.feedback.town import SetClock, Town, local, shipped

Found = Callable[[str], Awaitable[Town]]
KEY = hashlib.sha256(b"test").digest()


@asynccontextmanager
async def founder(database: Connections) -> AsyncIterator[Found]:
    """Found towns by the profiles of shipped cities, on one pool."""
    open_vault(Vault({1: KEY}, 1, KEY))
    pool = Database.connect(database.app_url, pool_size=4)

    async def build(name: str) -> Town:
        clock = SetClock(local("2025-03-10T10:00"))
        profile = shipped(name).model_copy(update={"tenant": f"{name}-{uuid4().hex[:8]}"})
        revision_id = await publish(pool, clock, profile, "test")
        assert revision_id is not None
        town = Town(Office(pool, clock, Shelf()), clock, profile, revision_id)
        await town.unit("city", division_code="3709")
        await town.unit("county", "city", division_code="370902", unit_type="county_service_unit", tier="COUNTY")
        await town.unit("window", "county", division_code="370902001", unit_type="township_window", tier="TOWNSHIP")
        await town.citizen()
        return town

    yield build
    await pool.close()
