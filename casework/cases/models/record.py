"""What is recorded while a case is handled: contacts, notices, papers, filing, progress."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Integer
from sqlalchemy.orm import Mapped, mapped_column

from casework.kernel.models import TenantRow, tenant_index, text_enum, within_tenant
from casework.kernel.vault import SealedJson, SealedText


class MaterialState(StrEnum):
    """Where a paper stands on its way."""

    MISSING = "MISSING"
    PROMISED = "PROMISED"
    RECEIVED = "RECEIVED"
    REVIEWED = "REVIEWED"
    REJECTED = "REJECTED"
    SUBMITTED = "SUBMITTED"
    RETURNED = "RETURNED"


class Medium(StrEnum):
    """Paper or file."""

    PAPER = "PAPER"
    ELECTRONIC = "ELECTRONIC"


class HolderKind(StrEnum):
    """Who can hold a paper."""

    APPLICANT = "APPLICANT"
    UNIT = "UNIT"
    STAFF = "STAFF"
    CARRIER = "CARRIER"
    DEPARTMENT = "DEPARTMENT"


class FiledBy(StrEnum):
    """Whose hand filed; the applicant of record is always the applicant (TA-3-2)."""

    APPLICANT = "APPLICANT"
    AGENT = "AGENT"


class Decision(StrEnum):
    """What the department decided; the office only records it."""

    GRANTED = "GRANTED"
    REFUSED = "REFUSED"
    NOT_ACCEPTED = "NOT_ACCEPTED"
    ISSUED = "ISSUED"


class ContactRecord(TenantRow):
    """One contact with the applicant; only a human one that addresses the content is a response (Q3)."""

    __tablename__ = "contact_record"

    case_id: Mapped[UUID]
    at: Mapped[datetime]
    staff_id: Mapped[UUID | None]
    channel: Mapped[str]
    automatic: Mapped[bool]
    addresses_content: Mapped[bool]
    content: Mapped[str] = mapped_column(SealedText("contact_record.content"))

    __table_args__ = (
        within_tenant("case_id", "service_case"),
        within_tenant("staff_id", "staff_member"),
        tenant_index("case_id", "at"),
    )


class OneTimeNotice(TenantRow):
    """The notice that tells everything at once; its parts are the ones that the city demands (一次性告知)."""

    __tablename__ = "one_time_notice"

    case_id: Mapped[UUID]
    issued_at: Mapped[datetime]
    issued_by: Mapped[UUID | None]
    parts: Mapped[dict[str, Any]]

    __table_args__ = (within_tenant("case_id", "service_case"), tenant_index("case_id"))


class GapNotice(TenantRow):
    """What is missing and how to get it; a second one is a visible defect of the first (补齐告知)."""

    __tablename__ = "gap_notice"

    case_id: Mapped[UUID]
    issued_at: Mapped[datetime]
    issued_by: Mapped[UUID | None]
    items: Mapped[list[Any]]
    defect: Mapped[bool]

    __table_args__ = (within_tenant("case_id", "service_case"), tenant_index("case_id"))


class MaterialItem(TenantRow):
    """One paper or file of a case and who holds it now (材料); the guide is the one it was reviewed against (TA-18-7)."""

    __tablename__ = "material_item"

    case_id: Mapped[UUID]
    requirement_id: Mapped[UUID | None]
    name_zh: Mapped[str]
    medium: Mapped[Medium] = mapped_column(text_enum(Medium))
    original: Mapped[bool]
    copies: Mapped[int] = mapped_column(Integer)
    state: Mapped[MaterialState] = mapped_column(text_enum(MaterialState))
    statutory_form: Mapped[bool | None]
    review_note: Mapped[str | None]
    guide_version_id: Mapped[UUID | None]
    holder_kind: Mapped[HolderKind] = mapped_column(text_enum(HolderKind))
    holder_id: Mapped[UUID | None]

    __table_args__ = (
        within_tenant("case_id", "service_case"),
        within_tenant("requirement_id", "material_requirement"),
        within_tenant("guide_version_id", "guide_version"),
        tenant_index("case_id"),
    )


class ServicePlan(TenantRow):
    """The agent's plan with milestones (服务方案)."""

    __tablename__ = "service_plan"

    case_id: Mapped[UUID]
    milestones: Mapped[list[Any]]
    materials_zh: Mapped[list[str]]
    policies_zh: Mapped[str]
    written_by: Mapped[UUID]
    written_at: Mapped[datetime]

    __table_args__ = (
        within_tenant("case_id", "service_case"),
        within_tenant("written_by", "staff_member"),
        tenant_index("case_id"),
    )


