"""Taking a snapshot: the city's figures of one month, written for its province with small cells already hidden (S-X-05).

A month that is not over is shown as a whole only: its breakdown, seen day after day, would show single cases by
subtraction. The breakdown is published once, when the month is over.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from authz.decide import Resource
from casework.kernel.errors import invalid
from casework.kernel.events import Event
from casework.kernel.ids import new_id
from casework.kernel.vault import opened_vault
from casework.kernel.work import Work
from casework.organisation.models import OrgUnit
from casework.reporting.atlas import Atlas, UnitFacts, survey
from casework.reporting.facts import Frame
from casework.reporting.metrics import METRICS, Dimension, MetricDefinition
from casework.reporting.models import MetricSnapshot
from casework.reporting.period import Period, local_day, midnight
from casework.reporting.publish import WHOLE, WHOLE_ZH, Published, publish
from casework.reporting.standing import Standing
from casework.reporting.suppress import Order
from casework.reporting.tabulate import tabulate

SNAPSHOT = "system.snapshot_write"


@dataclass(frozen=True)
class TakeSnapshot:
    """Of which month."""

    period: Period


@dataclass(frozen=True)
class Run:
    """One run over all metrics, and what it needs to know of the city."""

    id: UUID
    period: Period
    frame: Frame
    atlas: Atlas
    order: Order
    is_over: bool


async def take_snapshot(work: Work, intent: TakeSnapshot) -> Sequence[MetricSnapshot]:
    """Compute every metric of a month that has begun, and write what the province may read."""
    work.require(SNAPSHOT, Resource())
    timezone = work.profile.calendar.timezone
    today = local_day(work.now, timezone)
    if not intent.period.is_month or intent.period.first > today:
        raise invalid("A snapshot covers one calendar month that has begun.", "快照须为已开始的一个自然月。", "period")
    run = await _run(work, intent.period, is_over=intent.period.last < today)
    rows = [row for metric in METRICS.values() for row in await _rows(work, run, metric)]
    work.session.add_all(rows)
    await work.session.flush()
    facts = {"periodFrom": str(run.period.first), "periodTo": str(run.period.last), "rows": len(rows)}
    work.emit(Event("metric.snapshot", "metric_run", run.id, facts))
    return rows


async def months_due(work: Work) -> tuple[Period, ...]:
    """List what a city owes its province today: the running month once a day, the last month once after its end."""
    timezone = work.profile.calendar.timezone
    today = local_day(work.now, timezone)
    running = Period.month_of(today)
    last = running.before()
    since = {last: last.span(timezone)[1], running: midnight(today, timezone)}
    return tuple([period for period, instant in since.items() if not await _is_written(work, period, instant)])


async def _is_written(work: Work, period: Period, since: datetime) -> bool:
    written = select(MetricSnapshot.id).where(
        MetricSnapshot.tenant_id == work.tenant,
        MetricSnapshot.period_from == period.first,
        MetricSnapshot.period_to == period.last,
        MetricSnapshot.computed_at >= since,
    )
    return await work.session.scalar(written.limit(1)) is not None


async def _run(work: Work, period: Period, *, is_over: bool) -> Run:
    begins, ends = period.span(work.profile.calendar.timezone)
    frame = Frame(work.tenant, begins, ends, work.now, work.profile.evaluation.scale.value)
    return Run(new_id(), period, frame, await _atlas(work), secret_order(work.tenant, period), is_over)


def secret_order(tenant: str, period: Period) -> Order:
    """Put cells into an order that only the keys of this installation know, and that stays when a month is run again."""
    vault = opened_vault()
    return lambda key: vault.fingerprint(f"metric_snapshot\x00{tenant}\x00{period.first}\x00{key}".encode())


async def _atlas(work: Work) -> Atlas:
    query = select(OrgUnit.id, OrgUnit.path, OrgUnit.name_zh, OrgUnit.unit_type, OrgUnit.division_code)
    rows = (await work.session.execute(query.where(OrgUnit.tenant_id == work.tenant).order_by(OrgUnit.path))).all()
    names = {kind.code: kind.zh for kind in work.profile.unit_types}
    return survey((UnitFacts(*row) for row in rows), names)


async def _rows(work: Work, run: Run, metric: MetricDefinition) -> list[MetricSnapshot]:
    day = min(run.period.last, local_day(work.now, work.profile.calendar.timezone))
    standing = metric.standing(work.profile, day)
    if metric.needs_rule and not standing.has_rule:
        nothing = Published(Dimension.TENANT, WHOLE, WHOLE_ZH, None, None, suppressed=False)
        return [_row(work, run, metric, standing, nothing)]
    asked = metric.breakdowns if run.is_over else ()
    counted = await tabulate(work.session, metric, metric.facts(run.frame, standing), run.atlas, asked)
    shown = publish(metric, counted, run.atlas, work.profile.privacy.small_cell_threshold, run.order)
    return [_row(work, run, metric, standing, cell) for cell in shown]


def _row(work: Work, run: Run, metric: MetricDefinition, standing: Standing, shown: Published) -> MetricSnapshot:
    return MetricSnapshot(
        province_code=work.profile.province.code,
        run_id=run.id,
        metric=metric.code,
        period_from=run.period.first,
        period_to=run.period.last,
        dimension=shown.dimension.value,
        cell=shown.cell,
        cell_name_zh=shown.name_zh,
        value=shown.value,
        n=shown.n,
        suppressed=shown.suppressed,
        has_rule=standing.has_rule,
        legal_status=standing.legal_status,
        rules=list(standing.rules),
        computed_at=work.now,
    )
