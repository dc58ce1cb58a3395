"""Towns for the tests of cases, each a tenant of its own in the shared database."""

from collections.abc import AsyncIterator

import pytest

from bangban.connections import Connections
from tests.casework.cases.counted import Counted
from tests.casework.feedback.founding import founder


@pytest.fixture
async def town(database: Connections) -> AsyncIterator[Counted]:
    """Found a town after Taian with two windows, a lead and a citizen."""
    async with founder(database) as found:
        counted = Counted(await found("taian"))
        await counted.open()
        yield counted
