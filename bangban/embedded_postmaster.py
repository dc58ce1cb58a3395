"""Tells whether a postmaster runs on a data directory, and clears lock files that a dead one left behind."""

from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from bangban.processes import anybody_works_in, works_in


@dataclass(frozen=True)
class Postmaster:
    """The server process of one data directory, as its lock files describe it."""

    data: Path
    socket: Path
    owner: int

    @property
    def lock_file(self) -> Path:
        """The file in the data directory whose first line is the postmaster's pid."""
        return self.data / "postmaster.pid"

    def pid(self) -> int | None:
        """Read the pid from the lock file, or None when there is no lock file."""
        return _first_number(self.lock_file)

    def alive(self) -> bool:
        """Tell whether the pid is a live process that really is our postmaster.

        A pid alone proves nothing: after a reboot or in a new container it may belong to anybody. A postmaster works
        in its data directory, under its owner, from before it writes the lock file.
        """
        pid = self.pid()
        return pid is not None and works_in(pid, self.data, self.owner)

    def forget_dead(self) -> None:
        """Remove lock files whose pid lives on as another process or as a zombie, which PostgreSQL itself would refuse.

        When the pid is free PostgreSQL clears its lock files alone. While backends of a killed postmaster are still
        ending nothing is touched, because the lock file is what keeps a second server away from their shared memory.
        """
        if anybody_works_in(self.data, self.owner):
            return
        for lock in (self.lock_file, self.socket.with_name(f"{self.socket.name}.lock")):
            pid = _first_number(lock)
            if pid is not None and psutil.pid_exists(pid):
                lock.unlink(missing_ok=True)


def _first_number(path: Path) -> int | None:
    try:
        return int(path.read_text().split()[0])
    except (FileNotFoundError, NotADirectoryError, ValueError, IndexError):
        return None
