"""Failures of our own are masked, found again by their correlation id, and leave nobody's data in a log."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest
import structlog
from graphql import GraphQLError

from authz.actor import Actor
from authz.tokens import Claims
from schema.app import Wiring
from schema.errors import without_literals
from schema.failures import places
from schema.logs import configure_logging
from tests.schema.doors import browser
from tests.schema.small import SECRET, small_schema

Lines = Callable[[], list[dict[str, Any]]]
LITERAL = "李四 13800001234"


async def test_an_unknown_failure_is_masked_and_logged_once(clerk: httpx.AsyncClient, log_lines: Lines) -> None:
    query = f'query Q {{ broken(text: "{LITERAL}") }}'
    response = await clerk.post("/graphql", json={"query": query}, headers={"X-Correlation-Id": "find-me-1"})
    told = response.json()["errors"][0]
    assert told["extensions"]["code"] == "INTERNAL"
    assert told["extensions"]["correlationId"] == "find-me-1"
    assert told["extensions"]["messageZh"]
    assert (told["path"], response.json()["data"]) == (["broken"], {"broken": None})
    lines = log_lines()
    failures = [line for line in lines if line["event"] == "failure"]
    assert [line["correlation_id"] for line in failures] == ["find-me-1"]
    assert failures[0]["failure"][0]["type"] == "builtins.RuntimeError"
    assert any("small.py" in place and "broken" in place for place in failures[0]["failure"][0]["places"])
    for text in (response.text, json.dumps(lines, ensure_ascii=False)):
        assert SECRET not in text
        assert LITERAL not in text
        assert "13800001234" not in text


async def test_a_value_that_we_cannot_show_is_our_failure(clerk: httpx.AsyncClient) -> None:
    response = await clerk.post("/graphql", json={"query": "{ tooBig }"})
    assert response.json()["errors"][0]["extensions"]["code"] == "INTERNAL"
    assert "3709021990" not in response.text


async def test_a_failure_before_the_operation_is_masked_too(wiring: Wiring, log_lines: Lines) -> None:
    async def breaks(_claims: Claims) -> Actor:
        raise KeyError(SECRET)

    async with browser(replace(wiring, authenticate=breaks)) as client:
        response = await client.post("/graphql", json={"query": "{ ping }"}, headers={"Authorization": "Bearer clerk"})
    assert response.status_code == 500
    assert response.json()["errors"][0]["extensions"]["code"] == "INTERNAL"
    assert [line["failure"][0]["type"] for line in log_lines() if line["event"] == "failure"] == ["builtins.KeyError"]
    assert SECRET not in response.text + json.dumps(log_lines(), ensure_ascii=False)


async def test_a_failure_outside_every_handler_is_masked_too(wiring: Wiring, log_lines: Lines) -> None:
    async def backlog() -> float:
        raise ValueError(SECRET)

    class Unreadable(dict[str, Any]):
        def values(self) -> Any:
            raise RuntimeError(SECRET)

    async with browser(replace(wiring, readiness=Unreadable(), outbox_backlog=backlog)) as client:
        ready = await client.get("/readyz")
        figures = await client.get("/metrics")
    assert ready.status_code == 500
    assert ready.json()["errors"][0]["extensions"]["code"] == "INTERNAL"
    assert "bangban_outbox_backlog -1.0" in figures.text
    assert SECRET not in ready.text + figures.text + json.dumps(log_lines(), ensure_ascii=False)


async def test_a_refusal_while_reading_is_shown(clerk: httpx.AsyncClient, log_lines: Lines) -> None:
    told = (await clerk.post("/graphql", json={"query": "{ hidden }"})).json()["errors"][0]
    assert (told["extensions"]["code"], told["path"]) == ("FORBIDDEN", ["hidden"])
    assert told["extensions"]["messageZh"] == "您的岗位无权在此执行该操作。"
    assert [line["event"] for line in log_lines()] == ["request"]


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        ("{ thing(name: 13800001234) { name } }", None),
        ('{ thing(name: "a" "13800001234") { name } }', None),
        ('{ thing(nmae: "李四 13800001234") { name } }', None),
        ('{ at(moment: "李四 13800001234") }', None),
        ("query($n: Int!) { things(first: $n) { name } }", {"n": "李四 13800001234"}),
        ("query($f: ThingFilter!) { things(filter: $f) { name } }", {"f": {"name": {"equals": "李四 13800001234"}}}),
        ("query($m: DateTime!) { at(moment: $m) }", {"m": "李四 13800001234"}),
        ("query($m: DateTime!) { at(moment: $m) }", {"m": 13800001234}),
        ('mutation { rename(input: {id: "a", name: "b", phone: "李四 13800001234"}) { thing { name } } }', None),
    ],
)
async def test_errors_about_the_request_repeat_no_literals(
    clerk: httpx.AsyncClient, log_lines: Lines, query: str, variables: dict[str, Any] | None
) -> None:
    headers = {"Accept": "application/graphql-response+json"}
    response = await clerk.post("/graphql", json={"query": query, "variables": variables}, headers=headers)
    assert response.status_code == 400
    assert response.json()["errors"][0]["extensions"]["code"] in ("BAD_INPUT", "DOCUMENT_INVALID")
    for text in (response.text, json.dumps(log_lines(), ensure_ascii=False)):
        assert "13800001234" not in text
        assert "李四" not in text


@pytest.mark.parametrize(
    ("message", "kept"),
    [
        ("Cannot query field 'nmae' on type 'Thing'. Did you mean 'name'?", None),
        ("Unknown argument 'x' on field 'Query.thing'.", None),
        ("Variable '$f' got an invalid value.", None),
        ("Field 'things' of type '[Thing!]!' must have a selection of subfields.", None),
        ('Int cannot represent non-integer value: "138"', 'Int cannot represent non-integer value: "…"'),
        ("Expected String, found '李四'.", "Expected String, found '…'."),
        ("found: {'name': '李四'}.", "found: …."),
        ("Expected Name, found Int '13800001234'.", "Expected Name, found Int '…'."),
        ("Syntax Error: Unexpected '}'.", None),
        ("Syntax Error: Expected ':', found ')'.", None),
        (
            "Syntax Error: Cannot parse the unexpected character '李'.",
            "Syntax Error: Cannot parse the unexpected character '…'.",
        ),
    ],
)
def test_names_stay_and_values_go(message: str, kept: str | None) -> None:
    assert without_literals(message) == (kept or message)


async def test_the_access_log_knows_names_but_no_texts(clerk: httpx.AsyncClient, log_lines: Lines) -> None:
    body = {"query": f'query Find {{ thing(name: "{LITERAL}") {{ name }} }}', "variables": {"phone": "13800001234"}}
    await clerk.post("/graphql", json=body, headers={"X-Correlation-Id": "access-1"})
    await clerk.get("/graphql", params={"query": body["query"]})
    line, get_line = log_lines()
    assert line.pop("ms") >= 0
    assert line.pop("timestamp")
    assert line == {
        "event": "request",
        "level": "info",
        "logger": "bangban.access",
        "method": "POST",
        "path": "/graphql",
        "status": 200,
        "operation": "Find",
        "kind": "query",
        "outcome": "done",
        "codes": [],
        "cost": 1,
        "plan": None,
        "tenant": "taian",
        "actor_kind": "staff",
        "correlation_id": "access-1",
    }
    assert "13800001234" not in json.dumps(get_line)


def test_personal_keys_are_dropped_at_any_depth(log_lines: Lines) -> None:
    structlog.get_logger("t").info(
        "seen", case_id="1", applicant_name="张三", party={"phone": "1", "role": "x"}, idNumber="3"
    )
    assert log_lines()[0] | {"timestamp": ""} == {
        "event": "seen",
        "level": "info",
        "logger": "t",
        "timestamp": "",
        "case_id": "1",
        "party": {"role": "x"},
        "dropped": ["applicant_name", "idNumber"],
    }


def test_libraries_log_without_exception_messages(log_lines: Lines) -> None:
    try:
        raise ValueError(SECRET)
    except ValueError:
        logging.getLogger("library").exception("it broke")
        structlog.get_logger("ours").exception("ours broke")
    lines = log_lines()
    assert [line["failure"][0]["type"] for line in lines] == ["builtins.ValueError", "builtins.ValueError"]
    assert SECRET not in json.dumps(lines, ensure_ascii=False)


def test_a_terminal_gets_readable_lines() -> None:
    stream = io.StringIO()
    configure_logging(pretty=True, stream=stream)
    structlog.get_logger("t").warning("seen", case_id="1")
    structlog.reset_defaults()
    assert "seen" in stream.getvalue()
    assert not stream.getvalue().startswith("{")


def test_the_library_log_of_queries_is_replaced(log_lines: Lines) -> None:
    small_schema().process_errors([GraphQLError("masked", original_error=RuntimeError(SECRET), path=["x"])])
    lines = log_lines()
    assert [line["event"] for line in lines] == ["failure"]
    assert SECRET not in json.dumps(lines, ensure_ascii=False)


def test_places_name_the_house_by_short_paths() -> None:
    with pytest.raises(ValueError, match="x") as caught:
        raise ValueError("x")
    assert places(caught.value)[0].startswith("tests/schema/test_masking.py:")
