"""Published figures side by side, by the latest run of each city."""

from datetime import date, datetime

import strawberry
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from bench.plain.desk import Desk
from casework.reporting.models import MetricSnapshot


@strawberry.input
class MonthInput:
    """A month."""

    first: date
    last: date


@strawberry.type
class Metric:
    """What is compared."""

    code: str


@strawberry.type
class CityMetric:
    """One city's figure."""

    tenant: str
    value: float | None
    n: int | None
    suppressed: bool
    computed_at: datetime


@strawberry.type
class Comparison:
    """One metric of several cities."""

    metric: Metric
    cities: list[CityMetric]


async def compare(desk: Desk, metrics: list[str], period: MonthInput) -> list[Comparison]:
    """Load the figures of the latest runs and put them side by side."""
    of_month = (
        MetricSnapshot.province_code == desk.province,
        MetricSnapshot.period_from == period.first,
        MetricSnapshot.period_to == period.last,
    )
    latest = (
        select(MetricSnapshot.run_id)
        .ext(distinct_on(MetricSnapshot.tenant_id))
        .where(*of_month)
        .order_by(MetricSnapshot.tenant_id, MetricSnapshot.computed_at.desc(), MetricSnapshot.run_id.desc())
    )
    wanted = select(MetricSnapshot).where(
        *of_month,
        MetricSnapshot.run_id.in_(latest),
        MetricSnapshot.dimension == "TENANT",
        MetricSnapshot.metric.in_(metrics),
    )
    rows = await desk.rows(wanted.order_by(MetricSnapshot.tenant_id))
    by_metric: dict[str, list[CityMetric]] = {code: [] for code in metrics}
    for row in rows:
        by_metric[row.metric].append(
            CityMetric(
                tenant=row.tenant_id,
                value=row.value,
                n=row.n,
                suppressed=row.suppressed,
                computed_at=row.computed_at,
            )
        )
    return [Comparison(metric=Metric(code=code), cities=cities) for code, cities in by_metric.items()]
