"""Two worlds: the same office, alone in its database and beside another tenant."""

import os
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pytest

from bangban.connections import Connections
from bangban.database import ensure_database
from tests.isolation.probes import OTHERS, OURS
from tests.isolation.rows import CONTESTED, ORDINARY, settle
from tests.shared_server import SharedServer


@dataclass(frozen=True)
class Worlds:
    """The office alone, and byte for byte the same office beside another tenant."""

    alone: Connections
    shared: Connections

    def __iter__(self) -> Iterator[Connections]:
        return iter((self.alone, self.shared))


def copy_of(server: SharedServer, original: Connections, name: str) -> Connections:
    """Copy a database that nobody is connected to."""
    full_name = f"{original.database}_{name}"
    with psycopg.connect(server.administrator, autocommit=True) as connection:
        ensure_database(connection, full_name, original.database)
    return original.on(full_name)


@pytest.fixture(scope="session")
def worlds(server: SharedServer) -> Worlds:
    """Make both worlds once for this test process; no test leaves anything in them."""
    alone = server.create(f"worlds_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}")
    settle(alone.dsn("app"), OURS)
    shared = copy_of(server, alone, "shared")
    settle(shared.dsn("app"), OTHERS, (*ORDINARY, CONTESTED))
    return Worlds(alone, shared)
