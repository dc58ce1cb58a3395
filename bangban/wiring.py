"""Wiring: the one place where settings become an office and what its workers need; its doors are made in `doors`."""

from dataclasses import dataclass

from bangban.clocks import clock_of
from bangban.connections import Connections
from bangban.keys import load_vault
from bangban.settings import Settings
from casework.kernel.clock import Clock
from casework.kernel.database import Database
from casework.kernel.vault import open_vault
from casework.kernel.work import Office
from casework.regulation.shelf import Shelf
from schema.logs import configure_logging
from workers.broker import BrokerSettings


@dataclass(frozen=True)
class Wiring:
    """The wired program: what the API, the workers and the commands are made from."""

    settings: Settings
    connections: Connections
    clock: Clock

    def make_office(self, pool_size: int | None = None) -> Office:
        """Make an office with a pool of its own; each event loop needs one."""
        database = Database.connect(self.connections.app_url, pool_size=pool_size or self.settings.pool_size)
        return Office(database, self.clock, Shelf())

    @property
    def broker_settings(self) -> BrokerSettings:
        """Where the broker is."""
        return BrokerSettings(url=self.settings.broker_url, pg_url=self.connections.app_url)

    @property
    def worker_threads(self) -> int:
        """How many jobs one worker process may have in hand at once."""
        return self.settings.worker_threads


def wire(settings: Settings, connections: Connections) -> Wiring:
    """Wire the program: keys, clock, logs."""
    open_vault(load_vault(settings))
    configure_logging(level=settings.log_level)
    return Wiring(settings, connections, clock_of(settings))
