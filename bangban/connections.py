"""How each role connects to the prepared server."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy.engine import URL

from bangban.database_roles import Role
from bangban.embedded import EmbeddedServer
from bangban.faults import ServerError

DRIVER = "postgresql+psycopg"


@dataclass(frozen=True)
class Connections:
    """The addresses of one prepared database, one for each role; whoever opened it closes it."""

    place: Mapping[str, str]
    """libpq parameters that say where the server is and how to get there, without user and database."""
    database: str
    passwords: Mapping[Role, str]
    administrator: str
    """The libpq string that the roles were prepared with."""
    owner_account: str = Role.OWNER.account
    server: EmbeddedServer | None = None

    @property
    def owner_url(self) -> str:
        """SQLAlchemy URL of the role that owns the schema and migrates it."""
        return self.url(Role.OWNER)

    @property
    def app_url(self) -> str:
        """SQLAlchemy URL of the role that the API and the workers use."""
        return self.url(Role.APP)

    @property
    def province_url(self) -> str:
        """SQLAlchemy URL of the role that reads published snapshots."""
        return self.url(Role.PROVINCE)

    @property
    def backup_url(self) -> str:
        """SQLAlchemy URL of the role that reads every tenant's rows to save them."""
        return self.url(Role.BACKUP)

    def dsn(self, role: Role | str) -> str:
        """Give the libpq connection string of a role: owner, app, province or backup."""
        return make_conninfo(**self._parameters(Role(role)))

    def url(self, role: Role | str) -> str:
        """Give the SQLAlchemy URL of a role, password included."""
        return sqlalchemy_url(self._parameters(Role(role)))

    def on(self, database: str) -> Self:
        """Address another database of the same server."""
        administrator = make_conninfo(self.administrator, dbname=database)
        return replace(self, database=database, administrator=administrator)

    def close(self) -> None:
        """Cease to use the server; an embedded one that nobody else uses is stopped."""
        if self.server is not None:
            self.server.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _parameters(self, role: Role) -> dict[str, str]:
        if role is Role.OWNER and self.owner_account != role.account:
            # The owner that we were given brings its own password.
            return libpq_parameters(self.administrator) | {"dbname": self.database}
        account = {"user": role.account, "password": self.passwords[role], "dbname": self.database}
        return {**self.place, **account}


def libpq_parameters(address: str) -> dict[str, str]:
    """Take a libpq string or URL apart; a bad one is explained."""
    try:
        return {name: str(value) for name, value in conninfo_to_dict(address).items()}
    except ProgrammingError as error:
        raise ServerError(
            f"DATABASE_URL is not an address: {error}", "postgresql://user:password@host/bangban"
        ) from None


def sqlalchemy_url(parameters: Mapping[str, str]) -> str:
    """Turn libpq parameters into a SQLAlchemy URL; a socket folder and options travel in the query."""
    rest = dict(parameters)
    user, password, database = rest.pop("user", None), rest.pop("password", None), rest.pop("dbname", None)
    host = port = None
    if not rest.get("host", "").startswith("/"):
        host, port = rest.pop("host", None), rest.pop("port", None)
    url = URL.create(DRIVER, user, password, host, int(port) if port else None, database, rest)
    return url.render_as_string(hide_password=False)
