"""Tables of the mandates room: authority to act for the applicant, and the documents that prove it."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Integer
from sqlalchemy.orm import Mapped, mapped_column

from casework.kernel.models import TenantRow, tenant_index, text_enum, unique_within_tenant, within_tenant
from casework.kernel.vault import SealedJson, SealedText


class MandateStatus(StrEnum):
    """Powers live only while SIGNED."""

    DRAFT = "DRAFT"
    SIGNED = "SIGNED"
    REVOKED = "REVOKED"
    ENDED = "ENDED"


class SignatureMethod(StrEnum):
    """How a signature was given; an oral confirmation never carries a mandate (Q41)."""

    PAPER_SCAN = "PAPER_SCAN"
    E_SIGN = "E_SIGN"
    ORAL_CONFIRMED = "ORAL_CONFIRMED"


class Mandate(TenantRow):
    """Authority to act for the applicant (委托); exactly one agent at a time."""

    __tablename__ = "mandate"

    case_id: Mapped[UUID]
    extent: Mapped[str]
    powers: Mapped[list[str]]
    agent_id: Mapped[UUID]
    status: Mapped[MandateStatus] = mapped_column(text_enum(MandateStatus))
    signed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        within_tenant("case_id", "service_case"),
        within_tenant("agent_id", "staff_member"),
        unique_within_tenant("case_id"),
    )


class Document(TenantRow):
    """A filled form of a case (文书); unchangeable once every required party has signed."""

    __tablename__ = "document"

    case_id: Mapped[UUID]
    form_code: Mapped[str]
    edition: Mapped[int] = mapped_column(Integer)
    data: Mapped[dict[str, Any]] = mapped_column(SealedJson("document.data"))
    complete_at: Mapped[datetime | None]
    drafted_by: Mapped[str]

    __table_args__ = (within_tenant("case_id", "service_case"), unique_within_tenant("case_id", "form_code", "edition"))


class Signature(TenantRow):
    """One party's signature under a document; staff never sign for the applicant (SOD3)."""

    __tablename__ = "signature"

    document_id: Mapped[UUID]
    party: Mapped[str]
    signer_name: Mapped[str] = mapped_column(SealedText("signature.signer_name"))
    method: Mapped[SignatureMethod] = mapped_column(text_enum(SignatureMethod))
    signed_at: Mapped[datetime]
    actor: Mapped[str]

    __table_args__ = (
        within_tenant("document_id", "document"),
        unique_within_tenant("document_id", "party"),
        tenant_index("document_id"),
    )
