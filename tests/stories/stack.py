"""A whole running office for stories: database, API process and worker process of their own, and a clock set by hand."""

import os
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import httpx
import psycopg
from graphql import get_named_type

from authz.tokens import DevelopmentIssuer, TokenKind
from bangban.connections import Connections, libpq_parameters, sqlalchemy_url
from casework.kernel.clock import FileClock
from schema.roots import office_schema
from tests.forked import Forked
from tests.stories.program import run_command

T = TypeVar("T")
PATIENCE = 45.0
ISSUED = 1_704_067_200
LIFETIME = 30 * 86_400
CLIENT = httpx.Client(timeout=30, limits=httpx.Limits(max_keepalive_connections=0))
"""One for all: making a client costs ten times more than a request. Every request has a connection of its own."""


@cache
def input_type(mutation: str) -> str:
    """Name the input type of a mutation."""
    root = office_schema()._schema.mutation_type
    assert root is not None
    return str(get_named_type(root.fields[mutation].args["input"].type).name)


@dataclass
class Caller:
    """Somebody with a token at the door of the API."""

    url: str
    token: Callable[[], str | None]
    headers: dict[str, str] = field(default_factory=dict)

    def post(self, document: str, variables: dict[str, Any] | None = None) -> httpx.Response:
        """Send a document as it is."""
        token = self.token()
        auth = {"Authorization": f"Bearer {token}"} if token else {}
        body = {"query": document, "variables": variables or {}}
        return CLIENT.post(f"{self.url}/graphql", json=body, headers={**auth, **self.headers})

    def ask(self, document: str, **variables: Any) -> dict[str, Any]:
        """Query; a top-level error fails the story."""
        answer = self.post(document, variables).json()
        assert "errors" not in answer, answer["errors"]
        data: dict[str, Any] = answer["data"]
        return data

    def act(self, mutation: str, selection: str, /, **values: Any) -> dict[str, Any]:
        """Send a mutation and give its payload, whatever it says."""
        values.setdefault("idempotencyKey", uuid4().hex)
        document = (
            f"mutation($input: {input_type(mutation)}!) {{ {mutation}(input: $input) {{ {selection} "
            "userErrors { code message messageZh path guard rule { id article source { titleZh } } "
            "rules { id } lawfulNext { mutation } } } }"
        )
        payload: dict[str, Any] = self.ask(document, input=values)[mutation]
        return payload

    def do(self, mutation: str, selection: str, /, **values: Any) -> dict[str, Any]:
        """Send a mutation that must be granted; gives the changed object."""
        payload = self.act(mutation, selection, **values)
        assert payload["userErrors"] == [], payload["userErrors"]
        return next(value for name, value in payload.items() if name != "userErrors")

    def case(self, mutation: str, case: str, /, **values: Any) -> dict[str, Any]:
        """Act on a case and give it."""
        return self.do(mutation, "case { id state version stage { code } }", caseId=case, **values)

    def refused(self, mutation: str, selection: str, /, **values: Any) -> list[dict[str, Any]]:
        """Send a mutation that must be refused; gives the refusals."""
        payload = self.act(mutation, selection, **values)
        assert payload["userErrors"], payload
        errors: list[dict[str, Any]] = payload["userErrors"]
        return errors


@dataclass
class Stack:
    """The running office of one test process."""

    connections: Connections
    home: Path
    port: int
    processes: dict[str, Forked] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Where the API answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def clock(self) -> FileClock:
        """The clock that all processes of this stack read."""
        return FileClock(self.home / "clock")

    def at(self, local: str) -> datetime:
        """Set the clock to a local time such as `2024-09-03 10:30`; legal time stands still between two calls."""
        instant = datetime.fromisoformat(f"{local}+08:00")
        self.clock.set(instant)
        return instant

    def environment(self) -> dict[str, str]:
        """Give the processes their settings."""
        address = sqlalchemy_url(libpq_parameters(self.connections.administrator))
        return {
            **os.environ,
            "DATABASE_URL": address,
            "BANGBAN_DATA_HOME": str(self.home),
            "BANGBAN_ROLES_FILE": str(self.home / "roles.json"),
            "BANGBAN_ENVIRONMENT": "test",
            "BANGBAN_CLOCK_FILE": str(self.home / "clock"),
            "BANGBAN_API_PORT": str(self.port),
            "BANGBAN_WORKER_THREADS": "2",
            "BANGBAN_POOL_SIZE": "8",
        }

    def start(self, *names: str) -> None:
        """Start the API or the worker as their own processes."""
        for name in names or ("serve", "work"):
            self.processes[name] = Forked(self.home / f"{name}.log", run_command, name, self.environment())
        if "serve" in (names or ("serve",)):
            self.eventually(self._ready, "the API is ready", patience=90)

    def _ready(self) -> bool:
        try:
            return CLIENT.get(f"{self.url}/readyz", timeout=2).status_code == 200
        except httpx.TransportError:
            return False

    def kill(self, name: str) -> None:
        """Kill a process with no chance to tidy up."""
        self.processes[name].send_signal(signal.SIGKILL)
        self.processes[name].wait()

    def stop(self) -> None:
        """End both processes."""
        for process in self.processes.values():
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self.processes.values():
            if process.wait(10) is None:
                process.kill()
                process.wait()

    def staff(self, code: str, **headers: str) -> Caller:
        """Come as a member of staff of the city that the code begins with."""
        return self._caller(TokenKind.STAFF, code, tenant=code.partition("-")[0], headers=headers)

    def portal(self, subject: str) -> Caller:
        """Come as an applicant through the city's portal."""
        return self._caller(TokenKind.PORTAL, subject, tenant=subject.partition("-")[0])

    def province(self, code: str) -> Caller:
        """Come as a supervisor of a province."""
        return self._caller(TokenKind.PROVINCE, f"supervisor-{code}", province=code)

    def nobody(self) -> Caller:
        """Come without a token."""
        return Caller(self.url, lambda: None)

    def _caller(self, kind: TokenKind, subject: str, headers: dict[str, str] | None = None, **claims: Any) -> Caller:
        issuer = DevelopmentIssuer.open(self.home)

        def token() -> str:
            # Tokens are young at whatever time the story is.
            return issuer.mint(kind, subject, int(self.clock.now().timestamp()), **claims)

        return Caller(self.url, token, headers or {})

    def sql(self, tenant: str, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Look into the database as the program's role, bound to one city."""
        with psycopg.connect(self.connections.dsn("app")) as connection:
            connection.execute(f"SET LOCAL app.tenant_id = '{tenant}'")
            return connection.execute(query, values).fetchall()

    def forget_told(self, tenant: str, key: str) -> None:
        """Take away what a key's first answer said, as if the API had died before it could keep it."""
        with psycopg.connect(self.connections.dsn("app")) as connection:
            connection.execute(f"SET LOCAL app.tenant_id = '{tenant}'")
            connection.execute("UPDATE idempotency_record SET told = NULL WHERE key = %s", [key])

    def eventually(self, holds: Callable[[], T], what: str, patience: float = PATIENCE) -> T:
        """Wait until a worker has done its part; real time, not legal time."""
        end = time.monotonic() + patience
        while time.monotonic() < end:
            found = holds()
            if found:
                return found
            time.sleep(0.05)
        logs = "\n".join((self.home / f"{name}.log").read_text()[-3000:] for name in self.processes)
        raise AssertionError(f"not within {patience} s: {what}\n{logs}")


def free_port() -> int:
    """Let the system choose a port that nobody has, so that two test processes never serve on the same one."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