class Filing(TenantRow):
    """Submission to the approval department and its answer (申报)."""

    __tablename__ = "filing"

    case_id: Mapped[UUID]
    applicant_of_record: Mapped[UUID]
    filed_by: Mapped[FiledBy] = mapped_column(text_enum(FiledBy))
    department_id: Mapped[UUID]
    receipt_no: Mapped[str | None]
    filed_at: Mapped[datetime]
    returned_at: Mapped[datetime | None]
    return_reason: Mapped[str | None]
    decision: Mapped[Decision | None] = mapped_column(text_enum(Decision))
    decided_at: Mapped[datetime | None]

    __table_args__ = (
        within_tenant("case_id", "service_case"),
        within_tenant("applicant_of_record", "applicant"),
        within_tenant("department_id", "org_unit"),
        tenant_index("case_id"),
    )


class ProgressEntry(TenantRow):
    """A piece of progress told to the applicant (进展)."""

    __tablename__ = "progress_entry"

    case_id: Mapped[UUID]
    at: Mapped[datetime]
    staff_id: Mapped[UUID | None]
    text_zh: Mapped[str] = mapped_column(SealedText("progress_entry.text_zh"))

    __table_args__ = (within_tenant("case_id", "service_case"), tenant_index("case_id", "at"))


class ExplanationNotice(TenantRow):
    """Why something was missed, declined or out of scope (解释)."""

    __tablename__ = "explanation_notice"

    case_id: Mapped[UUID]
    ground: Mapped[str]
    text_zh: Mapped[str] = mapped_column(SealedText("explanation_notice.text_zh"))
    given_to: Mapped[str] = mapped_column(SealedText("explanation_notice.given_to"))
    given_at: Mapped[datetime]
    given_by: Mapped[UUID | None]
    medium: Mapped[str]
    contact_made_with: Mapped[str | None]

    __table_args__ = (within_tenant("case_id", "service_case"), tenant_index("case_id"))


class Delivery(TenantRow):
    """How the result reaches the applicant, by the applicant's choice (结果交付)."""

    __tablename__ = "delivery"

    case_id: Mapped[UUID]
    method: Mapped[str]
    chosen_by_applicant: Mapped[bool]
    started_at: Mapped[datetime]
    carrier: Mapped[str | None]
    tracking_no: Mapped[str | None] = mapped_column(SealedText("delivery.tracking_no"))
    confirmed_at: Mapped[datetime | None]
    items: Mapped[list[Any]]

    __table_args__ = (within_tenant("case_id", "service_case"), tenant_index("case_id"))


class CaseEnding(TenantRow):
    """How the service ended: normally, naturally or early with a cause (服务结束)."""

    __tablename__ = "case_ending"

    case_id: Mapped[UUID]
    kind: Mapped[str]
    cause: Mapped[str | None]
    statement_zh: Mapped[str | None] = mapped_column(SealedText("case_ending.statement_zh"))
    ended_at: Mapped[datetime]
    ended_by: Mapped[str]
    confirmed_by: Mapped[str | None]

    __table_args__ = (within_tenant("case_id", "service_case"), tenant_index("case_id"))


class ArchiveRecord(TenantRow):
    """The sealed file of a case (归档)."""

    __tablename__ = "archive_record"

    case_id: Mapped[UUID]
    contents: Mapped[dict[str, Any]] = mapped_column(SealedJson("archive_record.contents"))
    checklist: Mapped[list[Any]]
    sha256: Mapped[str]
    sealed_by: Mapped[str]
    sealed_at: Mapped[datetime]
    retention_until: Mapped[datetime]

    __table_args__ = (within_tenant("case_id", "service_case"), tenant_index("case_id"))
