"""The office's clock: every legal instant comes from here, so that a test can set the time and a worker agrees with the API."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    """Tells the present instant (aware, UTC)."""

    def now(self) -> datetime:
        """Tell the present instant."""
        ...


class HostClock:
    """The clock of the machine: what every real office uses."""

    def now(self) -> datetime:
        """Tell the machine's time in UTC."""
        return datetime.now(UTC)


@dataclass(frozen=True)
class FileClock:
    """A clock set by a file that holds one RFC 3339 instant, shared by all processes of a test stack.

    It stands still until the file changes. An absent file means the machine's time.
    """

    path: Path

    def now(self) -> datetime:
        """Tell the instant written in the file."""
        try:
            text = self.path.read_text().strip()
        except FileNotFoundError:
            return datetime.now(UTC)
        return datetime.fromisoformat(text).astimezone(UTC)

    def set(self, instant: datetime) -> None:
        """Set the clock; the file is replaced in one step so that no reader sees half of it."""
        draft = self.path.with_name(self.path.name + ".new")
        draft.write_text(instant.astimezone(UTC).isoformat())
        draft.replace(self.path)
