"""The same office behind two doors: one with plans, one without; both asked in this process, at a clock that stands."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson
from starlette.applications import Starlette
from starlette.types import ASGIApp, Message

from authz.actor import Actor, ActorKind
from authz.tokens import Claims, TokenKind
from bangban.connections import Connections
from bangban.doors import schemas
from bangban.identify import identification
from bench.equality.question import Question
from bench.equality.scenery import NOW, Town
from casework.kernel.database import Database
from casework.kernel.lanes import Lanes
from casework.kernel.tenancy import province_setting
from casework.kernel.work import Office
from casework.regulation.shelf import Shelf
from schema.app import Wiring, create_app
from schema.documents import Documents
from schema.observation import Observation

WAYS = ("planned", "standard")
CURSOR = re.compile(rb'"(WzEs[A-Za-z0-9_-]+)"')
SCHEMAS = schemas()
SHELF = Shelf()
"""A published revision never changes, so whoever opens doors anew finds the compiled ones again."""


@dataclass(frozen=True)
class StoppedClock:
    """A clock that stands still."""

    at: datetime = NOW

    def now(self) -> datetime:
        """Tell the one instant."""
        return self.at


@dataclass(frozen=True)
class Caller:
    """Somebody at the door: the token names kind, city and subject."""

    name: str
    tenant: str
    token: str
    reason: str | None = None

    @property
    def kind(self) -> ActorKind | None:
        """What kind of caller it is as far as schemas go; None for everybody who is no supervisor."""
        return ActorKind.PROVINCE if self.token.startswith("province/") else None

    def headers(self) -> list[tuple[bytes, bytes]]:
        """Give the headers that say who asks."""
        found = [(b"authorization", f"Bearer {self.token}".encode())] if self.token else []
        if self.reason:
            found.append((b"x-access-reason", quote(self.reason).encode()))
        return found


def callers(towns: list[Town]) -> list[Caller]:
    """List everybody who asks: all staff, all applicants with an account, programs, strangers, and nobody."""
    found = [Caller("nobody", towns[0].tenant, "")]
    for town in towns:
        codes = [row["code"] for row in town.rows["staff_member"] if row["active"] or town is towns[0]]
        found.extend(Caller(code, town.tenant, f"staff/{town.tenant}/{code}") for code in codes)
        found.extend(
            Caller(f"{code} with a reason", town.tenant, f"staff/{town.tenant}/{code}", "核查") for code in codes[:4]
        )
        accounts = [row["portal_subject"] for row in town.rows["applicant"] if row["portal_subject"]]
        found.extend(Caller(name, town.tenant, f"portal/{town.tenant}/{name}") for name in (*accounts, "stranger"))
        found.append(Caller(f"program of {town.tenant}", town.tenant, f"integrator/{town.tenant}/program"))
    return found


async def verify(token: str) -> Claims:
    """Read a token of the proof, which is not signed: who may come in is not what is proved here."""
    kind, place, subject = token.split("/")
    client = subject if kind == "integrator" else None
    tenant, province = (None, place) if kind == "province" else (place, None)
    return Claims("proof", subject, TokenKind(kind), tenant, None, province, client, None, 0, 1)


def identified_once(office: Office) -> Callable[[Claims], Awaitable[Actor]]:
    """Look everybody up at their first request only: the register stands still while the ways are compared."""
    look_up, known = identification(office), dict[Claims, Actor]()

    async def identify(claims: Claims) -> Actor:
        if claims not in known:
            known[claims] = await look_up(claims)
        return known[claims]

    return identify


@dataclass(frozen=True)
class Answer:
    """What a door gave: status and body without the correlation id, and whether a plan answered."""

    status: int
    body: bytes
    seen: Observation

    @property
    def same_as(self) -> tuple[int, bytes]:
        """What must be the same at both doors."""
        return self.status, self.body


@dataclass(frozen=True)
class Doors:
    """Both doors."""

    apps: dict[str, ASGIApp]
    office: Office
    lanes: Lanes

    async def ask(self, way: str, question: Question, caller: Caller, number: str = "no-number") -> Answer:
        """Ask one door; `number` is found again in the audit trail."""
        correlation = f"{way}.{number}".encode()
        headers = [(b"content-type", b"application/json"), (b"x-correlation-id", correlation), *caller.headers()]
        scope: dict[str, Any] = {
            "type": "http", "http_version": "1.1", "method": "POST", "scheme": "http", "path": "/graphql",
            "raw_path": b"/graphql", "root_path": "", "query_string": b"", "headers": headers, "state": {},
            "client": ("127.0.0.1", 1), "server": ("office", 80),
        }  # fmt: skip
        sent: list[Message] = []

        async def receive() -> Message:
            body = {"query": question.document, "variables": question.variables}
            return {"type": "http.request", "body": orjson.dumps(body), "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)

        await self.apps[way](scope, receive, send)
        whole = b"".join(message.get("body", b"") for message in sent[1:])
        # A way that answers only what a plan answers whole need not note that it did.
        seen = scope["state"].get("observation") or Observation(correlation.decode(), outcome="done", plan="whole")
        return Answer(sent[0]["status"], whole.replace(correlation, b"id"), seen)


@asynccontextmanager
async def open_doors(connections: Connections, lanes: Lanes | None = None) -> AsyncIterator[Doors]:
    """Open both doors of an office."""
    office = Office(Database.connect(connections.app_url, pool_size=4), StoppedClock(), SHELF)
    own = lanes or Lanes(connections.dsn("app"), 2)
    province = Database.connect(connections.province_url, pool_size=2)
    of_province = Lanes(connections.dsn("province"), 2, province_setting)
    identify = identified_once(office)

    def app(given: Lanes | None, of_desk: Lanes | None = None) -> Starlette:
        wiring = Wiring(office, SCHEMAS, verify, identify, graphiql=Path("not-built"))
        return create_app(replace(wiring, province=province, lanes=given, province_lanes=of_desk))

    for schema in SCHEMAS.values():
        # Plans that earlier doors made are not trusted.
        schema.documents = Documents(schema._schema, schema.documents.limits)
    planned, standard = app(own, of_province), app(None)
    try:
        async with planned.router.lifespan_context(planned), standard.router.lifespan_context(standard):
            yield Doors({"planned": planned, "standard": standard}, office, own)
    finally:
        await own.close()
        await of_province.close()
        await office.database.close()
        await province.close()
