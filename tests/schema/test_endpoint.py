"""GraphQL over HTTP: status codes, media types, methods, one operation per request."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from typing import Any
from uuid import UUID

import httpx
import pytest

from schema.app import Wiring
from schema.ids import global_id
from tests.schema.doors import PaperOffice, browser

MODERN = {"Accept": "application/graphql-response+json"}
THING = global_id("Thing", UUID(int=5))
RENAME = "mutation Rename($i: RenameInput!) { rename(input: $i) { thing { name } userErrors { code } } }"


def error(response: httpx.Response) -> dict[str, Any]:
    found: dict[str, Any] = response.json()["errors"][0]
    return found


async def test_a_query_is_answered_with_cost_and_correlation_id(clerk: httpx.AsyncClient) -> None:
    response = await clerk.post(
        "/graphql", json={"query": "{ thing { name } }"}, headers={"X-Correlation-Id": "abc-12345"}
    )
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json; charset=utf-8"
    assert response.headers["x-correlation-id"] == "abc-12345"
    assert response.json() == {
        "data": {"thing": {"name": "a"}},
        "extensions": {"cost": {"requested": 1, "limit": 5000}, "correlationId": "abc-12345"},
    }


@pytest.mark.parametrize("given", ["short", "x" * 65, "with space here", "line\tbreak-here", "中文编号编号编号"])
async def test_an_unsound_correlation_id_is_replaced(clerk: httpx.AsyncClient, given: str) -> None:
    sent = {"X-Correlation-Id": given.encode()}
    response = await clerk.post("/graphql", json={"query": "{ ping }"}, headers=sent)  # type: ignore[arg-type]
    assert len(response.headers["x-correlation-id"]) == 32
    assert response.headers["x-correlation-id"] == response.json()["extensions"]["correlationId"]


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, "application/json"),
        ("*/*", "application/json"),
        ("application/*", "application/json"),
        ("application/json", "application/json"),
        ("application/graphql-response+json", "application/graphql-response+json"),
        ("application/graphql-response+json, application/json;q=0.9", "application/graphql-response+json"),
        ("application/json, application/graphql-response+json;q=0.5", "application/json"),
        ("text/html, */*;q=0.1", "application/json"),
    ],
)
async def test_the_wanted_media_type_is_served(clerk: httpx.AsyncClient, accept: str | None, expected: str) -> None:
    clerk.headers.pop("accept")
    headers = {"Accept": accept} if accept else {}
    response = await clerk.post("/graphql", json={"query": "{ ping }"}, headers=headers)
    assert response.status_code == 200
    assert response.headers["content-type"] == f"{expected}; charset=utf-8"


@pytest.mark.parametrize("accept", ["text/html", "application/json;q=0", "image/png, text/*"])
async def test_a_media_type_that_is_not_served_is_406(clerk: httpx.AsyncClient, accept: str) -> None:
    response = await clerk.post("/graphql", json={"query": "{ ping }"}, headers={"Accept": accept})
    assert response.status_code == 406
    assert error(response)["extensions"]["code"] == "NOT_ACCEPTABLE"


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json", 200),
        ("application/json; charset=utf-8", 200),
        ('Application/JSON; charset="UTF-8"', 200),
        ("application/json; charset=gbk", 415),
        ("application/graphql", 415),
        ("multipart/form-data; boundary=x", 415),
        ("", 415),
    ],
)
async def test_only_json_bodies_are_read(clerk: httpx.AsyncClient, content_type: str, status: int) -> None:
    headers = {"Content-Type": content_type}
    response = await clerk.post("/graphql", content=b'{"query": "{ ping }"}', headers=headers)
    assert response.status_code == status


async def test_a_compressed_body_is_415(clerk: httpx.AsyncClient) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    response = await clerk.post("/graphql", content=gzip.compress(b'{"query": "{ ping }"}'), headers=headers)
    assert response.status_code == 415


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"null",
        b'"text"',
        b"{}",
        b'{"query": ""}',
        b'{"query": 1}',
        b'{"query": "{ ping }", "variables": []}',
        b'{"query": "{ ping }", "variables": "x"}',
        b'{"query": "{ ping }", "extensions": 1}',
        b'{"query": "{ ping }", "operationName": {}}',
        b"[" * 2000,
    ],
)
async def test_a_malformed_request_is_400_for_both_media_types(clerk: httpx.AsyncClient, body: bytes) -> None:
    for accept in ("application/json", "application/graphql-response+json"):
        headers = {"Content-Type": "application/json", "Accept": accept}
        response = await clerk.post("/graphql", content=body, headers=headers)
        assert response.status_code == 400
        assert error(response)["extensions"]["code"] == "BAD_REQUEST"
        assert error(response)["extensions"]["messageZh"]


async def test_a_batch_is_refused_clearly(clerk: httpx.AsyncClient) -> None:
    response = await clerk.post("/graphql", json=[{"query": "{ ping }"}, {"query": "{ ping }"}])
    assert response.status_code == 400
    assert error(response)["extensions"]["code"] == "BATCHING_NOT_SUPPORTED"


@pytest.mark.parametrize(
    "query", ["{", "{ nothing }", "query($n: Int!) { thing(name: $n) { name } }", "fragment F on Query { ping }"]
)
async def test_an_invalid_document_is_400_or_200_by_media_type(clerk: httpx.AsyncClient, query: str) -> None:
    modern = await clerk.post("/graphql", json={"query": query}, headers=MODERN)
    plain = await clerk.post("/graphql", json={"query": query}, headers={"Accept": "application/json"})
    assert (modern.status_code, plain.status_code) == (400, 200)
    assert "data" not in modern.json()
    assert error(modern)["extensions"]["code"] in ("DOCUMENT_INVALID", "OPERATION_NOT_FOUND")


async def test_a_variable_that_does_not_fit_is_400_or_200_by_media_type(clerk: httpx.AsyncClient) -> None:
    body = {"query": "query($n: String!) { thing(name: $n) { name } }", "variables": {"n": {"a": "370902199001011234"}}}
    modern = await clerk.post("/graphql", json=body, headers=MODERN)
    plain = await clerk.post("/graphql", json=body, headers={"Accept": "application/json"})
    assert (modern.status_code, plain.status_code) == (400, 200)
    assert error(modern)["extensions"]["code"] == "BAD_INPUT"
    assert "370902" not in modern.text
    assert "data" not in modern.json()


async def test_a_document_with_several_operations_needs_the_name(clerk: httpx.AsyncClient) -> None:
    query = "query A { ping } query B { whose }"
    unnamed = await clerk.post("/graphql", json={"query": query}, headers=MODERN)
    unknown = await clerk.post("/graphql", json={"query": query, "operationName": "C"}, headers=MODERN)
    named = await clerk.post("/graphql", json={"query": query, "operationName": "B"}, headers=MODERN)
    assert (unnamed.status_code, error(unnamed)["extensions"]["code"]) == (400, "OPERATION_NAME_REQUIRED")
    assert (unknown.status_code, error(unknown)["extensions"]["code"]) == (400, "OPERATION_NOT_FOUND")
    assert named.json()["data"]["whose"].startswith("staff:taian:")


async def test_get_reads_but_does_not_change(clerk: httpx.AsyncClient, office: PaperOffice) -> None:
    read = await clerk.get(
        "/graphql", params={"query": "query($n: String!) { thing(name: $n) { name } }", "variables": '{"n":"b"}'}
    )
    assert read.json()["data"] == {"thing": {"name": "b"}}
    variables = json.dumps({"i": {"id": THING, "name": "x"}})
    change = await clerk.get("/graphql", params={"query": RENAME, "variables": variables})
    assert (change.status_code, change.headers["allow"]) == (405, "POST")
    both = {"query": "query A { ping } " + RENAME, "operationName": "Rename", "variables": variables}
    assert (await clerk.get("/graphql", params=both)).status_code == 405
    assert office.asked == []


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS"])
async def test_other_methods_are_405(clerk: httpx.AsyncClient, method: str) -> None:
    response = await clerk.request(method, "/graphql")
    assert (response.status_code, response.headers["allow"]) == (405, "GET, POST")


async def test_a_body_past_the_limit_is_413_announced_or_not(clerk: httpx.AsyncClient) -> None:
    announced = await clerk.post("/graphql", json={"query": "{ ping }" + " " * 30_000})

    async def drops() -> Any:
        for _ in range(40):
            yield b" " * 1000

    streamed = await clerk.post("/graphql", content=drops(), headers={"Content-Type": "application/json"})
    for response in (announced, streamed):
        assert response.status_code == 413
        assert error(response)["extensions"] | {"correlationId": ""} == {
            "code": "BODY_TOO_LARGE",
            "messageZh": "请求体超过20000字节。",
            "limit": "body",
            "allowed": 20000,
            "correlationId": "",
        }


async def test_partial_answers_are_200(clerk: httpx.AsyncClient) -> None:
    response = await clerk.post("/graphql", json={"query": "{ ping broken }"}, headers=MODERN)
    assert response.status_code == 200
    assert response.json()["data"] == {"ping": "pong", "broken": None}
    assert error(response)["path"] == ["broken"]


async def test_subscriptions_are_refused(clerk: httpx.AsyncClient) -> None:
    response = await clerk.post("/graphql", json={"query": "subscription { ping }"}, headers=MODERN)
    assert response.status_code == 400


async def test_the_idempotency_header_is_the_default_key(clerk: httpx.AsyncClient, office: PaperOffice) -> None:
    own = {"query": RENAME, "variables": {"i": {"id": THING, "name": "x", "idempotencyKey": "own"}}}
    none = {"query": RENAME, "variables": {"i": {"id": THING, "name": "x"}}}
    await clerk.post("/graphql", json=own, headers={"Idempotency-Key": "header"})
    await clerk.post("/graphql", json=none, headers={"Idempotency-Key": "header"})
    await clerk.post("/graphql", json=none)
    assert [asked["key"] for asked in office.asked] == ["own", "header/rename", None]


async def test_a_tenant_header_means_nothing(clerk: httpx.AsyncClient) -> None:
    response = await clerk.post("/graphql", json={"query": "{ whose }"}, headers={"X-Tenant": "zaozhuang"})
    assert response.json()["data"]["whose"].startswith("staff:taian:")


async def test_long_answers_are_compressed(clerk: httpx.AsyncClient) -> None:
    body = {"query": "{ things(first: 100) { name child { name } } }"}
    response = await clerk.post("/graphql", json=body, headers={"Accept-Encoding": "gzip"})
    assert response.headers["content-encoding"] == "gzip"
    assert len(response.json()["data"]["things"]) == 100


async def test_other_origins_are_shut_out_unless_named(wiring: Wiring) -> None:
    asks = {"Origin": "https://portal.example", "Access-Control-Request-Method": "POST"}
    async with browser(wiring) as shut:
        assert "access-control-allow-origin" not in (await shut.options("/graphql", headers=asks)).headers
    async with browser(replace(wiring, cors_origins=("https://portal.example",))) as open_to_one:
        allowed = await open_to_one.options("/graphql", headers=asks)
        other = await open_to_one.options("/graphql", headers={**asks, "Origin": "https://evil.example"})
    assert allowed.headers["access-control-allow-origin"] == "https://portal.example"
    assert "access-control-allow-origin" not in other.headers
