"""`python -m bench.run`: measures ours, PostGraphile and the limit in interleaved rounds over one database."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from bangban.connections import Connections
from bench.contenders import Contender, running
from bench.load import CASES, SEED, load, shares
from bench.office import HOME, bench_database
from bench.report import Results, document, table
from bench.rounds import Round, run_round
from bench.subject import answer_of, case_numbers, require_same, token_of_overseer
from bench.workloads import WORKLOADS, Workload

NAMES = ["ours", "postgraphile", "limit"]
WARM_UP = 1.0


def main() -> None:
    """Read the command line, measure, print the table and keep the figures."""
    chosen = arguments()
    with bench_database(chosen.cases) as connections:
        load(connections, chosen.cases, SEED)
        results = run(connections, chosen)
    print(table(results))
    kept = keep(results, vars(chosen))
    print(
        f"\n{chosen.rounds} rounds of {chosen.seconds:g} s, {chosen.clients} clients, {chosen.cases:,} cases; all in {kept}"
    )


def arguments() -> argparse.Namespace:
    """Say what can be chosen."""
    parser = argparse.ArgumentParser(description="Measure the office against its peers.")
    parser.add_argument("--cases", type=int, default=CASES, help="how many in all five cities; loaded when missing")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of every contender and workload")
    parser.add_argument("--seconds", type=float, default=10, help="length of a round")
    parser.add_argument("--clients", type=int, default=16, help="connections that ask at once")
    parser.add_argument("--pool", type=int, default=10, help="connections to PostgreSQL that each contender holds")
    return parser.parse_args()


def run(connections: Connections, chosen: argparse.Namespace) -> Results:
    """Start all contenders, prove that they say the same, and measure them in turn."""
    tenant = shares(chosen.cases)[0][0]
    numbers = case_numbers(connections, tenant)
    with running(connections, tenant, chosen.pool, NAMES) as contenders:
        token = _token(connections, contenders, tenant, numbers)
        for work in WORKLOADS:
            require_same(work, contenders, tenant, numbers, token)
        results: dict[str, dict[str, list[Round]]] = {}
        for work in WORKLOADS:
            asked = {one.name: one.requests(work, tenant, numbers, token) for one in contenders}
            results[work.name] = _measure(work, contenders, asked, chosen)
    return results


def keep(results: Results, settings: dict[str, Any]) -> Path:
    """Write the figures to the bench's folder, under the time of the run."""
    path = HOME / f"run-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.json"
    path.write_bytes(orjson.dumps(document(results, settings), option=orjson.OPT_INDENT_2))
    return path


def _token(connections: Connections, contenders: list[Contender], tenant: str, numbers: list[str]) -> str:
    """Find a caller of ours who sees as many cases as the limit, which knows no rights."""
    by_name = {one.name: one for one in contenders}
    worklist = next(work for work in WORKLOADS if work.name == "worklist")
    limit = by_name["limit"]
    rows = len(answer_of(limit, limit.requests(worklist, tenant, numbers, "")[0])["cases"])
    return token_of_overseer(connections, by_name["ours"], tenant, worklist, numbers, rows)


def _measure(
    work: Workload, contenders: list[Contender], asked: dict[str, list[bytes]], chosen: argparse.Namespace
) -> dict[str, list[Round]]:
    """Let the contenders take turns, so that whatever slows the machine for a while slows them all."""
    rounds: dict[str, list[Round]] = {one.name: [] for one in contenders}
    for one in contenders:
        run_round(one, asked[one.name], chosen.clients, WARM_UP)
    for number in range(chosen.rounds):
        for one in contenders:
            found = run_round(one, asked[one.name], chosen.clients, chosen.seconds)
            rounds[one.name].append(found)
            print(f"{work.name} {number + 1}: {one.name} {found.per_second:,.0f}/s", file=sys.stderr)
    return rounds


if __name__ == "__main__":
    main()
