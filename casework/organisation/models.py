"""Tables of the organisation room: units, service points, staff, their posts, and what they are told."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Index, Integer, false, text
from sqlalchemy.orm import Mapped, mapped_column

from casework.kernel.models import TenantRow, path_text, tenant_index, text_enum, unique_within_tenant, within_tenant
from casework.kernel.search import Tail
from casework.kernel.vault import SealedText


class Engagement(StrEnum):
    """How a post is held (专职 / 兼职 / 兼任)."""

    FULL_TIME = "FULL_TIME"
    PART_TIME = "PART_TIME"
    CONCURRENT = "CONCURRENT"


class Recipient(StrEnum):
    """To whom a notification goes."""

    STAFF = "STAFF"
    APPLICANT = "APPLICANT"


class IncidentKind(StrEnum):
    """How a hand-over failed."""

    END_PUT_OFF = "END_PUT_OFF"
    DISPUTED = "DISPUTED"
    MATTER_MISSING = "MATTER_MISSING"


class HandoverState(StrEnum):
    """Where a hand-over stands: it is closed when every receiver has answered, or when it was called off."""

    OFFERED = "OFFERED"
    ACCEPTED = "ACCEPTED"
    DISPUTED = "DISPUTED"
    CANCELLED = "CANCELLED"


class ItemState(StrEnum):
    """Where one matter of a hand-over stands; only an accepted one has changed hands."""

    UNPLACED = "UNPLACED"
    OFFERED = "OFFERED"
    ACCEPTED = "ACCEPTED"
    DISPUTED = "DISPUTED"
    WITHDRAWN = "WITHDRAWN"
    GONE = "GONE"


class RegistrationState(StrEnum):
    """How far the registration of a member of staff is."""

    SUBMITTED = "SUBMITTED"
    CONFIRMED = "CONFIRMED"
    RETURNED = "RETURNED"
    CANCELLED = "CANCELLED"


STANDING = "state IN ('SUBMITTED', 'CONFIRMED')"
"""A registration that waits or holds; of these there is one for a person in a unit under a register."""

TO_BE_JUDGED = "judged_at IS NULL AND (valid_to IS NOT NULL OR put_off_from IS NOT NULL)"
"""A post whose end somebody still has to look at."""


class OrgUnit(TenantRow):
    """A node of the jurisdiction tree (机构); `path` is the codes from the root, each followed by a dot."""

    __tablename__ = "org_unit"
    says_who = True

    code: Mapped[str]
    name_zh: Mapped[str]
    unit_type: Mapped[str]
    kind: Mapped[str]
    tier: Mapped[str]
    parent_id: Mapped[UUID | None]
    path: Mapped[str] = mapped_column(path_text())
    division_code: Mapped[str | None]
    headcount: Mapped[int | None] = mapped_column(Integer)
    settled: Mapped[bool]
    phone: Mapped[str | None]
    office_hours: Mapped[list[Any] | None]

    __table_args__ = (
        within_tenant("parent_id", "org_unit"),
        unique_within_tenant("code"),
        unique_within_tenant("path"),
        tenant_index("parent_id"),
    )


class UnitNameTail(Tail):
    """A unit's name from one of its places on, by which it is searched."""

    __tablename__ = "unit_name_tail"
    named = OrgUnit
    owner = "unit_id"

    unit_id: Mapped[UUID]

    __table_args__ = (within_tenant("unit_id", "org_unit"), tenant_index("tail", "unit_id"))


class ServicePoint(TenantRow):
    """A window, zone or desk of a unit (服务点)."""

    __tablename__ = "service_point"

    type: Mapped[str]
    name_zh: Mapped[str]
    unit_id: Mapped[UUID]
    responsible_staff_id: Mapped[UUID | None]
    headcount: Mapped[int | None] = mapped_column(Integer)

    __table_args__ = (
        within_tenant("unit_id", "org_unit"),
        within_tenant("responsible_staff_id", "staff_member"),
        tenant_index("unit_id"),
    )


class StaffMember(TenantRow):
    """A person who serves (工作人员); the work phone may be shown, a private one is never stored (Q97)."""

    __tablename__ = "staff_member"
    says_who = True

    code: Mapped[str]
    name: Mapped[str]
    post: Mapped[str | None]
    work_phone: Mapped[str | None]
    badge_no: Mapped[str | None]
    unit_id: Mapped[UUID]
    source: Mapped[str]
    active: Mapped[bool]

    __table_args__ = (within_tenant("unit_id", "org_unit"), unique_within_tenant("code"), tenant_index("unit_id"))


