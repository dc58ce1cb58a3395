"""Publishing a profile: it becomes an immutable revision and judges what comes in from now on (S-X-10)."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from casework.kernel.audit import AuditEntry
from casework.kernel.clock import Clock
from casework.kernel.database import Database
from casework.kernel.outbox import OutboxEvent, OutboxState
from casework.kernel.tenancy import Tenant, bind_tenant
from casework.regulation.models import ProfileRevision, RevisionStatus
from tenants.loader import dump, profile_sha256
from tenants.profile import Profile


async def publish(database: Database, clock: Clock, profile: Profile, published_by: str) -> UUID | None:
    """Publish a profile for its tenant; None when exactly this content is in force already.

    It works below `Work`, because the first publication is what makes a tenant able to do any work.
    """
    async with database.session() as session, session.begin():
        now = clock.now()
        session.sync_session.info.update(now=now, tenant=profile.tenant)
        await bind_tenant(session, profile.tenant)
        await session.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": f"publish:{profile.tenant}"}
        )
        await _register(session, profile)
        newest = await _newest(session, profile.tenant)
        sha256 = profile_sha256(profile)
        if newest is not None and newest.sha256 == sha256:
            return None
        row = _revision(profile, sha256, published_by, now, 1 + await _highest(session, profile.tenant))
        if newest is not None:
            newest.status = RevisionStatus.SUPERSEDED
        session.add(row)
        await session.flush()
        _tell(session, row, now, published_by)
        return row.id


async def _register(session: AsyncSession, profile: Profile) -> None:
    facts = {
        "name_zh": profile.names.zh,
        "name_en": profile.names.en,
        "province_code": profile.province.code,
        "province_zh": profile.province.zh,
        "admin_level": profile.root.admin_level,
    }
    known = insert(Tenant).values(code=profile.tenant, **facts)
    await session.execute(known.on_conflict_do_update(index_elements=["code"], set_=facts))


async def _newest(session: AsyncSession, tenant: str) -> ProfileRevision | None:
    query = (
        select(ProfileRevision)
        .where(ProfileRevision.tenant_id == tenant, ProfileRevision.status == RevisionStatus.PUBLISHED)
        .order_by(ProfileRevision.revision.desc())
        .limit(1)
    )
    return (await session.scalars(query)).one_or_none()


async def _highest(session: AsyncSession, tenant: str) -> int:
    query = select(func.max(ProfileRevision.revision)).where(ProfileRevision.tenant_id == tenant)
    return int(await session.scalar(query) or 0)


def _revision(profile: Profile, sha256: str, published_by: str, now: datetime, number: int) -> ProfileRevision:
    return ProfileRevision(
        tenant_id=profile.tenant,
        revision=number,
        document=dump(profile),
        sha256=sha256,
        valid_from=profile.validity.valid_from,
        valid_to=profile.validity.valid_to,
        validity_kind=profile.validity.kind,
        status=RevisionStatus.PUBLISHED,
        published_by=published_by,
        published_at=now.astimezone(UTC),
    )


def _tell(session: AsyncSession, row: ProfileRevision, now: datetime, actor: str) -> None:
    payload = {"revision": row.revision, "sha256": row.sha256}
    correlation_id = uuid4().hex
    session.add(
        OutboxEvent(
            name="profile.published", aggregate="profile", aggregate_id=row.id, occurred_at=now, actor=actor,
            correlation_id=correlation_id, payload=payload, rules=[], state=OutboxState.PENDING, attempts=0,
        )
    )  # fmt: skip
    session.add(
        AuditEntry(
            at=now, actor=actor, action="profile.published", object_kind="profile", object_id=str(row.id),
            before=None, after=payload, reason=None, rules=[], correlation_id=correlation_id,
        )
    )  # fmt: skip
