"""Duties of the pulse: what is looked after in every tenant again and again."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from casework.kernel.work import Office

Act = Callable[[Office, str], Awaitable[bool | None]]
"""Looks after one tenant; True means that there is more to do at once."""


@dataclass(frozen=True)
class Duty:
    """One thing to look after in every tenant, and the pause between two looks in seconds of the host."""

    name: str
    seconds: float
    act: Act


class Duties:
    """The periodic duties of the rooms."""

    def __init__(self) -> None:
        self._duties: dict[str, Duty] = {}

    def every(self, seconds: float, name: str) -> Callable[[Act], Act]:
        """Let a function look after every tenant; a change of leader may call it early, so it does no harm twice."""

        def register(act: Act) -> Act:
            if name in self._duties:
                raise ValueError(f"{name} is a duty already")
            self._duties[name] = Duty(name, seconds, act)
            return act

        return register

    def all(self) -> tuple[Duty, ...]:
        """List the duties."""
        return tuple(self._duties.values())


DUTIES = Duties()
"""The periodic duties of the house; the modules of workers/ that are named after rooms fill it."""

every = DUTIES.every
