"""The proof of the provincial side: published figures of several provinces, asked by their supervisors."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql

from authz.actor import ActorKind
from bangban.connections import Connections
from bangban.demo.bulk import insert_rows
from bench.equality.comparing import Asking
from bench.equality.doors import SCHEMAS, Caller
from bench.equality.values import Pools
from bench.equality.writing import all_roots
from casework.deadlines.models import LegalStatus
from casework.reporting.metrics import METRICS, Dimension
from casework.reporting.models import MetricSnapshot
from tenants.loader import load_profile, shipped_profiles
from tenants.profile import Profile

DESK = SCHEMAS[ActorKind.PROVINCE]
PROVINCES = ("37", "44", "99")
"""A province with two cities, one with one, and one with none."""
PERIODS = ((date(2024, 8, 1), date(2024, 8, 31)), (date(2024, 7, 1), date(2024, 7, 31)))
CELLS = ("ALL", "OWN", "370902", "HALL")


def publish_figures(connections: Connections, seed: int = 1) -> None:
    """Write two runs of figures for each month of each city that has a profile."""
    with psycopg.connect(connections.dsn("app")) as connection:
        for path in shipped_profiles():
            profile = load_profile(path)
            connection.execute(sql.SQL("SET LOCAL app.tenant_id = {}").format(sql.Literal(profile.tenant)))
            insert_rows(connection, MetricSnapshot, profile.tenant, figures_of(profile, Random(f"{seed}:{path.stem}")))


def figures_of(profile: Profile, chance: Random) -> list[dict[str, Any]]:
    """Make the figures of one city, some suppressed, some without a rule, some missing."""
    return [
        figure(profile, chance, place, dict(zip(("period_from", "period_to"), period, strict=True)), metric, dimension)
        for period in PERIODS
        for run in (1, 2)
        for place in [(UUID(int=chance.getrandbits(128)), datetime(2024, 9, run, 1, 2, 3, 120_000 * run, UTC))]
        for metric in METRICS
        for dimension in Dimension
        if chance.random() < 0.8
    ]


def figure(
    profile: Profile, chance: Random, place: tuple[UUID, datetime], period: dict[str, date], metric: str, by: Dimension
) -> dict[str, Any]:
    """Make one figure."""
    suppressed, run, at = chance.random() < 0.2, *place
    return {
        "id": UUID(int=chance.getrandbits(128)),
        "province_code": profile.province.code,
        "run_id": run,
        "metric": metric,
        **period,
        "dimension": by.value,
        "cell": chance.choice(CELLS),
        "cell_name_zh": chance.choice(("全域", "泰山区", "")),
        "value": None if suppressed else chance.choice((0, 1, 0.25, 12.5, 1234.567)),
        "n": None if suppressed else chance.randint(0, 500),
        "suppressed": suppressed,
        "has_rule": chance.random() < 0.7,
        "legal_status": chance.choice([None, *LegalStatus]),
        "rules": chance.sample(["TA-15-2", "XX-1-1", "ZZ-7.1-1"], chance.randint(0, 2)),
        "computed_at": at + timedelta(seconds=1),
    }


def supervisors() -> Sequence[Caller]:
    """List the supervisors who ask."""
    return [Caller(f"supervisor of {code}", code, f"province/{code}/supervisor") for code in PROVINCES]


def asking(seed: int) -> Asking:
    """Choose documents that supervisors ask."""
    codes = [path.stem for path in shipped_profiles()]
    texts = {"metrics": list(METRICS), "metric": list(METRICS), "tenants": codes, "tenant": codes}
    pools = Pools(texts=texts)
    return Asking(seed, Random(seed), pools, supervisors(), all_roots(DESK._schema), DESK)
