"""A storm over two lanes: many tenants by turns, with reads that are broken off, too slow, wrong, or lose their backend.

A lane stays bound to a tenant between two reads, so the statement of this storm names no tenant: only the binding
stands between one tenant's read and another's rows.
"""

import asyncio
import json
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import uuid4

import psycopg
import pytest
from psycopg import errors

from bangban.connections import Connections
from casework.kernel.lanes import Lane, LaneBroken, Lanes, Statement, TookTooLong
from tests.isolation.rows import settle

SIZE, PEOPLE, VISITS = 2, 14, 30
PATIENCE_MS = 5_000
LOOK = Statement(b"SELECT (SELECT json_agg(name_zh) FROM org_unit), current_setting('app.tenant_id'), $1::text")
SLOW = Statement(b"SELECT (SELECT json_agg(name_zh) FROM org_unit), pg_sleep(5), $1::text")
WRONG = Statement(b"SELECT 1 / length($1::text)")
KILL = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename = 'bangban_app'
ORDER BY random() LIMIT %s
"""


@dataclass
class Storm:
    """Lanes, the tenants that share them, and how often each kind of visit came to its end."""

    lanes: Lanes
    administrator: psycopg.AsyncConnection[tuple[object, ...]]
    tenants: tuple[str, ...]
    seen: Counter[str] = field(default_factory=Counter)
    answered: int = 0

    async def look(self, tenant: str) -> None:
        """See our own rows and nobody else's, and get the answer to our own question."""
        question = uuid4().hex
        rows, bound, echoed = await self.lanes.ask(tenant, LOOK, [question.encode()], PATIENCE_MS)
        assert rows is not None
        assert [name.split()[2] for name in json.loads(rows)] == [tenant]
        assert (bound, echoed) == (tenant.encode(), question.encode())
        self.answered += 1

    async def visit(self, tenant: str, kind: str, patience: float) -> None:
        """Ask once, in one of the ways in which a read can go."""
        if kind == "too slow":
            with pytest.raises(TookTooLong):
                await self.lanes.ask(tenant, SLOW, [b""], 10)
        elif kind == "wrong":
            with pytest.raises(errors.DivisionByZero):
                await self.lanes.ask(tenant, WRONG, [b""], PATIENCE_MS)
        elif kind == "broken off":
            with suppress(TimeoutError):
                await asyncio.wait_for(self.lanes.ask(tenant, SLOW, [b""], PATIENCE_MS), patience)
        elif kind == "broken off early":
            with suppress(TimeoutError):
                await asyncio.wait_for(self.look(tenant), patience / 10)
        elif kind == "killed":
            await self.administrator.execute(KILL, [random.choice((1, SIZE))])
        else:
            await self.look(tenant)

    async def person(self, number: int) -> None:
        """Visit one tenant after the other, in an order of one's own."""
        chance = random.Random(number)
        for _ in range(VISITS):
            tenant, patience = chance.choice(self.tenants), chance.uniform(0.001, 0.03)
            kind = chance.choice((*("look",) * 8, "too slow", "wrong", "broken off", "broken off early", "killed"))
            try:
                await self.visit(tenant, kind, patience)
            except (LaneBroken, errors.AdminShutdown, psycopg.OperationalError):
                # A read whose backend was killed twice in a row gives up, and says so.
                kind = "given up"
            self.seen[kind] += 1


@pytest.fixture
async def storm(database: Connections) -> AsyncIterator[Storm]:
    tenants = tuple(f"lanes-{uuid4().hex[:8]}" for _ in range(5))
    for tenant in tenants:
        settle(database.dsn("app"), tenant, (0,))
    lanes = Lanes(database.dsn("app"), SIZE)
    async with await psycopg.AsyncConnection.connect(database.administrator, autocommit=True) as administrator:
        yield Storm(lanes, administrator, tenants)
    await lanes.close()


