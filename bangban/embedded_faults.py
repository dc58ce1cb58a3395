"""Turns what PostgreSQL's tools and the operating system say into what happened and what to do about it."""

import errno
from pathlib import Path

from bangban.faults import ServerError

TRANSIENT = ("pre-existing shared memory block", "already exists", "is another postmaster")
"""Answers that pass by themselves: backends of a killed server are ending, or its pid has not been reaped."""

KNOWN = (
    ("No space left on device", "the disk is full", "Free some space, or choose another place with BANGBAN_DATA_HOME."),
    ("Disk quota exceeded", "the disk quota is used up", "Free some space, or choose another BANGBAN_DATA_HOME."),
    ("Read-only file system", "the file system is read-only", "Choose a writable place with BANGBAN_DATA_HOME."),
    (
        "Address already in use",
        "its socket is taken",
        "End the server that uses it, or choose another BANGBAN_DATA_HOME.",
    ),
    ("is too long", "the path of the unix socket is too long", "Choose a shorter path with BANGBAN_DATA_HOME."),
    ("shared memory", "the system gives too little shared memory", "In a container: raise --shm-size to 128m."),
    ("incompatible with server", "the data was made by another version", "Start afresh with `make clean`."),
    ("Permission denied", "a file may not be read or written", "Run as the user who made BANGBAN_DATA_HOME."),
)

SYSTEM = {
    errno.ENOSPC: KNOWN[0][1:],
    errno.EDQUOT: KNOWN[1][1:],
    errno.EROFS: KNOWN[2][1:],
    errno.EACCES: KNOWN[7][1:],
    errno.EPERM: KNOWN[7][1:],
}


def is_transient(said: str) -> bool:
    """Tell whether another try in a moment may succeed."""
    return any(phrase in said for phrase in TRANSIENT)


def explain(tool: str, said: str, log: Path) -> ServerError:
    """Name the cause of a tool's failure when it is a known one, and where to read on."""
    for phrase, what, advice in KNOWN:
        if phrase in said:
            return ServerError(
                f"the embedded PostgreSQL does not start: {what}", f"{advice}\n{_tail(said)}\nLog: {log}"
            )
    return ServerError(f"the embedded PostgreSQL does not start: {tool} failed", f"{_tail(said)}\nLog: {log}")


def explain_system(error: OSError, home: Path) -> ServerError:
    """Name the cause when the operating system refuses a file or folder of the server's home."""
    what, advice = SYSTEM.get(error.errno or 0, ("the operating system refuses", "Choose another BANGBAN_DATA_HOME."))
    return ServerError(f"the embedded PostgreSQL cannot use {home}: {what}", f"{advice}\n{error}")


def _tail(said: str) -> str:
    return "\n".join(said.strip().splitlines()[-8:])
