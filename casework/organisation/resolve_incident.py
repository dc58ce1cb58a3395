"""A failed hand-over is put right: one of the responsible units says how (NX-A6-3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from authz.decide import Resource
from casework.kernel.errors import Code, Refusal, not_found
from casework.kernel.work import Work
from casework.organisation.duty_events import HandoverPutRight
from casework.organisation.handover import HAND_OVER
from casework.organisation.handovers import ASSIGN, said, visible_incidents
from casework.organisation.models import HandoverIncident, OrgUnit
from casework.organisation.successors import OFFER_ACCEPT


@dataclass(frozen=True)
class ResolveIncident:
    """Which failed hand-over, and how it was put right."""

    incident_id: UUID
    resolution: str


async def resolve_incident(work: Work, intent: ResolveIncident) -> HandoverIncident:
    """Note how a failed hand-over was put right; who answers for one of the units that the text names does it."""
    incident = await work.find(HandoverIncident, intent.incident_id, lock=True)
    seen = select(HandoverIncident.id).where(visible_incidents(work.sight), HandoverIncident.id == intent.incident_id)
    if incident is None or await work.session.scalar(seen) is None:
        raise not_found("failed hand-over", "交接失误记录", ("incidentId",), intent.incident_id)
    _require_one(work, await _responsible(work, incident), incident)
    _check_open(incident)
    incident.resolution = said(intent.resolution, "resolution")
    incident.resolved_at, incident.resolved_by = work.now, work.actor.key
    await work.session.flush()
    work.emit(HandoverPutRight(incident.id, incident.kind.value, incident.staff_id, tuple(incident.rules)).told())
    return incident


async def _responsible(work: Work, incident: HandoverIncident) -> Sequence[OrgUnit]:
    ids = [UUID(each) for each in incident.responsible_unit_ids]
    query = select(OrgUnit).where(OrgUnit.tenant_id == work.tenant, OrgUnit.id.in_(ids))
    return (await work.session.scalars(query.order_by(OrgUnit.path))).all()


def _require_one(work: Work, units: Sequence[OrgUnit], incident: HandoverIncident) -> None:
    """Demand that the actor answers for one of the responsible units, or gives posts there."""
    places = [Resource(unit.path) for unit in units]
    if any(work.decide(action, place).allowed for place in places for action in (OFFER_ACCEPT, ASSIGN)):
        return
    raise Refusal(
        Code.FORBIDDEN,
        f"Only a unit that has to put it right says so: {', '.join(unit.code for unit in units) or 'none is named'}.",
        f"应由责任单位({'、'.join(unit.name_zh for unit in units) or '未确定'})协调解决后登记。",
        ("incidentId",),
        rules=tuple(incident.rules),
    )


def _check_open(incident: HandoverIncident) -> None:
    if incident.resolved_at is not None:
        raise Refusal(Code.CONFLICT, "It was put right already.", "该交接失误已处理完毕。", ("incidentId",))
    if incident.assignment_id is not None:
        raise Refusal(
            Code.ILLEGAL_TRANSITION,
            "It is over when the post ends, once nothing is in hand any more.",
            "在手事项交接完成、岗位离任后自动办结。",
            ("incidentId",),
            rules=tuple(incident.rules),
            lawful_next=(HAND_OVER,),
        )
