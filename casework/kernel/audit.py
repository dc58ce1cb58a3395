"""The audit trail: append-only entries, sealed afterwards into one hash chain per tenant.

Entries are written in the transaction of the deed; a worker seals them in order. Sealing later keeps two writers of
one tenant from waiting for each other; the price is that the last second is not yet chained (docs/decisions).
"""

import hashlib
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import BigInteger, String, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from casework.kernel.models import TenantRow, tenant_index, unique_within_tenant

GENESIS = "0" * 64


class AuditEntry(TenantRow):
    """One deed or one refused attempt: who, what, on which object, and why."""

    __tablename__ = "audit_entry"

    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str]
    object_kind: Mapped[str]
    object_id: Mapped[str]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    reason: Mapped[str | None]
    rules: Mapped[list[str]]
    correlation_id: Mapped[str]

    __table_args__ = (tenant_index("object_id"), tenant_index("at"))


class AuditSeal(TenantRow):
    """One link of the tenant's chain: the entry's digest bound to the link before it."""

    __tablename__ = "audit_seal"

    seq: Mapped[int] = mapped_column(BigInteger)
    entry_id: Mapped[UUID]
    digest: Mapped[str] = mapped_column(String(64))

    __table_args__ = (unique_within_tenant("seq"), unique_within_tenant("entry_id"))


def digest_of(previous: str, entry: AuditEntry) -> str:
    """Bind an entry to the link before it."""
    facts = [
        previous,
        entry.tenant_id,
        str(entry.id),
        entry.at.astimezone(UTC).isoformat(),
        entry.actor,
        entry.action,
        entry.object_kind,
        entry.object_id,
        entry.before,
        entry.after,
        entry.reason,
        entry.rules,
        entry.correlation_id,
    ]
    return hashlib.sha256(orjson.dumps(facts, option=orjson.OPT_SORT_KEYS)).hexdigest()


async def _last_seal(session: AsyncSession, tenant: str) -> tuple[int, str, UUID]:
    last = select(AuditSeal).where(AuditSeal.tenant_id == tenant).order_by(AuditSeal.seq.desc()).limit(1)
    seal = await session.scalar(last)
    return (seal.seq, seal.digest, _shortly_before(seal.entry_id)) if seal else (0, GENESIS, UUID(int=0))


def _shortly_before(entry_id: UUID) -> UUID:
    """Reach back ten minutes in UUIDv7 order: an entry may be committed after a younger one was sealed."""
    milliseconds = entry_id.int >> 80
    return UUID(int=max(0, milliseconds - 600_000) << 80)


async def seal_entries(session: AsyncSession, tenant: str, size: int = 500) -> int:
    """Seal up to `size` unsealed entries in the order they were made; two sealers collide on the unique link number."""
    seq, digest, since = await _last_seal(session, tenant)
    sealed = select(AuditSeal.id).where(AuditSeal.tenant_id == tenant, AuditSeal.entry_id == AuditEntry.id)
    waiting = (
        select(AuditEntry)
        .where(AuditEntry.tenant_id == tenant, AuditEntry.id > since, ~sealed.exists())
        .order_by(AuditEntry.id)
        .limit(size)
    )
    entries = (await session.scalars(waiting)).all()
    for entry in entries:
        seq, digest = seq + 1, digest_of(digest, entry)
        session.add(AuditSeal(seq=seq, entry_id=entry.id, digest=digest))
    return len(entries)


async def first_broken_link(session: AsyncSession, tenant: str) -> int | None:
    """Walk the chain and name the first link that does not hold; None means the trail is intact."""
    digest = GENESIS
    expected = 1
    chain = (
        select(AuditSeal, AuditEntry)
        .outerjoin(AuditEntry, (AuditEntry.tenant_id == AuditSeal.tenant_id) & (AuditEntry.id == AuditSeal.entry_id))
        .where(AuditSeal.tenant_id == tenant)
        .order_by(AuditSeal.seq)
    )
    for seal, entry in (await session.execute(chain)).all():
        if entry is None or seal.seq != expected or digest_of(digest, entry) != seal.digest:
            return int(seal.seq)
        digest, expected = seal.digest, expected + 1
    return None
