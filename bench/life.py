"""The life of one case of the bench: where it lies, who works on it, and when it reached each state."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

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
DAY = 86_400
NUMBERED = [f"7{number:03x}" for number in range(200)]
"""What tells the ids of one case apart that belong to the same instant."""

OLDEST = NEWEST - SPAN
BEGINNING = int(OLDEST.timestamp())
LONGEST_LIFE = timedelta(days=40)
DATES = [f"{OLDEST.date() + timedelta(days=day)} " for day in range((SPAN + LONGEST_LIFE).days)]
TIMES = [f"{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}+00" for second in range(DAY)]


@dataclass(frozen=True, slots=True)
class Life:
    """One case and when it reached each of its states, in seconds since the oldest case; ids are texts already."""

    numbers: Iterator[str]
    tail: str
    id: str
    place: Place
    owner: str
    applicant: str
    item: tuple[str, str, str]
    path: tuple[str, Workflow]
    reached: dict[str, int]

    @property
    def state(self) -> str:
        """The state that the case is in now."""
        return next(reversed(self.reached))

    def id_at(self, state: str) -> str:
        """Make the id of one row more: a UUIDv7 whose time is that of the event, so that ids sort as the events did."""
        return f"{(BEGINNING + self.reached[state]) * 1000:012x}{next(self.numbers)}{self.tail}"


def live(city: City, paths: list[tuple[str, Workflow]], chance: Random, number: int, count: int) -> Life:
    """Let the case of this number live; of so many in all, the last is the newest."""
    pick = chance.random
    place = city.places[int(pick() * len(city.places))]
    path = paths[int(pick() * len(paths))]
    at = int(SPAN.total_seconds()) * number // count
    tail = f"8{chance.getrandbits(60):015x}"
    row_id = f"{(BEGINNING + at) * 1000:012x}7fff{tail}"
    reached: dict[str, int] = {}
    for state in _states(path[1], chance, newest=number >= count * (1 - OPEN_SHARE)):
        reached[state] = at
        at += 60 * int(5 + pick() * 2995)
    owner = place.people[int(pick() * len(place.people))]
    applicant = city.applicants[int(pick() * len(city.applicants))]
    item = city.items[int(pick() * len(city.items))]
    return Life(iter(NUMBERED), tail, row_id, place, owner, applicant, item, path, reached)


def _states(path: Workflow, chance: Random, *, newest: bool) -> tuple[str, ...]:
    states = ACTED_FOR if path.service_kind == "AGENCY" else HELPED
    if newest:
        return states[: 1 + int(chance.random() * (len(states) - 2))]
    lot = chance.random()
    if lot < 0.06:
        return (*states[:3], "WITHDRAWN")
    return states[:-1] if lot < 0.36 else states


def instant(seconds: int) -> str:
    """Write an instant so many seconds after the oldest case as PostgreSQL reads it."""
    return DATES[seconds // DAY] + TIMES[seconds % DAY]
