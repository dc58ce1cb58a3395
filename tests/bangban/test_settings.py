"""Settings from the environment."""

from pathlib import Path

import pytest

from bangban.faults import SetupError
from bangban.settings import (
    CHECKOUT,
    PREFIX,
    Environment,
    Settings,
    load_settings,
    settings_rows,
    settings_table,
    variable_of,
)


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(variable_of(name), raising=False)


def test_an_empty_environment_gives_a_development_office() -> None:
    settings = load_settings()
    assert settings.environment is Environment.DEVELOPMENT
    assert settings.data_home == CHECKOUT / ".data"
    assert (settings.api_host, settings.api_port) == ("127.0.0.1", 8000)
    assert settings.broker_kind == "postgresql"


def test_variables_carry_the_prefix_except_the_two_that_everybody_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://somebody@host/office")
    monkeypatch.setenv("BROKER_URL", "redis://localhost")
    monkeypatch.setenv("BANGBAN_API_PORT", "9000")
    settings = load_settings()
    assert settings.database_url == "postgresql://somebody@host/office"
    assert settings.broker_kind == "redis"
    assert settings.api_port == 9000


def test_an_empty_variable_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BANGBAN_API_PORT", "")
    monkeypatch.setenv("DATABASE_URL", "")
    assert load_settings().api_port == 8000


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("BANGBAN_API_PORT", "eighty", "BANGBAN_API_PORT: .*integer.*TCP port"),
        ("BANGBAN_API_PORT", "70000", "BANGBAN_API_PORT: .*65535"),
        ("BANGBAN_LOG_LEVEL", "LOUD", "BANGBAN_LOG_LEVEL: .*DEBUG, INFO"),
        ("BANGBAN_ENVIRONMENT", "staging", "BANGBAN_ENVIRONMENT: .*development, test or production"),
        ("BANGBAN_REGISTERED_ONLY", "everybody", "BANGBAN_REGISTERED_ONLY: .*applicant,integrator"),
        ("BANGBAN_REGISTERED_ONLY", "applicant", "BANGBAN_REGISTERED_ONLY needs BANGBAN_DOCUMENTS"),
        ("DATABASE_URL", "mysql://host/office", "DATABASE_URL must begin with postgres://"),
        ("BROKER_URL", "kafka://host", "BROKER_URL must begin with amqp://"),
    ],
)
def test_a_bad_value_is_named_with_what_would_be_right(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SetupError, match=said):
        load_settings()


def test_all_bad_values_are_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BANGBAN_API_PORT", "eighty")
    monkeypatch.setenv("BANGBAN_POOL_SIZE", "0")
    with pytest.raises(SetupError) as refused:
        load_settings()
    assert "BANGBAN_API_PORT" in refused.value.advice
    assert "BANGBAN_POOL_SIZE" in refused.value.advice


def test_production_demands_its_own_keys_issuers_and_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BANGBAN_ENVIRONMENT", "production")
    with pytest.raises(SetupError, match="production needs BANGBAN_VAULT_KEY_FILE, BANGBAN_ISSUERS_FILE, DATABASE_URL"):
        load_settings()


def test_production_has_no_clock_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BANGBAN_ENVIRONMENT", "production")
    monkeypatch.setenv("BANGBAN_CLOCK_FILE", str(tmp_path / "clock"))
    with pytest.raises(SetupError, match="BANGBAN_CLOCK_FILE is not allowed in production"):
        load_settings()


def test_addresses_with_passwords_are_not_shown() -> None:
    settings = load_settings(database_url="postgresql://u:secret@host/office", broker_url="amqp://u:secret@host")
    assert "secret" not in repr(settings)


def test_relative_paths_are_taken_from_where_the_program_was_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BANGBAN_DATA_HOME", "somewhere")
    assert load_settings().data_home == Path.cwd() / "somewhere"


def test_every_setting_is_explained() -> None:
    for name, _, meaning in settings_rows():
        assert meaning, name
        assert name.startswith(PREFIX) or name in {"DATABASE_URL", "BROKER_URL"}


def test_the_table_has_one_line_per_setting() -> None:
    table = settings_table()
    assert table.count("\n") == len(settings_rows()) + 2
    assert "| `BANGBAN_DATA_HOME` | `.data` |" in table


def test_the_readme_explains_every_setting() -> None:
    assert settings_table() in (CHECKOUT / "README.md").read_text()
