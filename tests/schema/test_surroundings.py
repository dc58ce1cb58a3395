"""What surrounds the doors: explorer, health, figures, headers, addresses that do not exist, the kept schema text."""

import asyncio
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
import strawberry

from schema import sdl
from schema.app import Wiring
from schema.build import build_schema
from schema.descriptions import undescribed
from schema.fields import field
from schema.health import PATIENCE_SECONDS, examine
from tests.schema.doors import browser
from tests.schema.small import SECRET, small_schema


@pytest.fixture
def built(tmp_path: Path) -> Path:
    (tmp_path / "dist" / "assets").mkdir(parents=True)
    (tmp_path / "dist" / "index.html").write_text("<!doctype html><title>GraphiQL</title>")
    (tmp_path / "dist" / "assets" / "editor-abc123.js").write_text("export {}")
    (tmp_path / "secret.txt").write_text(SECRET)
    return tmp_path / "dist"


async def test_the_explorer_is_served_under_a_strict_policy(wiring: Wiring, built: Path) -> None:
    async with browser(replace(wiring, graphiql=built)) as client:
        page = await client.get("/graphiql/")
        script = await client.get("/graphiql/assets/editor-abc123.js")
        bare = await client.get("/graphiql")
    for response in (page, script):
        assert response.status_code == 200
        policy = dict(part.split(" ", 1) for part in response.headers["content-security-policy"].split("; "))
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == "'self'"
        assert policy["connect-src"] == "'self'"
        assert policy["frame-ancestors"] == "'none'"
        assert "http" not in response.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-cache"
    assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert script.headers["content-type"].startswith("text/javascript")
    assert (bare.status_code, bare.headers["location"]) == (307, "/graphiql/")


@pytest.mark.parametrize("path", ["../secret.txt", "..%2Fsecret.txt", "%2e%2e/%2e%2e/secret.txt", "none.js", ""])
async def test_nothing_beside_the_built_files_is_served(wiring: Wiring, built: Path, path: str) -> None:
    async with browser(replace(wiring, graphiql=built)) as client:
        response = await client.get(f"/graphiql/assets/{path}")
    assert response.status_code == 404
    assert SECRET not in response.text


async def test_an_explorer_that_was_not_built_says_what_to_do(client: httpx.AsyncClient) -> None:
    page = await client.get("/graphiql/")
    assert page.status_code == 503
    assert "make graphiql" in page.text
    assert (await client.post("/graphql", json={"query": "{ ping }"})).status_code == 200


async def test_every_answer_carries_headers_of_caution(client: httpx.AsyncClient) -> None:
    for path in ("/graphql", "/graphiql/", "/healthz", "/metrics", "/nowhere"):
        headers = (await client.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["x-correlation-id"]


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nowhere", 404), ("POST", "/healthz", 405)])
async def test_what_does_not_exist_answers_in_json(
    client: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    response = await client.request(method, path)
    assert response.status_code == status
    assert response.json()["errors"][0]["extensions"]["correlationId"] == response.headers["x-correlation-id"]


async def test_alive_is_not_ready(wiring: Wiring) -> None:
    async def fine() -> str | None:
        return None

    async def behind() -> str | None:
        return "migrations are behind; run `python -m bangban migrate`"

    async def breaks() -> str | None:
        raise ConnectionError(SECRET)

    async with browser(replace(wiring, readiness={"database": fine})) as client:
        ready = await client.get("/readyz")
        alive = await client.get("/healthz")
    async with browser(replace(wiring, readiness={"database": breaks, "migrations": behind})) as client:
        not_ready = await client.get("/readyz")
    assert (ready.status_code, ready.json()) == (200, {"status": "ready", "checks": {"database": "ok"}})
    assert (alive.status_code, alive.json()) == (200, {"status": "alive"})
    assert not_ready.status_code == 503
    assert not_ready.json()["checks"]["migrations"].startswith("migrations are behind")
    assert "ConnectionError" in not_ready.json()["checks"]["database"]
    assert SECRET not in not_ready.text


async def test_a_check_that_hangs_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("schema.health.PATIENCE_SECONDS", 0.01)

    async def hangs() -> str | None:
        await asyncio.Event().wait()
        return None

    assert "no answer" in str(await examine(hangs, "c"))
    assert PATIENCE_SECONDS >= 1


async def test_figures_count_operations_by_kind_and_outcome(wiring: Wiring) -> None:
    async def backlog() -> float:
        return 3

    async with browser(replace(wiring, outbox_backlog=backlog)) as client:
        for query in ("{ ping }", "query Named { ping }", "{", "{ thing { name } }"):
            await client.post("/graphql", json={"query": query})
        client.headers["Authorization"] = "Bearer clerk"
        await client.post("/graphql", json={"query": "{ broken }"})
        figures = (await client.get("/metrics")).text
    for line in (
        'bangban_graphql_operations_total{kind="query",outcome="done"} 2.0',
        'bangban_graphql_operations_total{kind="none",outcome="refused"} 1.0',
        'bangban_graphql_operations_total{kind="query",outcome="refused"} 1.0',
        'bangban_graphql_operations_total{kind="query",outcome="failed"} 1.0',
        'bangban_http_requests_total{status="401"} 1.0',
        "bangban_outbox_backlog 3.0",
    ):
        assert line in figures
    assert "Named" not in figures
    assert "taian" not in figures


def test_the_kept_schema_text_is_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sdl, "FOLDER", tmp_path)
    schemas = {"small.graphql": small_schema()}
    assert sdl.run(["--check"], schemas) == 1
    assert "--write" in capsys.readouterr().out
    assert sdl.run(["--write"], schemas) == 0
    assert sdl.run(["--check"], schemas) == 0
    kept = tmp_path / "small.graphql"
    kept.write_text(kept.read_text().replace("  ping: String!\n", ""))
    assert sdl.run(["--check"], schemas) == 1
    assert "+  ping: String!" in capsys.readouterr().out
    assert sdl.run([], schemas) == 0
    assert "type Query" in capsys.readouterr().out


def test_what_nobody_explained_is_listed() -> None:
    @strawberry.type
    class Query:
        @field
        def thing(self, name: str, first: int = 1) -> str:
            """A thing."""
            return name

    assert undescribed(build_schema(Query)._schema) == ["Query", "Query.thing(name:)"]
