"""The limit: one hand-written statement per question behind bare ASGI, PostgreSQL's own JSON passed on as it is.

It knows no rights and no GraphQL; nothing that answers these questions through Python and psycopg can be much faster.
Run by `bench.run` as `uvicorn --factory bench.limit:application`.
"""

import asyncio
import os
from typing import Any

import orjson
from psycopg import AsyncConnection, sql
from psycopg.abc import Buffer
from psycopg.adapt import Loader

from bench.workloads import TYPENAME_ANSWER, WORKLOADS

HEAD = [(b"content-type", b"application/json")]


class Untouched(Loader):
    """Gives a JSON value as the bytes that PostgreSQL sent."""

    def load(self, data: Buffer) -> bytes:
        """Copy the bytes."""
        return bytes(data)


class Limit:
    """The application; each path is a workload."""

    def __init__(self, dsn: str, tenant: str, pool_size: int) -> None:
        """Prepare the binding to the tenant; connections are made when the server starts."""
        self.tenant = tenant
        # Both in one message: measured cheaper than a transaction block, pipelined or not.
        begin = sql.SQL("BEGIN; SET LOCAL app.tenant_id = {}").format(sql.Literal(tenant))
        self.begin = begin.as_bytes()
        self.statements = {f"/{work.name}": work.statement for work in WORKLOADS}
        self.dsn, self.pool_size = dsn, pool_size
        self.free: asyncio.LifoQueue[AsyncConnection[Any]] = asyncio.LifoQueue()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request, or start and stop with the server."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        body = (await receive())["body"]
        statement = self.statements[scope["path"]]
        answer = TYPENAME_ANSWER if statement is None else await self._ask(statement, orjson.loads(body))
        head = [*HEAD, (b"content-length", str(len(answer)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": head})
        await send({"type": "http.response.body", "body": answer})

    async def _ask(self, statement: str, variables: dict[str, str]) -> bytes:
        connection = await self.free.get()
        try:
            cursor = connection.cursor()
            await cursor.execute(self.begin)
            await cursor.execute(statement, {**variables, "tenant": self.tenant}, prepare=True)
            row = await cursor.fetchone()
            await cursor.execute(b"COMMIT")
        finally:
            # Does nothing after the end of a transaction; a failed one must not travel on with the connection.
            await connection.rollback()
            self.free.put_nowait(connection)
        answer: bytes = row[0] if row else b'{"data":{"case":null}}'
        return answer

    async def _live(self, receive: Any, send: Any) -> None:
        await receive()
        connections = [await self._connect() for _ in range(self.pool_size)]
        for connection in connections:
            self.free.put_nowait(connection)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        for connection in connections:
            await connection.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _connect(self) -> AsyncConnection[Any]:
        connection = await AsyncConnection.connect(self.dsn, autocommit=True)
        connection.adapters.register_loader("json", Untouched)
        return connection


def application() -> Limit:
    """Make the application from the environment that the run gave it."""
    return Limit(os.environ["BENCH_DATABASE"], os.environ["BENCH_TENANT"], int(os.environ["BENCH_POOL"]))
