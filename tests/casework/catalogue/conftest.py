"""Cities for the tests of the catalogue."""

from collections.abc import AsyncIterator

import pytest

from bangban.connections import Connections
from tests.casework.cities import City, Found, founding


@pytest.fixture
async def found(database: Connections) -> AsyncIterator[Found]:
    """Found cities by the profiles of shipped ones."""
    async with founding(database) as found:
        yield found


@pytest.fixture
async def taian(found: Found) -> City:
    return await found("taian")


@pytest.fixture
async def neixiang(found: Found) -> City:
    return await found("neixiang")
