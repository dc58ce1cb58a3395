"""Three small cities with a row for every case that reading knows, in a database of this test process."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest

from bangban.connections import Connections
from bangban.filling import publish_shipped
from bangban.keys import load_vault
from bangban.settings import load_settings
from bangban.telling import Teller
from bench.equality.scenery import CITIES, Town, settle
from casework.kernel.vault import open_vault
from schema.logs import configure_logging
from tests.schema.reading.asked import asked, ground
from tests.shared_server import SharedServer

__all__ = ["asked", "ground"]


@dataclass(frozen=True)
class Scene:
    """A filled database and what lies in it."""

    connections: Connections
    towns: list[Town]


def filled_scene(
    server: SharedServer,
    name: str,
    homes: pytest.TempPathFactory,
    times: int = 1,
    cities: Sequence[str] = CITIES,
) -> Scene:
    """Make a database, publish the profiles, and settle some cities."""
    connections = server.create(name)
    settings = load_settings(data_home=homes.mktemp(name), environment="test")
    open_vault(load_vault(settings))
    publish_shipped(settings, connections, Teller())
    return Scene(connections, settle(connections, times=times, cities=cities))


@pytest.fixture(autouse=True)
def thousands_of_requests() -> Iterator[None]:
    """Write no line for each request, and look less often through what is kept for all of them."""
    thresholds = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    configure_logging(level="CRITICAL")
    yield
    configure_logging()
    gc.set_threshold(*thresholds)
    gc.unfreeze()


@pytest.fixture(scope="session")
def scene(server: SharedServer, worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return filled_scene(server, f"equality_{worker_id}", tmp_path_factory)
