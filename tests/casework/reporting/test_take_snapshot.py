"""A snapshot equals what one counts by hand, hides small cells before it is written, and is taken when it is due."""

import random
from datetime import date

import pytest

from authz.actor import Actor
from casework.deadlines.models import LegalStatus
from casework.kernel.errors import Code, Refusal
from casework.reporting.atlas import UnitFacts, survey
from casework.reporting.facts import Frame
from casework.reporting.metrics import METRICS
from casework.reporting.models import MetricSnapshot
from casework.reporting.period import Period
from casework.reporting.publish import publish
from casework.reporting.tabulate import tabulate
from casework.reporting.take_snapshot import TakeSnapshot, months_due, secret_order, take_snapshot
from tests.casework.feedback.founding import Found
from tests.casework.feedback.town import Town, local
from tests.casework.reporting.history import BEGINS, ENDS, HANDS, by_hand, counted_by_hand, live, populate
from workers.reporting import publish_figures

MARCH = Period(date(2025, 3, 1), date(2025, 3, 31))
AFTER = local("2025-04-02T08:00")


async def snapshot(town: Town, period: Period = MARCH) -> list[MetricSnapshot]:
    return list(await town.do(town.system, take_snapshot, TakeSnapshot(period)))


@pytest.mark.parametrize(("seed", "cases"), [(1, 25), (2, 400)])
async def test_every_figure_is_what_one_counts_by_hand(found: Found, seed: int, cases: int) -> None:
    town = await found("taian")
    await populate(town)
    town.clock.instant = AFTER
    history = live(town, random.Random(seed), cases)
    await history.write(town)
    atlas = survey(
        [
            UnitFacts(unit.id, unit.path, unit.name_zh, unit.unit_type, unit.division_code)
            for unit in town.units.values()
        ],
        {kind.code: kind.zh for kind in town.profile.unit_types},
    )
    frame = Frame(town.tenant, BEGINS, ENDS, AFTER, 5)
    written = await snapshot(town)
    for code in HANDS:
        metric = METRICS[code]
        expected = counted_by_hand(code, by_hand(history, code, AFTER), atlas)
        async with town.office.open(town.system) as work:
            facts = metric.facts(frame, metric.standing(town.profile, MARCH.last))
            counted = await tabulate(work.session, metric, facts, atlas, metric.breakdowns)
        assert {cell: found.n for cell, found in counted.items()} == {cell: found.n for cell, found in expected.items()}
        for cell, one in counted.items():
            assert one.value == pytest.approx(expected[cell].value), (code, cell)
        shown = publish(metric, expected, atlas, 10, secret_order(town.tenant, MARCH))
        rows = [row for row in written if row.metric == code]
        assert {(row.dimension, row.cell, row.n, row.suppressed) for row in rows} == {
            (cell.dimension.value, cell.cell, cell.n, cell.suppressed) for cell in shown
        }


async def test_what_is_suppressed_is_absent_from_the_table(found: Found) -> None:
    town = await found("taian")
    await populate(town)
    town.clock.instant = AFTER
    await live(town, random.Random(3), 200).write(town)
    await snapshot(town)
    rows = await town.rows(MetricSnapshot)
    hidden = [row for row in rows if row.suppressed]
    assert hidden
    assert all(row.value is None and row.n is None for row in hidden)
    counts = [row for row in rows if row.metric == "cases_received" and not row.suppressed]
    assert all(row.n == 0 or (row.n or 0) >= 10 for row in counts)
    assert len({row.run_id for row in rows}) == 1
    assert {row.province_code for row in rows} == {"37"}


@pytest.mark.rule("TA-15-2", "ZZ-7.1-1")
async def test_where_the_text_is_silent_there_is_no_value_but_the_time_is_measured(found: Found) -> None:
    """S-ZZ-13: answered after three hours; no rule, no breach, no ranking against another city's two hours."""
    town = await found("zaozhuang")
    town.clock.instant = AFTER
    history = live(town, random.Random(4), 80)
    for timer in history.timers:
        timer.code = "response_measure" if timer.code.endswith("_response") else timer.code
    await history.write(town)
    rows = {row.metric: row for row in await snapshot(town) if row.dimension == "TENANT"}
    limit, median = rows["response_within_limit"], rows["median_response"]
    assert (limit.has_rule, limit.value, limit.n, limit.suppressed) == (False, None, None, False)
    assert (median.has_rule, median.legal_status, median.rules) == (False, LegalStatus.MEASURE_ONLY, [])
    assert median.value is not None


async def test_a_month_that_runs_is_shown_as_a_whole_only(found: Found) -> None:
    town = await found("taian")
    town.clock.instant = local("2025-03-20T08:00")
    await live(town, random.Random(5), 60).write(town)
    assert {row.dimension for row in await snapshot(town)} == {"TENANT"}
    town.clock.instant = local("2025-04-01T00:00")
    assert {row.dimension for row in await snapshot(town)} >= {"TENANT", "COUNTY", "TOWNSHIP", "UNIT_TYPE", "STATE"}


async def test_the_same_month_again_hides_the_same_cells(found: Found) -> None:
    town = await found("taian")
    await populate(town)
    town.clock.instant = AFTER
    await live(town, random.Random(6), 150).write(town)
    first, second = [
        {(row.metric, row.dimension, row.cell) for row in await snapshot(town) if row.suppressed} for _ in range(2)
    ]
    assert first == second


@pytest.mark.parametrize(
    "period",
    [
        Period(date(2025, 3, 1), date(2025, 3, 30)),
        Period(date(2025, 3, 1), date(2025, 4, 30)),
        Period(date(2025, 5, 1), date(2025, 5, 31)),
    ],
)
async def test_only_months_that_have_begun(found: Found, period: Period) -> None:
    town = await found("taian")
    town.clock.instant = AFTER
    with pytest.raises(Refusal) as caught:
        await snapshot(town, period)
    assert (caught.value.code, caught.value.path) == (Code.INVALID_INPUT, ("period",))


async def test_only_the_system_takes_snapshots(found: Found) -> None:
    town = await found("taian")
    supervisor = await town.staff("city", "city_supervisor")
    with pytest.raises(Refusal, match="FORBIDDEN"):
        await town.do(supervisor, take_snapshot, TakeSnapshot(MARCH))


async def test_the_duty_takes_each_month_once_it_is_over_and_the_running_one_once_a_day(found: Found) -> None:
    town = await found("taian")
    february, march, april = (Period.month_of(date(2025, month, 1)) for month in (2, 3, 4))

    async def owed(when: str) -> list[Period]:
        town.clock.instant = local(when)
        taken = []
        while due := await town.do(Actor.system(town.tenant), lambda work, _: months_due(work), None):
            taken.append(due[0])
            assert await publish_figures(town.office, town.tenant) is (len(due) > 1)
        assert await publish_figures(town.office, town.tenant) is False
        return taken

    assert await owed("2025-03-30T08:00") == [february, march]
    assert await owed("2025-03-30T23:59") == []
    assert await owed("2025-03-31T00:00") == [march]
    assert await owed("2025-04-01T00:00") == [march, april]
    assert await owed("2025-04-02T00:00") == [april]
    assert len(await town.told("metric.snapshot")) == 6


async def test_the_event_says_which_run(found: Found) -> None:
    town = await found("taian")
    town.clock.instant = AFTER
    rows = await snapshot(town)
    (event,) = await town.told("metric.snapshot")
    assert event.aggregate_id == rows[0].run_id
    assert event.payload == {"periodFrom": "2025-03-01", "periodTo": "2025-03-31", "rows": len(rows)}
