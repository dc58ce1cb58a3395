"""A pipe that ends with the supervisor: its children notice even kill -9 and end themselves."""

import os
import signal
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass

VARIABLE = "BANGBAN_LIFELINE"
GRACE = 6.0
"""Seconds that a process has to end after its supervisor is gone, before it is killed with all it started."""


@dataclass(frozen=True)
class Lifeline:
    """Both ends of the pipe: the supervisor alone holds the writing end and never writes."""

    reading: int
    writing: int

    @classmethod
    def open(cls) -> "Lifeline":
        """Open the pipe; neither end is inherited by accident."""
        return cls(*os.pipe())

    def environment(self) -> Mapping[str, str]:
        """Tell a child which descriptor to watch; it must be started with `pass_fds=[reading]`."""
        return {VARIABLE: str(self.reading)}

    def close(self) -> None:
        """Let go of the pipe: whoever still watches it ends."""
        os.close(self.writing)
        os.close(self.reading)


def hold_on(grace: float = GRACE) -> bool:
    """End this process once its supervisor is gone; tells whether there is a supervisor to watch.

    PR_SET_PDEATHSIG would do the same on Linux only, and follows the thread that started us instead of the process.
    """
    descriptor = os.environ.get(VARIABLE)
    if descriptor is None:
        return False
    threading.Thread(target=_watch, args=(int(descriptor), grace), name="lifeline", daemon=True).start()
    return True


def _watch(descriptor: int, grace: float) -> None:
    while os.read(descriptor, 1):
        # Nobody writes; if somebody does, that is no end.
        continue
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(grace)
    if os.getpgrp() == os.getpid():
        os.killpg(os.getpid(), signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)
