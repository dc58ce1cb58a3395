"""Writing by the thousand: some hundred things go into one statement, and somebody is told how far it is."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar
from uuid import UUID

from casework.kernel.models import TenantRow
from casework.kernel.search import Tail, make_findable
from casework.kernel.sheets import Progress
from casework.kernel.work import Work

Thing = TypeVar("Thing")
BATCH = 400
"""How many things go together: with their events and audit entries they stay below the parameters that a statement may have."""


class Named(Protocol):
    """Something with a name by which it is searched."""

    id: Any
    name_zh: Any


async def write_each(
    work: Work, part: str, things: Sequence[Thing], enter: Callable[[Thing], None], told: Progress
) -> None:
    """Let `enter` add or change the rows of each thing, and send them to the database a batch at a time."""
    for start in range(0, len(things), BATCH):
        for thing in things[start : start + BATCH]:
            enter(thing)
        await work.session.flush()
        told(part, min(start + BATCH, len(things)), len(things))


async def make_each_findable(work: Work, kind: type[Tail], things: Sequence[Named], told: Progress) -> None:
    """Let things be found by their names; what was renamed is found by its former name too."""
    for start in range(0, len(things), BATCH):
        names: list[tuple[UUID, str]] = [(thing.id, thing.name_zh) for thing in things[start : start + BATCH]]
        await make_findable(work, kind, names)
        told(kind.__tablename__, min(start + BATCH, len(things)), len(things))


def set_all(row: TenantRow, changes: Mapping[str, Any]) -> None:
    """Change several attributes of a row."""
    for key, value in changes.items():
        setattr(row, key, value)
