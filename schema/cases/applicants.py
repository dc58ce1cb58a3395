"""Applicants as callers may see them: masked, unless reading them in full is allowed, asked for and recorded."""

from typing import Any

import strawberry

from authz.masks import MaskKind
from casework.cases.access import resource_of
from casework.cases.models import Applicant, Case, SubjectType
from casework.kernel.work import Work
from schema.context import Info
from schema.reading.declare import computed, covered, covered_names
from schema.reading.lens import Lens
from schema.shown import Shown, shows

READ = "case.read_personal"
PERSONAL = ("name", "idNo", "phone", "address")


def has_priority(_lens: Lens, tags: list[Any]) -> bool:
    """Tell whether an applicant has priority, without the reason."""
    return bool(tags)


@shows(Applicant, name="Applicant", description="The filing party of a case (服务对象).")
class ApplicantView(Shown):
    """The filing party of a case."""

    subject_type: SubjectType = strawberry.field(description="Who that is before the law (主体类型).")
    name: str = covered(Applicant.name, MaskKind.NAME, "Name, masked unless read in full (姓名/名称).", in_full=READ)
    id_no: str | None = covered(
        Applicant.id_no, MaskKind.ID_NUMBER, "Identity number, masked unless read in full (证件号码).", in_full=READ
    )
    phone: str | None = covered(
        Applicant.phone, MaskKind.PHONE, "Phone, masked unless read in full (联系电话).", in_full=READ
    )
    address: str | None = covered(
        Applicant.address, MaskKind.ADDRESS, "Address, masked unless read in full (地址).", in_full=READ
    )
    priority: bool = computed(
        has_priority,
        Applicant.priority_tags,
        stable=False,
        description="Whether the applicant has priority; the reason is not shown (优先).",
    )
    masked_fields: list[str] = covered_names(PERSONAL, "Names of the fields shown masked (已脱敏字段).")
    in_full: strawberry.Private[bool] = False


async def applicant_of(info: Info, case: Case, unmasked: bool) -> ApplicantView | None:
    """Show the applicant of a case; a full read is recorded, a refused one is answered masked."""
    context = info.context
    async with context.office.open(context.whose(), context.correlation_id) as work:
        row = await work.find(Applicant, case.applicant_id)
        if row is None:
            return None
        shown = ApplicantView.of(row)
        if unmasked and await _may_read(work, case):
            work.audit(READ, "applicant", row.id, after={"caseId": str(case.id)})
            shown.in_full = True
        return shown


async def _may_read(work: Work, case: Case) -> bool:
    return work.decide(READ, await resource_of(work, case)).allowed
