"""Migrations take their locks briefly and pass the linter; that they equal the models is proved in tests/migrations."""

import io
import subprocess
from contextlib import redirect_stdout
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory

from bangban.checking import TOOLS, lint_migrations
from bangban.migrating import alembic_config, newest_revision
from tests.house.tree import ROOT, nothing, sources

REWRITES = {
    "locks out writers": "CREATE INDEX ix_timer_code ON timer (code);",
    "locks out everybody": "ALTER TABLE timer ADD CONSTRAINT fk_x FOREIGN KEY (a) REFERENCES b (a);",
    "breaks the running program": "ALTER TABLE timer RENAME COLUMN code TO name;",
}
"""What expand/contract forbids on a table in use, and the linter must go on seeing whatever we exclude."""


def sent_sql() -> str:
    """Write the SQL of all migrations as they would be sent, without a database."""
    text = io.StringIO()
    config = alembic_config("")
    config.output_buffer = text
    with redirect_stdout(text):
        command.upgrade(config, "head", sql=True)
    return text.getvalue()


def test_every_migration_waits_for_locks_briefly() -> None:
    sent = sent_sql()
    assert 0 <= sent.find("SET lock_timeout") < sent.find("CREATE TABLE service_case")
    assert "lock_timeout = 0" not in sent
    nothing(
        source.path
        for source in sources("migrations")
        if source.path != "migrations/env.py" and "lock_timeout" in source.text
    )


def test_the_newest_revision_is_named_by_its_file() -> None:
    assert ScriptDirectory.from_config(alembic_config("")).get_heads() == [newest_revision()]


def test_every_migration_passes_the_linter(capfd: pytest.CaptureFixture[str]) -> None:
    assert lint_migrations(), capfd.readouterr().out


@pytest.mark.parametrize("why", REWRITES)
def test_the_linter_still_sees_what_hurts(why: str, tmp_path: Path) -> None:
    file = tmp_path / "planted.sql"
    file.write_text(f"SET lock_timeout = '5s';\n{REWRITES[why]}\n")
    linter = [TOOLS / "squawk", "--config", str(ROOT / ".squawk.toml"), str(file)]
    assert subprocess.run(linter, capture_output=True, check=False, timeout=30).returncode != 0, why


def test_every_exclusion_of_the_linter_has_its_reason() -> None:
    lines = (ROOT / ".squawk.toml").read_text(encoding="utf-8").splitlines()
    excluded = [number for number, line in enumerate(lines) if line.startswith('    "')]
    assert excluded
    nothing(lines[number] for number in excluded if not lines[number - 1].lstrip().startswith("# "))
