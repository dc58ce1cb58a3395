"""Connections to PostgreSQL: one bounded, checked pool per role."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import event
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session, UOWTransaction

from casework.kernel.models import TenantRow


class Bound(Session):
    """A session that knows its tenant and instant and stamps every row with them."""


@event.listens_for(Bound, "before_flush")
def _stamp(session: Session, _context: UOWTransaction, _instances: object) -> None:
    now: datetime | None = session.info.get("now")
    tenant: str | None = session.info.get("tenant")
    for row in session.new:
        if isinstance(row, TenantRow) and now is not None and tenant is not None:
            _note_identity(session, row)
            row.tenant_id = tenant
            row.created_at = row.created_at or now
            row.updated_at = now
    for row in session.dirty:
        if isinstance(row, TenantRow) and now is not None and session.is_modified(row):
            _note_identity(session, row)
            row.updated_at = now


def _note_identity(session: Session, row: TenantRow) -> None:
    if row.says_who:
        session.info["says_who"] = True


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
            pool_pre_ping=True,
            pool_recycle=1800,
            connect_args={
                "options": f"-c timezone=UTC -c statement_timeout={statement_timeout_ms}"
                " -c idle_in_transaction_session_timeout=30000 -c lock_timeout=10000"
            },
        )
        return cls(engine, async_sessionmaker(engine, sync_session_class=Bound, expire_on_commit=False))

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """Lend a session; it is rolled back and closed at the end unless its Work committed."""
        async with self.sessions() as session:
            yield session

    async def close(self) -> None:
        """Close the pool."""
        await self.engine.dispose()
