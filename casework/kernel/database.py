"""Connections to PostgreSQL: one bounded, checked pool per role."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from select import POLLIN, poll
from typing import Any

from psycopg import AsyncConnection, OperationalError
from sqlalchemy import Connection, event
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session

from casework.kernel.models import TenantRow
from casework.kernel.wire import Sentence, Wire, asked, rows_of
from casework.kernel.writing import holds_values_only, write_many, write_together


class Bound(Session):
    """A session that knows its tenant and instant, stamps every row with them, and writes all rows at once."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.entered: list[TenantRow] = []
        """New rows of a Work that are not written yet; the session itself learns of them when they are."""

    def enter(self, row: TenantRow) -> None:
        """Note a new row."""
        self.entered.append(row)

    def flush(self, objects: Sequence[Any] | None = None) -> None:
        """Write what was added and changed as one statement.

        Outside a Work rows go the usual way, and so does a row that is to hold what the database reckons.
        """
        if not self._flushing and "now" in self.info:
            strangers = [row for row in self.new if isinstance(row, TenantRow)]
            dirty = [row for row in self.dirty if isinstance(row, TenantRow) and self.is_modified(row)]
            for row in strangers:
                self.expunge(row)
            new, self.entered = [*self.entered, *strangers], []
            if new or dirty:
                self._stamp(new, dirty)
                write_together(self, new, [row for row in dirty if holds_values_only(row)])
        super().flush(objects)

    def write_entered(self) -> None:
        """Write the new rows of a Work that brings them by the thousand, and forget them."""
        new, self.entered = self.entered, []
        self._stamp(new, ())
        write_many(self, new)

    def _is_clean(self) -> bool:
        return not self.entered and bool(super()._is_clean())

    def _stamp(self, new: Sequence[TenantRow], dirty: Sequence[TenantRow]) -> None:
        now: datetime = self.info["now"]
        for row in new:
            row.tenant_id = self.info["tenant"]
            row.created_at = row.created_at or now
        for row in (*new, *dirty):
            row.updated_at = now
            if row.says_who:
                self.info["says_who"] = True


@event.listens_for(Bound, "after_rollback")
def _leave(session: Bound) -> None:
    """What was entered since the savepoint goes with it; what was entered before was written before."""
    session.entered.clear()


@dataclass(frozen=True)
class Line:
    """The driver's connection of a transaction, and what is prepared on it."""

    driver: AsyncConnection[Any]
    wire: Wire

    async def ask(self, sentence: Sentence, values: Mapping[str, Any]) -> list[tuple[bytes | None, ...]]:
        """Have a statement carried out and give its rows."""
        return rows_of(await asked(self.driver, self.wire, sentence, sentence.values(values)))


@dataclass
class Opening:
    """What a transaction begins with: statements that PostgreSQL is sent together with BEGIN, and what the last one gave."""

    statements: str
    mode: str = ""
    answer: list[Any] = field(default_factory=list)
    lines: list["Line"] = field(default_factory=list)
    """Where the transaction runs, once it has begun."""


def _begin(connection: Connection) -> None:
    """Begin a transaction; what binds it travels along, so that this costs one round trip and not three."""
    opening: Opening | None = connection.get_execution_options().get("opening")
    statements = "BEGIN" if opening is None else f"BEGIN {opening.mode}; {opening.statements}"
    adapted: Any = connection.connection.dbapi_connection
    answer = adapted.run_async(lambda driver: _send(driver, statements))
    if opening is not None:
        opening.answer = answer
        opening.lines = [Line(adapted.driver_connection, Wire.of(connection))]


async def _send(driver: AsyncConnection[Any], statements: str) -> list[Any]:
    # Never prepared: only the simple protocol takes several statements at once.
    cursor = await driver.execute(statements.encode(), prepare=False)
    while cursor.nextset():
        pass
    return await cursor.fetchall() if cursor.description else []


def _check(adapted: DBAPIConnection, _record: object, _lent: object) -> None:
    """Look whether a connection still stands before it is lent, without asking PostgreSQL.

    A server says good-bye to idle connections by closing them, and a connection at rest has nothing else to read.
    """
    driver: AsyncConnection[Any] = adapted.driver_connection
    if driver.closed or has_something_to_say(driver.pgconn.socket):
        raise InvalidatePoolError


def has_something_to_say(socket: int) -> bool:
    """Tell whether something can be read from a socket now; its number may be greater than `select` takes."""
    looking = poll()
    looking.register(socket, POLLIN)
    return bool(looking.poll(0))


@dataclass(frozen=True)
class Database:
    """A pool of connections of one role and the sessions made from it."""

    engine: AsyncEngine
    sessions: async_sessionmaker[AsyncSession]

    @classmethod
    def connect(cls, url: URL | str, *, pool_size: int, statement_timeout_ms: int = 15_000) -> "Database":
        """Open a pool that never grows past `pool_size` and checks a connection before lending it."""
        engine = create_async_engine(
            url,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=10,
            pool_recycle=1800,
            # The driver begins nothing by itself: `_begin` opens a transaction and binds it in one round trip.
            isolation_level="AUTOCOMMIT",
            connect_args={
                # The driver would have PostgreSQL drop whatever is prepared on a connection with each rollback.
                "prepare_threshold": None,
                "options": f"-c timezone=UTC -c statement_timeout={statement_timeout_ms}"
                " -c idle_in_transaction_session_timeout=30000 -c lock_timeout=10000",
            },
        )
        event.listen(engine.sync_engine, "begin", _begin)
        event.listen(engine.sync_engine, "checkout", _check)
        return cls(engine, async_sessionmaker(engine, sync_session_class=Bound, expire_on_commit=False))

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """Lend a session; it is rolled back and closed at the end unless its Work committed."""
        async with self.sessions() as session:
            yield session

    @asynccontextmanager
    async def opened(self, opening: Opening) -> AsyncIterator[tuple[AsyncSession, Line]]:
        """Lend a session whose transaction has begun with an opening, and its line; the opening's answer is there."""
        for is_last in (False, True):
            async with self.session() as session:
                try:
                    await session.connection(execution_options={"opening": opening})
                except OperationalError:
                    # Cut since it was looked at. Nothing had begun, and the pool now finds this connection closed.
                    if is_last:
                        raise
                    continue
                yield session, opening.lines[0]
                return

    @asynccontextmanager
    async def reading(self, statements: str) -> AsyncIterator[AsyncSession]:
        """Lend a session that can only read."""
        async with self.opened(Opening(statements, "READ ONLY")) as (session, _line):
            yield session

    async def close(self) -> None:
        """Close the pool."""
        await self.engine.dispose()
