"""What all tests share: one PostgreSQL per run, one migrated database per test process, and a loud word on skips.

`make test` uses an embedded server; with DATABASE_URL the same tests run on that server instead. Tests that CI also
runs on the machine's PostgreSQL 15 carry the mark `external`; those in the folders named below carry it by their place.
"""

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from bangban.connections import Connections
from tests.shared_server import SharedServer, begin_run, end_run, open_server

EXTERNAL_FOLDERS = ("migrations", "isolation", "workers", "casework/kernel")
NOT_TESTED = "NOT TESTED: "
"""Begins the reason of a skip that leaves a part of the program untried on this machine."""


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "external: also run on an external PostgreSQL 15 (DATABASE_URL)")
    if not hasattr(config, "workerinput"):
        begin_run()


def pytest_collection_finish(session: pytest.Session) -> None:
    """Keep what was loaded out of the garbage collector's way, and let it look less often through the rest."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        end_run()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.relative_to(here).as_posix().startswith(tuple(f"{folder}/" for folder in EXTERNAL_FOLDERS)):
            item.add_marker("external")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly what was not tried here, and that CI would not have let it pass."""
    reasons = [report.longrepr[2] for report in terminalreporter.stats.get("skipped", []) if report.longrepr]
    untried = sorted({str(reason).partition(NOT_TESTED)[2] for reason in reasons if NOT_TESTED in str(reason)})
    if untried:
        terminalreporter.section("NOT TESTED on this machine (.ci/run would fail)", red=True, bold=True)
        for reason in untried:
            terminalreporter.line(reason, red=True)


@pytest.fixture(scope="session")
def server() -> Iterator[SharedServer]:
    """Start the PostgreSQL of this run, shared by its test processes; gives access as the administrator."""
    shared = open_server()
    yield shared
    shared.connections.close()


@pytest.fixture(scope="session")
def database(server: SharedServer) -> Connections:
    """Make the migrated database of this test process, with all roles; tests that share it keep to tenants of their own."""
    return server.create(os.environ.get("PYTEST_XDIST_WORKER", "alone"))


@pytest.fixture
def fresh_database(server: SharedServer) -> Iterator[Connections]:
    """Make a migrated database for one test, which may do with it what it likes."""
    made = server.create(uuid4().hex[:8])
    yield made
    server.drop(made)


@pytest.fixture
def empty_database(server: SharedServer) -> Iterator[Connections]:
    """Make a database without tables, for tests of the migrations."""
    made = server.create(uuid4().hex[:8], migrated=False)
    yield made
    server.drop(made)
