"""One round of one contender: answers per second, latencies, and the processor time of program and database."""

from dataclasses import dataclass

import psutil  # type: ignore[import-untyped]

from bangban.connections import Connections
from bench import pgbench
from bench.client import Measured, measure
from bench.contenders import Contender
from bench.office import postmaster_pid
from bench.questions import Question
from bench.subject import Subject

MILLISECONDS = 1000


@dataclass(frozen=True)
class Round:
    """What one round gave; processor times are milliseconds per answer."""

    per_second: float
    p50: float
    p99: float
    app_cpu: float
    database_cpu: float


def run_round(
    contender: Contender, requests: list[bytes], clients: int, seconds: float, *, once: bool = False
) -> Round:
    """Load one contender while the others are idle."""
    app_before, database_before = processor_seconds(contender.pid), processor_seconds(postmaster_pid())
    found = measure(contender.port, requests, clients, seconds, once=once)
    return _round(found, processor_seconds(contender.pid) - app_before, database_before)


def run_pgbench(question: Question, connections: Connections, subject: Subject, clients: int, seconds: float) -> Round:
    """Load the database by pgbench; what pgbench itself takes stands where others have their program."""
    database_before = processor_seconds(postmaster_pid())
    found, used = pgbench.run(question, connections, subject, clients, seconds)
    return _round(found, used, database_before)


def _round(found: Measured, app: float, database_before: float) -> Round:
    database = processor_seconds(postmaster_pid()) - database_before
    return Round(
        found.per_second,
        found.quantile(0.5),
        found.quantile(0.99),
        app / found.answers * MILLISECONDS,
        database / found.answers * MILLISECONDS,
    )


def processor_seconds(pid: int) -> float:
    """Add up the processor time of a process, of its living children and of those it has buried."""
    process = psutil.Process(pid)
    own = process.cpu_times()
    total = own.user + own.system + own.children_user + own.children_system
    for child in process.children(recursive=True):
        try:
            times = child.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
    return float(total)


def resident_megabytes(pid: int) -> float:
    """Tell how much memory a process and its children hold."""
    process = psutil.Process(pid)
    whole = [process, *process.children(recursive=True)]
    return float(sum(one.memory_info().rss for one in whole)) / (1 << 20)
