"""Processes of the program, forked from one that has loaded it once: loading takes longest of all that they do.

They are as real as others: they share nothing with the test, and end when they are killed.
"""

import multiprocessing
import os
import signal
from collections.abc import Callable
from multiprocessing.forkserver import set_forkserver_preload
from pathlib import Path
from typing import Any

LOADED = ["tests.workers.program", "tests.stories.program"]
FORKING = multiprocessing.get_context("forkserver")
set_forkserver_preload(LOADED)


class Forked:
    """One process; everything it says is added to a file."""

    def __init__(self, log: Path, target: Callable[..., object], *args: Any) -> None:
        log.touch()
        self._process = FORKING.Process(target=_begin, args=(log, target, args), daemon=True)
        self._process.start()
        assert self._process.pid is not None
        self.pid: int = self._process.pid

    def poll(self) -> int | None:
        """Tell how it ended; None while it lives."""
        return self._process.exitcode

    def wait(self, seconds: float | None = None) -> int | None:
        """Wait for its end and tell how it ended; None when it did not."""
        self._process.join(seconds)
        return self._process.exitcode

    def send_signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill it with no chance to tidy up."""
        self._process.kill()


def _begin(log: Path, target: Callable[..., object], args: tuple[Any, ...]) -> None:
    with log.open("ab", buffering=0) as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    target(*args)
