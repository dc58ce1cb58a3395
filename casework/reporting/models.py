"""Tables of the reporting room: figures of a city, written for its province with small cells already hidden."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Date, Index, Integer, Numeric, String
from sqlalchemy.orm import Mapped, mapped_column

from casework.deadlines.models import LegalStatus
from casework.kernel.models import TenantRow, text_enum, unique_within_tenant


class MetricSnapshot(TenantRow):
    """One figure of one tenant for one period and cell; what is suppressed is absent, not hidden by the reader."""

    __tablename__ = "metric_snapshot"

    province_code: Mapped[str] = mapped_column(String(2))
    run_id: Mapped[UUID]
    metric: Mapped[str]
    period_from: Mapped[date] = mapped_column(Date)
    period_to: Mapped[date] = mapped_column(Date)
    dimension: Mapped[str]
    cell: Mapped[str]
    cell_name_zh: Mapped[str]
    value: Mapped[float | None] = mapped_column(Numeric(18, 6, asdecimal=False))
    n: Mapped[int | None] = mapped_column(Integer)
    suppressed: Mapped[bool]
    has_rule: Mapped[bool]
    legal_status: Mapped[LegalStatus | None] = mapped_column(text_enum(LegalStatus))
    rules: Mapped[list[str]]
    computed_at: Mapped[datetime]

    __table_args__ = (
        unique_within_tenant("run_id", "metric", "dimension", "cell"),
        Index("ix_metric_snapshot_province", "province_code", "metric", "period_from", "period_to"),
    )