class RoleAssignment(TenantRow):
    """One post of one person in one unit for a period (任职); it ends by its date, never by deletion.

    `valid_to` is the end that counts, everywhere and to the instant. `judged_at` is when the matters in hand were last found
    to be no obstacle to it, at or after the end: until then somebody still has to look. An end that was put off because
    something was in hand is open again, and `put_off_from` keeps the instant that had been planned.

    A post that `needs_registration` gives powers from `registered_at` on, and none while that is empty (ZZ-3-2).
    """

    __tablename__ = "role_assignment"
    says_who = True

    staff_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    role_code: Mapped[str]
    engagement: Mapped[Engagement] = mapped_column(text_enum(Engagement))
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime | None]
    end_reason: Mapped[str | None]
    put_off_from: Mapped[datetime | None]
    judged_at: Mapped[datetime | None]
    needs_registration: Mapped[bool] = mapped_column(Boolean, server_default=false())
    registered_at: Mapped[datetime | None]

    __table_args__ = (
        within_tenant("staff_id", "staff_member"),
        within_tenant("unit_id", "org_unit"),
        tenant_index("staff_id"),
        tenant_index("unit_id", "role_code"),
        tenant_index("valid_to", where=text(TO_BE_JUDGED)),
    )


class StaffRegistration(TenantRow):
    """The report of a person to the body that keeps a register, and its answer (登记备案); no private data is asked for.

    `fields` are the entries of the city's form beside what the register of staff knows, `checks` the qualities that the
    text wants, each with whether the person has it. A returned or cancelled one stays on record; a new one is submitted.
    """

    __tablename__ = "staff_registration"

    register: Mapped[str]
    staff_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    body_id: Mapped[UUID]
    state: Mapped[RegistrationState] = mapped_column(text_enum(RegistrationState))
    fields: Mapped[dict[str, Any]]
    checks: Mapped[list[Any]]
    submitted_by: Mapped[UUID | None]
    submitted_at: Mapped[datetime]
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    reason: Mapped[str | None]

    __table_args__ = (
        within_tenant("staff_id", "staff_member"),
        within_tenant("unit_id", "org_unit"),
        within_tenant("body_id", "org_unit"),
        within_tenant("submitted_by", "staff_member"),
        within_tenant("decided_by", "staff_member"),
        Index(None, "tenant_id", "staff_id", "unit_id", "register", unique=True, postgresql_where=text(STANDING)),
        tenant_index("staff_id", "submitted_at", "id"),
        tenant_index("submitted_at", "id"),
    )


class HandoverIncident(TenantRow):
    """A hand-over of matters in hand that failed (交接失误), and the units that have to put it right (NX-A6-3)."""

    __tablename__ = "handover_incident"

    kind: Mapped[IncidentKind] = mapped_column(text_enum(IncidentKind))
    staff_id: Mapped[UUID]
    assignment_id: Mapped[UUID | None]
    matters: Mapped[list[Any]]
    responsible_unit_ids: Mapped[list[Any]]
    rules: Mapped[list[str]]
    occurred_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]

    __table_args__ = (
        within_tenant("staff_id", "staff_member"),
        within_tenant("assignment_id", "role_assignment"),
        tenant_index("staff_id", "occurred_at"),
    )


class DutyHandover(TenantRow):
    """The hand-over of what somebody has in hand (在手事项交接); each matter moves when its receiver accepts it (NX-A6-2)."""

    __tablename__ = "duty_handover"

    from_staff_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    unit_path: Mapped[str] = mapped_column(path_text())
    reason: Mapped[str]
    state: Mapped[HandoverState] = mapped_column(text_enum(HandoverState))
    started_by: Mapped[str]
    started_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    __table_args__ = (
        within_tenant("from_staff_id", "staff_member"),
        within_tenant("unit_id", "org_unit"),
        tenant_index("from_staff_id", "started_at"),
        tenant_index("unit_path", "started_at"),
        tenant_index("started_at"),
    )


class HandoverItem(TenantRow):
    """One matter of a hand-over, to whom it is offered, and what the receiver said.

    `matter_id` is the row of its kind (case, mandate, paper, leg, callback), which no key can point to; one matter is
    offered in one hand-over at a time.
    """

    __tablename__ = "handover_item"

    handover_id: Mapped[UUID]
    kind: Mapped[str]
    matter_id: Mapped[UUID]
    case_id: Mapped[UUID]
    case_no: Mapped[str]
    to_staff_id: Mapped[UUID | None]
    state: Mapped[ItemState] = mapped_column(text_enum(ItemState))
    answered_at: Mapped[datetime | None]
    note: Mapped[str | None]

    __table_args__ = (
        within_tenant("handover_id", "duty_handover"),
        within_tenant("to_staff_id", "staff_member"),
        tenant_index("handover_id", "id"),
        tenant_index("to_staff_id", "state"),
        Index(
            "ix_handover_item_offered", "tenant_id", "kind", "matter_id", unique=True,
            postgresql_where=text("state = 'OFFERED'"),
        ),
    )  # fmt: skip


class Notification(TenantRow):
    """A message for a member of staff or an applicant (通知); the portal or the desk reads it from here."""

    __tablename__ = "notification"

    recipient_kind: Mapped[Recipient] = mapped_column(text_enum(Recipient))
    recipient_id: Mapped[UUID]
    template: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[UUID]
    text_zh: Mapped[str] = mapped_column(SealedText("notification.text_zh"))
    automatic: Mapped[bool]
    sent_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    cause_id: Mapped[UUID | None]

    __table_args__ = (
        unique_within_tenant("template", "cause_id", "recipient_id"),
        tenant_index("recipient_id", "sent_at"),
        tenant_index("subject_id"),
    )
