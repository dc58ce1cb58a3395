"""Inputs that the mutations of cases share."""

from collections.abc import Awaitable, Callable
from uuid import UUID

import strawberry

from casework.cases.applicants import ApplicantDetails
from casework.cases.explain import Explanation
from casework.cases.models import Case, SubjectType
from casework.cases.queries import case_by_id
from casework.kernel.work import Work
from schema.cases.types import CASE
from schema.ids import row_id

KEY = "Key of this intent; the same key, input and selection give the same answer, word by word (幂等键)."
VERSION = "The version the caller read; an older one is refused (期望版本)."


@strawberry.input(description="Which case, read at which version (办件操作).")
class CaseActInput:
    """Which case, read at which version."""

    case_id: strawberry.ID = strawberry.field(description="Global id of the case (办件).")
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)

    def case(self) -> UUID:
        """Read the id of the case."""
        return row_id(self.case_id, CASE, "caseId")


@strawberry.input(description="Who the applicant is; needed at the first request (申请人信息).")
class ApplicantInput:
    """Who the applicant is."""

    subject_type: SubjectType = strawberry.field(description="Who that is before the law (主体类型).")
    name: str = strawberry.field(description="Name (姓名/名称).")
    id_no: str | None = strawberry.field(default=None, description="Identity number; sealed at rest (证件号码).")
    phone: str | None = strawberry.field(default=None, description="Phone; sealed at rest (联系电话).")
    address: str | None = strawberry.field(default=None, description="Address; sealed at rest (地址).")
    priority_tags: list[str] = strawberry.field(default_factory=list, description="Priority groups (优先群体).")

    def details(self) -> ApplicantDetails:
        """Give the office's form of it."""
        return ApplicantDetails(
            self.subject_type, self.name, self.id_no, self.phone, self.address, tuple(self.priority_tags)
        )


@strawberry.input(description="One part of a notice or form (要素).")
class PartInput:
    """One part of a notice or form."""

    key: str = strawberry.field(description="Key of the city's form (要素代码).")
    value: str = strawberry.field(description="What it says (内容).")


def parts_of(parts: list[PartInput]) -> dict[str, str]:
    """Give parts by their keys."""
    return {part.key: part.value for part in parts}


@strawberry.input(description="An explanation given to the applicant (解释).")
class ExplanationInput:
    """An explanation given to the applicant."""

    ground: str = strawberry.field(description="Ground (事由).")
    text: str = strawberry.field(description="What was said (内容).")
    given_to: str = strawberry.field(description="To whom (告知对象).")
    medium: str = strawberry.field(default="ORAL", description="ORAL, WRITTEN or ELECTRONIC (形式).")
    contact_made_with: str | None = strawberry.field(default=None, description="Body contacted for him (已联系部门).")

    def given(self) -> Explanation:
        """Give the office's form of it."""
        return Explanation(self.ground, self.text, self.given_to, self.medium, self.contact_made_with)


def present_case(input: CaseActInput) -> Callable[[Work], Awaitable[Case | None]]:
    """Read the case again for a caller who decided on an older version of it."""

    async def read(work: Work) -> Case | None:
        return await case_by_id(work, input.case())

    return read
