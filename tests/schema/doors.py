"""The doors of these tests: an office on paper, three known tokens, and a client that needs no network."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx

from authz.actor import Actor
from authz.rejections import RejectionCode, TokenRejected
from authz.tokens import Claims, TokenKind
from schema.app import Wiring, create_app

NOW = datetime(2024, 9, 3, 2, 30, tzinfo=UTC)
KINDS = {"clerk": TokenKind.STAFF, "supervisor": TokenKind.PROVINCE, "machine": TokenKind.INTEGRATOR}


class StoppedClock:
    def now(self) -> datetime:
        return NOW


@dataclass
class PaperOffice:
    """Carries verbs out without a database, and remembers how it was asked."""

    clock: StoppedClock = field(default_factory=StoppedClock)
    asked: list[dict[str, Any]] = field(default_factory=list)

    async def carry_out(self, actor: Actor, verb: Callable[..., Any], intent: Any, **how: Any) -> Any:
        self.asked.append({"actor": actor, "intent": intent, **how})
        return await verb(None, intent)

    @asynccontextmanager
    async def open(self, actor: Actor, correlation_id: str | None = None) -> AsyncIterator[Any]:
        yield actor


async def verify(token: str) -> Claims:
    if token not in KINDS:
        raise TokenRejected(RejectionCode.EXPIRED)
    kind = KINDS[token]
    tenant, province = (None, "37") if kind is TokenKind.PROVINCE else ("taian", None)
    return Claims("test", token, kind, tenant, None, province, None, None, 0, 1)


async def authenticate(claims: Claims) -> Actor:
    return claims.actor(staff_id=UUID(int=1))


@asynccontextmanager
async def browser(wiring: Wiring) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=create_app(wiring), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://office") as client:
        yield client
