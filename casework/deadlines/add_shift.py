"""Add an extra shift to a unit: extended hours, a weekend, an appointment outside office hours (TA-12-7)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from authz.decide import Resource
from casework.deadlines.calendar import Shift, as_utc
from casework.deadlines.events import ShiftAdded
from casework.deadlines.load import hold_calendar
from casework.deadlines.models import ExtraShift, Timer
from casework.deadlines.recompute import recompute, touched_by
from casework.kernel.errors import invalid
from casework.kernel.work import Work
from casework.organisation.authority import require
from casework.organisation.models import OrgUnit
from casework.organisation.queries import unit_by_id
from tenants.profile import ExtraShift as ShiftKind
from tenants.profile import Profile

EDIT = "calendar.edit"
"""The permission to change a working calendar."""

LONGEST = timedelta(hours=24)
"""A shift that is longer is a slip of the pen."""


@dataclass(frozen=True)
class AddShift:
    """Where, when and what kind of service; `counts` None leaves it to the profile whether clocks run meanwhile (Q1)."""

    unit_id: UUID
    kind: str
    starts_at: datetime
    ends_at: datetime
    counts: bool | None = None


async def add_shift(work: Work, given: AddShift) -> ExtraShift:
    """Add the shift; clocks of the unit that run across it are reckoned anew."""
    unit = await unit_by_id(work, given.unit_id)
    require(work, EDIT, Resource(unit_path=unit.path), "unitId")
    kind = known_kind(work.profile, given.kind, unit)
    counts = kind.counts_as_working_time if given.counts is None else given.counts
    span = checked(given, counts)
    await hold_calendar(work, for_change=True)
    shift = work.add(
        ExtraShift(
            unit_id=unit.id,
            kind=kind.code,
            starts_at=as_utc(span.starts_at),
            ends_at=as_utc(span.ends_at),
            counts=counts,
        )
    )
    of_unit = touched_by(shift.starts_at, shift.ends_at) & (Timer.unit_id == unit.id)
    moved = await recompute(work, of_unit) if counts else 0
    await work.session.flush()
    work.emit(ShiftAdded(shift, moved, kind.basis.rules).told())
    return shift


def known_kind(profile: Profile, code: str, unit: OrgUnit) -> ShiftKind:
    """Find the kind of shift in the city's profile, and refuse a tier that does not serve so."""
    kinds = profile.calendar.extra_shifts
    kind = next((kind for kind in kinds if kind.code == code), None)
    if kind is None:
        known = ", ".join(kind.code for kind in kinds) or "none"
        raise invalid(f"The profile knows no shift {code!r}; it knows {known}.", "制度中没有该类延时服务。", "kind")
    if kind.tiers and unit.tier not in kind.tiers:
        raise invalid(
            f"The profile knows {code} at {', '.join(kind.tiers)}, not at {unit.tier}.",
            f"制度未在该层级设置“{kind.zh}”。",
            "kind",
            rules=kind.basis.rules,
        )
    return kind


def checked(given: AddShift, counts: bool) -> Shift:
    """Give the shift as the arithmetic takes it, or refuse times that make none."""
    try:
        shift = Shift(given.starts_at, given.ends_at, given.kind, counts)
    except ValueError as error:
        raise invalid(f"This is no shift: {error}.", "服务时段无效。", "endsAt") from error
    if shift.ends_at - shift.starts_at > LONGEST:
        raise invalid("A shift lasts 24 hours at most.", "单个服务时段不能超过24小时。", "endsAt")
    return shift
