"""A small schema behind the real doors, with an office that needs no database."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
import structlog

from authz.actor import ActorKind
from casework.kernel.work import Office
from schema.app import Wiring
from schema.logs import configure_logging
from tests.schema.doors import PaperOffice, authenticate, browser, verify
from tests.schema.small import province_side, small_schema


@pytest.fixture
def office() -> PaperOffice:
    return PaperOffice()


@pytest.fixture
def wiring(office: PaperOffice, tmp_path: Path) -> Wiring:
    small = small_schema()
    return Wiring(
        office=cast("Office", office),
        schemas={None: small, ActorKind.STAFF: small, ActorKind.PROVINCE: province_side()},
        verify=verify,
        authenticate=authenticate,
        graphiql=tmp_path / "not-built",
        body_limit=20_000,
    )


@pytest.fixture
def log_lines() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    stream = io.StringIO()
    configure_logging(pretty=False, stream=stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    structlog.reset_defaults()


@pytest.fixture
async def client(wiring: Wiring) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(wiring) as opened:
        yield opened


@pytest.fixture
async def clerk(client: httpx.AsyncClient) -> httpx.AsyncClient:
    client.headers["Authorization"] = "Bearer clerk"
    return client
