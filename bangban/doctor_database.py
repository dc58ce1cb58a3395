"""What the doctor finds in the database: version, roles, row-level security, migrations, cities, calendars."""

from collections.abc import Iterator

import psycopg

from bangban.connections import Connections
from bangban.database_roles import Role, faults_of_roles
from bangban.findings import Finding, Level
from bangban.migrating import newest_revision, present_revision
from bangban.survey import Survey

OLDEST, TRIED = 150000, 190000

UNGUARDED = """
SELECT class.relname, class.relrowsecurity, class.relforcerowsecurity,
       (SELECT count(*) FROM pg_policy WHERE polrelid = class.oid),
       (SELECT bool_and(polpermissive) FROM pg_policy WHERE polrelid = class.oid)
FROM pg_class class
JOIN pg_namespace space ON space.oid = class.relnamespace AND space.nspname = 'public'
JOIN pg_attribute attribute ON attribute.attrelid = class.oid AND attribute.attname = 'tenant_id'
                           AND NOT attribute.attisdropped
WHERE class.relkind IN ('r', 'p')
ORDER BY class.relname
"""

OWNED_BY_APP = "SELECT relname FROM pg_class WHERE pg_get_userbyid(relowner) = %s AND relkind IN ('r', 'p', 'v', 'S')"

MEMBERSHIPS = """
SELECT granted.rolname FROM pg_auth_members
JOIN pg_roles granted ON granted.oid = roleid JOIN pg_roles holder ON holder.oid = member
WHERE holder.rolname = %s
"""

NOTICES = """
SELECT tenant_id, extract(year FROM day)::int FROM calendar_day
WHERE extract(month FROM day) = %s AND extract(day FROM day) = %s AND NOT provisional
"""


def server_version(connections: Connections) -> Iterator[Finding]:
    """Look at the server's version and at how the database sorts."""
    with psycopg.connect(connections.dsn(Role.APP)) as connection:
        version = connection.info.server_version
        row = connection.execute(
            "SELECT datcollate, pg_encoding_to_char(encoding) FROM pg_database WHERE datname = current_database()"
        ).fetchone()
    name = f"PostgreSQL {version // 10000}.{version % 10000}"
    kind = "embedded" if connections.server else "external"
    if version < OLDEST:
        yield Finding(Level.FAIL, "server", f"{name} ({kind}) is too old", "Bangban needs PostgreSQL 15 or later.")
    elif version >= TRIED:
        yield Finding(
            Level.WARN, "server", f"{name} ({kind}) is newer than what was tried", "Run the tests on it first."
        )
    else:
        yield Finding(Level.OK, "server", f"{name} ({kind}), {row[1]}, sorts by {row[0]}" if row else name)


def roles(connections: Connections) -> Iterator[Finding]:
    """Find roles that may more than they should; the program's own may neither own nor inherit."""
    with psycopg.connect(connections.dsn(Role.APP)) as connection:
        faults = faults_of_roles(connection)
        owned = [str(row[0]) for row in connection.execute(OWNED_BY_APP, [Role.APP.account])]
        memberships = [str(row[0]) for row in connection.execute(MEMBERSHIPS, [Role.APP.account])]
    for fault in faults:
        yield Finding(Level.FAIL, "roles", "a role is not as it must be", f"As administrator: {fault}")
    if owned:
        yield Finding(
            Level.FAIL,
            "roles",
            f"{Role.APP.account} owns {', '.join(owned)}",
            f"As administrator: REASSIGN OWNED BY {Role.APP.account} TO {Role.OWNER.account}",
        )
    for membership in memberships:
        advice = f"As administrator: REVOKE {membership} FROM {Role.APP.account}"
        yield Finding(Level.FAIL, "roles", f"{Role.APP.account} is a member of {membership}", advice)
    if not (faults or owned or memberships):
        yield Finding(Level.OK, "roles", "the program's role owns nothing and bypasses nothing")


