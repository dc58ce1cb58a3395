"""Tables of the relays room: parts of a case in other hands, and the chain of custody of its papers."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from casework.kernel.models import TenantRow, path_text, tenant_index, text_enum, unique_within_tenant, within_tenant


class LegState(StrEnum):
    """Where a leg stands; lateness is a mark beside it, never hidden."""

    OPEN = "OPEN"
    IN_HAND = "IN_HAND"
    DONE = "DONE"
    RETURNED = "RETURNED"
    REFUSED = "REFUSED"
    CANCELLED = "CANCELLED"


class CustodyMethod(StrEnum):
    """How papers travel."""

    IN_PERSON = "IN_PERSON"
    COURIER = "COURIER"
    STAFF_TRIP = "STAFF_TRIP"
    ARCHIVE = "ARCHIVE"


class RelayLeg(TenantRow):
    """A part of a case handled by another unit (接力环节)."""

    __tablename__ = "relay_leg"

    case_id: Mapped[UUID]
    type: Mapped[str]
    from_unit_id: Mapped[UUID]
    to_unit_id: Mapped[UUID]
    to_unit_path: Mapped[str] = mapped_column(path_text())
    task_zh: Mapped[str]
    state: Mapped[LegState] = mapped_column(text_enum(LegState))
    opened_at: Mapped[datetime]
    opened_by: Mapped[UUID | None]
    claimed_at: Mapped[datetime | None]
    claimed_by: Mapped[UUID | None]
    closed_at: Mapped[datetime | None]
    close_reason_zh: Mapped[str | None]
    due_at: Mapped[datetime | None]
    late_since: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    rules: Mapped[list[str]]

    __table_args__ = (
        within_tenant("case_id", "service_case"),
        within_tenant("from_unit_id", "org_unit"),
        within_tenant("to_unit_id", "org_unit"),
        within_tenant("claimed_by", "staff_member"),
        tenant_index("case_id"),
        tenant_index("to_unit_path", "state"),
    )


class CustodyTransfer(TenantRow):
    """Papers on their way from one holder to the next; custody changes only when they are received (材料交接)."""

    __tablename__ = "custody_transfer"

    case_id: Mapped[UUID]
    leg_id: Mapped[UUID | None]
    from_kind: Mapped[str]
    from_id: Mapped[UUID | None]
    to_kind: Mapped[str]
    to_id: Mapped[UUID | None]
    to_unit_path: Mapped[str | None] = mapped_column(path_text())
    method: Mapped[CustodyMethod] = mapped_column(text_enum(CustodyMethod))
    handed_at: Mapped[datetime]
    handed_by: Mapped[str]
    received_at: Mapped[datetime | None]
    received_by: Mapped[str | None]
    discrepancy_zh: Mapped[str | None]

    __table_args__ = (
        within_tenant("case_id", "service_case"),
        within_tenant("leg_id", "relay_leg"),
        tenant_index("case_id"),
        tenant_index("leg_id"),
    )


class CustodyItem(TenantRow):
    """One paper of a transfer, and whether it arrived."""

    __tablename__ = "custody_item"

    transfer_id: Mapped[UUID]
    material_id: Mapped[UUID]
    arrived: Mapped[bool | None]

    __table_args__ = (
        within_tenant("transfer_id", "custody_transfer"),
        within_tenant("material_id", "material_item"),
        unique_within_tenant("transfer_id", "material_id"),
        tenant_index("material_id"),
    )
