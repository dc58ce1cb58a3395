"""Tables of the feedback room: evaluations by applicants and callbacks to them."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Integer
from sqlalchemy.orm import Mapped, mapped_column

from casework.kernel.models import TenantRow, path_text, tenant_index, text_enum, unique_within_tenant, within_tenant
from casework.kernel.vault import SealedText


class CallbackState(StrEnum):
    """Where a callback stands; one that was given up stays visible."""

    PLANNED = "PLANNED"
    ASSIGNED = "ASSIGNED"
    UNREACHED = "UNREACHED"
    DONE = "DONE"
    GAVE_UP = "GAVE_UP"


class Evaluation(TenantRow):
    """What the applicant thinks of the service (满意度评价); staff never write or change one (SOD2)."""

    __tablename__ = "evaluation"

    case_id: Mapped[UUID]
    source: Mapped[str]
    score: Mapped[int] = mapped_column(Integer)
    comment: Mapped[str | None] = mapped_column(SealedText("evaluation.comment"))
    given_at: Mapped[datetime]
    bad: Mapped[bool]
    after_archive: Mapped[bool]

    __table_args__ = (within_tenant("case_id", "service_case"), unique_within_tenant("case_id", "source"))


class Callback(TenantRow):
    """A call to the applicant after the service (回访); done by somebody who did not handle the case (SOD1)."""

    __tablename__ = "callback"

    case_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    unit_path: Mapped[str] = mapped_column(path_text())
    reason: Mapped[str]
    state: Mapped[CallbackState] = mapped_column(text_enum(CallbackState))
    planned_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    assignee_id: Mapped[UUID | None]
    assigned_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(Integer)
    done_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    satisfaction: Mapped[int | None] = mapped_column(Integer)
    comment: Mapped[str | None] = mapped_column(SealedText("callback.comment"))
    rules: Mapped[list[str]]

    __table_args__ = (
        within_tenant("case_id", "service_case"),
        within_tenant("unit_id", "org_unit"),
        within_tenant("assignee_id", "staff_member"),
        unique_within_tenant("case_id", "reason"),
        tenant_index("unit_path", "state"),
        tenant_index("assignee_id", "state"),
    )
