"""The note that a running program leaves in its data home: who runs, where it answers, what it started."""

import fcntl
import json
import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from bangban.child import kill_group
from bangban.faults import SetupError
from bangban.processes import Process

ORPHANS_LEAVE_WITHIN = 8.0
"""Seconds that children of a killed supervisor get to end themselves."""

NOTICES_WITHIN, ENDS_WITHIN = 1.0, 15.0
"""Seconds that a running program gets to notice that it must end, and to end."""


class RunningNote:
    """One program at a time runs in a data home; the lock is gone with its holder, the note tells who came before."""

    def __init__(self, data_home: Path, address: str = "") -> None:
        self._path = data_home / "running.json"
        self._lock_path = data_home / "running.lock"
        self._address = address
        self._lock: IO[str] | None = None

    def take(self) -> None:
        """Become the running program, waiting for one that is ending, or say which one already is."""
        self._lock_path.parent.mkdir(parents=True, exist_ok=True)
        lock = self._lock_path.open("w")
        began = time.monotonic()
        while not _locked(lock):
            waited = time.monotonic() - began
            found = self._read()
            if waited > (ENDS_WITHIN if found.get("ending") else NOTICES_WITHIN):
                lock.close()
                raise SetupError(
                    f"bangban already runs here (pid {found.get('pid', '?')}, {found.get('address', 'starting')})",
                    "Use that one, end it with Ctrl-C, or set another BANGBAN_DATA_HOME.",
                )
            time.sleep(0.05)
        self._lock = lock
        self._outlive_orphans()

    def answer_at(self, address: str) -> None:
        """Note the address that the program answers at."""
        self._address = address

    def write(self, children: Sequence[Process]) -> None:
        """Write down who runs."""
        note = {
            "pid": os.getpid(),
            "address": self._address,
            "children": [{"pid": child.pid, "began": child.began} for child in children],
        }
        self._replace(note)

    def ending(self) -> None:
        """Note that the program is ending, so that the next one waits instead of giving up."""
        self._replace(self._read() | {"pid": os.getpid(), "ending": True})

    def clear(self) -> None:
        """Leave no note behind."""
        self._path.unlink(missing_ok=True)

    def release(self) -> None:
        """Let the next program run here."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _replace(self, note: Mapping[str, object]) -> None:
        draft = self._path.with_suffix(".new")
        draft.write_text(json.dumps(note))
        draft.replace(self._path)

    def _read(self) -> dict[str, object]:
        try:
            return dict(json.loads(self._path.read_text()))
        except (FileNotFoundError, ValueError):
            return {}

    def _outlive_orphans(self) -> None:
        """Wait for children of a killed program, which end themselves, and kill those that do not."""
        noted = self._read().get("children")
        children = [Process(int(one["pid"]), float(one["began"])) for one in noted] if isinstance(noted, list) else []
        deadline = time.monotonic() + ORPHANS_LEAVE_WITHIN
        while any(child.alive() for child in children) and time.monotonic() < deadline:
            time.sleep(0.05)
        for child in children:
            if child.alive():
                kill_group(child.pid)
        self.clear()


def _locked(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
