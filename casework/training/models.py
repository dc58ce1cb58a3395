"""Tables of the training room: plans, sessions, results and commendations (培训)."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Boolean, Integer
from sqlalchemy.orm import Mapped, mapped_column

from casework.kernel.models import TenantRow, tenant_index, unique_within_tenant, within_tenant


class TrainingPlan(TenantRow):
    """What a unit means to train in a period, and on which staffing and capability that rests (培训计划, TA-23-2)."""

    __tablename__ = "training_plan"

    unit_id: Mapped[UUID]
    title_zh: Mapped[str]
    grounds_zh: Mapped[str]
    topics: Mapped[list[str]]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    planned_by: Mapped[UUID | None]
    planned_at: Mapped[datetime]

    __table_args__ = (
        within_tenant("unit_id", "org_unit"),
        within_tenant("planned_by", "staff_member"),
        tenant_index("unit_id"),
        tenant_index("planned_at", "id"),
    )


class TrainingSession(TenantRow):
    """One training that was held: what, how, and for the holders of which roles at which tiers (TA-23-3, TA-23-4)."""

    __tablename__ = "training_session"

    unit_id: Mapped[UUID]
    plan_id: Mapped[UUID | None]
    topic_zh: Mapped[str]
    method_zh: Mapped[str]
    role_codes: Mapped[list[str]]
    tiers: Mapped[list[str]]
    trainer_zh: Mapped[str | None]
    held_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None]

    __table_args__ = (
        within_tenant("unit_id", "org_unit"),
        within_tenant("plan_id", "training_plan"),
        within_tenant("recorded_by", "staff_member"),
        tenant_index("unit_id"),
        tenant_index("plan_id", "held_at", "id"),
        tenant_index("held_at", "id"),
    )


class TrainingResult(TenantRow):
    """Whether one person came to one session, and what a measured evaluation gave (TA-23-5); written once."""

    __tablename__ = "training_result"

    session_id: Mapped[UUID]
    staff_id: Mapped[UUID]
    attended: Mapped[bool] = mapped_column(Boolean)
    evaluation_zh: Mapped[str | None]
    score: Mapped[int | None] = mapped_column(Integer)
    passed: Mapped[bool | None] = mapped_column(Boolean)
    recorded_by: Mapped[UUID | None]
    recorded_at: Mapped[datetime]

    __table_args__ = (
        within_tenant("session_id", "training_session"),
        within_tenant("staff_id", "staff_member"),
        within_tenant("recorded_by", "staff_member"),
        unique_within_tenant("session_id", "staff_id"),
        tenant_index("staff_id", "recorded_at", "id"),
        tenant_index("recorded_at", "id"),
    )


class Commendation(TenantRow):
    """Praise or a reward for one person who did outstandingly (表彰奖励, TA-23-6); written once."""

    __tablename__ = "commendation"

    staff_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    title_zh: Mapped[str]
    reason_zh: Mapped[str]
    reward_zh: Mapped[str | None]
    result_id: Mapped[UUID | None]
    awarded_by: Mapped[UUID | None]
    awarded_at: Mapped[datetime]

    __table_args__ = (
        within_tenant("staff_id", "staff_member"),
        within_tenant("unit_id", "org_unit"),
        within_tenant("result_id", "training_result"),
        within_tenant("awarded_by", "staff_member"),
        tenant_index("staff_id", "awarded_at", "id"),
        tenant_index("unit_id"),
        tenant_index("awarded_at", "id"),
    )
