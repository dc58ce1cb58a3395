"""Brings the database's schema to the newest revision, without an alembic.ini."""

from typing import TYPE_CHECKING, Any

import psycopg

from bangban.connections import Connections
from bangban.database_roles import Role
from bangban.faults import ServerError
from bangban.settings import CHECKOUT

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = CHECKOUT / "migrations"
MIGRATING = 0x62616E68
"""Key of the advisory lock under which one process at a time migrates a database."""


def alembic_config(url: str) -> "Config":
    """Make Alembic's configuration for one database."""
    from alembic.config import Config

    config = Config()
    # A percent sign in a path would be taken for interpolation.
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["url"] = url
    return config


def newest_revision() -> str:
    """Name the revision that the migrations in this checkout lead to.

    Their files are named by their numbers, so nobody has to load Alembic to know it: most starts migrate nothing.
    """
    numbers = sorted(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))
    if not numbers:
        raise ServerError("there are no migrations in this checkout", "Is the folder migrations/ complete?")
    return numbers[-1]


def present_revision(connection: psycopg.Connection[Any]) -> str | None:
    """Name the revision that a database is at, or None when it was never migrated."""
    row = connection.execute("SELECT to_regclass('public.alembic_version')").fetchone()
    if row is None or row[0] is None:
        return None
    found = connection.execute("SELECT version_num FROM public.alembic_version").fetchone()
    return str(found[0]) if found else None


def migrate(connections: Connections) -> bool:
    """Upgrade to the newest revision, one process at a time; tells whether there was anything to do."""
    newest = newest_revision()
    # Autocommit: an open snapshot would stop a migration that builds an index concurrently.
    with psycopg.connect(connections.dsn(Role.OWNER), autocommit=True) as guard:
        if present_revision(guard) == newest:
            return False
        guard.execute("SELECT pg_advisory_lock(%s)", [MIGRATING])
        if present_revision(guard) == newest:
            return False
        _refuse_unknown(present_revision(guard))
        from alembic import command

        command.upgrade(alembic_config(connections.owner_url), "head")
    return True


def _refuse_unknown(present: str | None) -> None:
    """Refuse a database that a newer program has migrated."""
    from alembic.script import ScriptDirectory

    known = {script.revision for script in ScriptDirectory.from_config(alembic_config("")).walk_revisions()}
    if present is not None and present not in known:
        raise ServerError(
            f"the database is at revision {present}, which this checkout does not know",
            "It was migrated by a newer bangban: update the checkout, or choose another database.",
        )
