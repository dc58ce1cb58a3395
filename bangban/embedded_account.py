"""Under which account the embedded PostgreSQL runs: the present user, or an unprivileged one when that user is root."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bangban.faults import ServerError

UNPRIVILEGED = ("postgres", "nobody")
"""Accounts that root hands the server to, the first that exists: PostgreSQL refuses to run as root."""


@dataclass(frozen=True)
class Account:
    """The operating-system account that owns the data directory and runs the server."""

    name: str
    uid: int
    gid: int
    dropped: bool

    def process_options(self) -> dict[str, Any]:
        """Give the subprocess options that make a tool run under this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.dropped else {}

    def own(self, path: Path) -> None:
        """Hand a file or folder to this account."""
        if self.dropped:
            os.chown(path, self.uid, self.gid)

    def can_enter(self, path: Path) -> bool:
        """Tell whether this account can traverse to a path and execute or enter it."""
        if not self.dropped:
            return os.access(path, os.X_OK)
        probe = [shutil.which("test") or "/usr/bin/test", "-x", str(path)]
        try:
            return subprocess.run(probe, cwd="/", check=False, **self.process_options()).returncode == 0
        except PermissionError as error:
            raise ServerError(
                f"root may not become the account {self.name} here (the container forbids it)",
                "Run bangban as a normal user, or set DATABASE_URL to a PostgreSQL server of your own.",
            ) from error


def server_account() -> Account:
    """Choose the account for the server: ourselves, or for root the first unprivileged account there is."""
    if os.geteuid() != 0:
        uid = os.geteuid()
        return Account(_name(uid), uid, os.getegid(), dropped=False)
    for name in UNPRIVILEGED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, dropped=True)
    raise ServerError(
        f"running as root, and none of the accounts {', '.join(UNPRIVILEGED)} exists to run PostgreSQL under",
        "Create one (useradd --system postgres), or set DATABASE_URL.",
    )


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        # Containers often run under a number that has no name.
        return str(uid)
