"""Which clock the office goes by."""

from bangban.settings import Settings
from casework.kernel.clock import Clock, FileClock, HostClock


def clock_of(settings: Settings) -> Clock:
    """Give the machine's clock, or the one that a file sets; production knows no such file."""
    return FileClock(settings.clock_file) if settings.clock_file else HostClock()
