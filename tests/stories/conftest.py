"""A running office for the stories of one test process: all five cities, real API, real worker."""

from collections.abc import Iterator

import pytest

from tests.filled_office import filled_copy
from tests.shared_server import SharedServer
from tests.stories.stack import Stack, free_port


@pytest.fixture(scope="session")
def stack(server: SharedServer, worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Start an office of one's own and end it with the session."""
    home = tmp_path_factory.mktemp("office")
    made = Stack(filled_copy(server, f"stories_{worker_id}", home), home, free_port())
    try:
        made.start()
        yield made
    finally:
        made.stop()
