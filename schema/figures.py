"""Published figures as provincial supervisors read them: cities, metrics, comparisons and cells."""

from datetime import date, datetime
from typing import Self

import strawberry

from casework.deadlines.models import LegalStatus
from casework.kernel.errors import invalid
from casework.reporting import compare as figures
from casework.reporting.metrics import Dimension, Figure, MetricDefinition
from casework.reporting.period import Period
from schema.enums import described_enum
from schema.refusals import RuleReference
from tenants.rules import RULES

described_enum(
    Figure,
    "How the observations become one number (计算方式).",
    {
        "COUNT": "How many there were (件数).",
        "SHARE": "Part of the whole, from 0 to 1, told in hundredths (比率).",
        "MEDIAN": "The middle value, told in whole units (中位数).",
        "MEAN": "The average, told in tenths (平均值).",
    },
    name="FigureKind",
)
described_enum(
    Dimension,
    "By what a figure is broken down; always by one thing at a time (统计维度).",
    {
        "TENANT": "The city as a whole (全域).",
        "COUNTY": "County or district; OWN is what no county handles (县区).",
        "TOWNSHIP": "Township or sub-district; OWN is what the county or city handles itself (乡镇街道).",
        "UNIT_TYPE": "Kind of unit in the city's regulation (机构类型).",
        "STATE": "Neutral state of the case when the figures were made (办件状态).",
        "KIND": "Kind of service (服务类型).",
    },
)


@strawberry.input(name="MonthInput", description="One calendar month, first and last day included (统计月份).")
class MonthInput:
    """One calendar month."""

    first: date = strawberry.field(description="First day of the month, such as 2025-03-01 (起始日).")
    last: date = strawberry.field(description="Last day of the same month, such as 2025-03-31 (截止日).")

    def period(self) -> Period:
        """Read it, or refuse what is not exactly one month."""
        found = Period(self.first, self.last)
        if not found.is_month:
            raise invalid("Figures are published by whole calendar months.", "指标按自然月发布。", "period")
        return found


@strawberry.type(description="One calendar month, first and last day included (统计月份).")
class Month:
    """One calendar month."""

    first: date = strawberry.field(description="First day of the month (起始日).")
    last: date = strawberry.field(description="Last day of the month (截止日).")

    @classmethod
    def of(cls, period: Period) -> Self:
        """Show a period."""
        return cls(first=period.first, last=period.last)


@strawberry.type(description="A city of your province that runs its service here (市县).")
class City:
    """A city of the province."""

    tenant: str = strawberry.field(description="Code of the city in this API, such as taian (代码).")
    name_zh: str = strawberry.field(description="Name in Chinese (名称).")
    name_en: str = strawberry.field(description="Name in English.")
    admin_level: str = strawberry.field(description="CITY, CITY_VENUE, COUNTY or DISTRICT (行政层级).")
    periods: list[Month] = strawberry.field(
        description="Months with published figures, the latest first; a running month is shown as a whole only (已发布月份)."
    )

    @classmethod
    def of(cls, city: figures.City) -> Self:
        """Show a city."""
        return cls(
            tenant=city.tenant,
            name_zh=city.name_zh,
            name_en=city.name_en,
            admin_level=city.admin_level,
            periods=[Month.of(period) for period in city.periods],
        )


