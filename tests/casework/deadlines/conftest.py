"""Cities for the tests of the clocks, each a tenant of its own in the shared database."""

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC
from uuid import uuid4

import pytest

from bangban.connections import Connections
from casework.deadlines.seed_calendar import SeedCalendar, seed_calendar
from casework.kernel.database import Database
from casework.kernel.vault import Vault, open_vault
from casework.kernel.work import Office
from casework.regulation.publish import publish
from casework.regulation.shelf import Shelf
from tests.casework.deadlines.calendars import local
from tests.casework.deadlines.city import City, SetClock, shipped

Found = Callable[[str], Awaitable[City]]


@pytest.fixture
async def found(database: Connections) -> AsyncIterator[Found]:
    """Found a city by the profile of a shipped one, with the calendars of 2024 and 2025."""
    key = hashlib.sha256(b"test").digest()
    open_vault(Vault({1: key}, 1, key))
    pool = Database.connect(database.app_url, pool_size=4)

    async def build(name: str) -> City:
        clock = SetClock(local("2024-09-01T08:00").astimezone(UTC))
        profile = shipped(name).model_copy(update={"tenant": f"{name}-{uuid4().hex[:8]}"})
        revision_id = await publish(pool, clock, profile, "test")
        assert revision_id is not None
        city = City(Office(pool, clock, Shelf()), clock, profile.tenant, revision_id)
        async with city.office.open(city.actor) as work:
            await seed_calendar(work, SeedCalendar((2024, 2025)))
            await city.build(work, ("city", "county", "window"))
        return city

    yield build
    await pool.close()


@pytest.fixture
async def taian(found: Found) -> City:
    return await found("taian")


@pytest.fixture
async def neixiang(found: Found) -> City:
    return await found("neixiang")


@pytest.fixture
async def zaozhuang(found: Found) -> City:
    return await found("zaozhuang")
