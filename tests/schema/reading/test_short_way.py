"""The short way answers as the long one does, and lets nobody past what the long one asks."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from authz.actor import Actor
from bangban.settings import load_settings
from bangban.tokens import Mint
from bangban.wiring import wire
from casework.kernel.work import Office
from casework.organisation.models import OrgUnit
from schema.ids import global_id
from tests.schema.reading.asked import LANES, TENANT, Asked, Ground

REGISTERED, ANOTHER = "{ profile { nameZh } }", "{ me { kind tenant } units(first: 3) { totalCount } }"
UNIT = {"unit_type": "HALL", "kind": "SERVICE_UNIT", "tier": "CITY", "settled": True, "name_zh": "厅"}


@pytest.fixture
async def restricting(ground: Ground, tmp_path: Path) -> AsyncIterator[Asked]:
    """Open an office that answers applicants registered documents only, and programs everything."""
    manifest = tmp_path / "documents.json"
    manifest.write_text(json.dumps({sha256(REGISTERED.encode()).hexdigest(): REGISTERED}))
    settings = load_settings(
        data_home=ground.settings.data_home,
        environment="test",
        pool_size=2 * LANES,
        log_level="WARNING",
        documents=manifest,
        registered_only="applicant",
    )
    async with replace(ground, settings=settings).serve() as opened:
        yield opened


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def test_a_document_that_others_made_known_is_still_not_registered(restricting: Asked, ground: Ground) -> None:
    program = bearer(Mint.open(ground.settings).integrator(TENANT, "program"))
    for _ in range(3):
        known = await restricting.client.post("/graphql", json={"query": ANOTHER}, headers=program)
        assert known.json()["data"]["me"]["kind"] == "integrator"
        assert "data" in (await restricting.ask(REGISTERED)).json()
        refused = await restricting.ask(ANOTHER)
        assert refused.status_code == 403
        assert refused.json()["errors"][0]["extensions"]["code"] == "DOCUMENT_NOT_REGISTERED"
        assert "data" not in refused.json()


async def test_a_text_under_the_hash_of_another_is_refused_however_known_it_is(asked: Asked) -> None:
    for _ in range(2):
        assert "data" in (await asked.ask(ANOTHER)).json()
    wrong = sha256(b"another").hexdigest()
    for naming in (
        {"documentId": f"sha256:{wrong}"},
        {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": wrong}}},
    ):
        response = await asked.client.post("/graphql", json={"query": ANOTHER, **naming})
        assert response.json()["errors"][0]["extensions"]["code"] == "PERSISTED_QUERY_HASH_MISMATCH"


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
async def test_both_ways_answer_alike(asked: Asked, encoding: str) -> None:
    text = (
        "{ profile { "
        + " ".join(f"n{number}: nameZh" for number in range(28))
        + " } rule(id: "
        + '"TA-15-2") { summary } }'
    )
    sent: dict[str, Any] = {"json": {"query": text}}
    same = {"X-Correlation-Id": "both-ways-1", "Accept-Encoding": encoding}
    await asked.client.post("/graphql", **sent)
    short = await asked.client.post("/graphql", **sent, headers=same)
    long = await asked.client.post("/graphql", **sent, headers={**same, "Origin": "https://portal.example"})
    assert short.json()["data"]["profile"]["n1"]
    assert (short.status_code, short.content) == (long.status_code, long.content)
    different = {"content-length"} if encoding == "gzip" else set()

    def headers(response: httpx.Response) -> dict[str, str]:
        return {name: value for name, value in response.headers.items() if name not in different}

    assert headers(short) == headers(long)


async def break_off(office: Office, actor: Actor) -> None:
    async with office.open(actor) as work:
        work.add(OrgUnit(code="w1", path="w1.", **UNIT))
        await work.session.flush()
        raise RuntimeError


async def test_only_what_says_who_people_are_makes_callers_be_looked_up_again(ground: Ground) -> None:
    office = wire(ground.settings, ground.connections).make_office()
    actor = Actor.system(TENANT)
    try:
        before = office.changes.of(TENANT)
        async with office.open(actor) as work:
            work.audit("looked", "unit", "-")
        assert office.changes.of(TENANT) == before
        with pytest.raises(RuntimeError):
            await break_off(office, actor)
        assert office.changes.of(TENANT) == before, "nothing was committed"
        async with office.open(actor) as work:
            work.add(OrgUnit(code="w2", path="w2.", **UNIT))
        assert office.changes.of(TENANT) == before + 1
        assert office.changes.of("zaozhuang") == 0
    finally:
        await office.database.close()


async def test_many_ids_cost_what_they_may_fetch_and_too_many_are_refused(asked: Asked) -> None:
    text = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    ids = [global_id("Unit", UUID(int=number)) for number in range(101)]
    for _ in range(2):
        answered = (await asked.ask(text, ids=ids[:100])).json()
        assert answered["data"]["nodes"] == [None] * 100
        assert answered["extensions"]["cost"]["requested"] == 100
        refused = (await asked.ask(text, ids=ids)).json()
        assert refused["errors"][0]["extensions"]["code"] == "BAD_INPUT"
        assert refused["errors"][0]["extensions"]["where"] == "ids"
    literal = await asked.ask(f'{{ nodes(ids: ["{ids[0]}", "{ids[1]}"]) {{ id }} }}')
    assert literal.json()["extensions"]["cost"]["requested"] == 2
