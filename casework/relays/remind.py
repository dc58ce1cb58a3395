"""Reminders: a leg that nobody takes, or that is late, is told to the units concerned and never hidden."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import or_, select

from authz.decide import Resource
from casework.cases.advance import CASE
from casework.kernel.events import Event
from casework.kernel.work import Work
from casework.relays.models import LegState, RelayLeg

UNTAKEN_AFTER = timedelta(days=1)
BATCH = 200


@dataclass(frozen=True)
class RemindLegs:
    """How many legs one run looks at."""

    limit: int = BATCH


async def remind_legs(work: Work, intent: RemindLegs) -> int:
    """Mark late legs (`leg.late`) and ask for untaken ones (`leg.untaken`), each once a day at most; give their number.

    No text states a time for taking a leg; one day is our own target and never a breach.
    """
    work.require("system.relay_remind", Resource())
    yesterday = work.now - UNTAKEN_AFTER
    waiting = (
        select(RelayLeg)
        .where(
            RelayLeg.tenant_id == work.tenant,
            RelayLeg.state.in_((LegState.OPEN, LegState.IN_HAND)),
            or_(RelayLeg.reminded_at.is_(None), RelayLeg.reminded_at <= yesterday),
            or_(
                (RelayLeg.state == LegState.OPEN) & (RelayLeg.opened_at <= yesterday),
                RelayLeg.due_at < work.now,
            ),
        )
        .order_by(RelayLeg.opened_at)
        .limit(intent.limit)
        .with_for_update(skip_locked=True)
    )
    legs = (await work.session.scalars(waiting)).all()
    for leg in legs:
        _remind(work, leg)
    await work.session.flush()
    return len(legs)


def _remind(work: Work, leg: RelayLeg) -> None:
    late = leg.due_at is not None and leg.due_at < work.now
    if late and leg.late_since is None:
        leg.late_since = leg.due_at
    leg.reminded_at = work.now
    name = "leg.late" if late else "leg.untaken"
    work.emit(Event(name, CASE, leg.case_id, {"legId": str(leg.id), "toUnitId": str(leg.to_unit_id)}, tuple(leg.rules)))
