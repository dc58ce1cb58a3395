"""pgbench of the limit's statements: what PostgreSQL gives with no program in front of it."""

import os
import re
import shutil
import tempfile
import time
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from bangban.connections import Connections
from bangban.database_roles import Role
from bangban.embedded_binaries import wheel_binaries
from bench.client import Measured
from bench.questions import Question
from bench.subject import Subject

MICROSECONDS = 1_000_000
LATENCY = 2
"""The column of pgbench's log that says how long a transaction took."""

SLOT = re.compile(r"%\((\w+)\)s")


class PgbenchFailed(Exception):
    """pgbench ended with an error."""


def binary() -> str | None:
    """Find pgbench: beside the embedded server, or on the machine (Debian's postgresql-contrib)."""
    beside = wheel_binaries() / "pgbench"
    return str(beside) if beside.exists() else shutil.which("pgbench")


def script(question: Question, subject: Subject) -> str:
    """Write the statement for pgbench, whose variables are numbers: it draws one and takes that case from a list."""
    given = {"tenant": subject.tenant, "province": subject.province, **subject.variables(question)[0]}
    numbers = ", ".join(f"'{one}'" for one in subject.numbers)
    cells = {name: f"'{value}'" for name, value in given.items()} | {"no": f"(ARRAY[{numbers}])[:number]"}
    drawn = f"\\set number random(1, {len(subject.numbers)})\n" if question.varies else ""
    return drawn + SLOT.sub(lambda found: cells[found[1]], str(question.statement)).strip() + ";\n"


def run(
    question: Question, connections: Connections, subject: Subject, clients: int, seconds: float
) -> tuple[Measured, float]:
    """Let pgbench ask for so long, and tell what came of it and how much processor time pgbench itself took."""
    with tempfile.TemporaryDirectory() as folder:
        statements = Path(folder) / "script.sql"
        statements.write_text(script(question, subject))
        command = [str(binary()), "--no-vacuum", "--protocol=prepared", "--log", f"--log-prefix={folder}/log"]
        command += [f"--client={clients}", "--jobs=1", f"--time={max(1, round(seconds))}", f"--file={statements}"]
        started = time.perf_counter()
        used = _carry_out(command, _environment(connections, question, subject), Path(folder) / "said")
        took = time.perf_counter() - started
        lines = [line for log in Path(folder).glob("log.*") for line in log.read_text().splitlines()]
    latencies = sorted(int(line.split()[LATENCY]) / MICROSECONDS for line in lines)
    return Measured(len(latencies), min(took, max(1, round(seconds))), latencies), used


def _carry_out(command: list[str], environment: dict[str, str], said: Path) -> float:
    """Run to the end and give the processor time; os.wait4 alone tells that of one child."""
    descriptor = os.open(said, os.O_WRONLY | os.O_CREAT)
    try:
        actions = [(os.POSIX_SPAWN_DUP2, descriptor, 1), (os.POSIX_SPAWN_DUP2, descriptor, 2)]
        pid = os.posix_spawn(command[0], command, environment, file_actions=actions)
        _, status, usage = os.wait4(pid, 0)
    finally:
        os.close(descriptor)
    if status:
        raise PgbenchFailed(said.read_text()[-800:])
    return usage.ru_utime + usage.ru_stime


def _environment(connections: Connections, question: Question, subject: Subject) -> dict[str, str]:
    given = conninfo_to_dict(connections.dsn(question.role))
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}
    places = {variable: str(given[name]) for name, variable in names.items() if name in given}
    provincial = question.role is Role.PROVINCE
    binding = f"app.province={subject.province}" if provincial else f"app.tenant_id={subject.tenant}"
    return {**os.environ, **places, "PGOPTIONS": f"-c {binding}"}
