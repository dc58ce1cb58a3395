"""What each role of the database may do, tried on the real tables rather than read from the grants."""

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import Table

from tests.isolation.conftest import Worlds
from tests.isolation.probes import OTHERS, OURS, RELATIONS, outcome
from tests.isolation.rows import CONTESTED, ORDINARY, Connection, bind, insert, row_of, tenant_tables

REFUSED = ("refused", "42501", None)
NEVER_CHANGED = ("timer_breach", "audit_entry", "audit_seal", "signature", "case_step", "archive_record", "inbox_entry")
"""What has happened, and the proof of it: nobody who works here rewrites it (DELETE is refused on every table)."""

TABLES = {table.name: table for table in tenant_tables()}


def tried(connection: Connection, query: str, table: str) -> tuple[object, ...]:
    return outcome(connection, sql.SQL(query).format(sql.Identifier(table)))


def set_every_column(table: Table) -> sql.Composed:
    """Compose an update that touches each column in turn, one after the other."""
    same = sql.SQL(", ").join(sql.SQL("{0} = {0}").format(sql.Identifier(column.name)) for column in table.columns)
    return sql.SQL("UPDATE {} SET {}").format(sql.Identifier(table.name), same)


@pytest.mark.parametrize("table", TABLES)
def test_the_program_deletes_nothing(worlds: Worlds, table: str) -> None:
    with psycopg.connect(worlds.shared.dsn("app")) as connection:
        bind(connection, OURS)
        assert tried(connection, "DELETE FROM {}", table) == REFUSED
        assert tried(connection, "TRUNCATE {}", table) == REFUSED


@pytest.mark.parametrize("table", NEVER_CHANGED)
def test_the_program_rewrites_no_history(worlds: Worlds, table: str) -> None:
    with psycopg.connect(worlds.shared.dsn("app")) as connection:
        bind(connection, OURS)
        for column in TABLES[table].columns:
            alone = sql.SQL("UPDATE {0} SET {1} = {1}").format(sql.Identifier(table), sql.Identifier(column.name))
            assert outcome(connection, alone) == REFUSED, column.name
        upsert = insert(TABLES[table], row_of(TABLES[table], OURS, ORDINARY[0]))
        overwritten = upsert[0] + sql.SQL(" ON CONFLICT (tenant_id, id) DO UPDATE SET updated_at = now()")
        assert outcome(connection, overwritten, upsert[1]) == REFUSED


def test_a_published_profile_changes_its_status_and_nothing_else(worlds: Worlds) -> None:
    with psycopg.connect(worlds.shared.dsn("app")) as connection:
        bind(connection, OURS)
        for column in TABLES["profile_revision"].columns:
            alone = sql.SQL("UPDATE profile_revision SET {0} = {0}").format(sql.Identifier(column.name))
            allowed = column.name in {"status", "updated_at", "row_version"}
            assert outcome(connection, alone) == (("done", len(ORDINARY)) if allowed else REFUSED), column.name


def test_the_province_reads_snapshots_and_the_register_only(worlds: Worlds) -> None:
    """No name, case, comment or complaint can be read by that role, whatever is asked (S-X-04)."""
    with psycopg.connect(worlds.shared.dsn("province")) as connection:
        readable = {name for _, name in connection.execute(RELATIONS).fetchall()}
        assert readable == {"metric_snapshot", "tenant", "alembic_version"}
        for table in TABLES.keys() - readable:
            assert tried(connection, "SELECT 1 FROM {}", table) == REFUSED


def test_the_province_sees_the_snapshots_of_its_own_cities_only(worlds: Worlds) -> None:
    provinces = {province for _, province in snapshots(worlds)}
    assert len(provinces) > 1
    with psycopg.connect(worlds.shared.dsn("province")) as connection:
        assert connection.execute("SELECT count(*) FROM metric_snapshot").fetchone() == (0,)
        for province in provinces:
            connection.execute(sql.SQL("SET LOCAL app.province = {}").format(sql.Literal(province)))
            seen = connection.execute("SELECT tenant_id, province_code FROM metric_snapshot").fetchall()
            assert sorted(seen) == sorted(row for row in snapshots(worlds) if row[1] == province)
        connection.execute("SET LOCAL app.province = '99'")
        assert connection.execute("SELECT count(*) FROM metric_snapshot").fetchone() == (0,)


def snapshots(worlds: Worlds) -> list[tuple[str, str]]:
    with psycopg.connect(worlds.shared.dsn("backup")) as connection:
        return connection.execute("SELECT tenant_id, province_code FROM metric_snapshot").fetchall()


@pytest.mark.parametrize("role", ["province", "backup"])
def test_the_readers_write_nothing(worlds: Worlds, role: str) -> None:
    with psycopg.connect(worlds.shared.dsn(role)) as connection:
        connection.execute("SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE")
        connection.rollback()
        connection.execute("SET TRANSACTION READ WRITE")
        bind(connection, OURS)
        for name, table in TABLES.items():
            assert outcome(connection, *insert(table, row_of(table, OURS, CONTESTED))) == REFUSED
            assert outcome(connection, set_every_column(table)) == REFUSED
            assert tried(connection, "DELETE FROM {}", name) == REFUSED
        for name in ("tenant", "alembic_version"):
            assert tried(connection, "DELETE FROM {}", name) == REFUSED
        assert tried(connection, "CREATE TABLE {} (id int)", "loot") == REFUSED


def test_the_readers_are_read_only_from_the_start(worlds: Worlds) -> None:
    for role in ("province", "backup"):
        with psycopg.connect(worlds.shared.dsn(role)) as connection:
            assert connection.execute("SHOW transaction_read_only").fetchone() == ("on",)


def test_the_backup_reads_every_row_of_every_tenant(worlds: Worlds) -> None:
    """A backup that row security shortens is none, so what it reads is counted."""
    with psycopg.connect(worlds.shared.dsn("backup")) as connection:
        for name in TABLES:
            counted = sql.SQL("SELECT tenant_id, count(*) FROM {} GROUP BY 1 ORDER BY 1").format(sql.Identifier(name))
            rows = {OURS: len(ORDINARY), OTHERS: len(ORDINARY) + 1}
            assert dict(connection.execute(counted).fetchall()) == rows, name
        assert connection.execute("SELECT count(*) FROM alembic_version").fetchone() == (1,)


def test_no_role_of_ours_may_reach_another_role(worlds: Worlds) -> None:
    query = """SELECT member::regrole::text, roleid::regrole::text FROM pg_auth_members
               WHERE member::regrole::text LIKE 'bangban_%' ORDER BY 1"""
    with psycopg.connect(worlds.shared.administrator) as connection:
        assert connection.execute(query).fetchall() == [("bangban_backup", "pg_read_all_data")]


def test_a_city_writes_its_own_entry_of_the_register_only(worlds: Worlds) -> None:
    enter = """INSERT INTO tenant (code, name_zh, name_en, province_code, province_zh, admin_level)
               VALUES (%s, '某市', 'Some City', '37', '山东省', 'CITY') ON CONFLICT (code) DO NOTHING"""
    with psycopg.connect(worlds.shared.dsn("app")) as connection:
        for code in (OURS, OTHERS):
            bind(connection, code)
            connection.execute(enter, [code])
        bind(connection, OURS)
        rename = "UPDATE tenant SET name_en = 'Renamed' WHERE code = %s"
        assert connection.execute(rename, [OURS]).rowcount == 1
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(rename, [OTHERS])
        connection.rollback()
