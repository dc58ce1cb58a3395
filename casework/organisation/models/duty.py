"""Tables of hand-overs: what is offered to whom, what the receivers said, and what failed."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from casework.kernel.models import TenantRow, path_text, tenant_index, text_enum, within_tenant


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


class HandoverIncident(TenantRow):
    """A hand-over of matters in hand that failed (交接失误), and the units that have to put it right (NX-A6-3).

    One that kept a post from ending is over when the post ends; of the others a responsible unit says how it was put right.
    """

    __tablename__ = "handover_incident"

    kind: Mapped[IncidentKind] = mapped_column(text_enum(IncidentKind))
    staff_id: Mapped[UUID]
    assignment_id: Mapped[UUID | None]
    matters: Mapped[list[Any]]
    responsible_unit_ids: Mapped[list[Any]]
    rules: Mapped[list[str]]
    occurred_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[str | None]
    resolution: Mapped[str | None]

    __table_args__ = (
        within_tenant("staff_id", "staff_member"),
        within_tenant("assignment_id", "role_assignment"),
        tenant_index("staff_id", "occurred_at"),
        tenant_index("occurred_at"),
    )
