"""Which archived cases are called back: a sample that anybody can draw again from the same cases (TA-15-13, Q78). Pure.

Two rules take a case. By lot: a digest of tenant, unit, month and case falls below the share, whatever the order of
work and whoever asks. By rank: the first case that a unit archives in a month is always taken, so that every unit with
an archived case has at least one callback that month; rank too depends on the records only, not on the order in which
they are looked at.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

_RANGE = 1 << 64


@dataclass(frozen=True)
class Draw:
    """One archived case in the pot of its unit and month."""

    tenant: str
    unit_id: UUID
    month: date
    case_id: UUID


def month_of(instant: datetime, timezone: str) -> date:
    """The first day of the month that the office's wall calendar shows at the instant."""
    return instant.astimezone(ZoneInfo(timezone)).date().replace(day=1)


def lot(draw: Draw) -> float:
    """The lot of a case, from 0 up to but not including 1; the same case always has the same lot."""
    text = f"{draw.tenant}\x00{draw.unit_id}\x00{draw.month:%Y-%m}\x00{draw.case_id}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") / _RANGE


def is_drawn(draw: Draw, share: float | None, *, first_of_month: bool) -> bool:
    """Decide whether the applicant of this case is called back; without a share everybody is."""
    return share is None or first_of_month or lot(draw) < share
