"""The counters are proved from behind the counter: twice does no harm, and what was wrong is said aloud."""

from collections.abc import AsyncIterator

import pytest
from structlog.testing import capture_logs

from bangban.connections import Connections
from tests.casework.cases.counted import Counted
from tests.casework.cases.test_recount import copy_past_the_office
from tests.casework.feedback.founding import founder
from workers.cases import prove_counters


@pytest.fixture
async def town(database: Connections) -> AsyncIterator[Counted]:
    async with founder(database) as found:
        counted = Counted(await found("taian"))
        await counted.open()
        yield counted


async def test_wrong_counters_are_put_right_once_and_said_aloud(town: Counted) -> None:
    await copy_past_the_office(town, 3)
    with capture_logs() as lines:
        for _ in range(2):
            assert await prove_counters(town.office, town.town.tenant) is False
    (line,) = lines
    assert (line["event"], line["cases"], line["counters"]) == ("tally.drifted", 0, 2)
    await town.agree()
