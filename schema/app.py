"""The web application: every door of the API, and what surrounds each request."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from authz.actor import Actor, ActorKind
from authz.tokens import Claims
from casework.kernel.database import Database
from casework.kernel.lanes import Lanes
from casework.kernel.work import Office
from schema.authentication import REASON_HEADER, Authentication
from schema.build import DoorSchema
from schema.callers import Callers
from schema.endpoint import GraphQLEndpoint
from schema.graphiql import graphiql_routes
from schema.guides.door import guide_routes
from schema.health import Check, Health, told
from schema.metrics import Backlog, Metrics
from schema.middleware import AccessLog, Caution, Correlation, LastResort, Tell, telling
from schema.observation import observation_of
from schema.persisted import Admission
from schema.reading.desk import DeskReader
from schema.reading.reader import Reader
from schema.swift import SwiftDoor

Lifespan = Callable[[Starlette], AbstractAsyncContextManager[None]]
REQUEST_HEADERS = ("Authorization", "Content-Type", "Idempotency-Key", "X-Correlation-Id", REASON_HEADER)


@asynccontextmanager
async def nothing_to_open(_app: Starlette) -> AsyncIterator[None]:
    """Open and close nothing around the application."""
    yield


@dataclass(frozen=True)
class Wiring:
    """What the program hands to its doors; `bangban` fills it in."""

    office: Office
    schemas: Mapping[ActorKind | None, DoorSchema]
    verify: Callable[[str], Awaitable[Claims]]
    authenticate: Callable[[Claims], Awaitable[Actor]]
    graphiql: Path
    province: Database | None = None
    lanes: Lanes | None = None
    province_lanes: Lanes | None = None
    registered_only: frozenset[ActorKind | None] = frozenset()
    readiness: Mapping[str, Check] = field(default_factory=dict)
    outbox_backlog: Backlog | None = None
    body_limit: int = 1_000_000
    cors_origins: tuple[str, ...] = ()
    lifespan: Lifespan = nothing_to_open


def surroundings(wiring: Wiring, tell: Tell) -> list[Middleware]:
    """List what surrounds each request that does not go the short way, outermost first; browsers of other origins only when named."""
    cors = Middleware(
        CORSMiddleware,
        allow_origins=wiring.cors_origins,
        allow_methods=("GET", "POST"),
        allow_headers=REQUEST_HEADERS,
        expose_headers=("X-Correlation-Id",),
        max_age=600,
    )
    return [
        Middleware(Correlation),
        Middleware(AccessLog, tell=tell),
        Middleware(Caution),
        Middleware(LastResort),
        *([cors] if wiring.cors_origins else []),
        Middleware(GZipMiddleware, minimum_size=1024),
    ]


async def refused_by_routing(request: Request, error: Exception) -> Response:
    """Answer in JSON that an address or a method does not exist."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers = error.headers if isinstance(error, HTTPException) else None
    code = {404: "NO_SUCH_ADDRESS", 405: "METHOD_NOT_ALLOWED"}.get(status, "REFUSED")
    correlation_id = observation_of(request.scope).correlation_id
    answer = told(
        {"errors": [{"message": code, "extensions": {"code": code, "correlationId": correlation_id}}]}, status
    )
    answer.headers.update(headers or {})
    return answer


def readers_of(wiring: Wiring) -> dict[DoorSchema, Reader]:
    """Give each schema its reader, the province's one with lanes of its own; without lanes the standard executor reads."""
    found: dict[DoorSchema, Reader] = {}
    for kind, schema in wiring.schemas.items():
        lanes, reader = (wiring.province_lanes, DeskReader) if kind is ActorKind.PROVINCE else (wiring.lanes, Reader)
        if lanes is not None:
            found.setdefault(schema, reader(schema.planner, wiring.office, lanes))
    return found


def finishing(callers: Callers, lifespan: Lifespan) -> Lifespan:
    """Let the look-ups of callers end before all is closed."""

    @asynccontextmanager
    async def span(app: Starlette) -> AsyncIterator[None]:
        async with lifespan(app):
            try:
                yield
            finally:
                await callers.finish()

    return span


class Doors(Starlette):
    """All doors of the API; before them and all that surrounds them stands the short way."""

    swift: SwiftDoor

    def let_in(self, door: GraphQLEndpoint, tell: Tell) -> None:
        """Open the short way to a door."""
        self.swift = SwiftDoor(super().__call__, door, tell)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, the short way where that can be."""
        await self.swift(scope, receive, send)


def create_app(wiring: Wiring) -> Doors:
    """Make the web application of the API."""
    metrics = Metrics(wiring.outbox_backlog)
    health = Health(wiring.readiness)
    door = GraphQLEndpoint(
        office=wiring.office,
        schemas=wiring.schemas,
        callers=Callers(wiring.office, Authentication(wiring.verify, wiring.authenticate), wiring.lanes is not None),
        body_limit=wiring.body_limit,
        province=wiring.province,
        readers=readers_of(wiring),
        admission=Admission(wiring.registered_only),
    )
    tell = telling(metrics.report)
    doors = Doors(
        routes=[
            Route("/graphql", door),
            *graphiql_routes(wiring.graphiql),
            *guide_routes(wiring.office),
            Route("/healthz", health.alive),
            Route("/readyz", health.ready),
            Route("/metrics", metrics.scrape),
        ],
        middleware=surroundings(wiring, tell),
        exception_handlers={HTTPException: refused_by_routing},
        lifespan=finishing(door.callers, wiring.lifespan),
    )
    doors.let_in(door, tell)
    return doors
