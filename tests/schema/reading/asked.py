"""An office over a real database, asked in process: what a reader keeps can be counted."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import httpx
import pytest
from starlette.applications import Starlette

from authz.actor import ActorKind
from bangban.connections import Connections
from bangban.doors import make_app
from bangban.filling import publish_files
from bangban.settings import Settings, load_settings
from bangban.tokens import Mint
from bangban.wiring import wire
from casework.kernel.lanes import Lanes
from schema.documents import Documents
from schema.endpoint import GraphQLEndpoint
from tenants.loader import PROFILES
from tests.shared_server import SharedServer

TENANT = "taian"
LANES = 2


@dataclass
class Asked:
    """The door of an office, and somebody of the city before it."""

    app: Starlette
    client: httpx.AsyncClient

    @property
    def door(self) -> GraphQLEndpoint:
        """The endpoint behind the address."""
        found = next(route for route in self.app.routes if getattr(route, "path", "") == "/graphql")
        return cast("GraphQLEndpoint", vars(found)["endpoint"])

    @property
    def documents(self) -> Documents:
        """The documents of the cities' schema."""
        return self.door.schemas[ActorKind.APPLICANT].documents

    @property
    def lanes(self) -> Lanes:
        """The lanes on which plans are read."""
        return next(iter(self.door.readers.values())).lanes

    async def ask(self, document: str, **variables: Any) -> httpx.Response:
        """Send a document."""
        return await self.client.post("/graphql", json={"query": document, "variables": variables})


@dataclass(frozen=True)
class Ground:
    """A database in which one city published its profile, and the settings to serve it."""

    settings: Settings
    connections: Connections

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[Asked]:
        """Open the office for a test."""
        app = make_app(wire(self.settings, self.connections))
        token = Mint.open(self.settings).portal(TENANT, "somebody")
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/graphql-response+json"}
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://office", headers=headers) as client,
        ):
            yield Asked(app, client)


@pytest.fixture(scope="session")
def ground(server: SharedServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """Make the database once for this test process."""
    connections = server.create(f"reading_{uuid4().hex[:8]}")
    home = Path(tmp_path_factory.mktemp("reading"))
    passwords = {role.account: password for role, password in connections.passwords.items()}
    (home / "roles.json").write_text(json.dumps(passwords))
    settings = load_settings(data_home=home, environment="test", pool_size=2 * LANES, log_level="WARNING")
    publish_files(settings, connections, [PROFILES / f"{TENANT}.yaml"], "system:test")
    yield Ground(settings, connections)
    server.drop(connections)


@pytest.fixture
async def asked(ground: Ground) -> AsyncIterator[Asked]:
    async with ground.serve() as opened:
        yield opened
