"""Comparing the cities of one province by their published figures: no personal data, no other province (Q91, S-X-04)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from casework.deadlines.models import LegalStatus
from casework.kernel.errors import invalid, not_found
from casework.kernel.tenancy import Tenant
from casework.reporting.metrics import METRICS, Dimension, MetricDefinition
from casework.reporting.models import MetricSnapshot
from casework.reporting.period import Period


@dataclass(frozen=True)
class City:
    """A city of the province and the months for which it has published figures, the latest first."""

    tenant: str
    name_zh: str
    name_en: str
    admin_level: str
    periods: tuple[Period, ...]


@dataclass(frozen=True)
class CellFigure:
    """One published figure; value and number are None where it is suppressed, or where there is no rule to keep."""

    tenant: str
    metric: str
    dimension: Dimension
    cell: str
    name_zh: str
    value: float | None
    n: int | None
    suppressed: bool
    has_rule: bool
    legal_status: LegalStatus | None
    rules: tuple[str, ...]
    computed_at: datetime


@dataclass(frozen=True)
class Comparison:
    """One metric side by side. Shares of a rule are comparable only between cities whose texts both set it (Q91)."""

    metric: MetricDefinition
    figures: tuple[CellFigure, ...]

    @property
    def comparable(self) -> bool:
        """Whether the figures may be set against each other."""
        return not self.metric.needs_rule or all(figure.has_rule for figure in self.figures)


def cities_of(province: Any) -> Select[Any]:
    """Select the cities of a province."""
    return select(Tenant).where(Tenant.province_code == province).order_by(Tenant.code)


def months_of(province: Any) -> Select[Any]:
    """Select the months for which the cities of a province published figures, the latest first."""
    columns: tuple[Any, ...] = (MetricSnapshot.tenant_id, MetricSnapshot.period_from, MetricSnapshot.period_to)
    months = select(*columns).where(MetricSnapshot.province_code == province)
    return months.distinct().order_by(MetricSnapshot.period_from.desc())


def with_months(tenants: Iterable[Any], months: Iterable[Any]) -> list[City]:
    """Make the cities of rows of the register and of months."""
    published: dict[str, list[Period]] = {}
    for row in months:
        published.setdefault(row.tenant_id, []).append(Period(row.period_from, row.period_to))
    return [
        City(row.code, row.name_zh, row.name_en, row.admin_level, tuple(published.get(row.code, ()))) for row in tenants
    ]


async def cities(session: AsyncSession, province: str) -> list[City]:
    """List the cities of the province."""
    months = (await session.execute(months_of(province))).all()
    return with_months((await session.scalars(cities_of(province))).all(), months)


async def compare(
    session: AsyncSession, province: str, tenants: Collection[str] | None, metrics: Sequence[str], period: Period
) -> list[Comparison]:
    """Set the cities' figures of a month side by side, each from the city's latest run."""
    asked = asked_metrics(metrics)
    check_cities(await _known(session, province), tenants, "tenants")
    statement = figures_of_cities(province, period).where(MetricSnapshot.metric.in_([metric.code for metric in asked]))
    if tenants is not None:
        statement = statement.where(MetricSnapshot.tenant_id.in_(tenants))
    return side_by_side(asked, await _figures(session, statement.order_by(MetricSnapshot.tenant_id)))


def side_by_side(asked: Iterable[MetricDefinition], figures: Sequence[CellFigure]) -> list[Comparison]:
    """Put the figures of each metric together."""
    return [Comparison(each, tuple(figure for figure in figures if figure.metric == each.code)) for each in asked]


async def cells(
    session: AsyncSession, province: str, tenant: str, metric: str, dimension: Dimension, period: Period
) -> list[CellFigure]:
    """List the cells of one breakdown of one city."""
    check_cities(await _known(session, province), (tenant,), "tenant")
    statement = published(province, period).where(
        MetricSnapshot.tenant_id == tenant,
        MetricSnapshot.metric == metric_named(metric).code,
        MetricSnapshot.dimension == dimension.value,
    )
    return await _figures(session, statement.order_by(MetricSnapshot.cell))


def asked_metrics(codes: Iterable[str]) -> list[MetricDefinition]:
    """Find metrics by their codes, each once; refuses a code that there is not."""
    return [metric_named(code) for code in dict.fromkeys(codes)]


def metric_named(code: str) -> MetricDefinition:
    """Find a metric by its code; refuses one that there is not."""
    found = METRICS.get(code)
    if found is None:
        raise invalid(f"There is no such metric; there are {', '.join(METRICS)}.", "没有该指标。", "metrics")
    return found


async def _known(session: AsyncSession, province: str) -> set[str]:
    return set((await session.scalars(select(Tenant.code).where(Tenant.province_code == province))).all())


def check_cities(known: Collection[str], tenants: Iterable[str] | None, where: str) -> None:
    """Refuse a city that is not of this province like one that does not exist."""
    if set(tenants or ()) - set(known):
        raise not_found("city in your province", "市县(本省范围内)", (where,))


def figures_of_cities(province: Any, period: Any) -> Select[Any]:
    """Select the figures of whole cities of a month."""
    return published(province, period).where(MetricSnapshot.dimension == Dimension.TENANT.value)


def published(province: Any, period: Any) -> Select[Any]:
    """Select the province's figures of a month from the latest run of each city."""
    latest = (
        select(MetricSnapshot.tenant_id, MetricSnapshot.run_id)
        .ext(distinct_on(MetricSnapshot.tenant_id))
        .where(*_of(province, period))
        .order_by(MetricSnapshot.tenant_id, MetricSnapshot.computed_at.desc(), MetricSnapshot.run_id.desc())
        .subquery("latest")
    )
    same_run = and_(MetricSnapshot.tenant_id == latest.c.tenant_id, MetricSnapshot.run_id == latest.c.run_id)
    return select(MetricSnapshot).join(latest, same_run).where(*_of(province, period))


def _of(province: Any, period: Any) -> tuple[ColumnElement[bool], ...]:
    return (
        MetricSnapshot.province_code == province,
        MetricSnapshot.period_from == period.first,
        MetricSnapshot.period_to == period.last,
    )


async def _figures(session: AsyncSession, statement: Select[Any]) -> list[CellFigure]:
    return [figure_of(row) for row in (await session.scalars(statement)).all()]


FIGURE = (
    MetricSnapshot.tenant_id,
    MetricSnapshot.metric,
    MetricSnapshot.dimension,
    MetricSnapshot.cell,
    MetricSnapshot.cell_name_zh,
    MetricSnapshot.value,
    MetricSnapshot.n,
    MetricSnapshot.suppressed,
    MetricSnapshot.has_rule,
    MetricSnapshot.legal_status,
    MetricSnapshot.rules,
    MetricSnapshot.computed_at,
)
"""The columns that a published figure is made of."""


def figure_of(row: Any) -> CellFigure:
    """Make a published figure of a row with these columns."""
    return CellFigure(
        tenant=row.tenant_id,
        metric=row.metric,
        dimension=Dimension(row.dimension),
        cell=row.cell,
        name_zh=row.cell_name_zh,
        value=row.value,
        n=row.n,
        suppressed=row.suppressed,
        has_rule=row.has_rule,
        legal_status=row.legal_status,
        rules=tuple(row.rules),
        computed_at=row.computed_at,
    )
