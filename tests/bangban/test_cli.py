"""The command line: help, faults told without a stack trace, profiles."""

import shutil
from pathlib import Path

import pytest

from bangban.settings import settings_rows
from tenants.loader import shipped_profiles
from tests.bangban.command import bangban, bangban_process

COMMANDS = ("up", "serve", "work", "migrate", "city", "token", "outbox", "demo", "doctor", "documents")


def test_help_names_every_command_and_explains_every_setting() -> None:
    told = bangban_process("--help")
    assert told.returncode == 0
    for command in COMMANDS:
        assert f"  {command} " in told.stdout
    words = " ".join(told.stdout.split())
    for name, _, meaning in settings_rows():
        assert name in words
        assert " ".join(meaning.split()) in words
    assert "\x1b" not in told.stdout


@pytest.mark.parametrize(
    "command",
    [
        *COMMANDS,
        ("city", "publish"),
        ("city", "diff"),
        ("city", "import"),
        ("city", "export"),
        ("city", "template"),
        ("token", "staff"),
        ("outbox", "revive"),
        ("documents", "check"),
    ],
)
def test_every_command_has_help(command: str | tuple[str, str]) -> None:
    parts = (command,) if isinstance(command, str) else command
    assert bangban(*parts, "--help").returncode == 0


def test_a_bad_setting_ends_with_2_and_no_stack_trace() -> None:
    told = bangban_process("migrate", BANGBAN_API_PORT="eighty")
    assert told.returncode == 2
    assert "BANGBAN_API_PORT" in told.stderr
    assert "Traceback" not in told.stderr


def test_up_is_refused_in_production() -> None:
    told = bangban(
        "up",
        BANGBAN_ENVIRONMENT="production",
        DATABASE_URL="postgresql://h/d",
        BANGBAN_VAULT_KEY_FILE="x",
        BANGBAN_ISSUERS_FILE="x",
    )
    assert told.returncode == 2
    assert "`up` is for development" in told.stderr


def test_the_shipped_profiles_are_valid() -> None:
    told = bangban("city", "validate")
    assert told.returncode == 0, told.stdout
    assert told.stdout.count("✓") == len(shipped_profiles())


def test_an_invalid_profile_is_told_with_line_and_key(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    shutil.copy(shipped_profiles()[0], broken)
    broken.write_text(broken.read_text() + "\nno_such_part: 1\n")
    told = bangban("city", "validate", str(broken))
    assert told.returncode == 1
    assert "broken.yaml:" in told.stdout
    assert "no_such_part" in told.stdout


def test_empty_sheets_are_written_without_a_database(tmp_path: Path) -> None:
    told = bangban("city", "template", "--to", str(tmp_path), "--format", "csv")
    assert told.returncode == 0, told.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["items.csv", "staff.csv", "units.csv"]
    assert "机构编码 code*" in (tmp_path / "units.csv").read_text(encoding="utf-8-sig")


def test_an_import_names_at_least_one_file_that_is_there(tmp_path: Path) -> None:
    told = bangban("city", "import", "taian")
    assert told.returncode == 2
    assert "--units" in told.stderr


def test_an_unknown_city_is_told_which_there_are() -> None:
    told = bangban("city", "validate", "atlantis")
    assert told.returncode == 2
    assert shipped_profiles()[0].stem in told.stderr


def test_a_development_token_is_one_line(tmp_path: Path) -> None:
    told = bangban("token", "province", "37", BANGBAN_DATA_HOME=str(tmp_path))
    assert told.stdout.count("\n") == 1
    assert told.stdout.count(".") == 2


def test_registered_documents_are_examined_and_listed(tmp_path: Path) -> None:
    (tmp_path / "me.graphql").write_text("query Me { me { kind } }")
    told = bangban("documents", "check", BANGBAN_DOCUMENTS=str(tmp_path))
    assert told.returncode == 0, told.stderr
    assert [word for word in told.stdout.split() if word in {"Me", "query", "whole"}] == ["Me", "query", "whole"]
    (tmp_path / "bad.graphql").write_text("{ nothing }")
    (tmp_path / "worse.graphql").write_text("{")
    told = bangban("documents", "check", str(tmp_path))
    assert told.returncode == 1
    assert "bad.graphql" in told.stdout
    assert "worse.graphql" in told.stdout
    listed = bangban("documents", "list", str(tmp_path))
    assert listed.returncode == 0
    assert sorted(line.partition("  ")[2] for line in listed.stdout.splitlines()) == [
        "bad.graphql",
        "me.graphql",
        "worse.graphql",
    ]


def test_without_a_manifest_there_is_nothing_to_examine() -> None:
    told = bangban("documents", "check")
    assert told.returncode == 2
    assert "BANGBAN_DOCUMENTS" in told.stderr
