"""The roles of the database, their passwords, and how an administrator's connection brings them into order."""

import json
import os
import secrets
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from bangban.faults import ServerError


class Role(StrEnum):
    """Who connects: the owner migrates, the app works, the province reads snapshots, the backup reads everything."""

    OWNER = "owner"
    APP = "app"
    PROVINCE = "province"
    BACKUP = "backup"

    @property
    def account(self) -> str:
        """The role's name in PostgreSQL."""
        return f"bangban_{self.value}"


FORBIDDEN = ("SUPERUSER", "CREATEDB", "CREATEROLE", "REPLICATION", "BYPASSRLS")
"""Attributes that no role of ours has; the backup alone has BYPASSRLS, without which it would save nothing."""

READS_ONLY = frozenset({Role.PROVINCE, Role.BACKUP})

ATTRIBUTES = """
SELECT rolname, rolcanlogin, rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls
FROM pg_roles WHERE rolname = ANY(%s)
"""


def load_passwords(path: Path) -> Mapping[Role, str]:
    """Read the passwords of the roles, generating the file when there is none; nobody else can read it."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_first(path, json.dumps({role.account: secrets.token_urlsafe(24) for role in Role}, indent=2))
    try:
        kept = json.loads(path.read_text())
        return {role: str(kept[role.account]) for role in Role}
    except (ValueError, TypeError, KeyError) as error:
        raise ServerError(
            f"{path} is not a JSON object with the password of every role: {error}",
            "Restore it, or remove it to have it generated.",
        ) from None


def ensure_roles(administrator: psycopg.Connection[Any], passwords: Mapping[Role, str], *, reset: bool) -> None:
    """Create the roles that are missing.

    `reset` also corrects what existing ones may do and sets their passwords; without it they are left alone, because
    somebody else may be working with them.
    """
    found = {row[0]: row[1:] for row in administrator.execute(ATTRIBUTES, [[role.account for role in Role]])}
    for role in Role:
        if role.account not in found:
            _demand(administrator, creation(administrator, role, passwords[role]))
        elif reset:
            _demand(administrator, _corrections(role, found[role.account]))
            _demand(administrator, [_set_password(administrator, role, passwords[role])])


def creation(connection: psycopg.Connection[Any], role: Role, password: str) -> list[sql.Composed]:
    """Compose what creates one role."""
    account = sql.Identifier(role.account)
    bypass = sql.SQL(" BYPASSRLS") if role is Role.BACKUP else sql.SQL("")
    statements = [
        sql.SQL("CREATE ROLE {} LOGIN{}").format(account, bypass),
        _set_password(connection, role, password),
    ]
    if role in READS_ONLY:
        statements.append(sql.SQL("ALTER ROLE {} SET default_transaction_read_only = on").format(account))
    if role is Role.BACKUP:
        statements.append(sql.SQL("GRANT pg_read_all_data TO {}").format(account))
    return statements


def write_creation_script(connection: psycopg.Connection[Any], passwords: Mapping[Role, str], path: Path) -> None:
    """Write what an administrator has to run once, for servers where we may not create roles ourselves."""
    lines = [
        statement.as_string(connection) + ";\n"
        for role in Role
        for statement in creation(connection, role, passwords[role])
    ]
    path.unlink(missing_ok=True)
    _write_first(path, "".join(lines))


def faults_of_roles(connection: psycopg.Connection[Any]) -> list[str]:
    """Say which roles are missing or may more than they should."""
    found = {row[0]: row[1:] for row in connection.execute(ATTRIBUTES, [[role.account for role in Role]])}
    faults = [f"the role {role.account} does not exist" for role in Role if role.account not in found]
    for role in Role:
        if role.account in found:
            faults += [statement.as_string(connection) for statement in _corrections(role, found[role.account])]
    return faults


def _corrections(role: Role, attributes: tuple[bool, ...]) -> list[sql.Composed]:
    can_login, *privileges = attributes
    wanted = {"BYPASSRLS"} if role is Role.BACKUP else set()
    words = [] if can_login else ["LOGIN"]
    for name, held in zip(FORBIDDEN, privileges, strict=True):
        if held != (name in wanted):
            words.append(name if name in wanted else f"NO{name}")
    account = sql.Identifier(role.account)
    return [sql.SQL("ALTER ROLE {} {}").format(account, sql.SQL(word)) for word in words]


def _set_password(connection: psycopg.Connection[Any], role: Role, password: str) -> sql.Composed:
    """Compose the change of a password; only its verifier travels, so no server log can show it."""
    verifier = connection.pgconn.encrypt_password(password.encode(), role.account.encode(), b"scram-sha-256").decode()
    return sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role.account), sql.Literal(verifier))


def _demand(administrator: psycopg.Connection[Any], statements: list[sql.Composed]) -> None:
    for statement in statements:
        try:
            administrator.execute(statement)
        except psycopg.errors.InsufficientPrivilege as error:
            words = statement.as_string(administrator).partition(" PASSWORD ")[0]
            raise MissingPrivilege(f"{error.diag.message_primary} (on: {words})") from None


class MissingPrivilege(Exception):
    """The given account may not do what bringing the roles into order takes."""


def _write_first(path: Path, text: str) -> None:
    """Write a secret file in one step unless another process was first."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()
