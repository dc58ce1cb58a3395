"""Lanes: connections for planned reads only, each bound to a tenant until it serves another one.

A planned read is one prepared statement whose answer is text, so a lane speaks to PostgreSQL through psycopg's access
to libpq and leaves out what rows, adapters and transactions would cost. A lane cannot write. The tenant is a setting
of the connection and stays on it between reads of the same tenant; therefore every planned statement also names its
tenant, and a lane on which anything went wrong is closed and never lent again.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from psycopg import AsyncConnection, OperationalError, pq
from psycopg.errors import lookup

from casework.kernel.tenancy import tenant_setting

KEPT_STATEMENTS = 150
WAIT_SECONDS = 10.0
QUERY_CANCELED = b"57014"
SETTINGS = (
    "-c timezone=Etc/GMT-8 -c default_transaction_read_only=on -c idle_session_timeout=0"
    " -c plan_cache_mode=force_generic_plan -c jit=off"
)
"""Instants are told in China's time, as the API shows them, so that no program has to write them again. A statement
is planned by PostgreSQL once and not for each value: conditions are written so that one plan serves all of them."""
Setting = Callable[[str], bytes]
"""Writes the statement that binds a connection: to a tenant, or to a province on the connections of its role."""
_names = count(1)


class LaneBroken(Exception):
    """The connection is gone; the read was not answered and may be asked again."""


class TookTooLong(Exception):
    """PostgreSQL ended the read at its time limit."""


@dataclass(eq=False)
class Statement:
    """One planned statement; its text stays the same for every caller and page."""

    text: bytes
    name: bytes = field(default_factory=lambda: b"read_%d" % next(_names))
    uses: int = 0


class Lane:
    """One connection and what it remembers: its tenant, its time limit and the statements it prepared."""

    def __init__(self, connection: AsyncConnection[Any], setting: Setting = tenant_setting) -> None:
        self._connection, self._setting = connection, setting
        self._pg = connection.pgconn
        self._pg.nonblocking = 1
        self._loop = asyncio.get_running_loop()
        self._waiting: asyncio.Future[None] | None = None
        self._prepared: OrderedDict[bytes, None] = OrderedDict()
        self.tenant: str | None = None
        self._timeout: int | None = None
        self._socket: int | None = self._pg.socket
        self._loop.add_reader(self._pg.socket, self._readable)

    @classmethod
    async def open(cls, dsn: str, setting: Setting = tenant_setting) -> "Lane":
        """Connect."""
        return cls(await AsyncConnection.connect(dsn, autocommit=True, options=SETTINGS), setting)

    async def ask(
        self, tenant: str, statement: Statement, values: Sequence[bytes | None], timeout_ms: int
    ) -> list[bytes | None]:
        """Read the one row of a planned statement for a tenant."""
        if self.tenant != tenant or self._timeout != timeout_ms:
            await self._bind(tenant, timeout_ms)
        statement.uses += 1
        if statement.name in self._prepared:
            self._prepared.move_to_end(statement.name)
        elif statement.uses == 1:
            self._pg.send_query_params(statement.text, values)
            return row_of(await self._result())
        else:
            await self._prepare(statement)
        self._pg.send_query_prepared(statement.name, values)
        return row_of(await self._result())

    async def _bind(self, tenant: str, timeout_ms: int) -> None:
        self.tenant = None
        self._pg.send_query(b"%s; SET statement_timeout = %d" % (self._setting(tenant), timeout_ms))
        checked(await self._result())
        self.tenant, self._timeout = tenant, timeout_ms

    async def _prepare(self, statement: Statement) -> None:
        if len(self._prepared) >= KEPT_STATEMENTS:
            forgotten, _ = self._prepared.popitem(last=False)
            self._pg.send_query(b"DEALLOCATE %s" % forgotten)
            checked(await self._result())
        self._pg.send_prepare(statement.name, statement.text)
        checked(await self._result())
        self._prepared[statement.name] = None

    async def _result(self) -> pq.abc.PGresult:
        """Wait for the last result of what was sent."""
        while self._pg.flush():
            await self._writable()
        last = None
        while True:
            if self._pg.is_busy():
                if self._socket is None:
                    raise LaneBroken
                self._waiting = self._loop.create_future()
                await self._waiting
                continue
            found = self._pg.get_result()
            if found is None:
                break
            last = found
        if last is None:
            raise LaneBroken
        return last

    async def _writable(self) -> None:
        if self._socket is None:
            raise LaneBroken
        ready = self._waiting = self._loop.create_future()
        self._loop.add_writer(self._socket, self._wake, None)
        try:
            await ready
        finally:
            if self._socket is not None:
                self._loop.remove_writer(self._socket)

    def _readable(self) -> None:
        try:
            self._pg.consume_input()
        except OperationalError:
            # libpq has closed the socket, and asking it for the socket would raise once more.
            self._let_go()
            self._wake(LaneBroken())
            return
        if not self._pg.is_busy():
            self._wake(None)

    def _let_go(self) -> None:
        """Watch the socket no longer; only once, because its number may soon be that of another connection."""
        socket, self._socket = self._socket, None
        if socket is not None:
            with suppress(OSError):
                self._loop.remove_writer(socket)
            with suppress(OSError):
                self._loop.remove_reader(socket)

    def _wake(self, error: Exception | None) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting is not None and not waiting.done():
            waiting.set_exception(error) if error else waiting.set_result(None)
        elif error is not None:
            self.tenant = None

    @property
    def is_sound(self) -> bool:
        """Tell whether the connection still stands."""
        return bool(self._pg.status == pq.ConnStatus.OK)

    async def close(self) -> None:
        """Close the connection, whatever it is doing."""
        self._let_go()
        with suppress(Exception):
            await self._connection.close()


def checked(result: pq.abc.PGresult) -> pq.abc.PGresult:
    """Raise what PostgreSQL refused, by its code and without its text, which may quote values."""
    if result.status in (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK):
        return result
    state = result.error_field(pq.DiagnosticField.SQLSTATE)
    if state is None:
        raise LaneBroken
    if state == QUERY_CANCELED:
        raise TookTooLong
    raise lookup(state.decode())("a planned read was refused")


def row_of(result: pq.abc.PGresult) -> list[bytes | None]:
    """Take the one row of an answer."""
    checked(result)
    return [result.get_value(0, column) for column in range(result.nfields)]


class Lanes:
    """All lanes of one process; whoever waits is served in the order of coming, and nobody who comes later takes his."""

    def __init__(self, dsn: str, size: int, setting: Setting = tenant_setting) -> None:
        self._dsn, self._size, self._setting = dsn, size, setting
        self._free: list[Lane] = []
        self._open = 0
        self._queue: deque[asyncio.Future[Lane | None]] = deque()

    async def ask(
        self, tenant: str, statement: Statement, values: Sequence[bytes | None], timeout_ms: int
    ) -> list[bytes | None]:
        """Read the one row of a planned statement; a broken connection is replaced once."""
        try:
            return await self._once(tenant, statement, values, timeout_ms)
        except (LaneBroken, OperationalError) as error:
            if isinstance(error, OperationalError) and error.sqlstate and not error.sqlstate.startswith("57P"):
                raise
            # What ended one connection, such as a restart of the server, has mostly ended the others too.
            return await self._once(tenant, statement, values, timeout_ms, anew=True)

    async def _once(
        self, tenant: str, statement: Statement, values: Sequence[bytes | None], timeout_ms: int, *, anew: bool = False
    ) -> list[bytes | None]:
        lane = self._lend(tenant) or await self._take()
        try:
            if anew or not lane.is_sound:
                await lane.close()
                lane = await Lane.open(self._dsn, self._setting)
            answer = await lane.ask(tenant, statement, values, timeout_ms)
        except BaseException:
            # Cancelled or refused in the middle: nobody knows what is still under way on it.
            self._give_up()
            await asyncio.shield(lane.close())
            raise
        self._give_back(lane)
        return answer

    def _lend(self, tenant: str) -> Lane | None:
        """Lend a free lane, rather one that last served the same tenant."""
        for place in range(len(self._free) - 1, -1, -1):
            if self._free[place].tenant == tenant:
                return self._free.pop(place)
        return self._free.pop(0) if self._free else None

    async def _take(self) -> Lane:
        """Open a lane where there may be another one, else wait for one; what is waited for may be a lane's place."""
        if self._open < self._size:
            self._open += 1
        else:
            lane = await self._wait()
            if lane is not None:
                return lane
        try:
            return await Lane.open(self._dsn, self._setting)
        except BaseException:
            self._give_up()
            raise

    async def _wait(self) -> Lane | None:
        turn: asyncio.Future[Lane | None] = asyncio.get_running_loop().create_future()
        self._queue.append(turn)
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                return await turn
        except BaseException:
            # What was given to somebody who no longer waits is passed on.
            if turn.done() and not turn.cancelled():
                self._pass_on(turn.result())
            raise

    def _pass_on(self, given: Lane | None) -> None:
        if given is None:
            self._give_up()
        else:
            self._give_back(given)

    def _first(self) -> "asyncio.Future[Lane | None] | None":
        """Call the first of those who still wait."""
        while self._queue:
            turn = self._queue.popleft()
            if not turn.done():
                return turn
        return None

    def _give_back(self, lane: Lane) -> None:
        turn = self._first()
        if turn is None:
            self._free.append(lane)
        else:
            turn.set_result(lane)

    def _give_up(self) -> None:
        """Give up a lane's place."""
        turn = self._first()
        if turn is None:
            self._open -= 1
        else:
            turn.set_result(None)

    async def close(self) -> None:
        """Close all lanes that are not in use."""
        while self._free:
            self._open -= 1
            await self._free.pop().close()
