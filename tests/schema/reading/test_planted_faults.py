"""The comparison is worth something: each fault that is planted into the planner is found by it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from sqlalchemy import ColumnElement, Select, true

from bench.equality.comparing import Asking, Differing, prove
from casework.kernel.lanes import Lanes
from casework.kernel.sight import Sight
from schema.reading import nested, pages, plan, writer
from schema.reading.binds import Binds, Getter
from schema.reading.writer import Writer
from tests.schema.reading.conftest import Scene

SEED, SERIES, MOST, BEYOND = 77_000, 3, 400, 40
CASES: Mapping[str, float] = {"case": 1, "cases": 2}
LISTS: Mapping[str, float] = {"cases": 2, "items": 1, "callbacks": 1, "legs": 1}
JOINED = re.compile(r"\bt\d+\.tenant_id = (\$\d+::VARCHAR)")
FIRST = re.compile(r"\b[a-z]+_[a-z]+\.tenant_id = (\$\d+::VARCHAR)")

Prove = Callable[..., Any]


async def is_found(scene: Scene, roots: Mapping[str, float]) -> bool:
    """Tell whether a fault is found; what chance hides from one series of documents the next one shows."""
    for series in range(SERIES):
        if await telling(scene, roots, seed=SEED + series):
            return True
    return False


async def telling(
    scene: Scene, roots: Mapping[str, float], lanes: Lanes | None = None, most: int = MOST, seed: int = SEED
) -> int:
    """Tell the number of the document by which a fault was found; zero when there was nothing to find."""
    asking = Asking.of(scene.towns, seed, roots)
    try:
        await prove(scene.connections, asking, most, lanes, smallest=False)
    except Differing:
        return asking.asked
    return 0


def lanes_past_row_level_security(scene: Scene) -> Lanes:
    """Read as the server's administrator, for whom no policy holds."""
    return Lanes(scene.connections.administrator, 2)


def forget_the_tenant(monkeypatch: pytest.MonkeyPatch, where: re.Pattern[str]) -> None:
    """Let statements go without the tenant at some of their row sources; its parameter keeps its place."""
    honest = Binds.compile

    def compile(binds: Binds, statement: Select[Any]) -> tuple[str, tuple[Getter, ...]]:
        text, getters = honest(binds, statement)
        return where.sub(r"\1 IS NOT NULL", text), getters

    monkeypatch.setattr(Binds, "compile", compile)


async def test_a_wrong_mask_is_found(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "mask_text", lambda text, _kind: text)
    assert await is_found(scene, CASES)


async def test_a_wrong_order_of_a_page_is_found(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = pages.outer_order

    def turned(ordering: Any, keys: Any, *, backward: bool) -> list[Any]:
        return honest(ordering, keys, backward=not backward)

    monkeypatch.setattr(pages, "outer_order", turned)
    assert await is_found(scene, LISTS)


async def test_a_wrong_order_of_related_rows_is_found(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = Writer.gathered

    def turned(self: Writer, scope: Any, order: Any, conditions: Any) -> Select[Any]:
        return honest(self, scope, [each.desc() for each in order] if scope.depth else order, conditions)

    monkeypatch.setattr(Writer, "gathered", turned)
    assert await is_found(scene, CASES)


async def test_a_page_below_of_other_rows_is_found(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = pages.page_of

    def everybodys(source: Any, asked: Any, writer: Any, scope: Any, *_of_parent: Any) -> Any:
        return honest(source, asked, writer, scope)

    monkeypatch.setattr(nested, "page_of", everybodys)
    assert await is_found(scene, CASES)


async def test_a_wrong_null_is_found(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Writer, "_if_there", lambda self, field, joined, written: written)
    assert await is_found(scene, CASES)


async def test_a_null_where_one_is_forbidden_is_found(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        Writer, "_value", lambda self, name, frame: "None" if name == "code" else VALUE(self, name, frame)
    )
    assert await is_found(scene, {"units": 1})


VALUE = Writer._value


async def test_a_permission_that_nobody_asked_for_is_found(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    class Careless(Sight):
        def reaching(self, action: str, **_columns: Any) -> ColumnElement[bool]:
            return true()

    monkeypatch.setattr(plan, "Sight", Careless)
    assert await is_found(scene, CASES)


@pytest.mark.parametrize("where", [JOINED, FIRST], ids=["joined", "first"])
async def test_a_forgotten_tenant_is_found_where_no_policy_holds_and_made_good_for_by_the_policies(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, where: re.Pattern[str]
) -> None:
    with monkeypatch.context() as forgetful:
        forget_the_tenant(forgetful, where)
        number = await telling(scene, LISTS, lanes_past_row_level_security(scene))
        assert number
        assert not await telling(scene, LISTS, most=number + BEYOND)
    # The same documents again: the statements alone, past the policies, keep tenants apart.
    assert not await telling(scene, LISTS, lanes_past_row_level_security(scene), most=number + BEYOND)
