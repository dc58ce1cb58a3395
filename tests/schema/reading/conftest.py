"""Three small cities with a row for every case that reading knows, in a database of this test process."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bangban.connections import Connections
from bangban.filling import publish_shipped
from bangban.keys import load_vault
from bangban.settings import load_settings
from bangban.telling import Teller
from bench.equality.scenery import CITIES, Town, settle
from casework.kernel.vault import VaultClosed, open_vault, opened_vault
from schema.logs import configure_logging
from tests.schema.reading.asked import asked, ground
from tests.shared_server import SharedServer

__all__ = ["asked", "ground"]


@dataclass(frozen=True)
class Scene:
    """A filled database and what lies in it."""

    connections: Connections
    towns: list[Town]


def filled_scene(server: SharedServer, name: str, home: Path, times: int = 1, cities: Sequence[str] = CITIES) -> Scene:
    """Make a database, publish the profiles, and settle some cities."""
    connections = server.create(name)
    with vault_of(home):
        publish_shipped(load_settings(data_home=home, environment="test"), connections, Teller())
        return Scene(connections, settle(connections, times=times, cities=cities))


@contextmanager
def vault_of(home: Path) -> Iterator[None]:
    """Open the vault under which the scenes are sealed, and give back the one that was open."""
    try:
        before = opened_vault()
    except VaultClosed:
        before = None
    open_vault(load_vault(load_settings(data_home=home, environment="test")))
    try:
        yield
    finally:
        if before is not None:
            open_vault(before)


@pytest.fixture(scope="session")
def proof_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("equality")


@pytest.fixture(autouse=True)
def thousands_of_requests(proof_home: Path) -> Iterator[None]:
    """Write no line for each request."""
    configure_logging(level="CRITICAL")
    with vault_of(proof_home):
        yield
    configure_logging()


@pytest.fixture(scope="session")
def scene(server: SharedServer, worker_id: str, proof_home: Path) -> Scene:
    return filled_scene(server, f"equality_{worker_id}", proof_home)
