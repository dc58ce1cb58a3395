"""Tables of people: who serves, in which posts, and with which registration."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Index, false, text
from sqlalchemy.orm import Mapped, mapped_column

from casework.kernel.models import TenantRow, tenant_index, text_enum, unique_within_tenant, within_tenant


class Engagement(StrEnum):
    """How a post is held (专职 / 兼职 / 兼任)."""

    FULL_TIME = "FULL_TIME"
    PART_TIME = "PART_TIME"
    CONCURRENT = "CONCURRENT"


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