@strawberry.type(description="What a figure is and how it is made; the same in every city (指标).")
class Metric:
    """What a figure is and how it is made."""

    code: str = strawberry.field(description="Stable code, such as median_response (代码).")
    name_zh: str = strawberry.field(description="Name in Chinese (名称).")
    name_en: str = strawberry.field(description="Name in English.")
    formula: str = strawberry.field(description="What is counted and when it belongs to a month (计算口径).")
    kind: Figure = strawberry.field(description="How the observations become one number (计算方式).")
    unit: str = strawberry.field(description="In what the value is told (单位).")
    needs_rule: bool = strawberry.field(
        description="Whether there is a value only where a text sets a rule; a plain measure has one everywhere (须有规定)."
    )
    dimensions: list[Dimension] = strawberry.field(description="By what it is broken down (可用维度).")

    @classmethod
    def of(cls, metric: MetricDefinition) -> Self:
        """Show a metric."""
        return cls(
            code=metric.code,
            name_zh=metric.name_zh,
            name_en=metric.name_en,
            formula=metric.formula,
            kind=metric.figure,
            unit=metric.unit,
            needs_rule=metric.needs_rule,
            dimensions=[Dimension.TENANT, *metric.breakdowns],
        )


@strawberry.type(description="One city's figure for a month (市县指标值).")
class CityMetric:
    """One city's figure for a month."""

    tenant: str = strawberry.field(description="Code of the city (代码).")
    value: float | None = strawberry.field(
        description="The value; null when suppressed, without a rule to keep, or when nothing was observed (数值)."
    )
    n: int | None = strawberry.field(
        description="Observations behind it; exact for counts, else rounded down to the city's threshold (样本数)."
    )
    suppressed: bool = strawberry.field(description="Hidden because too few people stand behind it (已隐去).")
    no_rule: bool = strawberry.field(description="The city's text is silent: it sets no rule for this (制度未规定).")
    legal_status: LegalStatus | None = strawberry.field(
        description="Status of the rule or of the city's own target at the end of the month; null when it has neither (性质)."
    )
    rules: list[RuleReference] = strawberry.field(description="The rules it rests on; empty without a rule (依据).")
    computed_at: datetime = strawberry.field(description="When the figure was made (计算时间).")

    @classmethod
    def of(cls, figure: figures.CellFigure) -> Self:
        """Show a city's figure."""
        status = figure.legal_status or LegalStatus.MEASURE_ONLY
        return cls(
            tenant=figure.tenant,
            value=figure.value,
            n=figure.n,
            suppressed=figure.suppressed,
            no_rule=not figure.has_rule,
            legal_status=figure.legal_status,
            rules=[RuleReference.of(rule_id, status) for rule_id in figure.rules if rule_id in RULES],
            computed_at=figure.computed_at,
        )


@strawberry.type(description="One metric of several cities side by side (指标对比).")
class Comparison:
    """One metric of several cities side by side."""

    metric: Metric = strawberry.field(description="What is compared (指标).")
    comparable: bool = strawberry.field(
        description="Whether the values may be ranked: measures always, a rule's figure only if every city has it (可比)."
    )
    cities: list[CityMetric] = strawberry.field(
        description="One entry for each city that published the month (各市县)."
    )

    @classmethod
    def of(cls, found: figures.Comparison) -> Self:
        """Show a comparison."""
        return cls(
            metric=Metric.of(found.metric),
            comparable=found.comparable,
            cities=[CityMetric.of(figure) for figure in found.figures],
        )


@strawberry.type(description="One cell of a breakdown; a small one shows nothing but that it is suppressed (单元格).")
class MetricCell:
    """One cell of a breakdown."""

    cell: str = strawberry.field(description="Code of the county, township, kind of unit, state or service (代码).")
    name_zh: str = strawberry.field(description="Name in Chinese (名称).")
    value: float | None = strawberry.field(
        description="The value; null when suppressed or nothing was observed (数值)."
    )
    n: int | None = strawberry.field(
        description="Observations behind it; exact for counts, else rounded down; null when suppressed (样本数)."
    )
    suppressed: bool = strawberry.field(
        description="Hidden, because it is small or because it would reveal a small one by subtraction (已隐去)."
    )

    @classmethod
    def of(cls, figure: figures.CellFigure) -> Self:
        """Show a cell."""
        return cls(
            cell=figure.cell, name_zh=figure.name_zh, value=figure.value, n=figure.n, suppressed=figure.suppressed
        )
