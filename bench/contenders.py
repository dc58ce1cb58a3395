"""Who is measured: each as one process of its own over the same database, with the requests that ask it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

import orjson
from psycopg.conninfo import conninfo_to_dict

from bangban.connections import Connections
from bangban.database_roles import Role
from bangban.ports import choose_port
from bangban.settings import CHECKOUT
from bench import peers
from bench.client import request
from bench.office import HOME, environment
from bench.questions import Question

FIRST_PORT = 21_000
PATIENCE = 60
UVICORN = ("-m", "uvicorn", "--factory", "--no-access-log", "--log-level", "warning", "--port")
SERVED = {"limit": "bench.limit:application", "plain": "bench.plain:application"}
FOR_PROVINCE = {"X-Bench-Province": "1"}
"""Tells peers, which read no tokens, that a supervisor of the province asks."""


class DidNotStart(Exception):
    """A contender does not listen."""


class Asked(Protocol):
    """Whom and what a run asks."""

    @property
    def tenant(self) -> str:
        """The city that is asked."""
        ...

    @property
    def province(self) -> str:
        """The province in which it lies."""
        ...

    def variables(self, question: Question) -> list[dict[str, str]]:
        """Give what the question is asked with."""
        ...

    def token(self, question: Question) -> str:
        """Give the token of our caller."""
        ...


@dataclass(frozen=True)
class Contender:
    """A running contender."""

    name: str
    port: int
    pid: int

    def requests(self, question: Question, subject: Asked) -> list[bytes]:
        """Write out what this contender is asked, once for each time that the question varies."""
        return [self._request(question, subject, variables) for variables in subject.variables(question)]

    def _request(self, question: Question, subject: Asked, variables: Mapping[str, str]) -> bytes:
        provincial = question.role is Role.PROVINCE
        whose = {"province": subject.province} if provincial else {"tenant": subject.tenant}
        if self.name == "limit":
            given = {**variables, **whose} if question.statement and "%(" in question.statement else {}
            return request(self.port, f"/{question.name}", orjson.dumps(given))
        ours = {"period": variables} if provincial else variables
        if self.name == "ours":
            return self.graphql(question.ours, ours, {"Authorization": f"Bearer {subject.token(question)}"})
        headers = FOR_PROVINCE if provincial else {}
        if self.name == "plain":
            return self.graphql(question.ours, ours, headers)
        return self.graphql(question.peer, {**variables, **whose} if variables else {}, headers)

    def graphql(self, document: str, variables: Mapping[str, object], headers: Mapping[str, str]) -> bytes:
        """Write out a GraphQL request."""
        body = orjson.dumps({"query": document, "variables": variables})
        return request(self.port, "/graphql", body, headers)


@contextmanager
def running(
    connections: Connections, subject: Asked, pool_size: int, names: list[str]
) -> Iterator[dict[str, Contender]]:
    """Start the contenders and end them afterwards; what they say goes into the bench's folder."""
    processes: list[subprocess.Popen[bytes]] = []
    found = {}
    try:
        for number, name in enumerate(names):
            port = choose_port("127.0.0.1", FIRST_PORT + 20 * number, explicit=False).port
            process = _start(name, connections, subject, pool_size, port)
            processes.append(process)
            _wait(name, process, port)
            found[name] = Contender(name, port, process.pid)
        yield found
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _start(name: str, connections: Connections, subject: Asked, pool: int, port: int) -> subprocess.Popen[bytes]:
    peer = {
        **os.environ,
        "BENCH_TENANT": subject.tenant,
        "BENCH_PROVINCE": subject.province,
        "BENCH_POOL": str(pool),
        "BENCH_PORT": str(port),
        "BENCH_DATABASE": connections.dsn("app"),
        "BENCH_PROVINCE_DATABASE": connections.dsn("province"),
        "BENCH_DATABASE_URL": connections.app_url,
        "BENCH_PROVINCE_URL": connections.province_url,
    }
    folder = CHECKOUT
    if name == "ours":
        command, given = [sys.executable, "-m", "bangban", "serve"], environment(connections, port, pool)
    elif name in SERVED:
        command, given = [sys.executable, *UVICORN, str(port), SERVED[name]], peer
    else:
        peers.build()
        del peer["BENCH_DATABASE"]
        command, given, folder = [str(peers.NODE), str(peers.SERVER)], peer | _libpq(connections), peers.PLACE
        given |= {"GRAPHILE_ENV": "production", "NODE_ENV": "production"}
    with (HOME / f"{name}.log").open("wb") as log:
        return subprocess.Popen(
            command, cwd=folder, env=given, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
        )


def _libpq(connections: Connections) -> dict[str, str]:
    """Give the place of the database by the variables that node's driver reads."""
    given = conninfo_to_dict(connections.dsn("app"))
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}
    return {variable: str(given[name]) for name, variable in names.items() if name in given}


def _wait(name: str, process: subprocess.Popen[bytes], port: int) -> None:
    """Wait until the contender listens."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise DidNotStart(f"{name} does not listen; see {HOME / f'{name}.log'}")
