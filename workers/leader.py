"""One leader among the worker processes, by a lock that PostgreSQL gives to one session and takes back when it ends."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import NullPool, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from casework.kernel.database import Database
from workers.pace import Pace

LOCK = {"room": 0x62616E67, "pulse": 1}
"""The key of the lock: the letters "bang", and the first of possible pulses."""

TRY = text("SELECT pg_try_advisory_lock(:room, :pulse)")


class LostLeadError(Exception):
    """The session that held the lock is gone, and the lead with it."""


@asynccontextmanager
async def leadership(database: Database, pace: Pace) -> AsyncIterator[AsyncConnection]:
    """Stand by until nobody else leads, then lead while the block runs.

    The session is outside the pool: it ends with the block, and its end is what gives the lock back. PostgreSQL ends
    it too when its owner stays silent (a frozen process), so that another can lead.
    """
    engine = create_async_engine(database.engine.url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    async with engine.connect() as session:
        await _stand_by(session, pace)
        await session.execute(text(f"SET idle_session_timeout = {int(pace.frozen_seconds * 1000)}"))
        yield session


async def _stand_by(session: AsyncConnection, pace: Pace) -> None:
    """Ask again and again: waiting inside PostgreSQL would hold a snapshot and keep it from cleaning up."""
    while True:
        if await session.scalar(TRY, LOCK):
            return
        await asyncio.sleep(pace.election_seconds)


async def hold(session: AsyncConnection, pace: Pace) -> None:
    """Prove life again and again; raises when the session is gone."""
    while True:
        await asyncio.sleep(pace.election_seconds)
        try:
            async with asyncio.timeout(pace.frozen_seconds):
                await session.execute(text("SELECT"))
        except Exception as error:
            raise LostLeadError from error
