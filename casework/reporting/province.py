"""The province's desk: where a provincial supervisor reads published figures, and nothing else (Q90, SOD11)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy.ext.asyncio import AsyncSession

from authz.actor import Actor, ActorKind
from authz.decide import Resource, decide
from authz.table import CityRole, PermissionTable, compile_table
from casework.kernel.database import Database
from casework.kernel.errors import forbidden
from casework.kernel.tenancy import bind_province

COMPARE = "report.province_compare"
NO_CITY = "-"


@dataclass(frozen=True)
class ProvinceCode:
    """A province, as the permissions want to know it."""

    code: str


@dataclass(frozen=True)
class ProvinceOffice:
    """A province as a place where people work: no city and no city's roles, only the platform's own."""

    province: ProvinceCode
    tenant: str = NO_CITY
    revision: int = 0
    roles: tuple[CityRole, ...] = ()


@lru_cache(maxsize=64)
def permissions_of(province: str) -> PermissionTable:
    """Compile who may do what for a province as a whole."""
    return compile_table(ProvinceOffice(ProvinceCode(province)))


def may_compare(actor: Actor) -> bool:
    """Tell whether an actor may read the figures of his province."""
    if actor.kind is not ActorKind.PROVINCE or actor.province is None:
        return False
    return decide(permissions_of(actor.province), actor, COMPARE, Resource()).allowed


@asynccontextmanager
async def open_desk(database: Database, actor: Actor) -> AsyncIterator[AsyncSession]:
    """Open a session of the province's database role, bound to the actor's own province; it never writes."""
    province = actor.province
    if province is None or not may_compare(actor):
        raise forbidden(COMPARE)
    async with database.session() as session:
        await bind_province(session, province)
        yield session
