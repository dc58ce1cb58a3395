"""What reading may take: a statement that runs too long is ended, and nothing kept grows with the documents asked."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import psycopg
import pytest
from graphql import FieldNode, GraphQLError
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.selectable import AliasedReturnsRows

from casework.kernel import lanes as lanes_module
from casework.kernel.lanes import KEPT_STATEMENTS, Statement
from schema.errors import formatted
from schema.reading import reader as reader_module
from schema.reading.plan import Plan
from schema.reading.reader import MOST_SHAPES
from tests.schema.reading.asked import LANES, Asked, Ground

CASES = "{ cases(first: 3) { nodes { caseNo } } }"


@contextmanager
def cases_out_of_reach(ground: Ground) -> Iterator[None]:
    """Let every reading of cases wait, as behind a migration that holds the table."""
    with psycopg.connect(ground.connections.dsn("owner")) as connection:
        connection.execute("LOCK TABLE service_case IN ACCESS EXCLUSIVE MODE")
        yield
        connection.rollback()


def parts_of_statements() -> int:
    """Count the parts of statements under construction; they are twenty times larger than the plan made with them."""
    return sum(isinstance(each, AliasedReturnsRows) for each in gc.get_objects())


def told(response: httpx.Response) -> dict[str, Any]:
    found: dict[str, Any] = response.json()["errors"][0]["extensions"]
    return found


async def test_a_statement_that_runs_too_long_is_ended_and_the_lane_recovers(
    ground: Ground, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (await asked.ask(CASES)).json()["data"] == {"cases": {"nodes": []}}
    monkeypatch.setattr(reader_module, "LIGHT_MS", 150)
    with cases_out_of_reach(ground):
        slow = await asked.ask(CASES)
        again = await asyncio.gather(*(asked.ask(CASES) for _ in range(2 * LANES)))
    for response in (slow, *again):
        assert (response.status_code, told(response)["code"]) == (504, "TOO_SLOW")
        assert "data" not in response.json()
        assert told(response)["limitSeconds"] == 0.15
        assert "过长" in told(response)["messageZh"]
    assert (asked.lanes._open, asked.lanes._free) == (0, [])
    answers = await asyncio.gather(*(asked.ask(CASES) for _ in range(3 * LANES)))
    assert [answer.json()["data"] for answer in answers] == [{"cases": {"nodes": []}}] * (3 * LANES)
    assert asked.lanes._open == len(asked.lanes._free) <= LANES


async def test_time_is_given_by_what_an_operation_may_cost(
    ground: Ground, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader_module, "LIGHT_MS", 100)
    monkeypatch.setattr(reader_module, "HEAVY_MS", 400)
    heavy = "{ cases(first: 100) { nodes { unit { code } owner { code } item { code } timers { code } notices { issuedAt } } } }"
    with cases_out_of_reach(ground):
        limits = [told(await asked.ask(document))["limitSeconds"] for document in (CASES, heavy)]
    assert limits == [0.1, 0.4]


async def test_whoever_finds_no_free_lane_is_told_to_come_again(
    ground: Ground, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    await asked.ask(CASES)
    monkeypatch.setattr(lanes_module, "WAIT_SECONDS", 0.2)
    monkeypatch.setattr(reader_module, "LIGHT_MS", 1_500)
    with cases_out_of_reach(ground):
        answers = await asyncio.gather(*(asked.ask(CASES) for _ in range(LANES + 1)))
    assert sorted((each.status_code, told(each)["code"]) for each in answers) == [
        (503, "BUSY"),
        *[(504, "TOO_SLOW")] * LANES,
    ]
    assert (await asked.ask(CASES)).status_code == 200


async def test_the_standard_executor_tells_it_alike(asked: Asked) -> None:
    async with asked.door.office.database.session() as session:
        await session.execute(text("SET LOCAL statement_timeout = 50"))
        with pytest.raises(DBAPIError) as ended:
            await session.execute(text("SELECT pg_sleep(5)"))
    entry = formatted(GraphQLError("masked", path=["cases"], original_error=ended.value), "abc")
    assert (entry["extensions"]["code"], entry["path"]) == ("TOO_SLOW", ["cases"])


def alive(kind: type) -> int:
    """Count the objects of a kind that something still holds; other tests may have left some."""
    return sum(isinstance(each, kind) for each in gc.get_objects())


async def test_nothing_kept_grows_with_the_number_of_documents(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = 40
    monkeypatch.setattr(asked.documents, "_most", kept)
    monkeypatch.setattr(asked.documents._trees, "_most_characters", 500)
    gc.collect()
    written, plans, statements = parts_of_statements(), alive(Plan), alive(Statement)
    fields = alive(FieldNode)
    for number in range(KEPT_STATEMENTS + 30):
        document = f"{{ a{number}: cases(first: 3) {{ nodes {{ caseNo }} }} }}"
        for _ in range(2):
            assert (await asked.ask(document)).json()["data"] == {f"a{number}": {"nodes": []}}
    assert len(asked.documents) == kept
    for lane in asked.lanes._free:
        assert len(lane._prepared) <= KEPT_STATEMENTS
    gc.collect()
    assert parts_of_statements() <= written + 10, "a kept plan must not keep what its statement was written with"
    assert alive(Plan) <= plans + kept
    assert alive(FieldNode) <= fields + 100, "a kept plan must not keep what was parsed of its document"
    assert alive(Statement) <= statements + kept
    with psycopg.connect(asked.lanes._dsn) as connection:
        found = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        ).fetchone()
    assert found is not None
    assert found[0] <= LANES + 2 * LANES + 1


async def test_plans_of_one_document_are_bounded_whatever_its_variables(asked: Asked) -> None:
    document = "query Q($f: CaseFilter) { cases(first: 3, filter: $f) { nodes { caseNo } } }"
    for length in range(MOST_SHAPES + 10):
        states = {"state": {"in": ["ACCEPTED", "RECEIVED"] * length}}
        assert (await asked.ask(document, f=states)).json()["data"] == {"cases": {"nodes": []}}
    prepared = asked.documents.prepare(document)
    (planned,) = prepared._planned.values()
    assert planned is not None
    assert 1 <= len(planned.plans) <= MOST_SHAPES
