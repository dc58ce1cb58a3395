"""Where the embedded PostgreSQL keeps its things, and with which permissions."""

import hashlib
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from bangban.embedded_account import Account
from bangban.faults import ServerError

PORT = 5432
"""The number in the name of the socket file; no TCP port is opened for it."""

SOCKET_PATH_LIMIT = 100
"""sun_path holds 104 bytes on macOS and 108 on Linux, the closing zero included."""

PLAIN_PATH = re.compile(r"[A-Za-z0-9._/-]+")
"""Paths that need no quoting in PostgreSQL's lists, where commas separate entries, nor in connection strings."""

SHELL_CHARACTERS = re.compile(r'["$`\\\n]')
"""What pg_ctl would hand to a shell inside double quotes."""

SYSTEM_STATE = Path("/var/lib/bangban")
"""Where root keeps clusters of data homes that an unprivileged account cannot reach, such as those below /root."""


@dataclass(frozen=True)
class Home:
    """The folders and files of one embedded server."""

    folder: Path

    @property
    def port(self) -> int:
        """The number that names the socket."""
        return PORT

    @property
    def data(self) -> Path:
        """The PostgreSQL data directory."""
        return self.folder / "pgdata"

    @property
    def logs(self) -> Path:
        """The folder of the server's log and of what its tools said."""
        return self.folder / "log"

    @property
    def log(self) -> Path:
        """The server's log."""
        return self.logs / "postgres.log"

    @property
    def password_file(self) -> Path:
        """The superuser's password, readable by us alone."""
        return self.folder / "password"

    @property
    def sockets(self) -> Path:
        """The folder of the unix socket: in the home, or below /tmp when that path is too long or needs quoting."""
        inside = self.folder / "run"
        path = f"{inside}/.s.PGSQL.{PORT}"
        if PLAIN_PATH.fullmatch(path) and len(path) <= SOCKET_PATH_LIMIT:
            return inside
        return Path("/tmp") / f"bangban-{_digest(self.folder)}"

    @property
    def socket(self) -> Path:
        """The unix socket itself."""
        return self.sockets / f".s.PGSQL.{PORT}"


def choose_home(data_home: Path, account: Account) -> Home:
    """Place the server below the data home, or in the system's state folder when its account cannot get there."""
    if SHELL_CHARACTERS.search(str(data_home)):
        raise ServerError(
            f"PostgreSQL's tools cannot work in {data_home}", 'Choose a BANGBAN_DATA_HOME without " $ ` \\ in its path.'
        )
    make_folder(data_home, 0o755)
    below = data_home / "postgres"
    # A server that is already there stays, even if the way to it was closed since: its data must not seem lost.
    if below.exists() or account.can_enter(data_home):
        return Home(below)
    make_folder(SYSTEM_STATE, 0o755)
    return Home(SYSTEM_STATE / _digest(data_home))


def make_folder(path: Path, mode: int) -> None:
    """Create a folder with these permissions, whatever the umask; one that exists keeps its own."""
    if not path.exists():
        path.mkdir(parents=True, exist_ok=True)
        path.chmod(mode)


def lay_out(home: Home, account: Account) -> None:
    """Create the home's folders, those that the server writes owned by its account."""
    home.folder.chmod(0o755)
    if not account.can_enter(home.folder):
        raise ServerError(
            f"the account {account.name}, which runs PostgreSQL, cannot reach {home.folder}",
            "Open the folders above it for traversal (chmod o+x), or choose another BANGBAN_DATA_HOME.",
        )
    for path, mode in ((home.logs, 0o700), (home.sockets, 0o755)):
        path.mkdir(parents=True, exist_ok=True)
        _require_ours(path, account)
        path.chmod(mode)
        account.own(path)


def _require_ours(path: Path, account: Account) -> None:
    """Refuse a folder that somebody else put there first: below /tmp anybody could."""
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {os.geteuid(), account.uid}:
        raise ServerError(
            f"{path} belongs to somebody else", "Remove it, or choose another place with BANGBAN_DATA_HOME."
        )


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
