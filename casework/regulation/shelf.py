"""The shelf of published revisions: which one judges new matters, and each one that open cases are pinned to."""

from collections import OrderedDict
from collections.abc import Sequence
from functools import lru_cache
from uuid import UUID

from sqlalchemy import Dialect, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from authz.table import compile_table
from casework.kernel.errors import Code, Refusal
from casework.kernel.law import Regulation
from casework.regulation.models import ProfileRevision, RevisionStatus
from tenants.loader import from_document

SHELF_SIZE = 256


@lru_cache(maxsize=SHELF_SIZE)
def _newest(tenant: str) -> str:
    query = (
        select(ProfileRevision.id)
        .where(ProfileRevision.tenant_id == tenant, ProfileRevision.status == RevisionStatus.PUBLISHED)
        .order_by(ProfileRevision.revision.desc())
        .limit(1)
    )
    dialect: Dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    return str(query.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))


class Shelf:
    """Keeps compiled revisions in memory; a published revision never changes, so nothing here grows stale."""

    def __init__(self) -> None:
        self._compiled: OrderedDict[tuple[str, UUID], Regulation] = OrderedDict()

    def newest(self, tenant: str) -> str:
        """Write the query for the newest published revision; asked anew each time, so a publication counts at once."""
        return _newest(tenant)

    async def in_force(self, session: AsyncSession, tenant: str, newest: Sequence[Sequence[UUID]]) -> Regulation:
        """Give the newest published revision of the tenant."""
        if not newest:
            raise Refusal(
                Code.NOT_FOUND,
                "This tenant has no published profile yet; publish one with `python -m bangban city publish`.",
                "该租户尚未发布配置。",
            )
        return await self.revision(session, tenant, newest[0][0])

    def known(self, tenant: str, revision_id: UUID) -> Regulation | None:
        """Give one revision if it was compiled before."""
        return self._compiled.get((tenant, revision_id))

    async def revision(self, session: AsyncSession, tenant: str, revision_id: UUID) -> Regulation:
        """Give one revision, compiled on first use."""
        key = (tenant, revision_id)
        known = self._compiled.get(key)
        if known is not None:
            self._compiled.move_to_end(key)
            return known
        row = (
            await session.scalars(
                select(ProfileRevision).where(ProfileRevision.tenant_id == tenant, ProfileRevision.id == revision_id)
            )
        ).one()
        profile = from_document(row.document)
        regulation = Regulation(revision_id, profile, compile_table(profile))
        self._compiled[key] = regulation
        if len(self._compiled) > SHELF_SIZE:
            self._compiled.popitem(last=False)
        return regulation
