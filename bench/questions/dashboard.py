"""The dashboard: how many cases of each unit are in each state, overdue or not, from the maintained counters.

Everything that knows the table of the counters stands here.
"""

from datetime import date
from typing import Any

from sqlalchemy import Boolean, Date, Integer, String, Uuid, column, table

from bench.questions.question import Question

TALLY = table(
    "case_tally",
    column("tenant_id", String),
    column("unit_id", Uuid),
    column("state", String),
    column("overdue", Boolean),
    column("day", Date),
    column("n", Integer),
)
EVERY_DAY = date.min
"""The day under which the counters of all days lie."""

OURS = "query Dashboard { dashboard { unit { code } state overdue count } }"
PEER = f"""
query Dashboard {{
  dashboard: allCaseTalliesList(condition: {{ day: "{EVERY_DAY}" }}) {{
    unit: orgUnitByTenantIdAndUnitId {{ code }} state overdue count: n
  }}
}}
"""
STATEMENT = f"""
SELECT json_build_object('data', json_build_object('dashboard', coalesce(json_agg(json_build_object(
  'unit', json_build_object('code', u.code), 'state', t.state, 'overdue', t.overdue, 'count', t.n)
  ORDER BY u.path, t.state, t.overdue), '[]')))
FROM (SELECT tenant_id, unit_id, state, overdue, sum(n)::bigint AS n
      FROM case_tally WHERE tenant_id = %(tenant)s AND day = '{EVERY_DAY}'
      GROUP BY tenant_id, unit_id, state, overdue HAVING sum(n) <> 0) t
JOIN org_unit u ON u.tenant_id = t.tenant_id AND u.id = t.unit_id
"""  # noqa: S608 - made of constants


def by_cell(answer: Any) -> dict[tuple[str, str, bool], int]:
    """Add up by cell: PostGraphile gives the slots of a counter one by one, its numbers as texts, and empty cells."""
    found: dict[tuple[str, str, bool], int] = {}
    for row in answer["dashboard"]:
        cell = (row["unit"]["code"], row["state"], row["overdue"])
        found[cell] = found.get(cell, 0) + int(row["count"])
    return {cell: count for cell, count in found.items() if count}


DASHBOARD = Question("dashboard", OURS, PEER, STATEMENT, compared=by_cell, needs="dashboard")
