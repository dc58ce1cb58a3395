"""Filing with the department: the applicant is the filing party, whoever carries it there (T12, TA-3-2)."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from authz.actor import ActorKind
from casework.cases.access import load_case
from casework.cases.advance import advance, facts_of
from casework.cases.materials import materials_of
from casework.cases.models import Case, FiledBy, Filing, HolderKind, MaterialState
from casework.catalogue.models import ServiceItem
from casework.kernel.errors import invalid
from casework.kernel.work import Work

AS_APPLICANT = "filing.submit_as_applicant"
UNDER_MANDATE = "filing.submit_under_mandate"


@dataclass(frozen=True)
class FileCase:
    """The filing: its receipt number if there is one, and who is named as the filing party."""

    case_id: UUID
    receipt_no: str | None = None
    applicant_of_record: UUID | None = None
    expected_version: int | None = None


async def file_case(work: Work, intent: FileCase) -> Case:
    """Submit to the approval department; the committed limit starts (TA-18-8, TA-16-2, TA-3-10)."""
    by_staff = work.actor.kind is ActorKind.STAFF
    action = UNDER_MANDATE if by_staff else AS_APPLICANT
    case = await load_case(work, intent.case_id, action, expected_version=intent.expected_version)
    filed_by = FiledBy.AGENT if by_staff and case.service_kind.value == "AGENCY" else FiledBy.APPLICANT
    facts = await facts_of(
        work, case, filed_by=filed_by, applicant_of_record=intent.applicant_of_record or case.applicant_id
    )
    department_id = await _department(work, case)
    case.filed_at = work.now
    await advance(facts, "FILE", {"filedBy": filed_by.value})
    work.add(
        Filing(
            case_id=case.id,
            applicant_of_record=case.applicant_id,
            filed_by=filed_by,
            department_id=department_id,
            receipt_no=intent.receipt_no,
            filed_at=work.now,
        )
    )
    for paper in await materials_of(work, case.id):
        if paper.state in {MaterialState.RECEIVED, MaterialState.REVIEWED}:
            paper.state = MaterialState.SUBMITTED
            paper.holder_kind = HolderKind.DEPARTMENT
            paper.holder_id = department_id
    await work.session.flush()
    return case


async def _department(work: Work, case: Case) -> UUID:
    query = select(ServiceItem.department_id).where(
        ServiceItem.tenant_id == work.tenant, ServiceItem.id == case.item_id
    )
    department_id = (await work.session.scalars(query)).one_or_none()
    if department_id is None:
        raise invalid("Name the service item before filing.", "请先明确办理事项。", "caseId")
    return department_id
