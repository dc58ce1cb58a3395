"""Enter a person in the staff register of a unit (登记在册, TA-6-9, ZZ-3-2, PX-B-5.1-7)."""

from dataclasses import dataclass
from uuid import UUID

from authz.decide import Resource
from casework.kernel.errors import Code, Refusal, invalid
from casework.kernel.work import Work
from casework.organisation.authority import require
from casework.organisation.events import StaffRegistered
from casework.organisation.models import StaffMember
from casework.organisation.queries import staff_by_code, unit_by_id

SOURCES = frozenset({"OWN", "DEPARTMENT", "VOLUNTEER", "PARTNER"})
"""Where staff come from: the unit itself, a settled department, volunteers, a partner outlet."""


@dataclass(frozen=True)
class RegisterStaffInput:
    """Who enters the service; the phone is the one of the desk, a private one is never asked for (Q97)."""

    code: str
    name: str
    unit_id: UUID
    post: str | None = None
    work_phone: str | None = None
    badge_no: str | None = None
    source: str = "OWN"


async def register_staff(work: Work, given: RegisterStaffInput) -> StaffMember:
    """Enter a person in the register of the home unit; powers come only with a post."""
    unit = await unit_by_id(work, given.unit_id)
    require(work, "staff.register_report", Resource(unit_path=unit.path), "unitId")
    if not given.code.strip() or not given.name.strip():
        raise invalid("A person needs a code and a name.", "请填写人员编号和姓名。", "name")
    if given.source not in SOURCES:
        raise invalid(f"The source is one of {', '.join(sorted(SOURCES))}.", "人员来源不正确。", "source")
    if await staff_by_code(work, given.code) is not None:
        raise Refusal(
            Code.CONFLICT, f"The staff code {given.code} is taken.", f"人员编号{given.code}已存在。", ("code",)
        )
    person = work.add(
        StaffMember(
            code=given.code,
            name=given.name.strip(),
            post=given.post,
            work_phone=given.work_phone,
            badge_no=given.badge_no,
            unit_id=unit.id,
            source=given.source,
            active=True,
        )
    )
    await work.session.flush()
    work.emit(StaffRegistered(person.id, unit.id, given.source).told())
    return person
