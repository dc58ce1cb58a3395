"""How fast the workers look, wait and give up; one place, so that an operator (or a test) can change it."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Pace:
    """Intervals of the workers in host time; legal time comes only from the office's clock."""

    idle_seconds: float = 0.2
    """Pause of the outbox relay when a tenant has nothing to send."""

    timer_seconds: float = 0.5
    """Pause between two looks for due clocks of a tenant; they must fire within two seconds."""

    seal_seconds: float = 1.0
    """Pause between two sealings of a tenant's audit trail."""

    tenants_seconds: float = 3.0
    """Pause between two looks at the register of tenants; a new city needs no restart."""

    election_seconds: float = 0.5
    """Pause between two tries of a standing-by process to lead, and between two proofs of life of the leader."""

    frozen_seconds: float = 5.0
    """A leader that proves no life for so long loses its lock, even when its process still exists."""

    event_lease: timedelta = timedelta(seconds=30)
    """An event whose message was not answered by then is sent again."""

    timer_lease: timedelta = timedelta(seconds=10)
    """A due clock whose message was not answered by then is sent again."""

    window: int = 50
    """Messages of one tenant that may be under way at once: a busy city cannot make the others wait."""

    job_seconds: float = 20.0
    """Time that one job may take; shorter than the lease of an event."""

    retry_first: timedelta = timedelta(seconds=1)
    """Wait after the first failure of an event; it doubles with every further one."""

    retry_longest: timedelta = timedelta(minutes=5)
    """Longest wait between two tries of an event."""

    tries: int = 12
    """Tries after which an event is given up and left to people."""

    timer_rest: timedelta = timedelta(seconds=60)
    """Rest of a clock that could not be fired, so that it does not hold up the others."""

    worst_seconds: float = 30.0
    """Longest pause of a duty that fails again and again."""

    def retry_wait(self, attempts: int) -> timedelta:
        """Tell how long to wait after this many failures."""
        doubled: timedelta = self.retry_first * 2 ** min(attempts - 1, 30)
        return min(doubled, self.retry_longest)

    def failure_wait(self, failures: int) -> float:
        """Tell how many seconds a duty pauses after this many failures in a row."""
        return min(self.worst_seconds, self.idle_seconds * 2.0 ** min(failures, 30))
