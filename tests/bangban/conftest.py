"""Embedded servers for the tests of the program's frame, each in a home of its own."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bangban.embedded import EmbeddedServer
from tests.shared_server import memory

FAST = {"fsync": "off", "full_page_writes": "off", "shared_buffers": "16MB", "max_connections": "40"}


@pytest.fixture
def home() -> Iterator[Path]:
    """Make a folder that an unprivileged account can reach, which pytest's own temporary folders are not for root."""
    folder = Path(tempfile.mkdtemp(prefix="bangban-", dir=memory()))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def embedded(home: Path) -> Iterator[Callable[..., EmbeddedServer]]:
    """Make embedded servers that are gone after the test."""
    made: list[EmbeddedServer] = []

    def make(place: Path = home) -> EmbeddedServer:
        server = EmbeddedServer(place, FAST)
        made.append(server)
        return server

    yield make
    for server in made:
        server.erase()
