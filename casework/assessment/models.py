"""Tables of the assessment room: the measures, assessments made by them, and what was decided on each (考核)."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Integer
from sqlalchemy.orm import Mapped, mapped_column

from casework.kernel.models import TenantRow, tenant_index, text_enum, unique_within_tenant, within_tenant
from casework.kernel.vault import SealedText


class AssessmentKind(StrEnum):
    """Which assessment of the city's text it is (考核类型)."""

    GENERAL = "GENERAL"
    SPECIAL = "SPECIAL"
    ANNUAL = "ANNUAL"


class Outcome(StrEnum):
    """What was decided on an assessment (考核结果运用)."""

    KEEP = "KEEP"
    TRAIN = "TRAIN"
    CHANGE_POST = "CHANGE_POST"
    END_POST = "END_POST"


class AssessmentScheme(TenantRow):
    """The measures of one kind of assessment as a unit adopted them (考核办法); written once, a new one is adopted later.

    `criteria` are the things looked at, each with the most points it can have.
    """

    __tablename__ = "assessment_scheme"

    kind: Mapped[AssessmentKind] = mapped_column(text_enum(AssessmentKind))
    unit_id: Mapped[UUID]
    title_zh: Mapped[str]
    criteria: Mapped[list[Any]]
    adopted_by: Mapped[UUID | None]
    adopted_at: Mapped[datetime]

    __table_args__ = (
        within_tenant("unit_id", "org_unit"),
        within_tenant("adopted_by", "staff_member"),
        tenant_index("unit_id"),
        tenant_index("adopted_at", "id"),
    )


class Assessment(TenantRow):
    """How one person works in one unit, by the measures and for a period; written once, and it changes no post.

    `case_ids` are the cases that were looked at. The remark is for the assessed and those who answer for him.
    """

    __tablename__ = "assessment"

    scheme_id: Mapped[UUID]
    kind: Mapped[AssessmentKind] = mapped_column(text_enum(AssessmentKind))
    staff_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    assessor_id: Mapped[UUID | None]
    period_from: Mapped[date]
    period_to: Mapped[date]
    scores: Mapped[list[Any]]
    score: Mapped[int] = mapped_column(Integer)
    score_of: Mapped[int] = mapped_column(Integer)
    remark_zh: Mapped[str | None] = mapped_column(SealedText("assessment.remark_zh"))
    case_ids: Mapped[list[Any]]
    assessed_at: Mapped[datetime]

    __table_args__ = (
        within_tenant("scheme_id", "assessment_scheme"),
        within_tenant("staff_id", "staff_member"),
        within_tenant("unit_id", "org_unit"),
        within_tenant("assessor_id", "staff_member"),
        tenant_index("staff_id", "assessed_at", "id"),
        tenant_index("unit_id"),
        tenant_index("assessed_at", "id"),
    )


class AssessmentDecision(TenantRow):
    """What somebody else than the assessed decided on an assessment, and why; written once, one for each assessment."""

    __tablename__ = "assessment_decision"

    assessment_id: Mapped[UUID]
    outcome: Mapped[Outcome] = mapped_column(text_enum(Outcome))
    reason: Mapped[str]
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime]
    ended_post_id: Mapped[UUID | None]
    new_post_id: Mapped[UUID | None]

    __table_args__ = (
        within_tenant("assessment_id", "assessment"),
        within_tenant("decided_by", "staff_member"),
        within_tenant("ended_post_id", "role_assignment"),
        within_tenant("new_post_id", "role_assignment"),
        unique_within_tenant("assessment_id"),
    )
