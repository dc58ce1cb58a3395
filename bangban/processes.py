"""Facts about operating-system processes: is this process alive, is it still the one we mean, who holds a port."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import psutil  # type: ignore[import-untyped]


@dataclass(frozen=True)
class Process:
    """One process, told apart from a later one with the same pid by the time it began."""

    pid: int
    began: float

    @classmethod
    def of(cls, pid: int) -> Self | None:
        """Identify the process that has this pid now, or None when there is none."""
        try:
            process = psutil.Process(pid)
            return cls(pid, float(process.create_time()))
        except (psutil.Error, ValueError):
            return None

    def alive(self) -> bool:
        """Tell whether this very process still runs; a zombie does not."""
        try:
            process = psutil.Process(self.pid)
            # Linux derives the time from boot time, which moves a little when the clock is set.
            same = abs(process.create_time() - self.began) < 2
            return bool(same and process.status() != psutil.STATUS_ZOMBIE)
        except (psutil.Error, ValueError):
            return False


def works_in(pid: int, folder: Path, owner: int) -> bool:
    """Tell whether the pid is a live process of this user whose working directory is the folder."""
    try:
        return _works_in(psutil.Process(pid), folder, owner)
    except (psutil.Error, ValueError):
        return False


def anybody_works_in(folder: Path, owner: int) -> bool:
    """Tell whether any live process of this user has the folder as its working directory."""
    return any(_works_in(process, folder, owner) for process in psutil.process_iter())


def holder_of_port(port: int) -> str | None:
    """Name the process that listens on a TCP port, or None when the system does not tell us."""
    try:
        sockets = psutil.net_connections(kind="tcp")
    except (psutil.Error, PermissionError):
        return None
    for socket in sockets:
        if socket.status == psutil.CONN_LISTEN and socket.laddr.port == port and socket.pid:
            return _name(socket.pid)
    return None


def _works_in(process: psutil.Process, folder: Path, owner: int) -> bool:
    try:
        if process.status() == psutil.STATUS_ZOMBIE or process.uids().effective != owner:
            return False
        return Path(str(process.cwd())) == folder
    except psutil.Error:
        return False


def _name(pid: int) -> str:
    try:
        return f"{psutil.Process(pid).name()} (pid {pid})"
    except psutil.Error:
        return f"pid {pid}"
