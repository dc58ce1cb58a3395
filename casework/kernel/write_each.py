"""Writing by the thousand: many things go into one statement, and somebody is told how far it is."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar, cast
from uuid import UUID

from casework.kernel.database import Bound
from casework.kernel.models import TenantRow
from casework.kernel.search import Tail, make_findable
from casework.kernel.sheets import Progress
from casework.kernel.work import Work

Thing = TypeVar("Thing")
BATCH = 1000
"""How many new things go into one statement for each table."""

NAMES = "names"
CHANGED_TOGETHER = 200
"""How many changed rows go into one statement, which has a part for each of them."""


class Named(Protocol):
    """Something with a name by which it is searched."""

    id: Any
    name_zh: Any


async def write_each(
    work: Work, part: str, things: Sequence[Thing], enter: Callable[[Thing], None], told: Progress
) -> None:
    """Let `enter` add the rows of each new thing, and send them to the database a batch at a time."""
    for start in range(0, len(things), BATCH):
        for thing in things[start : start + BATCH]:
            enter(thing)
        await work.session.run_sync(lambda session: cast("Bound", session).write_entered())
        told(part, min(start + BATCH, len(things)), len(things))


async def change_each(
    work: Work, part: str, things: Sequence[Thing], change: Callable[[Thing], None], told: Progress
) -> None:
    """Let `change` change the rows of each thing, which fail when somebody else changed them meanwhile."""
    for start in range(0, len(things), CHANGED_TOGETHER):
        for thing in things[start : start + CHANGED_TOGETHER]:
            change(thing)
        await work.session.flush()
        told(part, min(start + CHANGED_TOGETHER, len(things)), len(things))


async def make_each_findable(work: Work, kind: type[Tail], things: Sequence[Named], told: Progress) -> None:
    """Let things be found by their names; what was renamed is found by its former name too."""
    for start in range(0, len(things), BATCH):
        names: list[tuple[UUID, str]] = [(thing.id, thing.name_zh) for thing in things[start : start + BATCH]]
        await make_findable(work, kind, names)
        told(NAMES, min(start + BATCH, len(things)), len(things))


def set_all(row: TenantRow, changes: Mapping[str, Any]) -> None:
    """Change several attributes of a row."""
    for key, value in changes.items():
        setattr(row, key, value)