def migrations(connections: Connections) -> Iterator[Finding]:
    """Compare the schema's revision with this checkout's."""
    with psycopg.connect(connections.dsn(Role.APP)) as connection:
        present, newest = present_revision(connection), newest_revision()
    if present == newest:
        yield Finding(Level.OK, "migrations", f"at the newest revision {newest}")
    else:
        yield Finding(Level.FAIL, "migrations", f"at {present}, newest is {newest}", "Run `python -m bangban migrate`.")


def row_level_security(connections: Connections) -> Iterator[Finding]:
    """Find tenant tables whose rows other tenants could see: not enabled, not forced, or not exactly one policy."""
    with psycopg.connect(connections.dsn(Role.APP)) as connection:
        tables = connection.execute(UNGUARDED).fetchall()
    open_tables = 0
    for name, enabled, forced, policies, permissive in tables:
        wrong = [
            word
            for word, fine in (
                ("not enabled", enabled),
                ("not forced", forced),
                (f"{policies} policies instead of one", policies == 1),
                ("a restrictive policy", permissive or policies == 0),
            )
            if not fine
        ]
        if wrong:
            open_tables += 1
            advice = "Stop the program; a migration must restore what 0002_row_level_security made."
            yield Finding(Level.FAIL, "row-level security", f"{name}: {', '.join(wrong)}", advice)
    if not tables:
        yield Finding(
            Level.FAIL, "row-level security", "there are no tenant tables", "Run `python -m bangban migrate`."
        )
    elif not open_tables:
        found = f"enabled and forced with one policy on {len(tables)} tables"
        yield Finding(Level.OK, "row-level security", found)


def cities(connections: Connections) -> Iterator[Finding]:
    """Find cities that have no profile, and profiles in force."""
    survey = Survey(connections)
    published, tenants = survey.published(), survey.tenants()
    for tenant in sorted(tenants.keys() - published.keys()):
        advice = f"Run `python -m bangban city publish {tenant}`."
        yield Finding(Level.FAIL, "cities", f"{tenant} has no published profile", advice)
    if published:
        listed = ", ".join(f"{tenant} r{found.revision}" for tenant, found in sorted(published.items()))
        yield Finding(Level.OK, "cities", f"profiles in force: {listed}")
    else:
        yield Finding(Level.WARN, "cities", "no profile is published", "Run `python -m bangban city publish`.")


def calendars(connections: Connections, this_year: int) -> Iterator[Finding]:
    """Find cities without the official holidays of this year (limits would be wrong) or of the next (provisional)."""
    from casework.deadlines.load import NO_HOLIDAYS
    from casework.deadlines.seed import NATIONAL_DAY

    with psycopg.connect(connections.dsn(Role.BACKUP)) as connection:
        noticed = {(str(tenant), int(year)) for tenant, year in connection.execute(NOTICES, NATIONAL_DAY)}
    cities_by_gap: dict[tuple[int, ...], list[str]] = {}
    for tenant, profile in sorted(Survey(connections).published().items()):
        follows = profile.document.get("calendar", {}).get("holidays") != NO_HOLIDAYS
        missing = [year for year in (this_year, this_year + 1) if follows and (tenant, year) not in noticed]
        cities_by_gap.setdefault(tuple(missing), []).append(tenant)
    for gap, named in cities_by_gap.items():
        yield _calendar_finding(", ".join(named), gap, this_year)


def _calendar_finding(named: str, gap: tuple[int, ...], this_year: int) -> Finding:
    if not gap:
        return Finding(Level.OK, "calendar", f"{this_year} and {this_year + 1} are known: {named}")
    years = " and ".join(map(str, gap))
    advice = "Import the State Council's notice when it is out (usually November); dates until then are provisional."
    level = Level.FAIL if this_year in gap else Level.WARN
    return Finding(level, "calendar", f"no official holidays for {years}: {named}", advice)
