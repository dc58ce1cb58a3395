"""The case itself, who asked for it, and who works on it."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import FetchedValue, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from casework.kernel.models import TenantRow, path_text, tenant_index, text_enum, unique_within_tenant, within_tenant
from casework.kernel.vault import SealedJson, SealedText


class CaseState(StrEnum):
    """Neutral states of every case; a city shows its own stages over them (MODEL 4.1)."""

    RECEIVED = "RECEIVED"
    RESPONDED = "RESPONDED"
    ACCEPTED = "ACCEPTED"
    COMMISSIONED = "COMMISSIONED"
    PLANNED = "PLANNED"
    PREPARING = "PREPARING"
    FILED = "FILED"
    DECIDED = "DECIDED"
    DELIVERING = "DELIVERING"
    COMPLETED = "COMPLETED"
    TERMINATED = "TERMINATED"
    DECLINED = "DECLINED"
    REFERRED_OUT = "REFERRED_OUT"
    WITHDRAWN = "WITHDRAWN"
    ARCHIVED = "ARCHIVED"


class ServiceKind(StrEnum):
    """What kind of service the case is."""

    CONSULTATION = "CONSULTATION"
    ASSIST = "ASSIST"
    AGENCY = "AGENCY"
    BUNDLE = "BUNDLE"
    ORDER = "ORDER"
    JOINT = "JOINT"


class SubjectType(StrEnum):
    """Who an applicant is before the law."""

    NATURAL_PERSON = "NATURAL_PERSON"
    LEGAL_PERSON = "LEGAL_PERSON"
    OTHER_ORGANISATION = "OTHER_ORGANISATION"


class Applicant(TenantRow):
    """The filing party (服务对象); every name and number is sealed, exact search goes through blind indexes."""

    __tablename__ = "applicant"
    says_who = True

    subject_type: Mapped[SubjectType] = mapped_column(text_enum(SubjectType))
    portal_subject: Mapped[str | None]
    name: Mapped[str] = mapped_column(SealedText("applicant.name"))
    id_no: Mapped[str | None] = mapped_column(SealedText("applicant.id_no"))
    id_no_index: Mapped[str | None]
    phone: Mapped[str | None] = mapped_column(SealedText("applicant.phone"))
    address: Mapped[str | None] = mapped_column(SealedText("applicant.address"))
    priority_tags: Mapped[list[Any]] = mapped_column(SealedJson("applicant.priority_tags"))

    __table_args__ = (unique_within_tenant("portal_subject"), unique_within_tenant("id_no_index"))


class ServiceRequest(TenantRow):
    """What came in, on any channel (需求); `received_at` starts the clock, not its collection (Q2)."""

    __tablename__ = "service_request"

    applicant_id: Mapped[UUID]
    channel: Mapped[str]
    received_at: Mapped[datetime]
    received_by: Mapped[UUID | None]
    text: Mapped[str] = mapped_column(SealedText("service_request.text"))
    oral: Mapped[bool]
    offered_by_staff: Mapped[bool]

    __table_args__ = (within_tenant("applicant_id", "applicant"), within_tenant("received_by", "staff_member"))


class Case(TenantRow):
    """The unit of work opened for a request (帮办件/代办件).

    `overdue_clocks` counts its clocks that ran out, were fired, and are still waited for. Clocks change it beside the
    row's version, so that a limit that runs out makes nobody's work stale; every update of the row reads it back.
    """

    __tablename__ = "service_case"

    case_no: Mapped[str]
    service_kind: Mapped[ServiceKind] = mapped_column(text_enum(ServiceKind))
    workflow: Mapped[str]
    revision_id: Mapped[UUID | None]
    state: Mapped[CaseState] = mapped_column(text_enum(CaseState), active_history=True)
    request_id: Mapped[UUID]
    applicant_id: Mapped[UUID]
    intake_unit_id: Mapped[UUID]
    unit_id: Mapped[UUID] = mapped_column(active_history=True)
    unit_path: Mapped[str] = mapped_column(path_text(), active_history=True)
    owner_staff_id: Mapped[UUID | None]
    item_id: Mapped[UUID | None]
    item_version_id: Mapped[UUID | None]
    triage_class: Mapped[str | None]
    triage_reason: Mapped[str | None]
    received_at: Mapped[datetime] = mapped_column(active_history=True)
    responded_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    filed_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    result_told_at: Mapped[datetime | None]
    evaluation_invited_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    archived_at: Mapped[datetime | None]
    notices_issued: Mapped[int] = mapped_column(Integer, default=0)
    gap_notices_issued: Mapped[int] = mapped_column(Integer, default=0)
    overdue_clocks: Mapped[int] = mapped_column(
        Integer, default=0, server_default=text("0"), server_onupdate=FetchedValue()
    )

    __table_args__ = (
        within_tenant("revision_id", "profile_revision"),
        within_tenant("request_id", "service_request"),
        within_tenant("applicant_id", "applicant"),
        within_tenant("intake_unit_id", "org_unit"),
        within_tenant("unit_id", "org_unit"),
        within_tenant("owner_staff_id", "staff_member"),
        within_tenant("item_id", "service_item"),
        within_tenant("item_version_id", "service_item_version"),
        unique_within_tenant("case_no"),
        tenant_index("unit_path", "state", "received_at"),
        tenant_index("applicant_id"),
        tenant_index("owner_staff_id", "state"),
        tenant_index("received_at", "id"),
        tenant_index("state", "received_at", "id"),
        tenant_index("unit_id", "received_at", "id"),
    )


class CaseParticipant(TenantRow):
    """A member of staff who works on the case, for a period: the basis of the scope "own case" (办件参与人)."""

    __tablename__ = "case_participant"

    case_id: Mapped[UUID]
    staff_id: Mapped[UUID]
    role: Mapped[str]
    since: Mapped[datetime]
    until: Mapped[datetime | None]

    __table_args__ = (
        within_tenant("case_id", "service_case"),
        within_tenant("staff_id", "staff_member"),
        tenant_index("staff_id", "case_id"),
        tenant_index("case_id"),
    )


class CaseStep(TenantRow):
    """One step of the case's life, in order: the timeline that applicant and office read."""

    __tablename__ = "case_step"

    case_id: Mapped[UUID]
    at: Mapped[datetime]
    trigger: Mapped[str]
    from_state: Mapped[CaseState | None] = mapped_column(text_enum(CaseState))
    to_state: Mapped[CaseState] = mapped_column(text_enum(CaseState))
    stage: Mapped[str]
    actor: Mapped[str]
    staff_id: Mapped[UUID | None]
    rules: Mapped[list[str]]

    __table_args__ = (within_tenant("case_id", "service_case"), tenant_index("case_id", "at"))
