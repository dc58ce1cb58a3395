"""Two ways to one answer: compiled plans and Strawberry's executor give the same bytes for whatever is asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from bench.equality.comparing import Asking, compare, prove, traces
from bench.equality.doors import callers, open_doors
from bench.equality.question import Written
from tests.schema.reading.conftest import Scene

CHUNKS, DOCUMENTS = 10, 200
LEAST_WHOLE = 0.7


@pytest.mark.timeout(300)
@pytest.mark.parametrize("chunk", range(CHUNKS))
async def test_both_ways_give_the_same_bytes(scene: Scene, chunk: int) -> None:
    tally = await prove(scene.connections, Asking.of(scene.towns, chunk), DOCUMENTS)
    assert tally.documents == DOCUMENTS
    assert tally.whole >= LEAST_WHOLE, tally
    left = traces(scene.connections, scene.towns, tally.sound)
    assert left["planned"] == left["standard"]
    assert left["standard"]


ONCE_DIFFERENT: Mapping[str, tuple[str, dict[str, Any]]] = {
    "a literal list": ('{ cases(first: 9, filter: {caseNo: {in: ["2024-00010", "x"]}}) { totalCount } }', {}),
    "a list of enums": ("{ cases(first: 9, filter: {state: {in: [ACCEPTED, FILED]}}) { nodes { state } } }", {}),
    "an empty list": ("{ cases(first: 9, filter: {not: {unit: {in: []}}}) { totalCount } }", {}),
    "an empty path": ("query Q($b: String) { units(last: 6, below: $b) { totalCount } }", {"b": ""}),
    "edges without anything": ("{ callbacks(last: 4) { edges { cursor @include(if: false) } } }", {}),
    "a wrong value that decides nothing": (
        "query Q($f: IDFilter) { cases(first: 6, filter: {owner: $f, not: {unit: {}}}) { totalCount } }",
        {"f": {"in": ["Q2FzZTo4NzQwMDZhMC00ODM2LTU1NWUtYTZlZS1iODQ5NDIyNmQzNzY="]}},
    ),
    "two reports that refuse": (
        '{ teamReport(unitCode: "none") { code } staffing(unitCode: "none") { units } guideDrift(unitCode: "none") { __typename } }',
        {},
    ),
    "two reports that refuse, the other way round": (
        '{ staffing(unitCode: "none") { units } teamReport(unitCode: "none") { code } }',
        {},
    ),
    "a field that fails": ("{ cases(first: 50) { nodes { gapNotices { items { missing way } } } } }", {}),
}


@pytest.mark.parametrize("name", ONCE_DIFFERENT)
async def test_what_once_differed_stays_the_same(scene: Scene, name: str) -> None:
    document, variables = ONCE_DIFFERENT[name]
    question = Written(document, variables)
    outcomes = set()
    async with open_doors(scene.connections) as doors:
        for caller in callers(scene.towns):
            answer = await compare(doors, question, caller, "no-number", smallest=False)
            outcomes.add(answer.seen.outcome)
    assert outcomes & WANTED.get(name, {"done"})


WANTED = {
    "a wrong value that decides nothing": {"partial"},
    "two reports that refuse": {"partial"},
    "two reports that refuse, the other way round": {"partial"},
    "a field that fails": {"failed"},
}
"""What some of the answers have to be; the others must be answered well for somebody."""
