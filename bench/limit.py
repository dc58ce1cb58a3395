"""The limit: one hand-written statement per question behind bare ASGI, PostgreSQL's own JSON passed on as it is.

It knows no rights and no GraphQL and serves one city and one province, so that a connection is bound once, when it is
made, and every question is one round trip of a prepared statement. Run by `bench.run` as
`uvicorn --factory bench.limit:application`.
"""

import asyncio
import os
from collections.abc import Mapping
from typing import Any

import orjson
from psycopg import AsyncConnection
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.conninfo import make_conninfo

from bangban.database_roles import Role
from bench.deeds import DEEDS
from bench.questions import QUESTIONS, TYPENAME_ANSWER

HEAD = [(b"content-type", b"application/json")]
NOTHING = b'{"data":{"case":null}}'
Free = asyncio.LifoQueue[AsyncConnection[Any]]


class Untouched(Loader):
    """Gives a JSON value as the bytes that PostgreSQL sent."""

    def load(self, data: Buffer) -> bytes:
        """Copy the bytes."""
        return bytes(data)


class Limit:
    """The application; each path is a question or a deed."""

    def __init__(self, addresses: Mapping[Role, str], tenant: str, pool_size: int) -> None:
        """Know the statements; connections are made when the server starts."""
        self.addresses, self.tenant, self.pool_size = addresses, tenant, pool_size
        self.free: dict[Role, Free] = {role: asyncio.LifoQueue() for role in addresses}
        self.statements = {f"/{one.name}": (one.statement, one.role) for one in QUESTIONS} | {
            f"/{deed.name}": (deed.statement, Role.APP) for deed in DEEDS
        }

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request, or start and stop with the server."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        body = (await receive())["body"]
        statement, role = self.statements[scope["path"]]
        answer = TYPENAME_ANSWER if statement is None else await self._ask(statement, orjson.loads(body), role)
        head = [*HEAD, (b"content-length", str(len(answer)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": head})
        await send({"type": "http.response.body", "body": answer})

    async def _ask(self, statement: str, variables: dict[str, str], role: Role) -> bytes:
        variables["tenant"] = self.tenant
        free = self.free[role]
        connection = await free.get()
        try:
            row = await (await connection.execute(statement, variables, prepare=True)).fetchone()
        finally:
            free.put_nowait(connection)
        answer: bytes = row[0] if row else NOTHING
        return answer

    async def _live(self, receive: Any, send: Any) -> None:
        await receive()
        connections = []
        for role, address in self.addresses.items():
            for _ in range(self.pool_size):
                connection = await AsyncConnection.connect(address, autocommit=True)
                connection.adapters.register_loader("json", Untouched)
                connections.append(connection)
                self.free[role].put_nowait(connection)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        for connection in connections:
            await connection.close()
        await send({"type": "lifespan.shutdown.complete"})


def bound(dsn: str, name: str, value: str) -> str:
    """Give an address whose connections are bound from their beginning."""
    return make_conninfo(dsn, options=f"-c app.{name}={value}")


def application() -> Limit:
    """Make the application from the environment that the run gave it."""
    given, tenant = os.environ, os.environ["BENCH_TENANT"]
    addresses = {
        Role.APP: bound(given["BENCH_DATABASE"], "tenant_id", tenant),
        Role.PROVINCE: bound(given["BENCH_PROVINCE_DATABASE"], "province", given["BENCH_PROVINCE"]),
    }
    return Limit(addresses, tenant, int(given["BENCH_POOL"]))
