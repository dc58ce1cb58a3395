"""Prepares a PostgreSQL server for the office: version, roles, database; the tables come with the migrations."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from bangban.connections import Connections, libpq_parameters
from bangban.database_roles import (
    MissingPrivilege,
    Role,
    ensure_roles,
    faults_of_roles,
    load_passwords,
    write_creation_script,
)
from bangban.embedded import EmbeddedServer
from bangban.faults import ServerError
from bangban.settings import Settings

DATABASE = "bangban"
OLDEST_SERVER = 150000
MAINTENANCE = "postgres"
FORM = "ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'"
"""Order by code points, because prefix ranges over paths need it; letters of every language."""

CODE_POINT_ORDER = frozenset({"C", "POSIX", "C.UTF-8", "C.utf8"})

PREPARING = 0x62616E67
"""Key of the advisory lock under which one process at a time prepares a server."""


def prepare_server(settings: Settings) -> Connections:
    """Start or find the server and bring version, roles and database into order; cheap when they are."""
    passwords_file = settings.roles_file or settings.data_home / "roles.json"
    if settings.database_url:
        given = libpq_parameters(settings.database_url.replace("+psycopg://", "://", 1))
        if given.get("dbname", MAINTENANCE) in {MAINTENANCE, "template1"}:
            given["dbname"] = DATABASE
        return prepare(make_conninfo(**given), passwords_file, reset=settings.reset_roles)
    server = EmbeddedServer(settings.data_home).start()
    try:
        return prepare(server.dsn(database=DATABASE), passwords_file, reset=True, server=server)
    except BaseException:
        server.close()
        raise


def prepare(
    administrator: str, passwords_file: Path, *, reset: bool, server: EmbeddedServer | None = None
) -> Connections:
    """Bring a server into order through the connection string of its administrator or of the database's owner.

    `reset` permits to correct roles of ours that are there already, and to replace their passwords.
    """
    given = libpq_parameters(administrator)
    place = {name: value for name, value in given.items() if name not in {"user", "password", "dbname"}}
    connections = Connections(place, given["dbname"], load_passwords(passwords_file), administrator, server=server)
    if _faults(connections):
        with _maintenance(administrator) as connection:
            _check_version(connection)
            _ensure_roles(connection, connections, passwords_file, reset=reset)
            ensure_database(connection, connections.database)
        connections = replace(connections, owner_account=_settle_owner(connections))
        _require_order(connections, passwords_file)
    return connections


def ensure_database(administrator: psycopg.Connection[Any], name: str, template: str = "template0") -> None:
    """Create a database when there is none, and let exactly our roles connect to it."""
    query = "SELECT datcollate, pg_encoding_to_char(encoding) FROM pg_database WHERE datname = %s"
    found = administrator.execute(query, [name]).fetchone()
    if found is None:
        _create_database(administrator, name, template)
    elif found[1] != "UTF8" or found[0] not in CODE_POINT_ORDER:
        raise ServerError(
            f"the database {name} is {found[1]} and sorts by {found[0]}; ranges over the tree of units need UTF8 and C",
            f"Name another database in DATABASE_URL; one that does not exist is created as it must be, with {FORM}.",
        )


def _create_database(administrator: psycopg.Connection[Any], name: str, template: str) -> None:
    database, owner = sql.Identifier(name), sql.Identifier(Role.OWNER.account)
    create = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(database, owner, sql.Identifier(template))
    if template == "template0":
        create += sql.SQL(f" {FORM}")
    accounts = sql.SQL(", ").join(sql.Identifier(role.account) for role in Role)
    try:
        if not _is_superuser(administrator):
            # Creating a database for another role takes membership in it.
            administrator.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(owner))
        administrator.execute(create)
        administrator.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
        administrator.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, accounts))
    except psycopg.errors.InsufficientPrivilege as error:
        raise ServerError(
            f"the database {name} does not exist, and this account may not create it: {error.diag.message_primary}",
            f"Let an administrator run: {create.as_string(administrator)}",
        ) from None


def _settle_owner(connections: Connections) -> str:
    """Name the account that migrates: our owner role, or the given one when the database is its own.

    In a database that an administrator made beforehand the owner role is given the right to create.
    """
    with psycopg.connect(connections.administrator, autocommit=True) as connection:
        row = connection.execute(
            "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()"
        ).fetchone()
        database_owner = str(row[0]) if row else ""
        if database_owner == Role.OWNER.account:
            return database_owner
        if database_owner == connection.info.user and not _may_administer(connection):
            return database_owner
        database, owner = sql.Identifier(connections.database), sql.Identifier(Role.OWNER.account)
        with suppress(psycopg.errors.InsufficientPrivilege):
            connection.execute(sql.SQL("GRANT CREATE, CONNECT, TEMPORARY ON DATABASE {} TO {}").format(database, owner))
            connection.execute(sql.SQL("GRANT ALL ON SCHEMA public TO {} WITH GRANT OPTION").format(owner))
    return Role.OWNER.account


def _faults(connections: Connections) -> list[str]:
    """Say what keeps the roles from working: who cannot connect, who may too much, an owner that may not create."""
    faults = []
    for role in Role:
        try:
            with psycopg.connect(connections.dsn(role), connect_timeout=5) as connection:
                if role is Role.OWNER:
                    faults += _faults_of_owner(connection)
        except psycopg.OperationalError as error:
            faults.append(f"{role.account} cannot connect to {connections.database}: {error}")
    return faults


def _faults_of_owner(connection: psycopg.Connection[Any]) -> list[str]:
    faults = faults_of_roles(connection)
    if connection.info.server_version < OLDEST_SERVER:
        faults.append(f"the server has version {connection.info.server_version}")
    query = """SELECT has_database_privilege(current_database(), 'CREATE')
                  AND has_schema_privilege('public', 'CREATE')"""
    row = connection.execute(query).fetchone()
    if row is None or not row[0]:
        faults.append(f"{connection.info.user} may not create in the database {connection.info.dbname}")
    return faults


def _require_order(connections: Connections, passwords_file: Path) -> None:
    faults = _faults(connections)
    if faults:
        raise ServerError(
            "the database is not in order:\n  " + "\n  ".join(faults),
            f"The passwords of the roles are expected in {passwords_file}: copy that file here from where the roles\n"
            "were made, or name it by BANGBAN_ROLES_FILE. BANGBAN_RESET_ROLES=1 corrects roles and passwords anew.",
        )


@contextmanager
def _maintenance(administrator: str) -> Iterator[psycopg.Connection[Any]]:
    """Connect where databases can be created, alone among all processes that prepare this server."""
    try:
        connection = psycopg.connect(administrator, dbname=MAINTENANCE, autocommit=True, connect_timeout=10)
    except psycopg.OperationalError:
        connection = _connect_given(administrator)
    with connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [PREPARING])
        yield connection


def _connect_given(administrator: str) -> psycopg.Connection[Any]:
    try:
        return psycopg.connect(administrator, autocommit=True, connect_timeout=10)
    except psycopg.OperationalError as error:
        raise ServerError(
            f"the PostgreSQL server of DATABASE_URL cannot be used: {error}", "Check address, user and password."
        ) from None


def _check_version(connection: psycopg.Connection[Any]) -> None:
    version = connection.info.server_version
    if version < OLDEST_SERVER:
        raise ServerError(f"the server is PostgreSQL {version // 10000}", "Bangban needs PostgreSQL 15 or later.")


def _ensure_roles(
    administrator: psycopg.Connection[Any], connections: Connections, passwords_file: Path, *, reset: bool
) -> None:
    """Bring the roles into order, or say which privilege is missing and leave a script for who has it."""
    try:
        with administrator.transaction():
            ensure_roles(administrator, connections.passwords, reset=reset)
    except MissingPrivilege as error:
        script = passwords_file.with_name("roles.sql")
        write_creation_script(administrator, connections.passwords, script)
        raise ServerError(
            f"the account {administrator.info.user} may not prepare the roles: {error}",
            f"Give it the privilege, or let an administrator run this file once: psql -f {script}",
        ) from None


def _may_administer(connection: psycopg.Connection[Any]) -> bool:
    row = connection.execute("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user").fetchone()
    return bool(row and row[0])


def _is_superuser(connection: psycopg.Connection[Any]) -> bool:
    row = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
    return bool(row and row[0])
