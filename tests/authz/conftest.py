"""The database of the permission tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.authz.worlds import RowStore
from tests.shared_server import SharedServer


@pytest.fixture(scope="module")
def store(server: SharedServer) -> Iterator[RowStore]:
    made = RowStore(server.administrator)
    yield made
    made.close()
