"""What clocks belong to: the room that keeps a kind of subject says how its row is held while a clock is fired."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from casework.kernel.work import Work

Hold = Callable[[Work, UUID], Awaitable[None]]
"""Keeps the subject's row as it is until the end of the Work."""

_HOLDS: dict[str, Hold] = {}


def add_hold(subject_kind: str, hold: Hold) -> None:
    """Let the room that keeps a kind of subject hold its row, because something of it changes when a clock runs out."""
    if _HOLDS.setdefault(subject_kind, hold) is not hold:
        raise ValueError(f"{subject_kind} is held already")


async def hold_subject(work: Work, subject_kind: str, subject_id: UUID) -> None:
    """Hold a subject before its clocks, which is the order in which every verb of a case takes them."""
    hold = _HOLDS.get(subject_kind)
    if hold is not None:
        await hold(work, subject_id)
