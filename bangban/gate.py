"""A gate between a process that has loaded its modules and the work that it may not begin before all is prepared."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

VARIABLE = "BANGBAN_GATE"


@dataclass(frozen=True)
class Gate:
    """Both ends of a pipe: the gate is closed for as long as the supervisor holds the writing end."""

    reading: int
    writing: int

    @classmethod
    def open(cls) -> "Gate":
        """Make a closed gate; neither end is inherited by accident."""
        return cls(*os.pipe())

    def environment(self) -> Mapping[str, str]:
        """Tell a child which descriptor to wait at; it must be started with `pass_fds=[reading]`."""
        return {VARIABLE: str(self.reading)}

    def let_through(self) -> None:
        """Let everybody through who waits, and everybody who comes later."""
        os.close(self.writing)


def wait_at_gate() -> None:
    """Wait until the supervisor has prepared server and tables; without a supervisor go on at once."""
    descriptor = os.environ.get(VARIABLE)
    if descriptor is not None:
        os.read(int(descriptor), 1)
