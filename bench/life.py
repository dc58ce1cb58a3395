"""The life of one case of the bench: where it lies, who works on it, and when it reached each state."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

from bench.city import City, Place
from tenants.model.workflow import Workflow

NEWEST = datetime(2025, 12, 31, tzinfo=UTC)
SPAN = timedelta(days=700)
OPEN_SHARE = 0.15
"""Share of the newest cases that are still on their way."""

HELPED = ("RECEIVED", "RESPONDED", "ACCEPTED", "PREPARING", "FILED", "DECIDED", "COMPLETED", "ARCHIVED")
ACTED_FOR = ("RECEIVED", "RESPONDED", "ACCEPTED", "COMMISSIONED", "PLANNED", *HELPED[3:])
TRIGGERS = {
    "RECEIVED": "CREATE",
    "RESPONDED": "RESPOND",
    "ACCEPTED": "ACCEPT",
    "COMMISSIONED": "COMMISSION",
    "PLANNED": "PLAN",
    "PREPARING": "PREPARE",
    "FILED": "FILE",
    "DECIDED": "DECIDE",
    "COMPLETED": "COMPLETE",
    "ARCHIVED": "ARCHIVE",
    "WITHDRAWN": "WITHDRAW",
}


@dataclass(frozen=True)
class Life:
    """One case and when it reached each of its states."""

    id: UUID
    place: Place
    owner: UUID
    applicant: UUID
    item: tuple[UUID, UUID, UUID]
    path: tuple[str, Workflow]
    reached: dict[str, datetime]

    @property
    def state(self) -> str:
        """The state that the case is in now."""
        return next(reversed(self.reached))

    @property
    def over(self) -> datetime | None:
        """When the service ended, if it did."""
        return self.at("COMPLETED") or self.at("WITHDRAWN")

    def at(self, state: str) -> datetime | None:
        """When the case reached a state, if it did."""
        return self.reached.get(state)


def live(city: City, paths: list[tuple[str, Workflow]], chance: Random, number: int, count: int) -> Life:
    """Let the case of this number live; of so many in all, the last is the newest."""
    place = chance.choice(city.places)
    path = chance.choice(paths)
    received = (NEWEST - SPAN + SPAN * (number / count)).replace(microsecond=0)
    reached, at = {}, received
    for state in _states(path[1], chance, newest=number >= count * (1 - OPEN_SHARE)):
        reached[state] = at
        at += timedelta(minutes=chance.randint(5, 3000))
    owner, applicant = chance.choice(place.people), chance.choice(city.applicants)
    return Life(id_at(chance, received), place, owner, applicant, chance.choice(city.items), path, reached)


def _states(path: Workflow, chance: Random, *, newest: bool) -> tuple[str, ...]:
    states = ACTED_FOR if path.service_kind == "AGENCY" else HELPED
    if newest:
        return states[: chance.randint(1, len(states) - 2)]
    lot = chance.random()
    if lot < 0.06:
        return (*states[:3], "WITHDRAWN")
    return states[:-1] if lot < 0.36 else states


def id_at(chance: Random, at: datetime) -> UUID:
    """Make a UUIDv7 whose time is that of the event, so that ids sort as the events did."""
    bits = chance.getrandbits(74)
    head = (int(at.timestamp() * 1000) << 16) | 0x7000 | (bits & 0xFFF)
    return UUID(int=(head << 64) | (0b10 << 62) | (bits >> 12))
