"""A city's published law as every room reads it: one profile revision, and the shelf on which all of them stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from authz.table import PermissionTable
from tenants.profile import Profile


@dataclass(frozen=True)
class Regulation:
    """A published profile revision with the permissions compiled from it."""

    revision_id: UUID
    profile: Profile
    table: PermissionTable

    def date_at(self, instant: datetime) -> date:
        """Tell the local date at the office."""
        return instant.astimezone(ZoneInfo(self.profile.calendar.timezone)).date()


class Regulations(Protocol):
    """The shelf of published revisions; the regulation room keeps it."""

    def newest(self, tenant: str) -> str:
        """Write the query for the id of the revision that judges new cases of the tenant."""
        ...

    async def in_force(self, session: AsyncSession, tenant: str, newest: Sequence[Sequence[UUID]]) -> Regulation:
        """Give the revision that judges new cases of the tenant, by what that query found."""
        ...

    async def revision(self, session: AsyncSession, tenant: str, revision_id: UUID) -> Regulation:
        """Give the revision that a case is pinned to."""
        ...

    def known(self, tenant: str, revision_id: UUID) -> Regulation | None:
        """Give a revision that is in memory already."""
        ...
