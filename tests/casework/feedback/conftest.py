"""Towns for the tests of feedback, each a tenant of its own in the shared database."""

from collections.abc import AsyncIterator

import pytest

from bangban.connections import Connections
from tests.casework.feedback.founding import Found, founder
from tests.casework.feedback.town import Town


@pytest.fixture
async def found(database: Connections) -> AsyncIterator[Found]:
    async with founder(database) as found_town:
        yield found_town


@pytest.fixture
async def taian(found: Found) -> Town:
    return await found("taian")


@pytest.fixture
async def chaonan(found: Found) -> Town:
    return await found("chaonan")
