"""Without a binding nothing is seen and nothing written; a binding reaches one tenant only and ends with its transaction."""

import psycopg
import pytest
from psycopg import Rollback, sql
from sqlalchemy import Table

from casework.kernel.database import Database
from casework.kernel.tenancy import bind_province, bind_tenant
from tests.isolation.conftest import Worlds
from tests.isolation.probes import OTHERS, OURS, outcome
from tests.isolation.rows import CONTESTED, Connection, bind, insert, row_id, row_of, tenant_tables

TABLES = [pytest.param(table, id=table.name) for table in tenant_tables()]
NOT_ALLOWED = "42501"
BOUND = "SELECT current_setting('app.tenant_id', true)"


def refused(connection: Connection, query: str) -> str:
    with pytest.raises(psycopg.Error) as caught, connection.transaction():
        connection.execute(sql.SQL(query))
    return str(caught.value.sqlstate)


@pytest.mark.parametrize("role", ["app", "owner"])
def test_without_a_binding_nothing_is_visible(worlds: Worlds, role: str) -> None:
    """Not even for the owner of the tables, because row security is forced."""
    with psycopg.connect(worlds.shared.dsn(role)) as connection:
        seen = {
            table.name: outcome(connection, sql.SQL("SELECT * FROM {}").format(sql.Identifier(table.name)))
            for table in tenant_tables()
        }
    assert set(map(str, seen.values())) == {"('done', [])"}


@pytest.mark.parametrize("role", ["app", "owner"])
def test_without_a_binding_nothing_can_be_written(worlds: Worlds, role: str) -> None:
    with psycopg.connect(worlds.shared.dsn(role)) as connection:
        for table in tenant_tables():
            row = row_of(table, OURS, CONTESTED)
            assert outcome(connection, *insert(table, row))[:2] == ("refused", NOT_ALLOWED), table.name
            changed = sql.SQL("UPDATE {} SET updated_at = '2024-01-01Z'").format(sql.Identifier(table.name))
            assert outcome(connection, changed) in [("done", 0), ("refused", NOT_ALLOWED, None)], table.name


@pytest.mark.parametrize("nobody", ["", "nobody", "east,west", "%", "east "])
def test_a_binding_to_no_tenant_shows_nothing(worlds: Worlds, nobody: str) -> None:
    with psycopg.connect(worlds.shared.dsn("app")) as connection:
        bind(connection, nobody)
        for table in tenant_tables():
            counted = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table.name))
            assert outcome(connection, counted) == ("done", [(0,)])


@pytest.mark.parametrize("table", TABLES)
def test_a_row_of_another_tenant_is_refused(worlds: Worlds, table: Table) -> None:
    with psycopg.connect(worlds.shared.dsn("app")) as connection:
        bind(connection, OURS)
        foreign = insert(table, {**row_of(table, OURS, CONTESTED), "tenant_id": OTHERS})
        assert outcome(connection, *foreign) == ("refused", NOT_ALLOWED, None)
        given_away = sql.SQL("UPDATE {} SET tenant_id = {} WHERE id = {}").format(
            sql.Identifier(table.name), sql.Literal(OTHERS), sql.Literal(row_id(OURS, table.name, 1))
        )
        assert outcome(connection, given_away) == ("refused", NOT_ALLOWED, None)


@pytest.mark.parametrize(
    "attempt",
    [
        "ALTER TABLE service_case DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE service_case NO FORCE ROW LEVEL SECURITY",
        "DROP POLICY tenant_isolation ON service_case",
        "CREATE POLICY door ON service_case USING (true)",
        "CREATE TABLE loot AS SELECT * FROM service_case",
        "CREATE FUNCTION door() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
        "SET ROLE bangban_owner",
        "SET ROLE bangban_backup",
        "SET SESSION AUTHORIZATION bangban_owner",
        "ALTER ROLE bangban_app BYPASSRLS",
        "SET session_replication_role = replica",
        "SELECT setval('case_no_seq', 1)",
        "COPY service_case FROM PROGRAM 'true'",
    ],
)
def test_the_program_cannot_widen_its_own_reach(worlds: Worlds, attempt: str) -> None:
    with psycopg.connect(worlds.shared.dsn("app")) as connection:
        bind(connection, OURS)
        assert refused(connection, attempt) == NOT_ALLOWED


def test_asking_past_row_security_is_an_error_and_no_rows(worlds: Worlds) -> None:
    with psycopg.connect(worlds.shared.dsn("app")) as connection:
        bind(connection, OURS)
        connection.execute("SET LOCAL row_security = off")
        assert refused(connection, "SELECT * FROM service_case") == NOT_ALLOWED


@pytest.mark.parametrize("ending", ["commit", "rollback", "error"])
def test_a_binding_ends_with_its_transaction(worlds: Worlds, ending: str) -> None:
    with psycopg.connect(worlds.shared.dsn("app")) as connection:
        bind(connection, OURS)
        assert connection.execute("SELECT count(*) FROM service_case").fetchone() != (0,)
        if ending == "error":
            with pytest.raises(psycopg.errors.DivisionByZero):
                connection.execute("SELECT 1/0")
        connection.commit() if ending == "commit" else connection.rollback()
        assert connection.execute(BOUND).fetchone() in [("",), (None,)]
        assert connection.execute("SELECT count(*) FROM service_case").fetchone() == (0,)


def test_a_binding_inside_a_savepoint_ends_with_the_savepoint(worlds: Worlds) -> None:
    with psycopg.connect(worlds.shared.dsn("app")) as connection:
        bind(connection, OURS)
        with connection.transaction() as savepoint:
            bind(connection, OTHERS)
            raise Rollback(savepoint)
        assert connection.execute("SELECT DISTINCT tenant_id FROM service_case").fetchall() == [(OURS,)]


@pytest.mark.parametrize("code", ["", "East", "east'; SET app.tenant_id = 'west", "east\n", "e", "ost-é", "a" * 41])
async def test_only_a_tenant_code_can_be_bound(worlds: Worlds, code: str) -> None:
    database = Database.connect(worlds.shared.app_url, pool_size=1)
    async with database.session() as session:
        with pytest.raises(ValueError, match="not a tenant code"):
            await bind_tenant(session, code)
        with pytest.raises(ValueError, match="not a province code"):
            await bind_province(session, code)
    await database.close()
