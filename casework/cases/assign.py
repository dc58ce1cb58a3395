"""Assigning a case: to a person, or to another unit; the applicant's clock runs on (Q8)."""

from dataclasses import dataclass
from uuid import UUID

from casework.cases.access import join, load_case
from casework.cases.advance import CASE
from casework.cases.models import Case
from casework.kernel.errors import Code, Refusal, not_found
from casework.kernel.events import Event
from casework.kernel.work import Work
from casework.organisation.handover import put_in_hands
from casework.organisation.models import StaffMember
from casework.organisation.queries import unit_named

ASSIGN = "case.assign"


@dataclass(frozen=True)
class AssignCase:
    """To whom: a unit, a member of staff of it, or both."""

    case_id: UUID
    unit_code: str | None = None
    staff_id: UUID | None = None
    expected_version: int | None = None


async def assign_case(work: Work, intent: AssignCase) -> Case:
    """Move a case to another unit or person; no clock is stopped or set back by it (S-TA-07)."""
    case = await load_case(work, intent.case_id, ASSIGN, expected_version=intent.expected_version)
    if case.archived_at is not None:
        raise Refusal(Code.ILLEGAL_TRANSITION, "An archived case stays where it is.", "已归档办件不能转派。")
    before = str(case.unit_id)
    if intent.unit_code is not None:
        unit = await unit_named(work, intent.unit_code)
        case.unit_id = unit.id
        case.unit_path = unit.path
        case.owner_staff_id = None
    if intent.staff_id is not None:
        await put_in_hands(work, intent.staff_id, "staffId")
        case.owner_staff_id = (await _staff(work, intent.staff_id, case)).id
        await join(work, case, intent.staff_id, "HANDLER")
    await work.session.flush()
    work.emit(
        Event(
            "case.assigned",
            CASE,
            case.id,
            {"fromUnitId": before, "toUnitId": str(case.unit_id), "staffId": str(case.owner_staff_id or "")},
        )
    )
    return case


async def _staff(work: Work, staff_id: UUID, case: Case) -> StaffMember:
    staff = await work.find(StaffMember, staff_id)
    if staff is None or not staff.active or staff.unit_id != case.unit_id:
        raise not_found("member of staff of the case's unit", "本机构工作人员", ("staffId",), staff_id)
    return staff
