"""Tables of the regulation room: published, immutable revisions of a tenant's profile."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from casework.kernel.models import TenantRow, text_enum, unique_within_tenant


class RevisionStatus(StrEnum):
    """A revision judges new cases until the next one supersedes it; cases keep the one they were accepted under."""

    PUBLISHED = "PUBLISHED"
    SUPERSEDED = "SUPERSEDED"


class ProfileRevision(TenantRow):
    """One declarative profile as it was published; its document never changes (配置版本)."""

    __tablename__ = "profile_revision"
    says_who = True

    revision: Mapped[int] = mapped_column(Integer)
    document: Mapped[dict[str, Any]]
    sha256: Mapped[str] = mapped_column(String(64))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    validity_kind: Mapped[str]
    status: Mapped[RevisionStatus] = mapped_column(text_enum(RevisionStatus))
    published_by: Mapped[str]
    published_at: Mapped[datetime]

    __table_args__ = (unique_within_tenant("revision"),)
