"""Clocks as callers read them: what they have counted, what is left, and the proof."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import strawberry

from casework.deadlines.beside import calendar_from, exceptional_days, hours_and_shifts
from casework.deadlines.models import Timer, TimerState
from casework.deadlines.queries import Reading, read_clock
from schema.context import Info
from schema.reading.declare import field_of
from schema.reading.lens import Lens
from schema.reading.sources import Reckoned
from schema.rows import readings

DAYS = "exceptional days"


@strawberry.type(description="One stretch of time that a clock counted (计时区间).")
class CountedWindow:
    """One stretch of time that a clock counted."""

    from_: datetime = strawberry.field(name="from", description="Start (起).")
    to: datetime = strawberry.field(description="End (止).")
    counted_seconds: int = strawberry.field(description="Counted seconds (计入秒数).")
    reason: str = strawberry.field(description="Why it counts, such as OFFICE_HOURS or SHIFT:WEEKEND (依据).")


@dataclass(frozen=True)
class ClockRow:
    """The columns of a clock that a reading needs."""

    id: UUID
    revision_id: UUID
    started_at: datetime
    due_at: datetime | None
    stopped_at: datetime | None
    state: TimerState
    elapsed_seconds: int | None
    proof: list[Any] | None
    duration: str | None
    clock: str


COLUMNS = tuple(getattr(Timer, name) for name in ClockRow.__dataclass_fields__)


def windows_of(reading: Reading) -> list[CountedWindow]:
    """Show the windows that a clock counted."""
    return [
        CountedWindow(
            from_=part.from_at, to=part.to_at, counted_seconds=int(part.counted.total_seconds()), reason=part.reason
        )
        for part in reading.proof
    ]


def reading_of(pick: Callable[[Reading], Any], description: str) -> Any:
    """Declare what is picked of the reading of a clock."""

    def reckon(lens: Lens, *values: Any) -> Any:
        return pick(read_once(lens, *values))

    async def resolve(root: Any, info: Info) -> Any:
        return pick(await readings(info.context).load(root.row))

    # `unit_id` is named because the hours beside a clock are those of its unit.
    columns = (*COLUMNS, Timer.unit_id)
    return field_of(Reckoned(reckon, columns, hours_and_shifts, {DAYS: exceptional_days}), resolve, description)


def read_once(lens: Lens, *values: Any) -> Reading:
    """Read a clock once for all fields that ask for it."""
    *columns, _unit_id, hours, shifts = values
    row = ClockRow(*columns)
    if row.id not in lens.made:
        profile = lens.regulation(row.revision_id).profile
        lens.made[row.id] = read_clock(calendar_from(profile, lens.shared[DAYS], hours, shifts), row, lens.now)
    found: Reading = lens.made[row.id]
    return found
