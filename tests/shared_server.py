"""One PostgreSQL for all tests of a run: embedded in a home of its own, or the server that DATABASE_URL names."""

import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg import sql

from bangban.connections import Connections, libpq_parameters
from bangban.database import ensure_database, prepare
from bangban.embedded import EmbeddedServer
from bangban.migrating import migrate, newest_revision, present_revision
from bangban.settings import CHECKOUT

MEMORY = Path("/dev/shm")
ROOM = 3 * 2**30
"""Bytes that a run may take; where memory has them free, a database is made ten times faster than on a disk."""

OFFICES = CHECKOUT / ".data" / "offices"
RUN = "BANGBAN_TEST_RUN"
HOMES = "BANGBAN_TEST_HOMES"
TEMPLATE_KEY = 0x62616E69
ABANDONED_AFTER = 120
"""Seconds after which a home that nobody uses is one that a killed run left behind."""

FORGOTTEN_AFTER = 86_400
"""Seconds after which no run can still be using its office."""

SWIFT = {"fsync": "off", "full_page_writes": "off", "shared_buffers": "64MB", "max_connections": "300"}
"""Nothing here must survive a power cut."""


def memory() -> Path | None:
    """Name the folder that lies in memory; None when there is none with room."""
    roomy = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM
    return MEMORY if roomy else None


@dataclass(frozen=True)
class SharedServer:
    """Access to the server as its administrator; databases made here are gone when the run ends."""

    connections: Connections
    """Addresses the template: migrated, and open to nobody while it is copied."""

    @property
    def administrator(self) -> str:
        """The administrator's connection string, to the maintenance database."""
        return psycopg.conninfo.make_conninfo(self.connections.administrator, dbname="postgres")

    def create(self, name: str, *, migrated: bool = True, template: str = "template") -> Connections:
        """Make a database, as a copy of one of this run's (by default the migrated one) or empty."""
        full_name = f"{prefix()}_{name}"
        template = f"{prefix()}_{template}" if migrated else "template0"
        with psycopg.connect(self.administrator, autocommit=True) as connection:
            ensure_database(connection, full_name, template)
        return self.connections.on(full_name)

    def drop(self, connections: Connections) -> None:
        """Remove a database, whoever is still connected."""
        with psycopg.connect(self.administrator, autocommit=True) as connection:
            _drop(connection, connections.database)


def prefix() -> str:
    """Name this run's databases apart from those of any other run on the same server."""
    return f"bangban_test_{os.environ[RUN]}"


def begin_run() -> None:
    """Give the run a name that its worker processes inherit, and clear away what killed runs left."""
    os.environ.setdefault(RUN, uuid4().hex[:8])
    swift = memory()
    usual = swift / f"bangban-tests-{os.getuid()}" if swift else CHECKOUT / ".data" / "tests"
    homes = Path(os.environ.setdefault(HOMES, str(usual)))
    homes.mkdir(mode=0o755, parents=True, exist_ok=True)
    for office in OFFICES.glob("*"):
        if time.time() - office.stat().st_mtime > FORGOTTEN_AFTER:
            shutil.rmtree(office, ignore_errors=True)
    for home in homes.glob("*"):
        if home.name != os.environ[RUN] and time.time() - home.stat().st_mtime > ABANDONED_AFTER:
            server = EmbeddedServer(home, SWIFT)
            if not server.in_use():
                server.erase()
                shutil.rmtree(home, ignore_errors=True)


def office_home() -> Path:
    """Name the folder where this run keeps the keys of its filled office."""
    return OFFICES / os.environ[RUN]


def open_server() -> SharedServer:
    """Start or join the server of this run and migrate the template once."""
    external = os.environ.get("DATABASE_URL", "")
    if external:
        given = libpq_parameters(external.replace("+psycopg://", "://", 1)) | {"dbname": f"{prefix()}_template"}
        passwords = CHECKOUT / ".data" / "roles.json"
        reset = os.environ.get("BANGBAN_RESET_ROLES") == "1"
        connections = prepare(psycopg.conninfo.make_conninfo(**given), passwords, reset=reset)
    else:
        home = _home()
        server = EmbeddedServer(home, SWIFT).start()
        administrator = server.dsn(database=f"{prefix()}_template")
        connections = prepare(administrator, home / "roles.json", reset=True, server=server)
    shared = SharedServer(connections)
    _migrate_template(shared)
    return shared


def end_run() -> None:
    """Remove all that the run made."""
    shutil.rmtree(office_home(), ignore_errors=True)
    external = os.environ.get("DATABASE_URL", "")
    if external:
        with psycopg.connect(external.replace("+psycopg://", "://", 1), autocommit=True) as connection:
            query = "SELECT datname FROM pg_database WHERE starts_with(datname, %s)"
            for (name,) in connection.execute(query, [prefix()]).fetchall():
                _drop(connection, str(name))
        return
    home = _home()
    if home.exists():
        EmbeddedServer(home, SWIFT).erase()
        shutil.rmtree(home, ignore_errors=True)


def _home() -> Path:
    return Path(os.environ[HOMES], os.environ[RUN])


def _migrate_template(shared: SharedServer) -> None:
    """Migrate while the other test processes wait: a template cannot be copied while somebody is connected to it."""
    with psycopg.connect(shared.administrator, autocommit=True) as guard:
        guard.execute("SELECT pg_advisory_lock(%s)", [TEMPLATE_KEY])
        with psycopg.connect(shared.connections.dsn("owner")) as connection:
            present = present_revision(connection)
        if present != newest_revision():
            migrate(shared.connections)


def _drop(administrator: psycopg.Connection[tuple[object, ...]], name: str) -> None:
    administrator.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
