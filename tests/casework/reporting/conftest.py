"""Towns for the tests of figures, and the province's own connection."""

from collections.abc import AsyncIterator

import pytest

from bangban.connections import Connections
from casework.kernel.database import Database
from tests.casework.feedback.founding import Found, founder


@pytest.fixture
async def found(database: Connections) -> AsyncIterator[Found]:
    async with founder(database) as found_town:
        yield found_town


@pytest.fixture
async def province(database: Connections) -> AsyncIterator[Database]:
    pool = Database.connect(database.province_url, pool_size=2)
    yield pool
    await pool.close()
