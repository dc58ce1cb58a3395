"""A storm over a small pool: many tenants by turns on the same few connections, with errors and broken-off work.

A binding that outlived its transaction would show one tenant's rows to the next who is lent the connection.
"""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from authz.actor import Actor
from authz.table import compile_table
from bangban.connections import Connections
from casework.kernel.clock import HostClock
from casework.kernel.database import Database
from casework.kernel.errors import Code, Refusal
from casework.kernel.ids import new_id
from casework.kernel.law import Regulation
from casework.kernel.work import Office
from tenants.loader import PROFILES, load_profile
from tests.isolation.rows import settle

POOL, PEOPLE, VISITS = 3, 16, 24
LOOK = text(
    "SELECT tenant_id FROM org_unit UNION SELECT tenant_id FROM service_case UNION SELECT tenant_id FROM applicant"
    " UNION SELECT tenant_id FROM timer UNION SELECT tenant_id FROM audit_entry UNION SELECT tenant_id FROM outbox_event"
)
BOUND = text("SELECT coalesce(current_setting('app.tenant_id', true), '')")
CANARIES = text("SELECT name_zh FROM org_unit")


class Sentinel(Exception):
    """A mistake of our own in the midst of a visit."""


class OneBook:
    """A shelf with one book, so that a Work opens without a published profile."""

    def __init__(self) -> None:
        profile = load_profile(PROFILES / "zaozhuang.yaml")
        self.book = Regulation(uuid4(), profile, compile_table(profile))

    def newest(self, tenant: str) -> str:
        return "SELECT 1"

    async def in_force(self, session: AsyncSession, tenant: str, newest: object) -> Regulation:
        return self.book

    async def revision(self, session: AsyncSession, tenant: str, revision_id: object) -> Regulation:
        return self.book


@dataclass
class Storm:
    """One office of several tenants, and what every visit saw of it."""

    office: Office
    tenants: tuple[str, ...]
    seen: Counter[str] = field(default_factory=Counter)

    async def look(self, session: AsyncSession, tenant: str) -> None:
        """See our own rows and nobody else's."""
        assert set(await session.scalars(LOOK)) == {tenant}
        assert [name.split()[2] for name in await session.scalars(CANARIES)] == [tenant]

    async def visit(self, tenant: str, kind: str) -> None:
        """Work once for a tenant, ending in one of the ways in which work ends."""
        if kind == "unbound":
            async with self.office.database.session() as session:
                assert list(await session.scalars(LOOK)) == []
            return
        async with self.office.open(Actor.system(tenant)) as work:
            await self.look(work.session, tenant)
            if kind == "write":
                work.audit("storm.visit", "storm", new_id())
            elif kind == "mistake":
                raise Sentinel
            elif kind == "refusal":
                raise Refusal(Code.CONFLICT, "no", "否")
            elif kind == "bad statement":
                await work.session.execute(text("SELECT 1/0"))
            elif kind == "broken off":
                await work.session.execute(text("SELECT pg_sleep(5)"))
            await asyncio.sleep(0)
            await self.look(work.session, tenant)

    async def person(self, number: int) -> None:
        """Visit one tenant after the other, in an order of one's own."""
        chance = random.Random(number)
        for _ in range(VISITS):
            tenant = chance.choice(self.tenants)
            kind = chance.choice(
                ("read", "read", "write", "mistake", "refusal", "bad statement", "broken off", "unbound")
            )
            with suppress(Sentinel, Refusal, DBAPIError, TimeoutError):
                patience = chance.uniform(0.005, 0.05) if kind == "broken off" else 30
                await asyncio.wait_for(self.visit(tenant, kind), patience)
            self.seen[kind] += 1


@pytest.fixture
async def storm(database: Connections) -> AsyncIterator[Storm]:
    tenants = tuple(f"storm-{uuid4().hex[:8]}" for _ in range(6))
    for tenant in tenants:
        settle(database.dsn("app"), tenant, (0,))
    pool = Database.connect(database.app_url, pool_size=POOL)
    yield Storm(Office(pool, HostClock(), OneBook()), tenants)
    await pool.close()


async def test_every_visit_sees_its_own_tenant_only(storm: Storm) -> None:
    await asyncio.gather(*(storm.person(number) for number in range(PEOPLE)))
    assert sum(storm.seen.values()) == PEOPLE * VISITS
    assert set(storm.seen) >= {"read", "write", "mistake", "refusal", "bad statement", "broken off", "unbound"}
    await nobody_is_left_bound(storm)


async def test_visits_that_are_all_broken_off_leave_a_clean_pool(storm: Storm) -> None:
    for tenant in storm.tenants * 3:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(storm.visit(tenant, "broken off"), 0.02)
    await nobody_is_left_bound(storm)


async def test_what_a_broken_off_visit_wrote_is_gone(storm: Storm) -> None:
    tenant, count = storm.tenants[0], text("SELECT count(*) FROM audit_entry")

    async def write_and_wait() -> None:
        async with storm.office.open(Actor.system(tenant)) as work:
            work.audit("storm.visit", "storm", new_id())
            await work.session.flush()
            await work.session.execute(text("SELECT pg_sleep(5)"))

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(write_and_wait(), 0.2)
    async with storm.office.open(Actor.system(tenant)) as work:
        assert await work.session.scalar(count) == 1


async def nobody_is_left_bound(storm: Storm) -> None:
    """Take every connection of the pool at once: each is free of any tenant, and none was lost."""

    async def bound(session: AsyncSession) -> str:
        found = str(await session.scalar(BOUND))
        assert list(await session.scalars(LOOK)) == []
        return found

    sessions = [storm.office.database.sessions() for _ in range(POOL)]
    assert [await bound(session) for session in sessions] == [""] * POOL
    for session in sessions:
        await session.close()
