"""Who is measured: each as one process of its own over the same database, with the requests that ask it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import orjson
from psycopg.conninfo import conninfo_to_dict

from bangban.connections import Connections
from bangban.ports import choose_port
from bangban.settings import CHECKOUT
from bench import peers
from bench.client import request
from bench.office import HOME, environment
from bench.workloads import Workload

FIRST_PORT = 21_000
PATIENCE = 60


class DidNotStart(Exception):
    """A contender does not listen."""


@dataclass(frozen=True)
class Contender:
    """A running contender."""

    name: str
    port: int
    pid: int

    def requests(self, work: Workload, tenant: str, numbers: list[str], token: str) -> list[bytes]:
        """Write out what this contender is asked, once for each number of a case."""
        return [self._request(work, tenant, number, token) for number in (numbers if work.by_number else numbers[:1])]

    def _request(self, work: Workload, tenant: str, number: str, token: str) -> bytes:
        if self.name == "limit":
            return request(self.port, f"/{work.name}", orjson.dumps({"no": number}), None)
        ours = self.name == "ours"
        variables = {"no": number} if ours else {"no": number, "tenant": tenant}
        body = {"query": work.ours if ours else work.peer, "variables": variables if work.by_number else {}}
        return request(self.port, "/graphql", orjson.dumps(body), token if ours else None)


@contextmanager
def running(connections: Connections, tenant: str, pool_size: int, names: list[str]) -> Iterator[list[Contender]]:
    """Start the contenders and end them afterwards; what they say goes into the bench's folder."""
    processes: list[subprocess.Popen[bytes]] = []
    found = []
    try:
        for number, name in enumerate(names):
            port = choose_port("127.0.0.1", FIRST_PORT + 20 * number, explicit=False).port
            process = _start(name, connections, tenant, pool_size, port)
            processes.append(process)
            _wait(name, process, port)
            found.append(Contender(name, port, process.pid))
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


def _start(name: str, connections: Connections, tenant: str, pool: int, port: int) -> subprocess.Popen[bytes]:
    peer = {**os.environ, "BENCH_TENANT": tenant, "BENCH_POOL": str(pool), "BENCH_PORT": str(port)}
    folder = CHECKOUT
    if name == "ours":
        command, given = [sys.executable, "-m", "bangban", "serve"], environment(connections, port, pool)
    elif name == "limit":
        server = ["-m", "uvicorn", "--factory", "--no-access-log", "--log-level", "warning", "--port", str(port)]
        command, given = [sys.executable, *server, "bench.limit:application"], peer
        given["BENCH_DATABASE"] = connections.dsn("app")
    else:
        peers.build()
        command, given, folder = [str(peers.NODE), str(peers.SERVER)], peer | _libpq(connections), peers.PLACE
        given["GRAPHILE_ENV"] = "production"
        given["NODE_ENV"] = "production"
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
