"""Searching by name: found is what has the signs, in the caller's city, by plan and by executor alike."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any

import orjson
import psycopg
import pytest

from authz.actor import Actor
from bangban.wiring import wire
from bench.equality.comparing import compare
from bench.equality.doors import Caller, Doors, callers, open_doors
from bench.equality.question import Written
from bench.equality.scenery import Town
from casework.kernel.search import initials, signs
from casework.organisation.open_unit import OpenUnitInput, open_unit
from tests.schema.reading.asked import TENANT, Asked, Ground
from tests.schema.reading.conftest import Scene

BOTH = """query Search($typed: String!, $size: Int, $after: String) {
  units(first: $size, search: $typed, after: $after) { totalCount nodes { code nameZh } pageInfo { endCursor hasNextPage } }
  items(first: $size, search: $typed) { totalCount nodes { code nameZh } }
}"""
UNITS = "query($typed: String!) { units(first: 50, search: $typed) { totalCount nodes { nameZh } } }"
NAMES = ("不动产登记中心", "不动产交易大厅", "市场监督管理局（注册登记科）", "重庆路社区便民服务站", "ETC 办理点")


@pytest.fixture
async def doors(scene: Scene) -> AsyncIterator[Doors]:
    async with open_doors(scene.connections) as opened:
        yield opened


async def whole(doors: Doors, caller: Caller, **variables: Any) -> dict[str, Any]:
    """Ask both doors; the plan must have answered all of it."""
    answer = await compare(doors, Written(BOTH, variables), caller, "no-number", smallest=True)
    assert answer.seen.plan == "whole"
    found: dict[str, Any] = orjson.loads(answer.body)["data"]
    return found


def having(town: Town, table: str, typed: str) -> set[str]:
    """Name what should be found, told without the database."""
    plain = {row["code"]: signs(row["name_zh"]) for row in town.rows[table]}
    return {code for code, name in plain.items() if signs(typed) in name or signs(typed) in initials(name)}


@pytest.mark.parametrize("typed", ["窗口", "ck", "says no", "100 %", "null", "back", "neil"])
async def test_found_is_what_has_the_signs_and_nothing_of_other_cities(doors: Doors, scene: Scene, typed: str) -> None:
    found_anywhere = 0
    for town in scene.towns:
        caller = next(who for who in callers([town]) if who.token.startswith("integrator"))
        data = await whole(doors, caller, typed=typed, size=50)
        for root, table in (("units", "org_unit"), ("items", "service_item")):
            codes = [node["code"] for node in data[root]["nodes"]]
            assert set(codes) == having(town, table, typed)
            assert data[root]["totalCount"] == len(codes)
            found_anywhere += len(codes)
    assert found_anywhere


async def test_what_is_found_is_read_page_by_page(doors: Doors, scene: Scene) -> None:
    caller = next(who for who in callers(scene.towns[:1]) if who.token.startswith("integrator"))
    codes, after, more = [], None, True
    while more:
        page = (await whole(doors, caller, typed="窗口", size=2, after=after))["units"]
        codes += [node["code"] for node in page["nodes"]]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    assert len(codes) == page["totalCount"] > 2
    assert set(codes) == having(scene.towns[0], "org_unit", "窗口")


@pytest.fixture(scope="module")
def named(ground: Ground) -> None:
    """Open units of these names in the city of the ground."""
    asyncio.run(open_named(ground))


async def open_named(ground: Ground) -> None:
    office = wire(ground.settings, ground.connections).make_office()
    async with office.open(Actor.system(TENANT, "operator")) as work:
        for number, name in enumerate(NAMES):
            kind = work.profile.unit_types[0]
            await open_unit(work, OpenUnitInput(f"named-{number}", name, kind.code, kind.tiers[0]))
    await office.database.close()


FOUND = {
    "动产": NAMES[:2],
    "登记": (NAMES[0], NAMES[2]),
    "bdc": NAMES[:2],
    "BDCJY": NAMES[1:2],
    "局注": NAMES[2:3],
    "cqlsq": NAMES[3:4],
    "etc": NAMES[4:],
    "ｅｔｃ办": NAMES[4:],
    "不动产登计": NAMES[:1],
    "不动登记": NAMES[:1],
    "步动产登记": NAMES[:1],
    "不动产大交易": NAMES[1:2],
    "bdcjx": NAMES[1:2],
    "不动产登记": NAMES[:1],
    "动厂": (),
    "动产某某登记": (),
}


@pytest.mark.parametrize("typed", FOUND)
async def test_a_clerk_finds_a_unit(asked: Asked, named: None, typed: str) -> None:
    units = (await asked.ask(UNITS, typed=typed)).json()["data"]["units"]
    assert sorted(node["nameZh"] for node in units["nodes"]) == sorted(FOUND[typed])
    literal = (await asked.ask(re.sub(r"query.*?\) ", "", UNITS).replace("$typed", f'"{typed}"'))).json()
    assert literal["data"]["units"] == units


@pytest.mark.parametrize("typed", ["", "动", "？ %", "动" * 101])
async def test_a_search_that_tells_nothing_apart_is_refused(asked: Asked, typed: str) -> None:
    answer = (await asked.ask(UNITS, typed=typed)).json()
    (error,) = answer["errors"]
    assert error["extensions"]["code"] == "BAD_INPUT"
    assert "2至100个" in error["extensions"]["messageZh"]


async def test_what_is_sought_is_found_by_the_index_under_row_security(ground: Ground, named: None) -> None:
    query = "EXPLAIN SELECT unit_id FROM unit_name_tail WHERE tenant_id = 'taian' AND tail >= '动产' AND tail < '动产\U0010ffff'"
    with psycopg.connect(ground.connections.dsn("app")) as connection:
        connection.execute("SET LOCAL app.tenant_id = 'taian'")
        connection.execute("SET LOCAL enable_seqscan = off")
        plan = "\n".join(row[0] for row in connection.execute(query))
    (condition,) = re.findall(r"Index Cond: (.*)", plan)
    assert "tail >=" in condition
    assert "tail <" in condition
    assert "Filter: (tail" not in plan
