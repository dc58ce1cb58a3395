"""Let the planned end of a post take effect, or put it off while something is in hand (NX-A6-2, S-X-13).

Between the day an end is planned and the end itself new matters come into the person's hands. So the end is judged again
when it is reached: by the worker, or by the first door that the person comes through, whichever is earlier. A post that
goes on keeps its powers without a gap; it ends at the instant at which somebody finds the hands empty.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select

from authz.decide import Resource
from casework.kernel.errors import Refusal
from casework.kernel.work import Work
from casework.organisation.end_role import tell_end
from casework.organisation.events import EndPutOff, EndPutOffUnheard
from casework.organisation.handover import InHand, against_leaving, hold_person, leaving_post, left_in_hand
from casework.organisation.incidents import Failed, close_incidents, record_incident
from casework.organisation.models import IncidentKind, OrgUnit, RoleAssignment
from casework.organisation.notify import Subject, notify_staff
from casework.organisation.queries import end_unjudged, first_in_chain, staff_by_id, unit_by_id

SETTLE = "system.role_end"
PUT_OFF = "role.end_put_off"
TEXT = "{name}的“{role}”岗位原定{planned}离任,因尚有在手事项未交接,离任顺延至交接完成。请尽快办理交接。"


@dataclass(frozen=True)
class SettleEnd:
    """The post whose end was reached, or was put off before."""

    assignment_id: UUID


@dataclass(frozen=True)
class TellPutOff:
    """The post whose end was put off, and the event that is told."""

    assignment_id: UUID
    event_id: UUID


async def ends_due(work: Work) -> Sequence[UUID]:
    """List the posts whose end is to be judged: the ends that were reached first, then those that were put off."""
    put_off = (
        RoleAssignment.judged_at.is_(None)
        & RoleAssignment.valid_to.is_(None)
        & (RoleAssignment.put_off_from.is_not(None))
    )
    query = select(RoleAssignment.id).where(
        RoleAssignment.tenant_id == work.tenant, or_(end_unjudged(work.now), put_off)
    )
    return (await work.session.scalars(query.order_by(RoleAssignment.valid_to, RoleAssignment.id))).all()


async def settle_end(work: Work, intent: SettleEnd) -> RoleAssignment:
    """Judge the end of a post once it is reached: it takes effect, or is put off; asked twice it does nothing more."""
    work.require(SETTLE, Resource())
    post = await work.load(RoleAssignment, intent.assignment_id, "post", "任职", "roleAssignmentId", lock=True)
    reached = post.valid_to <= work.now if post.valid_to is not None else post.put_off_from is not None
    if post.judged_at is not None or not reached:
        return post
    unit = await unit_by_id(work, post.unit_id)
    await hold_person(work, post.staff_id)
    leaving = leaving_post(post, unit.path, work.now)
    against = await against_leaving(work, leaving)
    if not against:
        await _end(work, post, unit)
    elif post.put_off_from is None:
        await _put_off(work, post, unit, against, await left_in_hand(work, leaving))
    return post


async def _end(work: Work, post: RoleAssignment, unit: OrgUnit) -> None:
    """Let the end stand as it was planned; one that was put off becomes this instant, and is told again."""
    late = post.valid_to is None
    post.valid_to, post.judged_at = post.valid_to or work.now, work.now
    await work.session.flush()
    work.audit("role.end_judged", "role_assignment", post.id, after={"validTo": post.valid_to.isoformat()})
    if late:
        await close_incidents(work, post)
        await tell_end(work, post, unit)


async def _put_off(
    work: Work, post: RoleAssignment, unit: OrgUnit, against: tuple[Refusal, ...], in_hand: InHand
) -> None:
    planned, post.valid_to = post.valid_to, None
    post.put_off_from = planned
    await work.session.flush()
    counts = {holding.name: len(matters) for holding, matters in in_hand}
    rules = tuple(dict.fromkeys(rule for refusal in against for rule in refusal.rules))
    told = EndPutOff(
        post.id, post.staff_id, unit.id, post.role_code, str(planned and planned.isoformat()), counts, rules
    )
    work.emit(told.told())
    await record_incident(work, Failed(IncidentKind.END_PUT_OFF, post.staff_id, unit, post.id), in_hand)


async def tell_put_off(work: Work, intent: TellPutOff) -> RoleAssignment:
    """Tell the person and the first of the city's chain of roles that an end was put off, once per event."""
    work.require("system.notify", Resource())
    post = await work.load(RoleAssignment, intent.assignment_id, "post", "任职", "roleAssignmentId")
    person, chain = await staff_by_id(work, post.staff_id), await first_in_chain(work, post.unit_id, work.profile)
    text = TEXT.format(name=person.name, role=_role_zh(work, post), planned=_local(work, post))
    for staff_id in dict.fromkeys((person.id, *chain)):
        await notify_staff(
            work, staff_id, PUT_OFF, Subject("role_assignment", post.id), text, intent.event_id, automatic=True
        )
    if not set(chain) - {person.id}:
        work.emit(EndPutOffUnheard(post.id, post.unit_id, work.profile.escalation.basis.rules).told())
    return post


def _role_zh(work: Work, post: RoleAssignment) -> str:
    return next((role.zh for role in work.profile.roles if role.code == post.role_code), post.role_code)


def _local(work: Work, post: RoleAssignment) -> str:
    planned = post.put_off_from or post.valid_to
    return f"{planned.astimezone(ZoneInfo(work.profile.calendar.timezone)):%Y-%m-%d %H:%M}" if planned else "-"
