"""Wiring: the one place where settings become an office, its doors and its workers."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlalchemy import select, text
from starlette.applications import Starlette

from authz.actor import ActorKind
from authz.issuers import Issuer, read_issuers
from authz.tokens import Claims, DevelopmentIssuer, Issuers
from bangban.clocks import clock_of
from bangban.connections import Connections
from bangban.faults import SetupError
from bangban.identify import identification
from bangban.keys import load_vault
from bangban.migrating import newest_revision
from bangban.settings import CHECKOUT, Settings
from casework.kernel.clock import Clock
from casework.kernel.database import Database
from casework.kernel.lanes import Lanes
from casework.kernel.outbox import backlog
from casework.kernel.tenancy import Tenant, bind_tenant, province_setting
from casework.kernel.vault import open_vault
from casework.kernel.work import Office
from casework.regulation.shelf import Shelf
from schema import app as doors
from schema.build import DoorSchema
from schema.logs import configure_logging
from schema.manifest import read_manifest, register
from schema.roots import office_schema, province_schema
from workers.broker import BrokerSettings

GRAPHIQL = CHECKOUT / "bangban" / "graphiql" / "dist"
PROVINCE_POOL = 2
"""Connections of the province's role for planned reads, and as many for all others."""


@dataclass(frozen=True)
class Wiring:
    """The wired program: what the API, the workers and the commands are made from."""

    settings: Settings
    connections: Connections
    clock: Clock

    def make_office(self, pool_size: int | None = None) -> Office:
        """Make an office with a pool of its own; each event loop needs one."""
        database = Database.connect(self.connections.app_url, pool_size=pool_size or self.settings.pool_size)
        return Office(database, self.clock, Shelf())

    @property
    def broker_settings(self) -> BrokerSettings:
        """Where the broker is."""
        return BrokerSettings(url=self.settings.broker_url, pg_url=self.connections.app_url)

    @property
    def worker_threads(self) -> int:
        """How many jobs one worker process may have in hand at once."""
        return self.settings.worker_threads

    def issuers(self) -> Issuers:
        """The issuers whose tokens count; the development issuer never in production."""
        return Issuers(self._registered_issuers())

    def _registered_issuers(self) -> tuple[Issuer, ...]:
        given = read_issuers(self.settings.issuers_file) if self.settings.issuers_file else ()
        if self.settings.production:
            return given
        return (*given, self.development_issuer().issuer())

    def development_issuer(self) -> DevelopmentIssuer:
        """The issuer of sample tokens, with its own key in the data home."""
        return DevelopmentIssuer.open(self.settings.data_home)

    def app(self) -> Starlette:
        """Make the web application with its own office."""
        serving = schemas()
        register_documents(self.settings, serving.values())
        reading = max(2, self.settings.pool_size // 2)
        office = self.make_office(self.settings.pool_size - reading)
        lanes = Lanes(self.connections.dsn("app"), reading)
        province = Database.connect(self.connections.province_url, pool_size=PROVINCE_POOL)
        province_lanes = Lanes(self.connections.dsn("province"), PROVINCE_POOL, province_setting)
        issuers = self.issuers()

        async def verify(token: str) -> Claims:
            return await issuers.verify_async(token, int(self.clock.now().timestamp()))

        return doors.create_app(
            doors.Wiring(
                office=office,
                schemas=serving,
                verify=verify,
                authenticate=identification(office),
                graphiql=GRAPHIQL,
                province=province,
                lanes=lanes,
                province_lanes=province_lanes,
                registered_only=restricted(self.settings),
                readiness={"database": _database_ready(office)},
                outbox_backlog=_backlog_of(office),
                body_limit=self.settings.body_limit,
                lifespan=_closing(office, province, lanes, province_lanes),
            )
        )


def wire(settings: Settings, connections: Connections) -> Wiring:
    """Wire the program: keys, clock, logs."""
    open_vault(load_vault(settings))
    configure_logging(level=settings.log_level)
    return Wiring(settings, connections, clock_of(settings))


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


def _closing(office: Office, province: Database, *lanes: Lanes) -> doors.Lifespan:
    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        for each in lanes:
            await each.close()
        await office.database.close()
        await province.close()

    return lifespan
