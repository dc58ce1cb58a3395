"""Settings of the program, read from the environment and explained where they are declared."""

from enum import StrEnum
from pathlib import Path
from typing import Any, Self

from pydantic import AliasChoices, Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bangban.faults import SetupError

CHECKOUT = Path(__file__).resolve().parent.parent
"""The folder that the program runs from."""

PREFIX = "BANGBAN_"
KINDS = "applicant|integrator|staff|province"


class Environment(StrEnum):
    """What the running program is for; only production refuses every convenience."""

    DEVELOPMENT = "development"
    TEST = "test"
    PRODUCTION = "production"


class Settings(BaseSettings):
    """Everything that can be set from outside; an empty environment gives a running development office."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, frozen=True, extra="ignore")

    environment: Environment = Field(
        Environment.DEVELOPMENT,
        description="development, test or production; production demands its own keys, issuers and database",
    )
    data_home: Path = Field(
        CHECKOUT / ".data", description="folder of the embedded PostgreSQL, generated keys, passwords and logs"
    )
    database_url: str = Field(
        "",
        validation_alias=AliasChoices("database_url", "DATABASE_URL"),
        description="PostgreSQL 15+ as its administrator or the database's owner; empty starts the embedded one",
        repr=False,
    )
    broker_url: str = Field(
        "",
        validation_alias=AliasChoices("broker_url", "BROKER_URL"),
        description="amqp://… for RabbitMQ, redis://… for Redis; empty uses PostgreSQL as the broker",
        repr=False,
    )
    roles_file: Path | None = Field(
        None,
        description="JSON file of the database roles' passwords; generated as roles.json in the data home",
    )
    reset_roles: bool = Field(
        False, description="correct roles that exist on the server of DATABASE_URL and give them new passwords"
    )
    api_host: str = Field("127.0.0.1", description="address that the API listens on")
    api_port: int = Field(8000, ge=1, le=65535, description="TCP port that the API listens on")
    pool_size: int = Field(10, ge=1, le=100, description="connections to PostgreSQL that one process may hold")
    worker_processes: int = Field(1, ge=1, le=64, description="processes that carry out background work")
    worker_threads: int = Field(4, ge=1, le=64, description="threads of each of those processes")
    issuers_file: Path | None = Field(
        None,
        description="JSON file of the token issuers (issuer, audience, kinds of actor, JWKS by URL or file); "
        "empty: the development issuer, outside production only",
    )
    vault_key_file: Path | None = Field(
        None,
        description="JSON file of the keys that seal personal data; generated in the data home, required in production",
    )
    clock_file: Path | None = Field(
        None, description="file with an RFC 3339 instant that replaces the clock; never in production"
    )
    documents: Path | None = Field(
        None,
        description="folder or JSON file of the documents that portals registered, by their SHA-256; "
        "`python -m bangban documents check` examines it",
    )
    registered_only: str = Field(
        "",
        pattern=f"^({KINDS})?(,({KINDS}))*$",
        description="kinds of callers who are answered registered documents only, such as applicant,integrator; "
        "of applicant, integrator, staff, province; callers without a token then too",
    )
    body_limit: int = Field(1_048_576, ge=1024, description="largest request body in bytes")
    log_level: str = Field("INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="DEBUG, INFO, WARNING or ERROR")

    @field_validator("data_home", "roles_file", "issuers_file", "vault_key_file", "clock_file", "documents")
    @classmethod
    def _paths_are_absolute(cls, path: Path | None) -> Path | None:
        return path and path.expanduser().resolve()

    @model_validator(mode="after")
    def _production_takes_no_shortcuts(self) -> Self:
        if self.environment is not Environment.PRODUCTION:
            return self
        if self.clock_file is not None:
            raise ValueError("BANGBAN_CLOCK_FILE is not allowed in production: legal instants come from the real clock")
        required = {
            "BANGBAN_VAULT_KEY_FILE": self.vault_key_file,
            "BANGBAN_ISSUERS_FILE": self.issuers_file,
            "DATABASE_URL": self.database_url,
        }
        missing = [name for name, value in required.items() if not value]
        if missing:
            raise ValueError(f"production needs {', '.join(missing)}")
        return self

    @model_validator(mode="after")
    def _restriction_has_documents(self) -> Self:
        if self.registered_only and self.documents is None:
            raise ValueError("BANGBAN_REGISTERED_ONLY needs BANGBAN_DOCUMENTS: else nothing would be answered")
        return self

    @model_validator(mode="after")
    def _addresses_are_of_known_kinds(self) -> Self:
        _require_scheme("DATABASE_URL", self.database_url, ("postgres", "postgresql", "postgresql+psycopg"))
        _require_scheme("BROKER_URL", self.broker_url, ("amqp", "amqps", "redis", "rediss"))
        return self

    @property
    def production(self) -> bool:
        """Tell whether real people depend on this office."""
        return self.environment is Environment.PRODUCTION

    @property
    def broker_kind(self) -> str:
        """Name the broker that the address means: postgresql, rabbitmq or redis."""
        if not self.broker_url:
            return "postgresql"
        return "rabbitmq" if self.broker_url.startswith("amqp") else "redis"


def load_settings(**overrides: Any) -> Settings:
    """Read the environment; a bad value is named with its variable and what would be right."""
    try:
        return Settings(**overrides)
    except ValidationError as error:
        lines = [_explain(fault) for fault in error.errors(include_url=False, include_input=False)]
        raise SetupError("the settings are not usable", "\n".join(lines)) from None


def variable_of(field: str) -> str:
    """Name the environment variable of a setting."""
    return field.upper() if field in {"database_url", "broker_url"} else PREFIX + field.upper()


def settings_rows() -> list[tuple[str, str, str]]:
    """List every setting: variable, default, meaning."""
    return [
        (variable_of(name), _show_default(field.default), field.description or "")
        for name, field in Settings.model_fields.items()
    ]


def settings_table() -> str:
    """Render the settings as the Markdown table of the README."""
    lines = ["| variable | default | meaning |", "|---|---|---|"]
    lines += [
        f"| `{name}` | {f'`{default}`' if default else ''} | {meaning} |" for name, default, meaning in settings_rows()
    ]
    return "\n".join(lines) + "\n"


def _require_scheme(variable: str, address: str, known: tuple[str, ...]) -> None:
    scheme, separator, _ = address.partition("://")
    if address and (not separator or scheme not in known):
        raise ValueError(f"{variable} must begin with {' or '.join(f'{name}://' for name in known)}")


def _show_default(default: object) -> str:
    if default is None or default == "":
        return ""
    if isinstance(default, Path):
        return str(default.relative_to(CHECKOUT)) if default.is_relative_to(CHECKOUT) else str(default)
    return str(default)


def _explain(fault: Any) -> str:
    message = str(fault["msg"]).removeprefix("Value error, ")
    if not fault["loc"]:
        return f"  {message}"
    field = str(fault["loc"][0])
    name = variable_of(field.lower())
    meaning = next((row[2] for row in settings_rows() if row[0] == name), "")
    return f"  {name}: {message} ({meaning})"
