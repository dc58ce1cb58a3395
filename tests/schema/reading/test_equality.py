"""Two ways to one answer: compiled plans and Strawberry's executor give the same bytes for whatever is asked."""

from __future__ import annotations

import pytest

from bench.equality.comparing import Asking, prove, traces
from tests.schema.reading.conftest import Scene

CHUNKS, DOCUMENTS = 20, 100
LEAST_WHOLE = 0.7


@pytest.mark.parametrize("chunk", range(CHUNKS))
async def test_both_ways_give_the_same_bytes(scene: Scene, chunk: int) -> None:
    tally = await prove(scene.connections, Asking.of(scene.towns, chunk), DOCUMENTS)
    assert tally.documents == DOCUMENTS
    assert tally.whole >= LEAST_WHOLE, tally
    left = traces(scene.connections, scene.towns, tally.sound)
    assert left["planned"] == left["standard"]
    assert left["standard"]
