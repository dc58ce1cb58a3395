"""What a request works with: one session, bound to the city or the province, and the dataloaders over it."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import defer
from strawberry.dataloader import DataLoader

from casework.cases.models import CaseStep, OneTimeNotice
from casework.catalogue.models import ServiceItem
from casework.deadlines.models import Timer
from casework.kernel.tenancy import bind_province, bind_tenant
from casework.mandates.models import Document
from casework.organisation.models import OrgUnit, StaffMember

Sessions = async_sessionmaker[AsyncSession]


@dataclass
class Desk:
    """One request: its session, which only one query at a time may use, and its dataloaders."""

    session: AsyncSession
    tenant: str
    province: str
    for_province: bool

    def __post_init__(self) -> None:
        """Make the dataloaders; they remember what they loaded for this request only."""
        self.one_at_a_time, self.bound = asyncio.Lock(), False
        self.units = self._one(OrgUnit)
        self.people = self._one(StaffMember)
        self.items = self._one(ServiceItem)
        self.timers = self._many(Timer, Timer.subject_id, Timer.started_at)
        self.steps = self._many(CaseStep, CaseStep.case_id, CaseStep.at)
        self.notices = self._many(OneTimeNotice, OneTimeNotice.case_id)
        # The sealed content of a form is not asked for and would be unsealed for nothing.
        self.documents = self._many(Document, Document.case_id, without=Document.data)

    async def rows(self, statement: Select[Any]) -> Sequence[Any]:
        """Load objects."""
        async with self._bound():
            found: Sequence[Any] = (await self.session.scalars(statement)).all()
            return found

    async def tuples(self, statement: Select[Any]) -> Sequence[Any]:
        """Load plain rows."""
        async with self._bound():
            found: Sequence[Any] = (await self.session.execute(statement)).all()
            return found

    @asynccontextmanager
    async def _bound(self) -> AsyncIterator[None]:
        """Bind the transaction before its first query; a question that asks no row needs no connection."""
        async with self.one_at_a_time:
            if not self.bound:
                self.bound = True
                await (
                    bind_province(self.session, self.province)
                    if self.for_province
                    else bind_tenant(self.session, self.tenant)
                )
            yield

    def _one(self, kind: Any) -> DataLoader[UUID, Any]:
        async def load(keys: list[UUID]) -> list[Any]:
            found = await self.rows(select(kind).where(kind.tenant_id == self.tenant, kind.id.in_(keys)))
            by_id = {row.id: row for row in found}
            return [by_id.get(key) for key in keys]

        return DataLoader(load)

    def _many(self, kind: Any, parent: Any, *order: Any, without: Any = None) -> DataLoader[UUID, list[Any]]:
        async def load(keys: list[UUID]) -> list[list[Any]]:
            query = select(kind).where(kind.tenant_id == self.tenant, parent.in_(keys)).order_by(*order, kind.id)
            by_parent: dict[UUID, list[Any]] = {key: [] for key in keys}
            for row in await self.rows(query.options(defer(without)) if without is not None else query):
                by_parent[getattr(row, parent.key)].append(row)
            return [by_parent[key] for key in keys]

        return DataLoader(load)


@dataclass(frozen=True)
class Desks:
    """Opens the sessions of requests: of the city's role, or of the province's."""

    city: Sessions
    over_cities: Sessions
    tenant: str
    province: str

    @classmethod
    def open_pools(cls, given: Mapping[str, str]) -> "Desks":
        """Open the pools that the run demands."""

        def pool(url: str) -> Sessions:
            engine = create_async_engine(url, pool_size=int(given["BENCH_POOL"]), max_overflow=0)
            return async_sessionmaker(engine, expire_on_commit=False)

        return cls(
            pool(given["BENCH_DATABASE_URL"]),
            pool(given["BENCH_PROVINCE_URL"]),
            given["BENCH_TENANT"],
            given["BENCH_PROVINCE"],
        )

    @asynccontextmanager
    async def open(self, *, for_province: bool) -> AsyncIterator[Desk]:
        """Open a session for the time of a request."""
        async with (self.over_cities if for_province else self.city)() as session:
            yield Desk(session, self.tenant, self.province, for_province)