async def test_every_read_sees_its_own_tenant_only_and_every_lane_recovers(storm: Storm) -> None:
    await asyncio.wait_for(asyncio.gather(*(storm.person(number) for number in range(PEOPLE))), 90)
    assert sum(storm.seen.values()) == PEOPLE * VISITS
    assert set(storm.seen) >= {"look", "too slow", "wrong", "broken off", "broken off early", "killed"}
    assert storm.answered > PEOPLE * VISITS / 3
    assert storm.seen["given up"] < PEOPLE * VISITS / 5
    await all_lanes_serve(storm)


async def test_reads_that_are_all_broken_off_leave_lanes_that_serve(storm: Storm) -> None:
    for tenant in storm.tenants * 4:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(storm.lanes.ask(tenant, SLOW, [b""], PATIENCE_MS), 0.02)
    await all_lanes_serve(storm)


async def test_those_who_wait_for_a_lane_may_leave(storm: Storm) -> None:
    first, second, *_ = storm.tenants
    holding = [asyncio.create_task(storm.lanes.ask(first, SLOW, [b""], PATIENCE_MS)) for _ in range(SIZE)]
    waiting = [asyncio.create_task(storm.look(second)) for _ in range(6)]
    await asyncio.sleep(0.05)
    for task in (*waiting[::2], *holding):
        task.cancel()
    await asyncio.wait_for(asyncio.gather(*waiting, *holding, return_exceptions=True), 30)
    assert [task.cancelled() for task in waiting] == [True, False] * 3
    assert [task.exception() for task in waiting[1::2]] == [None] * 3
    await all_lanes_serve(storm)


async def test_whoever_asks_again_and_again_overtakes_nobody_who_waits(database: Connections) -> None:
    lanes, served = Lanes(database.dsn("app"), 1), list[str]()
    tenant = f"lanes-{uuid4().hex[:8]}"

    async def ask(name: str, times: int) -> None:
        for _ in range(times):
            await lanes.ask(tenant, LOOK, [b""], PATIENCE_MS)
            served.append(name)

    try:
        await asyncio.wait_for(asyncio.gather(ask("greedy", 4), *(ask(f"waits {n}", 1) for n in range(3))), 30)
    finally:
        await lanes.close()
    assert served == ["greedy", "waits 0", "waits 1", "waits 2", "greedy", "greedy", "greedy"]


async def test_a_backend_that_was_killed_while_idle_is_not_noticed_by_the_next_read(storm: Storm) -> None:
    for tenant in storm.tenants:
        await all_lanes_serve(storm)
        await storm.administrator.execute(KILL, [SIZE])
        await storm.look(tenant)


async def test_a_lane_refuses_to_write(storm: Storm) -> None:
    statement = Statement(b"DELETE FROM org_unit WHERE name_zh = $1::text RETURNING 1")
    with pytest.raises((errors.ReadOnlySqlTransaction, errors.InsufficientPrivilege)):
        await storm.lanes.ask(storm.tenants[0], statement, [b""], PATIENCE_MS)
    writing = Statement(b"SELECT pg_notify('somebody', $1::text), nextval('pg_temp.nothing')")
    with pytest.raises(psycopg.Error):
        await storm.lanes.ask(storm.tenants[0], writing, [b""], PATIENCE_MS)
    await all_lanes_serve(storm)


async def test_a_tenant_that_is_no_code_is_not_bound(database: Connections) -> None:
    lane = await Lane.open(database.dsn("app"))
    with pytest.raises(ValueError, match="tenant"):
        await lane.ask("x'; RESET app.tenant_id; --", LOOK, [b""], PATIENCE_MS)
    assert lane.tenant is None
    await lane.close()


async def all_lanes_serve(storm: Storm) -> None:
    """Ask more than there are lanes at once, for each tenant: all are answered, on no more lanes than there may be."""
    many = (storm.look(tenant) for tenant in storm.tenants * 3)
    await asyncio.wait_for(asyncio.gather(*many), 30)
    assert len(storm.lanes._free) == storm.lanes._open <= SIZE
