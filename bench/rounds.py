"""One round of one contender: answers per second, latencies, and the processor time of program and database."""

from dataclasses import dataclass

import psutil  # type: ignore[import-untyped]

from bench.client import measure
from bench.contenders import Contender
from bench.office import postmaster_pid

MILLISECONDS = 1000


@dataclass(frozen=True)
class Round:
    """What one round gave; processor times are milliseconds per answer."""

    per_second: float
    p50: float
    p99: float
    app_cpu: float
    database_cpu: float


def run_round(contender: Contender, requests: list[bytes], clients: int, seconds: float) -> Round:
    """Load one contender while the others are idle."""
    database = postmaster_pid()
    app_before, database_before = processor_seconds(contender.pid), processor_seconds(database)
    found = measure(contender.port, requests, clients, seconds)
    app, shared = processor_seconds(contender.pid) - app_before, processor_seconds(database) - database_before
    return Round(
        found.per_second,
        found.quantile(0.5),
        found.quantile(0.99),
        app / found.answers * MILLISECONDS,
        shared / found.answers * MILLISECONDS,
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
