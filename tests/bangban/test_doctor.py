"""The doctor finds what was made wrong, and says what to do."""

from collections.abc import Iterable
from pathlib import Path

import psycopg
import pytest

from bangban.connections import Connections
from bangban.doctor import clock, data_home, environment, examine
from bangban.doctor_database import calendars, migrations, roles, row_level_security, server_version
from bangban.findings import Finding, Level
from bangban.settings import load_settings

THIS_YEAR = 2026


def found(findings: Iterable[Finding], level: Level) -> str:
    return "\n".join(f"{one.found} {one.advice}" for one in findings if one.level is level)


def as_administrator(database: Connections, *statements: str) -> None:
    with psycopg.connect(database.administrator, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def test_a_migrated_database_is_healthy(fresh_database: Connections) -> None:
    for look in (server_version, migrations, row_level_security):
        levels = {finding.level for finding in look(fresh_database)}
        assert levels == {Level.OK}, look


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("ALTER TABLE applicant DISABLE ROW LEVEL SECURITY", "applicant: not enabled"),
        ("ALTER TABLE applicant NO FORCE ROW LEVEL SECURITY", "applicant: not forced"),
        ("CREATE POLICY second ON applicant USING (true)", "applicant: 2 policies instead of one"),
        ("DROP POLICY tenant_isolation ON applicant", "applicant: 0 policies instead of one"),
        ("CREATE TABLE forgotten (tenant_id text)", "forgotten: not enabled, not forced, 0 policies"),
    ],
)
def test_an_open_tenant_table_is_found(fresh_database: Connections, statement: str, said: str) -> None:
    as_administrator(fresh_database, statement)
    assert said in found(row_level_security(fresh_database), Level.FAIL)


def test_a_program_role_that_owns_a_table_is_found(fresh_database: Connections) -> None:
    as_administrator(fresh_database, "CREATE TABLE stray (id int)", "ALTER TABLE stray OWNER TO bangban_app")
    said = found(roles(fresh_database), Level.FAIL)
    assert "bangban_app owns stray" in said
    assert "REASSIGN OWNED" in said


def test_a_database_without_tables_is_told_to_migrate(empty_database: Connections) -> None:
    assert "python -m bangban migrate" in found(migrations(empty_database), Level.FAIL)
    assert "no tenant tables" in found(row_level_security(empty_database), Level.FAIL)


def test_a_part_that_cannot_be_examined_is_a_finding(empty_database: Connections, tmp_path: Path) -> None:
    findings = list(examine(load_settings(data_home=tmp_path), empty_database))
    assert "cannot be examined" in found(findings, Level.FAIL)
    assert {finding.subject for finding in findings} >= {"settings", "server", "roles", "clock", "broker", "calendar"}


def test_the_clocks_are_compared(fresh_database: Connections) -> None:
    assert "differ by 0." in found(clock(load_settings(), fresh_database), Level.OK)


def test_no_profile_means_no_calendar_to_examine(fresh_database: Connections) -> None:
    assert list(calendars(fresh_database, THIS_YEAR)) == []


def test_secrets_that_others_can_read_are_found(tmp_path: Path) -> None:
    (tmp_path / "vault.json").touch(mode=0o644)
    assert "chmod 600" in found(data_home(load_settings(data_home=tmp_path)), Level.FAIL)


def test_variables_that_are_no_settings_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BANGBAN_API_PROT", "80")
    assert "BANGBAN_API_PROT" in found(environment(load_settings()), Level.WARN)
