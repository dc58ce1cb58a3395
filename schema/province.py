"""What provincial supervisors read: published figures of their own province's cities, and nothing about any person.

This side of the API knows no applicant, no case, no evaluation and no complaint (S-X-04): there is no field to ask for,
the database role cannot read those tables, and what is written for the province is hidden before it is written.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Annotated, Any

import strawberry
from sqlalchemy import ColumnElement, Date, Select, any_
from sqlalchemy.ext.asyncio import AsyncSession

from casework.kernel.errors import forbidden
from casework.kernel.tenancy import Tenant
from casework.reporting import compare as figures
from casework.reporting.metrics import METRICS, Dimension
from casework.reporting.models import MetricSnapshot
from casework.reporting.province import COMPARE, open_desk
from schema.context import Info
from schema.fields import planned_field
from schema.figures import City, Comparison, Metric, MetricCell, MonthInput
from schema.filters import Operands
from schema.reading.lens import Lens
from schema.reading.sources import Chosen, Composed, Told

Codes = Annotated[list[str], strawberry.argument(description="Codes of metrics, as `metrics` lists them (指标代码).")]
Code = Annotated[str, strawberry.argument(description="Code of a metric, as `metrics` lists them (指标代码).")]
Of = Annotated[MonthInput, strawberry.argument(description="Of which month (统计月份).")]
By = Annotated[Dimension, strawberry.argument(description="By what it is broken down (维度).")]
CityCode = Annotated[str, strawberry.argument(description="Code of a city, as `cities` lists them (市县代码).")]
Tenants = Annotated[
    list[str] | None, strawberry.argument(description="Codes of cities; null for all of the province (市县代码).")
]


@asynccontextmanager
async def at_desk(info: Info) -> AsyncIterator[tuple[AsyncSession, str]]:
    """Give the province's session and code to a supervisor; refuse everybody else.

    Fields of one request have it in the order of the document, so that of several refusals always the first is told.
    """
    actor, database = info.context.whose(), info.context.province
    if database is None or actor.province is None:
        raise forbidden(COMPARE)
    async with info.context.turn, open_desk(database, actor) as session:
        yield session, actor.province


def month_asked(by: Operands, period: MonthInput) -> SimpleNamespace:
    """Give what stands for a month in a statement."""
    return SimpleNamespace(
        first=by.operand(period.first, Date(), _itself), last=by.operand(period.last, Date(), _itself)
    )


def _itself(value: Any) -> Any:
    return value


def one_of(by: Operands, column: Any, codes: Any) -> ColumnElement[bool]:
    """The condition that a column holds one of some codes."""
    found: ColumnElement[bool] = column == any_(by.operands(codes, column.type, list))
    return found


def compared(by: Operands, province: Any, metrics: Any, period: MonthInput, tenants: Any = None) -> Select[Any]:
    """Choose the figures of a comparison."""
    chosen = figures.figures_of_cities(province, month_asked(by, period)).where(
        one_of(by, MetricSnapshot.metric, metrics)
    )
    return chosen if tenants is None else chosen.where(one_of(by, MetricSnapshot.tenant_id, tenants))


def broken_down(
    by: Operands, province: Any, tenant: Any, metric: Any, dimension: Dimension, period: MonthInput
) -> Select[Any]:
    """Choose the figures of a breakdown."""
    return figures.published(province, month_asked(by, period)).where(
        MetricSnapshot.tenant_id == by.operand(tenant, MetricSnapshot.tenant_id.type, str),
        MetricSnapshot.metric == by.operand(metric, MetricSnapshot.metric.type, str),
        MetricSnapshot.dimension == dimension.value,
    )


def side_by_side(
    rows: list[Any], known: list[Any], metrics: list[str], period: MonthInput, tenants: list[str] | None = None
) -> list[Comparison]:
    """Compose a comparison, refusing what the standard way refuses."""
    asked, _ = figures.asked_metrics(metrics), period.period()
    figures.check_cities({city.code for city in known}, tenants, "tenants")
    return [Comparison.of(each) for each in figures.side_by_side(asked, [figures.figure_of(row) for row in rows])]


def cells_shown(
    rows: list[Any], known: list[Any], tenant: str, metric: str, dimension: Dimension, period: MonthInput
) -> list[MetricCell]:
    """Compose a breakdown, refusing what the standard way refuses."""
    figures.metric_named(metric), period.period()
    figures.check_cities({city.code for city in known}, (tenant,), "tenant")
    return [MetricCell.of(figures.figure_of(row)) for row in rows]


def cities_shown(rows: list[Any], months: list[Any]) -> list[City]:
    """Compose the cities of the province with their months."""
    return [City.of(city) for city in figures.with_months(rows, months)]


REGISTER = Chosen(
    (Tenant.code, Tenant.name_zh, Tenant.name_en, Tenant.admin_level),
    lambda _by, province, **_given: figures.cities_of(province),
    lambda rows: [rows.c.code],
)
MONTHS = Chosen(
    (MetricSnapshot.tenant_id, MetricSnapshot.period_from, MetricSnapshot.period_to),
    lambda _by, province: figures.months_of(province),
    lambda rows: [rows.c.period_from.desc()],
)
CITIES = Composed((REGISTER, MONTHS), cities_shown)
COMPARED = Composed(
    (Chosen(figures.FIGURE, compared, lambda rows: [rows.c.tenant_id]), REGISTER),
    side_by_side,
)
CELLS = Composed((Chosen(figures.FIGURE, broken_down, lambda rows: [rows.c.cell]), REGISTER), cells_shown)


def metrics_told(_lens: Lens) -> list[Metric]:
    """Tell which figures there are."""
    return [Metric.of(metric) for metric in METRICS.values()]


@strawberry.type(description="Published figures of the province (省级指标查询).")
class FiguresQuery:
    """Published figures of the province."""

    @planned_field(CITIES)
    async def cities(self, info: Info) -> list[City]:
        """The cities of your province, by code (本省市县)."""
        async with at_desk(info) as (session, province):
            return [City.of(city) for city in await figures.cities(session, province)]

    @planned_field(Told(metrics_told))
    async def metrics(self, info: Info) -> list[Metric]:
        """The figures there are, and how each is made (指标目录)."""
        async with at_desk(info):
            return [Metric.of(metric) for metric in METRICS.values()]

    @planned_field(COMPARED)
    async def compare_cities(self, info: Info, metrics: Codes, period: Of, tenants: Tenants = None) -> list[Comparison]:
        """Metrics of a month side by side, for the named cities or for all of the province (市县对比)."""
        async with at_desk(info) as (session, province):
            found = await figures.compare(session, province, tenants, metrics, period.period())
        return [Comparison.of(each) for each in found]

    @planned_field(CELLS)
    async def cells(self, info: Info, tenant: CityCode, metric: Code, dimension: By, period: Of) -> list[MetricCell]:
        """One city's figure of a month, broken down; small cells are null (分项指标)."""
        async with at_desk(info) as (session, province):
            found = await figures.cells(session, province, tenant, metric, dimension, period.period())
        return [MetricCell.of(each) for each in found]
