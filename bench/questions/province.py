"""The provincial comparison: five published figures of a month, side by side for all cities of the province."""

from typing import Any

from bangban.database_roles import Role
from bench.questions.question import Question

METRICS = ("cases_received", "cases_completed", "median_response", "response_within_limit", "satisfaction")
CODES = ", ".join(f'"{code}"' for code in METRICS)
OURS = f"""
query Compare($period: MonthInput!) {{
  compareCities(metrics: [{CODES}], period: $period) {{
    metric {{ code }}
    cities {{ tenant value n suppressed computedAt }}
  }}
}}
"""
CONDITION = 'provinceCode: $province, periodFrom: $first, periodTo: $last, dimension: "TENANT"'
PEER = (
    "query Compare($province: String!, $first: Date!, $last: Date!) {\n"
    + "".join(
        f'  {code}: allMetricSnapshotsList(condition: {{ {CONDITION}, metric: "{code}" }}, orderBy: [TENANT_ID_ASC])'
        " { tenant: tenantId value n suppressed computedAt }\n"
        for code in METRICS
    )
    + "}"
)
LATEST = """
  SELECT DISTINCT ON (tenant_id) tenant_id, run_id FROM metric_snapshot
  WHERE province_code = %(province)s AND period_from = %(first)s AND period_to = %(last)s
  ORDER BY tenant_id, computed_at DESC, run_id DESC
"""
WANTED = ", ".join(f"'{code}'" for code in METRICS)
STATEMENT = f"""
SELECT json_build_object('data', json_build_object('compareCities', coalesce(json_agg(json_build_object(
  'metric', json_build_object('code', m.metric), 'cities', m.cities) ORDER BY m.place), '[]')))
FROM (
  SELECT s.metric, array_position(ARRAY[{WANTED}], s.metric) AS place, json_agg(json_build_object(
    'tenant', s.tenant_id, 'value', s.value, 'n', s.n, 'suppressed', s.suppressed, 'computedAt', s.computed_at)
    ORDER BY s.tenant_id) AS cities
  FROM metric_snapshot s
  JOIN ({LATEST}) l ON l.tenant_id = s.tenant_id AND l.run_id = s.run_id
  WHERE s.province_code = %(province)s AND s.period_from = %(first)s AND s.period_to = %(last)s
    AND s.dimension = 'TENANT' AND s.metric IN ({WANTED})
  GROUP BY s.metric
) m
"""  # noqa: S608 - made of constants


def by_metric(answer: Any) -> dict[str, list[dict[str, Any]]]:
    """Give the figures by metric, numbers as numbers: PostGraphile writes exact ones as texts."""
    lists = answer.get("compareCities")
    found = answer if lists is None else {one["metric"]["code"]: one["cities"] for one in lists}
    return {metric: [{**city, "value": _number(city["value"])} for city in cities] for metric, cities in found.items()}


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


PROVINCE = Question("province", OURS, PEER, STATEMENT, role=Role.PROVINCE, compared=by_metric)
