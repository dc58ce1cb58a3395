"""Messages for staff and applicants."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from casework.kernel.models import TenantRow, tenant_index, text_enum, unique_within_tenant
from casework.kernel.vault import SealedText


class Recipient(StrEnum):
    """To whom a notification goes."""

    STAFF = "STAFF"
    APPLICANT = "APPLICANT"


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
