"""Pages below the root: one page for each row above, by plan and by executor alike, at the cost of all its pages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest

from bench.equality.comparing import compare
from bench.equality.doors import Caller, Doors, callers, open_doors
from bench.equality.question import Written
from tests.schema.reading.conftest import Scene

UNITS = """query Units($size: Int, $back: Int, $from: String, $state: CaseFilter) {
  units(first: 20) {
    nodes { code cases(first: $size, last: $back, after: $from, filter: $state, orderBy: [RECEIVED_AT_DESC]) {
      totalCount
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      edges { cursor node { caseNo unit { code } timeline(last: 2, orderBy: [AT_DESC]) { totalCount nodes { at } } } }
    } }
  }
}"""
STAFF = "{ me { staff { cases(first: 3) { nodes { owner { code } caseNo } } } } }"


@pytest.fixture
async def doors(scene: Scene) -> AsyncIterator[Doors]:
    async with open_doors(scene.connections) as opened:
        yield opened


def people(scene: Scene, kind: str = "") -> list[Caller]:
    """List some of those whom the office knows, of the first city."""
    tenant = scene.towns[0].tenant
    gone = {row["code"] for row in scene.towns[0].rows["staff_member"] if not row["active"]}
    found = [who for who in callers(scene.towns) if who.tenant == tenant and who.token.startswith(kind) and who.token]
    return [who for who in found if who.name not in gone and not who.reason]


async def whole(doors: Doors, caller: Caller, document: str, **variables: Any) -> dict[str, Any]:
    """Ask both doors; the plan must have answered all of it."""
    answer = await compare(doors, Written(document, variables), caller, "no-number", smallest=True)
    assert answer.seen.plan == "whole"
    found: dict[str, Any] = orjson.loads(answer.body)
    return found


async def most_seeing(doors: Doors, scene: Scene) -> Caller:
    """Find who sees the most cases."""
    seen = []
    for caller in people(scene):
        counted = await doors.ask("planned", Written("{ cases(first: 1) { totalCount } }", {}), caller)
        seen.append((orjson.loads(counted.body)["data"]["cases"]["totalCount"], caller.name, caller))
    return max(seen)[-1]


async def test_each_row_above_has_a_page_of_its_own(doors: Doors, scene: Scene) -> None:
    caller = await most_seeing(doors, scene)
    units = (await whole(doors, caller, UNITS, size=1))["data"]["units"]["nodes"]
    pages = [unit["cases"] for unit in units if unit["cases"]["totalCount"] > 1]
    assert len(pages) > 2
    for unit in units:
        assert all(edge["node"]["unit"]["code"] == unit["code"] for edge in unit["cases"]["edges"])
    assert all(len(page["edges"]) == 1 and page["pageInfo"]["hasNextPage"] for page in pages)
    steps = [edge["node"]["timeline"] for page in pages for edge in page["edges"]]
    assert any(timeline["totalCount"] > len(timeline["nodes"]) == 2 for timeline in steps)
    assert all(timeline["nodes"] == sorted(timeline["nodes"], key=lambda at: at["at"])[::-1] for timeline in steps)


async def test_pages_below_go_on_from_their_cursors(doors: Doors, scene: Scene) -> None:
    caller = await most_seeing(doors, scene)

    def numbers(answer: dict[str, Any], code: str) -> list[str]:
        unit = next(unit for unit in answer["data"]["units"]["nodes"] if unit["code"] == code)
        return [edge["node"]["caseNo"] for edge in unit["cases"]["edges"]]

    everything = await whole(doors, caller, UNITS, size=15)
    unit = max(everything["data"]["units"]["nodes"], key=lambda unit: unit["cases"]["totalCount"])
    place = unit["cases"]["edges"][0]["cursor"]
    assert numbers(everything, unit["code"])[1:] == numbers(
        await whole(doors, caller, UNITS, size=15, **{"from": place}), unit["code"]
    )
    assert numbers(everything, unit["code"])[-1:] == numbers(await whole(doors, caller, UNITS, back=1), unit["code"])


async def test_nobody_sees_more_below_than_at_the_root(doors: Doors, scene: Scene) -> None:
    document = "{ cases(first: 100) { nodes { caseNo } } units(first: 20) { nodes { cases(first: 100) { nodes { caseNo } } } } }"
    sizes = set()
    for caller in people(scene):
        data = (await whole(doors, caller, document))["data"]
        root = {case["caseNo"] for case in data["cases"]["nodes"]}
        assert {case["caseNo"] for unit in data["units"]["nodes"] for case in unit["cases"]["nodes"]} == root
        sizes.add(len(root))
    assert len(sizes) > 2


async def test_what_is_in_a_persons_hands(doors: Doors, scene: Scene) -> None:
    owners: set[str] = set()
    for caller in people(scene, "staff/"):
        answer = await whole(doors, caller, STAFF)
        found = answer["data"]["me"]["staff"]["cases"]["nodes"]
        assert all(case["owner"]["code"] == caller.name for case in found)
        owners.update(case["caseNo"] for case in found)
    assert owners


async def test_the_cost_is_the_product_of_the_pages(doors: Doors, scene: Scene) -> None:
    caller = people(scene)[0]
    document = "query Q($n: Int!) { units(first: 15) { nodes { cases(first: $n) { nodes { timeline(last: 3) { nodes { at } } } } } } }"
    answer = await whole(doors, caller, document, n=4)
    assert answer["extensions"]["cost"]["requested"] == 15 * (1 + 4 * (1 + 3))
    refused = await doors.ask("planned", Written(document, {"n": 100}), caller)
    assert orjson.loads(refused.body)["errors"][0]["extensions"]["code"] == "DOCUMENT_TOO_COSTLY"


async def test_a_wrong_page_is_refused_for_each_row_above(doors: Doors, scene: Scene) -> None:
    caller = people(scene)[0]
    answer = await compare(doors, Written(UNITS, {"size": 0}), caller, "no-number", smallest=True)
    errors = orjson.loads(answer.body)["errors"]
    assert {error["extensions"]["code"] for error in errors} == {"BAD_INPUT"}
    assert errors[0]["path"][:2] == ["units", "nodes"]
