"""The audit trail is one chain for each tenant: whoever alters, removes or reorders an entry breaks a link for all to see."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from bangban.connections import Connections
from casework.kernel.audit import AuditEntry, first_broken_link, seal_entries
from casework.kernel.database import Database
from casework.kernel.tenancy import bind_tenant

NOON = datetime(2024, 9, 3, 4, tzinfo=UTC)
ENTRIES = 5


@dataclass
class Trail:
    """The sealed trail of one tenant, and the hand of somebody who can do anything to the database."""

    pool: Database
    connections: Connections
    tenant: str

    async def write(self, count: int) -> None:
        async with self.pool.session() as session, session.begin():
            session.sync_session.info.update(now=NOON, tenant=self.tenant)
            await bind_tenant(session, self.tenant)
            for number in range(count):
                session.add(
                    AuditEntry(
                        at=NOON + timedelta(minutes=number), actor="staff:x", action="case.accepted", object_kind="case",
                        object_id=str(number), before={"state": "RESPONDED"}, after={"state": "ACCEPTED", "n": number},
                        reason=None, rules=["TA-15-2", "TA-15-3"], correlation_id="c" * 32,
                    )
                )  # fmt: skip

    async def seal(self) -> int:
        async with self.pool.session() as session, session.begin():
            session.sync_session.info.update(now=NOON, tenant=self.tenant)
            await bind_tenant(session, self.tenant)
            return await seal_entries(session, self.tenant)

    async def broken(self) -> int | None:
        async with self.pool.session() as session:
            await bind_tenant(session, self.tenant)
            return await first_broken_link(session, self.tenant)

    def tamper(self, statement: str) -> None:
        """Do to the third entry, or to its seal, what no role of the program may do."""
        entry = "(SELECT entry_id FROM audit_seal WHERE tenant_id = {tenant} AND seq = 3)"
        text = statement.replace("THIRD", f"tenant_id = {{tenant}} AND id = {entry}")
        composed = sql.SQL(text).format(tenant=sql.Literal(self.tenant))
        with psycopg.connect(self.connections.administrator) as connection:
            assert connection.execute(composed).rowcount > 0


@pytest.fixture
async def trail(database: Connections) -> AsyncIterator[Trail]:
    pool = Database.connect(database.app_url, pool_size=2)
    made = Trail(pool, database, f"trail-{uuid4().hex[:8]}")
    await made.write(ENTRIES)
    assert await made.seal() == ENTRIES
    yield made
    await pool.close()


async def test_an_untouched_trail_holds(trail: Trail) -> None:
    assert await trail.broken() is None
    await trail.write(2)
    assert await trail.broken() is None, "what is not sealed yet breaks nothing"
    assert await trail.seal() == 2
    assert await trail.seal() == 0
    assert await trail.broken() is None


@pytest.mark.parametrize(
    "change",
    [
        "at = at - interval '1 hour'",
        "actor = 'staff:y'",
        "action = 'case.declined'",
        "object_kind = 'timer'",
        "object_id = '99'",
        "before = NULL",
        "after = after || jsonb_build_object('n', 9)",
        "reason = 'afterwards'",
        "rules = ARRAY['TA-15-3', 'TA-15-2']",
        "correlation_id = repeat('d', 32)",
    ],
)
async def test_an_altered_entry_breaks_its_link(trail: Trail, change: str) -> None:
    trail.tamper("UPDATE audit_entry SET CHANGE WHERE THIRD".replace("CHANGE", change))
    assert await trail.broken() == 3


@pytest.mark.parametrize(
    ("change", "link"),
    [
        ("DELETE FROM audit_entry WHERE THIRD", 3),
        ("DELETE FROM audit_seal WHERE tenant_id = {tenant} AND seq = 3", 4),
        ("DELETE FROM audit_seal WHERE tenant_id = {tenant} AND seq = 1", 2),
        ("UPDATE audit_seal SET digest = repeat('0', 64) WHERE tenant_id = {tenant} AND seq = 3", 3),
        ("UPDATE audit_seal SET seq = seq + 100 WHERE tenant_id = {tenant} AND seq >= 3", 103),
    ],
)
async def test_a_removed_or_moved_link_is_found(trail: Trail, change: str, link: int) -> None:
    trail.tamper(change)
    assert await trail.broken() == link


async def test_an_entry_removed_with_its_seal_is_found(trail: Trail) -> None:
    trail.tamper("DELETE FROM audit_entry WHERE THIRD")
    trail.tamper("DELETE FROM audit_seal WHERE tenant_id = {tenant} AND seq = 3")
    trail.tamper("UPDATE audit_seal SET seq = seq - 1 WHERE tenant_id = {tenant} AND seq = 4")
    assert await trail.broken() == 3


async def test_two_entries_that_exchange_their_objects_are_found(trail: Trail) -> None:
    trail.tamper(
        "UPDATE audit_entry SET object_id = CASE object_id WHEN '2' THEN '4' ELSE '2' END"
        " WHERE tenant_id = {tenant} AND object_id IN ('2', '4')"
    )
    assert await trail.broken() == 3


async def test_the_owner_of_the_tables_cannot_slip_through_either(trail: Trail) -> None:
    """The owner could bind a tenant and write, but cannot mend the chain without knowing every link after it."""
    with psycopg.connect(trail.connections.dsn("owner")) as connection:
        connection.execute(sql.SQL("SET LOCAL app.tenant_id = {}").format(sql.Literal(trail.tenant)))
        changed = connection.execute("UPDATE audit_entry SET actor = 'nobody' WHERE object_id = '2'")
        assert changed.rowcount == 1
    assert await trail.broken() == 3


async def test_each_tenant_has_a_chain_of_its_own(trail: Trail) -> None:
    other = Trail(trail.pool, trail.connections, f"{trail.tenant}-b")
    await other.write(2)
    assert await other.seal() == 2
    other.tamper("UPDATE audit_entry SET actor = 'staff:y' WHERE tenant_id = {tenant}")
    assert await other.broken() == 1
    assert await trail.broken() is None
