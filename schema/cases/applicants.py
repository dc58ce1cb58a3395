"""Applicants as callers may see them: masked, unless reading them in full is allowed, asked for and recorded."""

from typing import Self

import strawberry

from authz.masks import MaskKind, mask_text
from casework.cases.access import resource_of
from casework.cases.models import Applicant, Case, SubjectType
from casework.kernel.work import Work
from schema.context import Info

READ = "case.read_personal"
PERSONAL = ("name", "idNo", "phone", "address")


@strawberry.type(name="Applicant", description="The filing party of a case (服务对象).")
class ApplicantView:
    """The filing party of a case."""

    subject_type: SubjectType = strawberry.field(description="Who that is before the law (主体类型).")
    name: str = strawberry.field(description="Name, masked unless read in full (姓名/名称).")
    id_no: str | None = strawberry.field(description="Identity number, masked unless read in full (证件号码).")
    phone: str | None = strawberry.field(description="Phone, masked unless read in full (联系电话).")
    address: str | None = strawberry.field(description="Address, masked unless read in full (地址).")
    priority: bool = strawberry.field(description="Whether the applicant has priority; the reason is not shown (优先).")
    masked_fields: list[str] = strawberry.field(description="Names of the fields shown masked (已脱敏字段).")

    @classmethod
    def masked(cls, row: Applicant) -> Self:
        """Show an applicant with everything personal masked."""
        return cls(
            subject_type=row.subject_type,
            name=mask_text(row.name, MaskKind.NAME) or "",
            id_no=mask_text(row.id_no, MaskKind.ID_NUMBER),
            phone=mask_text(row.phone, MaskKind.PHONE),
            address=mask_text(row.address, MaskKind.ADDRESS),
            priority=bool(row.priority_tags),
            masked_fields=list(PERSONAL),
        )

    @classmethod
    def in_full(cls, row: Applicant) -> Self:
        """Show an applicant as he is."""
        return cls(
            subject_type=row.subject_type,
            name=row.name,
            id_no=row.id_no,
            phone=row.phone,
            address=row.address,
            priority=bool(row.priority_tags),
            masked_fields=[],
        )


async def applicant_of(info: Info, case: Case, unmasked: bool) -> ApplicantView | None:
    """Show the applicant of a case; a full read is recorded, a refused one is answered masked."""
    context = info.context
    async with context.office.open(context.whose(), context.correlation_id) as work:
        row = await work.find(Applicant, case.applicant_id)
        if row is None:
            return None
        if not unmasked or not await _may_read(work, case):
            return ApplicantView.masked(row)
        work.audit(READ, "applicant", row.id, after={"caseId": str(case.id)})
        return ApplicantView.in_full(row)


async def _may_read(work: Work, case: Case) -> bool:
    return work.decide(READ, await resource_of(work, case)).allowed
