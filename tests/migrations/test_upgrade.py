"""The migrations on a real server: forward from nothing, back, forward again, and equal to the models."""

import psycopg
from alembic import command

from bangban.connections import Connections
from bangban.migrating import alembic_config, migrate, newest_revision, present_revision

TABLES = "SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
REGISTER = "INSERT INTO tenant (code, name_zh, name_en, province_code, province_zh, admin_level) VALUES (%s, '', '', '37', '', '')"
UNIT = """INSERT INTO org_unit (tenant_id, id, code, name_zh, unit_type, kind, tier, path, settled, created_at, updated_at, row_version)
VALUES (%s, gen_random_uuid(), 'a', '办事大厅', '', '', '', 'a.', true, now(), now(), 1)"""


def revision_of(database: Connections) -> str | None:
    with psycopg.connect(database.dsn("owner")) as connection:
        return present_revision(connection)


def test_an_empty_database_is_brought_to_the_newest_revision_once(empty_database: Connections) -> None:
    assert revision_of(empty_database) is None
    assert migrate(empty_database)
    assert revision_of(empty_database) == newest_revision()
    assert not migrate(empty_database)


def test_every_migration_can_be_taken_back_and_done_again(empty_database: Connections) -> None:
    migrate(empty_database)
    config = alembic_config(empty_database.owner_url)
    command.downgrade(config, "base")
    with psycopg.connect(empty_database.dsn("owner")) as connection:
        assert connection.execute(TABLES).fetchone() == (1,), "only Alembic's own table may be left"
    command.upgrade(config, "head")
    assert revision_of(empty_database) == newest_revision()


def test_the_models_ask_for_nothing_that_no_migration_makes(fresh_database: Connections) -> None:
    command.check(alembic_config(fresh_database.owner_url))


def test_names_that_were_there_before_the_search_are_found(empty_database: Connections) -> None:
    config = alembic_config(empty_database.owner_url)
    command.upgrade(config, "0010")
    with psycopg.connect(empty_database.dsn("owner")) as connection:
        for city in ("one", "two"):
            connection.execute("SELECT set_config('app.tenant_id', %s, true)", [city])
            connection.execute(REGISTER, [city])
            connection.execute(UNIT, [city])
    command.upgrade(config, "head")
    with psycopg.connect(empty_database.dsn("backup")) as connection:
        found = connection.execute(
            "SELECT tenant_id, tail, lead FROM unit_name_tail ORDER BY tenant_id, tail"
        ).fetchall()
    cut = [("dt", "bs"), ("sdt", "b"), ("bsdt", ""), ("事大厅", "办"), ("办事大厅", ""), ("大厅", "办事")]
    assert found == [(city, *piece) for city in ("one", "two") for piece in sorted(cut)]
