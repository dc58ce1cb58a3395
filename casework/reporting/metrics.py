"""The register of figures: what each one is, how it is made, and what stands behind it in each city (MODEL 11, Q91)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from casework.reporting import facts, standing
from casework.reporting.facts import Facts
from casework.reporting.standing import Standing
from tenants.profile import Profile


class Figure(StrEnum):
    """How observations become one number."""

    COUNT = "COUNT"
    SHARE = "SHARE"
    MEDIAN = "MEDIAN"
    MEAN = "MEAN"


class Dimension(StrEnum):
    """By what a figure is broken down; always by one thing at a time."""

    TENANT = "TENANT"
    COUNTY = "COUNTY"
    TOWNSHIP = "TOWNSHIP"
    UNIT_TYPE = "UNIT_TYPE"
    STATE = "STATE"
    KIND = "KIND"


PLACES = (Dimension.COUNTY, Dimension.TOWNSHIP, Dimension.UNIT_TYPE)


@dataclass(frozen=True)
class MetricDefinition:
    """One figure. One that `needs_rule` has no value in a city whose text is silent: there is nothing to keep (Q91)."""

    code: str
    name_zh: str
    name_en: str
    formula: str
    figure: Figure
    unit: str
    facts: Facts
    standing: Callable[[Profile, date], Standing]
    needs_rule: bool = False
    breakdowns: tuple[Dimension, ...] = PLACES


_ALL = (
    MetricDefinition(
        code="cases_received",
        name_zh="受理需求件数",
        name_en="Cases received",
        formula="Cases received in the period, at the unit that received them.",
        figure=Figure.COUNT,
        unit="cases",
        facts=facts.received,
        standing=standing.only_measured,
        breakdowns=(*PLACES, Dimension.STATE, Dimension.KIND),
    ),
    MetricDefinition(
        code="cases_completed",
        name_zh="办结件数",
        name_en="Cases completed",
        formula="Cases that ended normally in the period.",
        figure=Figure.COUNT,
        unit="cases",
        facts=facts.completed,
        standing=standing.only_measured,
    ),
    MetricDefinition(
        code="median_response",
        name_zh="响应用时中位数",
        name_en="Median response",
        formula="Median working minutes from the request to the first human response, of responses given in the period.",
        figure=Figure.MEDIAN,
        unit="working minutes",
        facts=facts.stopped,
        standing=standing.response_time,
    ),
    MetricDefinition(
        code="response_within_limit",
        name_zh="时限内响应率",
        name_en="Response within the limit",
        formula="Response limits of the regulation kept, of all that were kept or missed in the period.",
        figure=Figure.SHARE,
        unit="share",
        facts=facts.judged,
        standing=standing.response_limit,
        needs_rule=True,
    ),
    MetricDefinition(
        code="within_committed_limit",
        name_zh="承诺时限内办结率",
        name_en="Decided within the committed limit",
        formula="Committed limits from filing to decision kept, of all that were kept or missed in the period.",
        figure=Figure.SHARE,
        unit="share",
        facts=facts.judged,
        standing=standing.committed_limit,
        needs_rule=True,
    ),
    MetricDefinition(
        code="same_day_completion",
        name_zh="即办件当天办结率",
        name_en="Same-day completion",
        formula="Same-day limits kept, of all that were kept or missed in the period.",
        figure=Figure.SHARE,
        unit="share",
        facts=facts.judged,
        standing=standing.same_day,
        needs_rule=True,
    ),
    MetricDefinition(
        code="evaluation_invited",
        name_zh="评价邀请率",
        name_en="Evaluation invited",
        formula="Applicants invited to evaluate, of the cases completed in the period in kinds that the text names.",
        figure=Figure.SHARE,
        unit="share",
        facts=facts.invited,
        standing=standing.invitation,
        needs_rule=True,
    ),
    MetricDefinition(
        code="satisfaction",
        name_zh="满意度平均分",
        name_en="Satisfaction",
        formula="Mean score of the evaluations given in the period, on a scale of 5.",
        figure=Figure.MEAN,
        unit="points of 5",
        facts=facts.scored,
        standing=standing.only_measured,
    ),
    MetricDefinition(
        code="callback_coverage",
        name_zh="回访完成率",
        name_en="Callback coverage",
        formula="Callbacks of the sample done, of those due in the period.",
        figure=Figure.SHARE,
        unit="share",
        facts=facts.called_back,
        standing=standing.periodic_callback,
        needs_rule=True,
    ),
    MetricDefinition(
        code="bad_reviews_called_back",
        name_zh="差评回访率",
        name_en="Bad reviews called back",
        formula="Callbacks done, of those that bad reviews of the period called for.",
        figure=Figure.SHARE,
        unit="share",
        facts=facts.bad_reviews,
        standing=standing.bad_review_callback,
        needs_rule=True,
    ),
)

METRICS: Mapping[str, MetricDefinition] = MappingProxyType({metric.code: metric for metric in _ALL})
"""All figures by code, in the order in which they are shown."""
