"""The doctor: looks at everything that has to be right, says what is not and what to do."""

import asyncio
import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

import psycopg

from bangban.connections import Connections
from bangban.database_roles import Role
from bangban.faults import SetupError
from bangban.findings import Finding, Level
from bangban.settings import PREFIX, Settings, variable_of
from bangban.survey import Survey

LITTLE_SPACE = 1 << 30
KNOWN_BESIDE_SETTINGS = frozenset({"BANGBAN_LIFELINE", "BANGBAN_REQUIRE_SERVICES", "BANGBAN_TEST_RUN"})


def examine(settings: Settings, connections: Connections) -> Iterator[Finding]:
    """Look at everything; a part that cannot be looked at is a finding too."""
    from bangban.doctor_database import calendars, cities, migrations, roles, row_level_security, server_version

    parts: tuple[tuple[str, Callable[[], Iterator[Finding]]], ...] = (
        ("settings", lambda: environment(settings)),
        ("data home", lambda: data_home(settings)),
        ("server", lambda: server_version(connections)),
        ("roles", lambda: roles(connections)),
        ("migrations", lambda: migrations(connections)),
        ("row-level security", lambda: row_level_security(connections)),
        ("clock", lambda: clock(settings, connections)),
        ("broker", lambda: broker(settings, connections)),
        ("outbox", lambda: outbox(connections)),
        ("audit trail", lambda: audit_trail(connections)),
        ("cities", lambda: cities(connections)),
        ("calendar", lambda: calendars(connections, datetime.now(UTC).year)),
    )
    for subject, look in parts:
        try:
            yield from look()
        except (psycopg.Error, SetupError, OSError) as error:
            yield Finding(Level.FAIL, subject, f"cannot be examined: {error}".strip(), "Mend the lines above first.")


def environment(settings: Settings) -> Iterator[Finding]:
    """Find variables that look like settings and are none, and conveniences that are on."""
    known = {variable_of(name) for name in Settings.model_fields} | KNOWN_BESIDE_SETTINGS
    unknown = sorted(name for name in os.environ if name.startswith(PREFIX) and name not in known)
    if unknown:
        yield Finding(Level.WARN, "settings", f"unknown: {', '.join(unknown)}", "See `python -m bangban --help`.")
    if settings.clock_file:
        yield Finding(Level.WARN, "settings", f"the clock is set by {settings.clock_file}", "Unset BANGBAN_CLOCK_FILE.")
    if not settings.production:
        yield Finding(
            Level.OK, "settings", f"{settings.environment.value}: the development issuer's tokens are accepted"
        )
    else:
        yield Finding(Level.OK, "settings", "production")


def data_home(settings: Settings) -> Iterator[Finding]:
    """Look at the disk, and at who else can read the secrets."""
    home = settings.data_home
    if not home.exists():
        yield Finding(Level.OK, "data home", f"{home} is not needed yet")
        return
    free = shutil.disk_usage(home).free
    level = Level.OK if free > LITTLE_SPACE else Level.WARN
    yield Finding(
        level, "data home", f"{home}, {free >> 20:,} MB free", "" if level is Level.OK else "Free some space."
    )
    for secret in sorted(home.glob("*.json")):
        if secret.name != "running.json" and secret.stat().st_mode & 0o077:
            yield Finding(Level.FAIL, "data home", f"others can read {secret.name}", f"chmod 600 {secret}")


def clock(settings: Settings, connections: Connections) -> Iterator[Finding]:
    """Compare the host's clock with the database's: limits are kept by the one, wake-ups by the other."""
    with psycopg.connect(connections.dsn(Role.APP)) as connection:
        connection.execute("SELECT 1")
        before = time.time()
        row = connection.execute("SELECT extract(epoch FROM clock_timestamp())::float8").fetchone()
        after = time.time()
    skew = float(row[0]) - (before + after) / 2 if row else 0.0
    level = Level.OK if abs(skew) < 1 else Level.WARN if abs(skew) < 30 else Level.FAIL
    advice = "" if level is Level.OK else "Let both machines follow the same time servers (chrony, ntpd)."
    yield Finding(level, "clock", f"database and host differ by {abs(skew):.3f} s", advice)


def broker(settings: Settings, connections: Connections) -> Iterator[Finding]:
    """Try the broker."""
    from workers.broker import BrokerSettings, broker_fault, broker_warning, make_broker

    made = make_broker(BrokerSettings(url=settings.broker_url, pg_url=connections.app_url))
    try:
        fault = broker_fault(made)
        warning = None if fault else broker_warning(made)
    finally:
        made.close()
    if fault:
        advice = "Start it or correct BROKER_URL; until then the sweeper alone carries events, late."
        yield Finding(Level.FAIL, "broker", f"{settings.broker_kind} does not answer: {fault}", advice)
    elif warning:
        yield Finding(Level.WARN, "broker", f"{settings.broker_kind} answers", warning)
    else:
        yield Finding(Level.OK, "broker", f"{settings.broker_kind} answers")


def outbox(connections: Connections) -> Iterator[Finding]:
    """Look for events that workers gave up: what they ask for has not happened."""
    given_up = Survey(connections).given_up()
    if given_up:
        advice = "See `python -m bangban outbox list`; once the cause is mended, `outbox revive`."
        yield Finding(Level.WARN, "outbox", f"{len(given_up)} event(s) were given up", advice)
    else:
        yield Finding(Level.OK, "outbox", "no event was given up")


def audit_trail(connections: Connections) -> Iterator[Finding]:
    """Walk the audit chain of every city; a link that does not hold means that somebody changed the past."""
    from casework.kernel.audit import first_broken_link
    from casework.kernel.database import Database
    from casework.kernel.tenancy import bind_tenant

    async def walk(tenants: Sequence[str]) -> dict[str, int]:
        database = Database.connect(connections.app_url, pool_size=1, statement_timeout_ms=120_000)
        broken: dict[str, int] = {}
        try:
            for tenant in tenants:
                async with database.session() as session:
                    await bind_tenant(session, tenant)
                    link = await first_broken_link(session, tenant)
                if link is not None:
                    broken[tenant] = link
        finally:
            await database.close()
        return broken

    tenants = sorted(Survey(connections).tenants())
    broken = asyncio.run(walk(tenants))
    for tenant, link in broken.items():
        advice = "Keep this database as it is and compare it with a backup: an entry was changed or removed."
        yield Finding(Level.FAIL, "audit trail", f"{tenant}: link {link} does not hold", advice)
    if not broken:
        yield Finding(Level.OK, "audit trail", f"the chains of {len(tenants)} cities hold")
