"""Hand-overs that failed (交接失误): recorded where the city's text names the units that put them right (NX-A6-3)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, update

from casework.kernel.work import Work
from casework.organisation.duty_events import HandoverFailed
from casework.organisation.handover import InHand, Matter
from casework.organisation.models import HandoverIncident, IncidentKind, OrgUnit, RoleAssignment
from casework.organisation.queries import paths_upward


@dataclass(frozen=True)
class Failed:
    """How a hand-over failed, whose it was, in which unit, and which post could not end for it."""

    kind: IncidentKind
    staff_id: UUID
    unit: OrgUnit
    assignment_id: UUID | None = None


async def record_incident(work: Work, failed: Failed, in_hand: InHand) -> HandoverIncident | None:
    """Write down a failed hand-over and who answers for it; None where the city's text names nobody."""
    failure = work.profile.handover.failure
    if failure is None:
        return None
    matters = [matter for _, found in in_hand for matter in found]
    responsible = await _responsible(work, failure.responsible_units, failed.unit, matters)
    incident = work.add(
        HandoverIncident(
            kind=failed.kind,
            staff_id=failed.staff_id,
            assignment_id=failed.assignment_id,
            matters=[{"kind": holding.name, "caseNo": each.case_no} for holding, found in in_hand for each in found],
            responsible_unit_ids=[str(each.id) for each in responsible],
            rules=list(failure.basis.rules),
            occurred_at=work.now,
        )
    )
    await work.session.flush()
    named = tuple(each.id for each in responsible)
    work.emit(HandoverFailed(incident.id, failed.kind.value, failed.staff_id, named, failure.basis.rules).told())
    return incident


async def close_incidents(work: Work, post: RoleAssignment) -> None:
    """Note that nothing is in hand any more that kept a post from ending."""
    await work.session.execute(
        update(HandoverIncident)
        .where(
            HandoverIncident.tenant_id == work.tenant,
            HandoverIncident.assignment_id == post.id,
            HandoverIncident.resolved_at.is_(None),
        )
        .values(resolved_at=work.now, updated_at=work.now, row_version=HandoverIncident.row_version + 1)
        .execution_options(synchronize_session=False)
    )


async def _responsible(work: Work, types: Sequence[str], unit: OrgUnit, matters: Iterable[Matter]) -> Sequence[OrgUnit]:
    """Find the units of the named types: on the way up from the post and from each matter, and the items' departments."""
    paths, departments = set(paths_upward(unit.path)), set()
    for matter in matters:
        paths.update(paths_upward(str(matter.resource.unit_path)))
        departments.add(matter.department_id)
    departments.discard(None)
    query = select(OrgUnit).where(
        OrgUnit.tenant_id == work.tenant,
        OrgUnit.unit_type.in_(types),
        OrgUnit.path.in_(paths) | OrgUnit.id.in_(departments),
    )
    return (await work.session.scalars(query.order_by(OrgUnit.path))).all()
