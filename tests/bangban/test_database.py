"""Preparing a server: roles that may just enough, passwords that stay private, faults that are named."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo
from sqlalchemy.engine import make_url

from bangban.connections import Connections, sqlalchemy_url
from bangban.database import prepare, prepare_server
from bangban.database_roles import Role, load_passwords
from bangban.embedded import EmbeddedServer
from bangban.faults import ServerError
from bangban.settings import load_settings
from tests.bangban.conftest import FAST
from tests.shared_server import memory

DATABASE = "office"


@pytest.fixture(scope="module")
def running() -> Iterator[EmbeddedServer]:
    folder = Path(tempfile.mkdtemp(prefix="bangban-", dir=memory()))
    folder.chmod(0o755)
    embedded = EmbeddedServer(folder, FAST).start()
    yield embedded
    embedded.erase()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def server(running: EmbeddedServer) -> EmbeddedServer:
    """Give a server as it is after initdb, without databases and roles of the test before."""
    with psycopg.connect(running.dsn(), autocommit=True) as connection:
        for (name,) in connection.execute("SELECT datname FROM pg_database WHERE NOT datistemplate AND oid >= 16384"):
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
        for (name,) in connection.execute("SELECT rolname FROM pg_roles WHERE oid >= 16384"):
            connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))
    return running


@pytest.fixture
def prepared(server: EmbeddedServer, tmp_path: Path) -> Connections:
    return prepare(server.dsn(database=DATABASE), tmp_path / "roles.json", reset=False)


def run(server: EmbeddedServer, *statements: str, database: str = "postgres") -> None:
    with psycopg.connect(server.dsn(database=database), autocommit=True) as connection:
        for statement in statements:
            connection.execute(sql.SQL(statement))


def test_every_role_connects_and_may_just_enough(prepared: Connections) -> None:
    for role in Role:
        with psycopg.connect(prepared.dsn(role)) as connection:
            row = connection.execute(
                "SELECT current_user, rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls"
                " FROM pg_roles WHERE rolname = current_user"
            ).fetchone()
            assert row == (role.account, False, False, False, False, role is Role.BACKUP)


def test_only_the_owner_creates_and_the_readers_are_read_only(prepared: Connections) -> None:
    with psycopg.connect(prepared.dsn("owner")) as owner:
        owner.execute("CREATE TABLE paper (id int)")
        owner.execute("INSERT INTO paper VALUES (1)")
    for role in (Role.APP, Role.PROVINCE, Role.BACKUP):
        with psycopg.connect(prepared.dsn(role)) as connection, pytest.raises(psycopg.Error):
            connection.execute("CREATE TABLE other (id int)")
    with psycopg.connect(prepared.dsn("backup")) as backup:
        assert backup.execute("SELECT count(*) FROM paper").fetchone() == (1,)
        with pytest.raises(psycopg.Error):
            backup.execute("DELETE FROM paper")


def test_strangers_do_not_connect(prepared: Connections, server: EmbeddedServer) -> None:
    run(server, "CREATE ROLE stranger LOGIN PASSWORD 'x'")
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(server.dsn("stranger", DATABASE, "x"))


def test_a_second_time_nothing_changes(prepared: Connections, server: EmbeddedServer, tmp_path: Path) -> None:
    again = prepare(server.dsn(database=DATABASE), tmp_path / "roles.json", reset=False)
    assert again == prepared


def test_the_passwords_are_readable_by_us_alone(tmp_path: Path) -> None:
    passwords = load_passwords(tmp_path / "roles.json")
    assert (tmp_path / "roles.json").stat().st_mode & 0o777 == 0o600
    assert load_passwords(tmp_path / "roles.json") == passwords
    assert len(set(passwords.values())) == len(Role)


@pytest.mark.parametrize("text", ["{", "[]", '{"bangban_app": "x"}'])
def test_a_broken_password_file_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "roles.json").write_text(text)
    with pytest.raises(ServerError, match=r"roles\.json is not a JSON object with the password of every role"):
        load_passwords(tmp_path / "roles.json")


def test_roles_of_somebody_else_are_left_alone_unless_told(
    prepared: Connections, server: EmbeddedServer, tmp_path: Path
) -> None:
    other = tmp_path / "other.json"
    with pytest.raises(ServerError, match="bangban_app cannot connect") as refused:
        prepare(server.dsn(database=DATABASE), other, reset=False)
    assert "BANGBAN_RESET_ROLES" in refused.value.advice
    psycopg.connect(prepared.dsn("app")).close()
    replaced = prepare(server.dsn(database=DATABASE), other, reset=True)
    psycopg.connect(replaced.dsn("app")).close()


def test_a_program_role_that_may_too_much_is_refused_and_corrected_when_told(
    prepared: Connections, server: EmbeddedServer, tmp_path: Path
) -> None:
    run(server, "ALTER ROLE bangban_app BYPASSRLS")
    with pytest.raises(ServerError, match='ALTER ROLE "bangban_app" NOBYPASSRLS'):
        prepare(server.dsn(database=DATABASE), tmp_path / "roles.json", reset=False)
    prepare(server.dsn(database=DATABASE), tmp_path / "roles.json", reset=True)


def test_an_account_that_may_not_create_roles_is_told_which_privilege_is_missing(
    server: EmbeddedServer, tmp_path: Path
) -> None:
    run(server, "CREATE ROLE clerk LOGIN CREATEDB PASSWORD 'x'")
    with pytest.raises(ServerError, match="permission denied to create role") as refused:
        prepare(server.dsn("clerk", DATABASE, "x"), tmp_path / "roles.json", reset=False)
    script = tmp_path / "roles.sql"
    assert str(script) in refused.value.advice
    assert script.stat().st_mode & 0o777 == 0o600
    run(server, *script.read_text().replace("%", "%%").splitlines())
    run(server, f"CREATE DATABASE {DATABASE} OWNER bangban_owner")
    connections = prepare(server.dsn("clerk", DATABASE, "x"), tmp_path / "roles.json", reset=False)
    assert connections.owner_account == "bangban_owner"


def test_the_owner_of_the_database_migrates_it_itself(
    prepared: Connections, server: EmbeddedServer, tmp_path: Path
) -> None:
    run(server, "CREATE ROLE clerk LOGIN PASSWORD 'x'", "CREATE DATABASE own OWNER clerk")
    connections = prepare(server.dsn("clerk", "own", "x"), tmp_path / "roles.json", reset=False)
    with psycopg.connect(connections.dsn("owner")) as connection:
        assert connection.info.user == "clerk"
        connection.execute("CREATE TABLE paper (id int)")


def test_in_a_database_made_by_an_administrator_the_owner_role_may_create(
    prepared: Connections, server: EmbeddedServer, tmp_path: Path
) -> None:
    run(server, "CREATE DATABASE made")
    connections = prepare(server.dsn(database="made"), tmp_path / "roles.json", reset=False)
    with psycopg.connect(connections.dsn("owner")) as connection:
        assert connection.info.user == "bangban_owner"
        connection.execute("CREATE TABLE paper (id int)")


def test_a_database_that_sorts_otherwise_is_refused(
    prepared: Connections, server: EmbeddedServer, tmp_path: Path
) -> None:
    run(server, "CREATE DATABASE latin TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE_PROVIDER libc LOCALE 'C'")
    with pytest.raises(ServerError, match="SQL_ASCII"):
        prepare(server.dsn(database="latin"), tmp_path / "roles.json", reset=False)


def test_an_address_that_does_not_answer_is_named(tmp_path: Path) -> None:
    with pytest.raises(ServerError, match="cannot be used"):
        prepare(f"host={tmp_path} dbname=x user=y", tmp_path / "roles.json", reset=False)


def test_an_address_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(ServerError, match="not an address"):
        prepare_server(load_settings(database_url="postgresql://h?colour=red", data_home=tmp_path))


def test_the_maintenance_database_is_never_filled(server: EmbeddedServer, tmp_path: Path) -> None:
    password = server.home.password_file.read_text()
    place = {"user": "postgres", "password": password, "host": str(server.home.sockets), "dbname": "postgres"}
    settings = load_settings(database_url=sqlalchemy_url(place), data_home=tmp_path)
    assert prepare_server(settings).database == "bangban"


def test_addresses_survive_unusual_passwords_and_options() -> None:
    place = {"host": "db.example", "port": "6432", "sslmode": "require"}
    connections = Connections(place, "office", dict.fromkeys(Role, "a b@/:%'"), "")
    assert make_url(connections.app_url).password == "a b@/:%'"
    assert connections.app_url.endswith("@db.example:6432/office?sslmode=require")
    assert connections.dsn("app") == make_conninfo(**place, user="bangban_app", password="a b@/:%'", dbname="office")
    assert connections.on("other").app_url.endswith("/other?sslmode=require")
