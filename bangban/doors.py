"""The doors of the office: the web application with its schemas, its lanes for reading and its checks of readiness.

Workers open none, so nothing here is loaded by them.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import asynccontextmanager

from sqlalchemy import select, text
from starlette.applications import Starlette

from authz.actor import ActorKind
from authz.issuers import Issuer, read_issuers
from authz.tokens import Claims, DevelopmentIssuer, Issuers
from bangban.faults import SetupError
from bangban.identify import identification
from bangban.migrating import newest_revision
from bangban.settings import CHECKOUT, Settings
from bangban.wiring import Wiring
from casework.kernel.database import Database
from casework.kernel.lanes import Lanes
from casework.kernel.outbox import backlog
from casework.kernel.tenancy import Tenant, bind_tenant, province_setting
from casework.kernel.work import Office
from schema.app import Lifespan, create_app
from schema.app import Wiring as DoorWiring
from schema.build import DoorSchema
from schema.manifest import read_manifest, register
from schema.roots import office_schema, province_schema

GRAPHIQL = CHECKOUT / "bangban" / "graphiql" / "dist"
PROVINCE_POOL = 2
"""Connections of the province's role for planned reads, and as many for all others."""


def make_app(wiring: Wiring) -> Starlette:
    """Make the web application with its own office."""
    serving = schemas()
    register_documents(wiring.settings, serving.values())
    reading = max(2, wiring.settings.pool_size // 2)
    office = wiring.make_office(wiring.settings.pool_size - reading)
    lanes = Lanes(wiring.connections.dsn("app"), reading)
    province = Database.connect(wiring.connections.province_url, pool_size=PROVINCE_POOL)
    province_lanes = Lanes(wiring.connections.dsn("province"), PROVINCE_POOL, province_setting)
    issuers = Issuers(tuple(_issuers(wiring.settings)))

    async def verify(token: str) -> Claims:
        return await issuers.verify_async(token, int(wiring.clock.now().timestamp()))

    return create_app(
        DoorWiring(
            office=office,
            schemas=serving,
            verify=verify,
            authenticate=identification(office),
            graphiql=GRAPHIQL,
            province=province,
            lanes=lanes,
            province_lanes=province_lanes,
            registered_only=restricted(wiring.settings),
            readiness={"database": _database_ready(office)},
            outbox_backlog=_backlog_of(office),
            body_limit=wiring.settings.body_limit,
            lifespan=_closing(office, province, lanes, province_lanes),
        )
    )


def schemas() -> dict[ActorKind | None, DoorSchema]:
    """Which schema serves which kind of caller; a province sees nothing but its own."""
    office, province = office_schema(), province_schema()
    return {
        None: office,
        ActorKind.STAFF: office,
        ActorKind.APPLICANT: office,
        ActorKind.INTEGRATOR: office,
        ActorKind.PROVINCE: province,
    }


def register_documents(settings: Settings, serving: Iterable[DoorSchema]) -> None:
    """Register the documents of the portals; with one that cannot be answered the office does not open."""
    if settings.documents is None:
        return
    problems = register(read_manifest(settings.documents), serving)
    if problems:
        raise SetupError("the registered documents are not usable", "\n".join(f"  {problem}" for problem in problems))


def restricted(settings: Settings) -> frozenset[ActorKind | None]:
    """Tell who is answered registered documents only; whoever leaves his token at home gains nothing by it."""
    kinds = {ActorKind(kind) for kind in settings.registered_only.split(",") if kind}
    return frozenset({*kinds, None}) if kinds else frozenset()


def _issuers(settings: Settings) -> Iterator[Issuer]:
    """Name the issuers whose tokens count; the development issuer never in production."""
    if settings.issuers_file:
        yield from read_issuers(settings.issuers_file)
    if not settings.production:
        yield DevelopmentIssuer.open(settings.data_home).issuer()


def _database_ready(office: Office) -> Callable[[], Awaitable[str | None]]:
    newest = newest_revision()

    async def check() -> str | None:
        async with office.database.session() as session:
            present = await session.scalar(text("SELECT version_num FROM alembic_version"))
        return None if present == newest else f"the schema is at {present}, this program needs {newest}: migrate"

    return check


def _backlog_of(office: Office) -> Callable[[], Awaitable[float]]:
    async def count() -> float:
        total = 0
        async with office.database.session() as session:
            for tenant in (await session.scalars(select(Tenant.code))).all():
                await bind_tenant(session, tenant)
                total += await backlog(session, tenant)
        return float(total)

    return count


def _closing(office: Office, province: Database, *lanes: Lanes) -> Lifespan:
    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        for each in lanes:
            await each.close()
        await office.database.close()
        await province.close()

    return lifespan
