"""Documents named by their hash: registered ones, told ones, and callers who are answered registered ones only."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from hashlib import sha256
from typing import Any
from uuid import UUID

import httpx
import pytest

from authz.actor import ActorKind
from schema.app import Wiring
from schema.ids import global_id
from schema.persisted import NOBODY, Told
from tests.schema.doors import PaperOffice, browser

MODERN = {"Accept": "application/graphql-response+json"}
PING = "{ ping }"
THING = "query Thing($n: String!) { thing(name: $n) { name } }"
RENAME = "mutation Rename($i: RenameInput!) { rename(input: $i) { thing { name } } }"


def hash_of(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def by_hash(text: str, **more: Any) -> dict[str, Any]:
    return {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": hash_of(text)}}, **more}


def code(response: httpx.Response) -> str:
    found: str = response.json()["errors"][0]["extensions"]["code"]
    return found


async def test_a_document_is_told_once_and_then_named(clerk: httpx.AsyncClient) -> None:
    unknown = await clerk.post("/graphql", json=by_hash(THING, variables={"n": "a"}))
    told = await clerk.post("/graphql", json=by_hash(THING, query=THING, variables={"n": "b"}))
    named = await clerk.post("/graphql", json=by_hash(THING, variables={"n": "c"}))
    identified = await clerk.post("/graphql", json={"documentId": f"sha256:{hash_of(THING)}", "variables": {"n": "d"}})
    assert code(unknown) == "PERSISTED_QUERY_NOT_FOUND"
    assert [answer.json()["data"]["thing"]["name"] for answer in (told, named, identified)] == ["b", "c", "d"]


async def test_client_libraries_understand_that_a_hash_is_unknown(clerk: httpx.AsyncClient) -> None:
    plain = await clerk.post("/graphql", json=by_hash(PING))
    modern = await clerk.post("/graphql", json=by_hash(PING), headers=MODERN)
    assert (plain.status_code, modern.status_code) == (200, 400)
    assert plain.json()["errors"][0]["message"] == "PersistedQueryNotFound"
    assert "全文" in plain.json()["errors"][0]["extensions"]["messageZh"]
    assert plain.headers["cache-control"] == "no-store"


async def test_a_document_under_the_hash_of_another_is_refused_and_not_kept(clerk: httpx.AsyncClient) -> None:
    crossed = {**by_hash(PING), "query": "{ whose }"}
    for headers in (MODERN, {}):
        response = await clerk.post("/graphql", json=crossed, headers=headers)
        assert (response.status_code, code(response)) == (400, "PERSISTED_QUERY_HASH_MISMATCH")
    assert code(await clerk.post("/graphql", json=by_hash(PING))) == "PERSISTED_QUERY_NOT_FOUND"
    assert code(await clerk.post("/graphql", json=by_hash("{ whose }"))) == "PERSISTED_QUERY_NOT_FOUND"


@pytest.mark.parametrize(
    "given",
    [
        {"extensions": {"persistedQuery": None}},
        {"extensions": {"persistedQuery": "x"}},
        {"extensions": {"persistedQuery": {}}},
        {"extensions": {"persistedQuery": {"version": 2, "sha256Hash": hash_of(PING)}}},
        {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": 7}}},
        {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "abc"}}},
        {"extensions": {"persistedQuery": {"version": 1}}, "query": PING},
        {"documentId": hash_of(PING)},
        {"documentId": "md5:1"},
        {"documentId": 7, "query": PING},
        {"query": "", "extensions": {}},
        {"query": 7, **by_hash(PING)},
    ],
)
async def test_a_document_named_in_no_known_way_is_400(clerk: httpx.AsyncClient, given: dict[str, Any]) -> None:
    response = await clerk.post("/graphql", json=given)
    assert (response.status_code, code(response)) == (400, "BAD_REQUEST")


@pytest.mark.parametrize("junk", ["{", "{ nothing }", "{" + "ping " * 30 + "}", "{ping}" + " " * 15_000])
async def test_only_documents_that_passed_are_kept(wiring: Wiring, junk: str) -> None:
    async with browser(wiring) as client:
        client.headers["Authorization"] = "Bearer clerk"
        told = await client.post("/graphql", json=by_hash(junk, query=junk))
        named = await client.post("/graphql", json=by_hash(junk))
    passed = "errors" not in told.json()
    assert passed is (junk.startswith("{ping}"))
    assert ("data" in named.json()) is passed


async def test_what_one_city_told_is_unknown_to_others(wiring: Wiring) -> None:
    async with browser(wiring) as client:
        await client.post("/graphql", json=by_hash(PING, query=PING), headers={"Authorization": "Bearer clerk"})
        nobody = await client.post("/graphql", json=by_hash(PING))
        known = await client.post("/graphql", json=by_hash(PING), headers={"Authorization": "Bearer clerk"})
    assert code(nobody) == "PERSISTED_QUERY_NOT_FOUND"
    assert known.json()["data"] == {"ping": "pong"}


async def test_a_hash_opens_no_field_that_needs_a_token(wiring: Wiring) -> None:
    wiring.schemas[None].documents.register(hash_of("{ whose }"), "{ whose }")
    async with browser(wiring) as client:
        response = await client.post("/graphql", json=by_hash("{ whose }"))
    assert (response.status_code, code(response)) == (401, "UNAUTHENTICATED")


async def test_get_answers_a_hash_and_changes_nothing(clerk: httpx.AsyncClient, office: PaperOffice) -> None:
    await clerk.post("/graphql", json=by_hash(THING, query=THING, variables={"n": "a"}))
    extensions = json.dumps(by_hash(THING)["extensions"])
    read = await clerk.get("/graphql", params={"extensions": extensions, "variables": '{"n": "b"}'})
    assert read.json()["data"] == {"thing": {"name": "b"}}
    assert read.headers["cache-control"] == "no-store"
    variables = {"i": {"id": global_id("Thing", UUID(int=5)), "name": "x"}}
    await clerk.post("/graphql", json=by_hash(RENAME, query=RENAME, variables=variables))
    done = len(office.asked)
    change = {"documentId": f"sha256:{hash_of(RENAME)}", "variables": json.dumps(variables)}
    assert (await clerk.get("/graphql", params=change)).status_code == 405
    assert len(office.asked) == done == 1


def test_what_is_remembered_is_bounded_by_number_and_by_length() -> None:
    told = Told(most=3, most_characters=100)
    for number in range(3_000):
        told.keep(NOBODY, str(number), "x" * 10)
        told.keep(NOBODY, "0", "x" * 10)
    assert len(told) == 3
    told.keep(NOBODY, "long", "x" * 95)
    assert len(told) == 1
    told.keep(NOBODY, "longer", "x" * 101)
    assert len(told) == 0
    told.keep(NOBODY, "a", "1")
    told.keep(NOBODY, "b", "2")
    assert told.text(NOBODY, "a") == "1"
    told.keep(NOBODY, "c", "3")
    told.keep(NOBODY, "d", "4")
    assert (told.text(NOBODY, "a"), told.text(NOBODY, "b")) == ("1", None)


@pytest.fixture
async def portal(wiring: Wiring) -> AsyncIterator[httpx.AsyncClient]:
    """Serve integrators and callers without a token registered documents only, staff everything."""
    small = wiring.schemas[None]
    small.documents.register(hash_of(THING), THING)
    small.documents.register(hash_of(PING), PING)
    schemas = {**wiring.schemas, ActorKind.INTEGRATOR: small}
    restricted = frozenset({ActorKind.INTEGRATOR, None})
    async with browser(replace(wiring, schemas=schemas, registered_only=restricted)) as client:
        client.headers["Authorization"] = "Bearer machine"
        yield client


async def test_a_restricted_caller_is_answered_registered_documents(portal: httpx.AsyncClient) -> None:
    for body in (by_hash(THING), {"query": THING}, by_hash(THING, query=THING)):
        response = await portal.post("/graphql", json={**body, "variables": {"n": "a"}})
        assert response.json()["data"] == {"thing": {"name": "a"}}
    del portal.headers["Authorization"]
    open_to_all = await portal.post("/graphql", json=by_hash(PING))
    assert open_to_all.json()["data"] == {"ping": "pong"}


@pytest.mark.parametrize(
    "body",
    [
        {"query": "{ whose }"},
        {"query": THING + " "},
        {"query": "{ __schema { queryType { name } } }"},
        {"query": '{ __type(name: "Query") { name } }'},
        {"query": "{ __typename }"},
        {"query": "{"},
        by_hash("{ whose }"),
        by_hash("{ whose }", query="{ whose }"),
    ],
)
async def test_a_restricted_caller_is_refused_everything_else(portal: httpx.AsyncClient, body: dict[str, Any]) -> None:
    with_token = await portal.post("/graphql", json=body)
    del portal.headers["Authorization"]
    without = await portal.post("/graphql", json=body)
    for response in (with_token, without):
        assert (response.status_code, code(response)) == (403, "DOCUMENT_NOT_REGISTERED")
        assert "已登记" in response.json()["errors"][0]["extensions"]["messageZh"]


async def test_what_staff_told_is_not_registered(portal: httpx.AsyncClient) -> None:
    staff = {"Authorization": "Bearer clerk"}
    told = await portal.post("/graphql", json=by_hash("{ whose }", query="{ whose }"), headers=staff)
    assert "errors" not in told.json()
    assert code(await portal.post("/graphql", json=by_hash("{ whose }"))) == "DOCUMENT_NOT_REGISTERED"
