"""Who may pass the door: no token, a bad token, a token of each kind."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote
from uuid import UUID

import httpx
import pytest

from authz.actor import Actor, ActorKind
from authz.rejections import RejectionCode, TokenRejected
from authz.tokens import Claims
from casework.kernel.errors import forbidden
from schema.app import Wiring
from schema.ids import global_id
from tests.schema.doors import PaperOffice, browser
from tests.schema.small import small_schema

THING = global_id("Thing", UUID(int=5))
MODERN = {"Accept": "application/graphql-response+json"}


async def ask(client: httpx.AsyncClient, query: str, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await client.post("/graphql", json={"query": query}, headers={**MODERN, **named})


@pytest.mark.parametrize(
    "query", ["{ ping }", "{ __typename }", "{ __schema { queryType { name } } }", "{ ...{ ping } }"]
)
async def test_without_a_token_public_fields_answer(client: httpx.AsyncClient, query: str) -> None:
    response = await ask(client, query)
    assert response.status_code == 200
    assert "errors" not in response.json()


@pytest.mark.parametrize(
    "query",
    [
        "{ thing { name } }",
        "{ ping thing { name } }",
        "{ ...F } fragment F on Query { ping ... { thing { name } } }",
        'mutation { rename(input: {id: "x", name: "y"}) { thing { name } } }',
        "mutation { __typename rename: __typename ...M } fragment M on Mutation { "
        'rename2: rename(input: {id: "x", name: "y"}) { thing { name } } }',
    ],
)
async def test_without_a_token_everything_else_is_401(
    client: httpx.AsyncClient, office: PaperOffice, query: str
) -> None:
    for accept in ("application/json", "application/graphql-response+json"):
        response = await ask(client, query, Accept=accept)
        assert response.status_code == 401
        assert response.headers["www-authenticate"] == 'Bearer realm="bangban"'
        told = response.json()["errors"][0]
        assert told["extensions"]["code"] == "UNAUTHENTICATED"
        assert told["message"]
        assert told["extensions"]["messageZh"]
        assert "data" not in response.json()
    assert office.asked == []


@pytest.mark.parametrize("query", ["{ ping }", "{ __typename }", "{"])
async def test_a_bad_token_is_401_whatever_is_asked(client: httpx.AsyncClient, query: str) -> None:
    response = await ask(client, query, Authorization="Bearer stolen")
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == 'Bearer realm="bangban", error="invalid_token"'
    told = response.json()["errors"][0]["extensions"]
    assert (told["code"], told["reason"]) == ("UNAUTHENTICATED", "TOKEN_EXPIRED")
    assert "stolen" not in response.text


@pytest.mark.parametrize("header", ["Basic YTpi", "Bearer", "Bearer  ", "clerk", "bearer\tclerk"])
async def test_anything_but_a_bearer_token_is_401(client: httpx.AsyncClient, header: str) -> None:
    assert (await ask(client, "{ ping }", Authorization=header)).status_code == 401


async def test_two_authorization_headers_are_401(client: httpx.AsyncClient) -> None:
    headers = [("Authorization", "Bearer clerk"), ("Authorization", "Bearer clerk")]
    response = await client.post("/graphql", json={"query": "{ ping }"}, headers=headers)
    assert response.status_code == 401


async def test_the_scheme_is_read_in_any_case(client: httpx.AsyncClient) -> None:
    assert (await ask(client, "{ whose }", Authorization="bearer clerk")).json()["data"]["whose"].startswith("staff:")


async def test_a_province_gets_its_own_schema(client: httpx.AsyncClient) -> None:
    own = await ask(client, "{ cities }", Authorization="Bearer supervisor")
    other = await ask(client, "{ thing { name } }", Authorization="Bearer supervisor")
    clerk = await ask(client, "{ cities }", Authorization="Bearer clerk")
    assert own.json()["data"] == {"cities": 2}
    assert (other.status_code, clerk.status_code) == (400, 400)


async def test_a_kind_of_caller_without_a_schema_is_403(client: httpx.AsyncClient) -> None:
    response = await ask(client, "{ ping }", Authorization="Bearer machine")
    assert response.status_code == 403
    assert response.json()["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_a_token_of_somebody_the_office_no_longer_knows_is_403(wiring: Wiring) -> None:
    async def unknown(_claims: Claims) -> Actor:
        raise forbidden("enter")

    async with browser(replace(wiring, authenticate=unknown)) as client:
        assert (await ask(client, "{ ping }", Authorization="Bearer clerk")).status_code == 403


async def test_keys_that_cannot_be_read_are_our_trouble(wiring: Wiring) -> None:
    async def unreachable(_token: str) -> Claims:
        raise TokenRejected(RejectionCode.KEYS_UNAVAILABLE)

    async with browser(replace(wiring, verify=unreachable)) as client:
        response = await ask(client, "{ ping }", Authorization="Bearer clerk")
    assert response.status_code == 503
    assert "www-authenticate" not in response.headers


async def test_a_stated_reason_reaches_the_actor(wiring: Wiring, office: PaperOffice) -> None:
    rename = f'mutation {{ rename(input: {{id: "{THING}", name: "n"}}) {{ thing {{ name }} }} }}'
    body = {"query": rename}
    headers = {"Authorization": "Bearer clerk", "X-Access-Reason": quote("信访核查")}
    async with browser(wiring) as client:
        answer = await client.post("/graphql", json=body, headers=headers)
        long = await client.post("/graphql", json=body, headers={**headers, "X-Access-Reason": "x" * 501})
    assert answer.json()["data"]["rename"]["thing"] == {"name": "n"}
    assert [asked["actor"].reason for asked in office.asked] == ["信访核查"]
    assert long.status_code == 400


async def test_each_kind_of_actor_is_served_by_the_schema_of_its_kind(wiring: Wiring) -> None:
    only_machines = replace(wiring, schemas={ActorKind.INTEGRATOR: small_schema()})
    async with browser(only_machines) as client:
        assert (await ask(client, "{ ping }", Authorization="Bearer machine")).status_code == 200
        assert (await ask(client, "{ ping }")).status_code == 403
