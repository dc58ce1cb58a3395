"""The provincial side is planned too: the same bytes as the executor gives, read by the province's own role."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from authz.actor import Actor, ActorKind
from bench.equality.comparing import compare, prove
from bench.equality.doors import open_doors
from bench.equality.question import Written
from bench.equality.supervising import asking, publish_figures, supervisors
from bench.questions.province import PROVINCE
from casework.kernel.lanes import Lanes, Statement
from casework.kernel.tenancy import province_setting
from casework.reporting.province import may_compare
from tests.schema.reading.conftest import Scene
from tests.schema.reading.test_statements import Read, conditions, scans

DOCUMENTS = 150
LEAST_WHOLE = 0.6
AUGUST = {"period": {"first": "2024-08-01", "last": "2024-08-31"}}
CELLS = """query Cells($period: MonthInput!) {
  cells(tenant: "taian", metric: "satisfaction", dimension: COUNTY, period: $period) { cell value n }
}"""


@pytest.fixture(scope="session")
def published(scene: Scene) -> Scene:
    publish_figures(scene.connections)
    return scene


@pytest.mark.parametrize("seed", [1, 2])
async def test_both_ways_give_the_same_bytes(published: Scene, seed: int) -> None:
    tally = await prove(published.connections, asking(seed), DOCUMENTS)
    assert tally.whole >= LEAST_WHOLE, tally


async def test_the_comparison_is_answered_by_a_plan_from_ones_own_province(published: Scene) -> None:
    async with open_doors(published.connections) as doors:
        for supervisor, cities in zip(supervisors(), (["taian", "zaozhuang"], ["chaonan"], []), strict=True):
            answer = await compare(doors, Written(PROVINCE.ours, AUGUST), supervisor, "no-number", smallest=True)
            assert answer.seen.plan == "whole"
            found = orjson.loads(answer.body)["data"]["compareCities"]
            assert len(found) == 5
            assert sorted({city["tenant"] for metric in found for city in metric["cities"]}) == cities


@pytest.mark.parametrize("order", [1, -1])
async def test_of_two_refusals_the_first_in_the_document_is_told(published: Scene, order: int) -> None:
    fields = (
        'cells(tenant: "taian", metric: "%", dimension: COUNTY, period: $period) { cell }',
        'compareCities(metrics: ["%"], period: $period) { comparable }',
    )
    document = f"query Q($period: MonthInput!) {{ {' '.join(fields[::order])} }}"
    async with open_doors(published.connections) as doors:
        answer = await compare(doors, Written(document, AUGUST), supervisors()[0], "no-number", smallest=True)
    (error,) = orjson.loads(answer.body)["errors"]
    assert error["path"] == [fields[::order][0].partition("(")[0]]


async def test_the_statements_find_figures_by_an_index(published: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    reads: dict[bytes, Read] = {}
    honest = Lanes.ask

    async def noting(self: Lanes, place: str, statement: Statement, values: Any, timeout_ms: int) -> Any:
        reads[statement.text] = Read(place, statement.text, list(values))
        return await honest(self, place, statement, values, timeout_ms)

    monkeypatch.setattr(Lanes, "ask", noting)
    async with open_doors(published.connections) as doors:
        for document in (PROVINCE.ours, CELLS):
            await doors.ask("planned", Written(document, AUGUST), supervisors()[0])
    scanned = []
    for read in reads.values():
        with psycopg.connect(published.connections.dsn("province"), autocommit=True) as connection:
            connection.execute("SET app.province = '37'; SET enable_seqscan = off")
            result = connection.pgconn.exec_params(b"EXPLAIN (VERBOSE, FORMAT JSON) " + read.text, list(read.values))
            (plan,) = orjson.loads(result.get_value(0, 0) or b"[]")
            scanned += [scan for scan, _ in scans(plan["Plan"])]
    assert len(scanned) > 2
    assert all("province_code" in conditions(scan) and scan["Node Type"] != "Seq Scan" for scan in scanned), scanned


async def test_what_is_refused_is_refused_in_the_words_of_the_executor(published: Scene) -> None:
    document = '{ compareCities(metrics: [%s], period: {first: "2024-08-01", last: "%s"}%s) { comparable } }'
    wrong = (
        document % ('"no-such"', "2024-08-31", ""),
        document % ('"satisfaction"', "2024-08-30", ""),
        document % ('"satisfaction"', "2024-08-31", ', tenants: ["chaonan"]'),
    )
    async with open_doors(published.connections) as doors:
        for question in wrong:
            answer = await compare(doors, Written(question, {}), supervisors()[0], "no-number", smallest=False)
            assert orjson.loads(answer.body)["errors"]


async def test_lanes_of_the_province_see_nothing_else(published: Scene) -> None:
    lanes = Lanes(published.connections.dsn("province"), 2, province_setting)
    codes = Statement(b"SELECT string_agg(DISTINCT province_code, ',') FROM metric_snapshot")
    try:
        assert await asyncio.gather(*(lanes.ask(code, codes, [], 3_000) for code in ("37", "44", "37", "99"))) == [
            [b"37"], [b"44"], [b"37"], [None],
        ]  # fmt: skip
        with pytest.raises((InsufficientPrivilege, psycopg.errors.UndefinedTable)):
            await lanes.ask("37", Statement(b"SELECT count(*)::text FROM service_case"), [], 3_000)
        with pytest.raises(ValueError, match="province"):
            await lanes.ask("taian", codes, [], 3_000)
    finally:
        await lanes.close()


def test_only_supervisors_of_a_province_may_compare() -> None:
    assert may_compare(Actor(ActorKind.PROVINCE, None, "supervisor", province="37"))
    assert not may_compare(Actor(ActorKind.PROVINCE, None, "supervisor"))
    assert not may_compare(Actor.system("taian"))
