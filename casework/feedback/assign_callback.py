"""Assigning a callback to somebody who had no hand in the case (SOD1, TA-25-1, CH-4.3-3)."""

from dataclasses import dataclass
from uuid import UUID

from authz.decide import Resource
from casework.cases.models import Case
from casework.feedback.clocks import ASSIGNED, turn_clocks
from casework.feedback.events import CallbackAssigned
from casework.feedback.models import Callback, CallbackState
from casework.feedback.queries import handlers_of, load_callback
from casework.kernel.errors import Code, Refusal, not_found
from casework.kernel.work import Work
from casework.organisation.handover import put_in_hands
from casework.organisation.models import OrgUnit, StaffMember
from tenants.profile import Basis, Profile

ASSIGN = "callback.assign"
NOT_THE_HANDLER = "NOT_THE_HANDLER"
OPEN = frozenset({CallbackState.PLANNED, CallbackState.ASSIGNED, CallbackState.UNREACHED})


@dataclass(frozen=True)
class AssignCallback:
    """Who calls."""

    callback_id: UUID
    assignee_id: UUID
    expected_version: int | None = None


async def assign_callback(work: Work, intent: AssignCallback) -> Callback:
    """Name the person who calls; a callback that was not done yet may pass to another person."""
    callback, case = await load_callback(work, intent.callback_id, ASSIGN, expected_version=intent.expected_version)
    if callback.state not in OPEN:
        raise over(callback)
    assignee = await _within_reach(work, intent.assignee_id)
    await refuse_handler(work, case, assignee.id, "staffId")
    await put_in_hands(work, assignee.id, "staffId")
    callback.assignee_id = assignee.id
    callback.assigned_at = work.now
    callback.state = CallbackState.ASSIGNED
    await work.session.flush()
    await turn_clocks(work, callback, case, ASSIGNED)
    work.emit(CallbackAssigned(callback, assignee.id).told())
    return callback


async def refuse_handler(work: Work, case: Case, staff_id: UUID, *path: str) -> None:
    """Refuse that whoever had a hand in the case also asks the applicant how it went (SOD1)."""
    if staff_id not in await handlers_of(work, case):
        return
    basis = basis_of_separation((await work.pinned(case.revision_id)).profile)
    default = basis is None or basis.default or bool({"guard", "not_the_handler"} & set(basis.default_fields))
    raise Refusal(
        Code.SEPARATION_OF_DUTIES,
        "Whoever took part in the case does not call the applicant back; name somebody else.",
        "参与办理该事项的人员不得承担回访,请另行指派。",
        path,
        rules=basis.rules if basis else (),
        guard=NOT_THE_HANDLER,
        details={"duty": "SOD1", "default": default, "why": basis.why if basis else None},
    )


def basis_of_separation(profile: Profile) -> Basis | None:
    """Find what the city rests the separation on: the gate before the call, or who calls back; else the platform."""
    for gate in profile.gates_at("PERFORM_CALLBACK"):
        if gate.guard == NOT_THE_HANDLER:
            return gate.basis
    return profile.callback.by.basis if profile.callback.by else None


def over(callback: Callback) -> Refusal:
    """Answer that nothing is left to do about this callback."""
    return Refusal(
        Code.ILLEGAL_TRANSITION,
        "This callback is over; it can neither be assigned nor performed again.",
        "该回访已结束,不能再次指派或办理。",
        ("callbackId",),
        rules=tuple(callback.rules),
        details={"state": callback.state.value},
    )


async def _within_reach(work: Work, staff_id: UUID) -> StaffMember:
    """Give the person if the actor may assign callbacks in that person's unit; else there is no such person."""
    person = await work.find(StaffMember, staff_id)
    unit = await work.find(OrgUnit, person.unit_id) if person is not None and person.active else None
    if person is None or unit is None or not work.decide(ASSIGN, Resource(unit.path)).allowed:
        raise not_found("member of staff", "工作人员", ("staffId",), staff_id)
    return person
