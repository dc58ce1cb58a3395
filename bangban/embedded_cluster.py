"""Creates and configures the data directory of the embedded PostgreSQL."""

import os
import secrets
import shutil
import uuid
from collections.abc import Mapping
from pathlib import Path

from bangban.embedded_binaries import major_version
from bangban.embedded_faults import explain
from bangban.embedded_locale import letters_locale
from bangban.embedded_tools import Tools
from bangban.faults import ServerError

SUPERUSER = "postgres"
SPACE_NEEDED = 300 * 1024 * 1024
LOG_KEPT = 10 * 1024 * 1024

SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "shared_preload_libraries": "pg_stat_statements",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "log_min_duration_statement": "1s",
    # Personal data must not reach the log through statements, parameters or details of errors.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}
"""What every embedded server is configured with."""


def create_cluster(tools: Tools) -> None:
    """Run initdb in a folder of its own and rename that when complete, so that half a cluster is never started."""
    home = tools.home
    free = shutil.disk_usage(home.folder).free
    if free < SPACE_NEEDED:
        raise explain("initdb", f"No space left on device: {free >> 20} MB free, 300 MB needed", home.log)
    _clear_abandoned(home.folder)
    unfinished = home.folder / f"pgdata.{uuid.uuid4().hex[:8]}"
    unfinished.mkdir(mode=0o700)
    tools.account.own(unfinished)
    password = _hand_over_password(tools)
    try:
        tools.run(
            "initdb",
            *("-D", unfinished, "-U", SUPERUSER, f"--pwfile={password}", "--auth=scram-sha-256", "-E", "UTF8"),
            *("--locale=C", f"--lc-ctype={letters_locale()}"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
        )
    finally:
        password.unlink()
    unfinished.rename(home.data)


def check_version(data: Path) -> None:
    """Refuse a data directory that another major version of PostgreSQL made."""
    made_by = (data / "PG_VERSION").read_text().strip()
    if made_by != str(major_version()):
        raise ServerError(
            f"{data} was made by PostgreSQL {made_by}, the installed wheel is PostgreSQL {major_version()}",
            "Dump it with the old version and restore it here, or start afresh with `make clean`.",
        )


def configure(tools: Tools, options: Mapping[str, str]) -> None:
    """Write the server's configuration, and begin a new log when the old one has grown large."""
    home = tools.home
    wanted = {**SETTINGS, "unix_socket_directories": str(home.sockets), "port": str(home.port), **options}
    path = home.data / "postgresql.auto.conf"
    path.write_text("".join(f"{name} = '{value}'\n" for name, value in wanted.items()))
    tools.account.own(path)
    if home.log.exists() and home.log.stat().st_size > LOG_KEPT:
        home.log.rename(home.log.with_suffix(".old.log"))


def read_password(path: Path) -> str:
    """Read the superuser's password."""
    try:
        return path.read_text()
    except FileNotFoundError:
        raise ServerError(
            f"the password file {path} is gone", "Restore it, or start afresh with `make clean`."
        ) from None


def write_secret(path: Path, secret: str) -> None:
    """Write a file that nobody else can read at any moment."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secret)


def _hand_over_password(tools: Tools) -> Path:
    """Write the superuser's password where initdb, running under the server's account, may read it."""
    kept = tools.home.password_file
    if not kept.exists():
        write_secret(kept, secrets.token_urlsafe(24))
    handed = tools.home.folder / f"password.{uuid.uuid4().hex[:8]}"
    write_secret(handed, kept.read_text())
    tools.account.own(handed)
    return handed


def _clear_abandoned(folder: Path) -> None:
    """Remove what an initdb left behind whose launcher was killed."""
    for abandoned in folder.glob("pgdata.*"):
        shutil.rmtree(abandoned, ignore_errors=True)
    for abandoned in folder.glob("password.*"):
        abandoned.unlink(missing_ok=True)
