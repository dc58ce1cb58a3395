"""The bench's own embedded server, and one prepared database per number of cases."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
from psycopg import sql

from bangban import demo
from bangban.connections import Connections, libpq_parameters, sqlalchemy_url
from bangban.database import prepare
from bangban.embedded import EmbeddedServer
from bangban.filling import publish_shipped
from bangban.keys import load_vault
from bangban.migrating import migrate
from bangban.settings import CHECKOUT, Settings, load_settings
from bangban.telling import Teller
from casework.kernel.vault import open_vault

HOME = CHECKOUT / ".data" / "bench"
"""Everything that the bench keeps lies here and can be removed."""

SCALE = 0.05
OPTIONS = {
    "shared_buffers": "512MB",
    "max_connections": "120",
    "max_wal_size": "4GB",
    "synchronous_commit": "off",
    # A transaction that empties and fills a table then needs no log of it.
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


@contextmanager
def bench_database(cases: int) -> Iterator[Connections]:
    """Start the server and prepare the database for so many cases: migrated, profiles published, offices staffed."""
    HOME.mkdir(parents=True, exist_ok=True)
    server = EmbeddedServer(HOME, OPTIONS).start()
    try:
        administrator = server.dsn(database=database_of(cases))
        forget_older(server.dsn(), cases)
        connections = prepare(administrator, HOME / "roles.json", reset=True)
        migrate(connections)
        staff(connections)
        yield connections
    finally:
        server.close()


def database_of(cases: int) -> str:
    """Name the database of so many cases under the present migrations, so that changed tables are filled anew."""
    digest = hashlib.sha256()
    for path in sorted((CHECKOUT / "migrations").rglob("*.py")):
        digest.update(path.read_bytes())
    return f"bench_{cases}_{digest.hexdigest()[:8]}"


def forget_older(maintenance: str, cases: int) -> None:
    """Drop the databases of so many cases that were made under other migrations, unless another run uses them."""
    query = "SELECT datname FROM pg_database WHERE starts_with(datname, %s) AND datname <> %s"
    with psycopg.connect(maintenance, autocommit=True) as connection:
        for (name,) in connection.execute(query, [f"bench_{cases}_", database_of(cases)]).fetchall():
            with suppress(psycopg.errors.ObjectInUse):
                connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))


def settings() -> Settings:
    """Give the settings of a test office that keeps its keys in the bench's folder."""
    return load_settings(data_home=HOME, environment="test")


def staff(connections: Connections) -> None:
    """Publish the five profiles and load small offices, where that was not done before."""
    kept = settings()
    open_vault(load_vault(kept))
    publish_shipped(kept, connections, Teller())
    demo.load(connections, SCALE)


def environment(connections: Connections, port: int, pool_size: int) -> dict[str, str]:
    """Give the API process the settings under which it serves the bench's database."""
    return {
        **os.environ,
        "DATABASE_URL": sqlalchemy_url(libpq_parameters(connections.administrator)),
        "BANGBAN_DATA_HOME": str(HOME),
        "BANGBAN_ROLES_FILE": str(HOME / "roles.json"),
        "BANGBAN_ENVIRONMENT": "test",
        "BANGBAN_API_PORT": str(port),
        "BANGBAN_POOL_SIZE": str(pool_size),
    }


def postmaster_pid() -> int:
    """Find the process of the bench's server, of which all backends are children."""
    folder = EmbeddedServer(HOME).home.data
    return int(Path(folder / "postmaster.pid").read_text().splitlines()[0])


def filled(connection: psycopg.Connection[tuple[str]], mark: str) -> bool:
    """Tell whether the database was filled to the end with exactly these cases."""
    query = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
    row = connection.execute(query).fetchone()
    return row is not None and row[0] == mark
