"""`python -m bench.run`: measures ours, its peers and the limit in interleaved rounds over one database."""

import argparse
import subprocess
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import orjson

from bangban.settings import CHECKOUT
from bench import report
from bench.figures import count, publish
from bench.load import CASES, SEED, load, shares
from bench.measuring import Choice, Run, run
from bench.office import HOME, bench_database
from bench.plot import svg

PROOF_ONLY, PROOF = ("equality",), 50_000
"""What is asked for where nothing is to be measured, and with how many documents equality is proved then."""


def main() -> None:
    """Read the command line, measure each size, print the tables and keep the figures."""
    given = arguments()
    sizes = [] if given.only == PROOF_ONLY else given.sizes or [given.cases]
    found = {cases: one_size(given, cases) for cases in sizes}
    if len(found) > 1:
        first, *_, last = found.values()
        print(f"\n{min(found):,} cases to {max(found):,} cases")
        print(report.text(report.slowdown(first.results, last.results)))
    if given.equality or not sizes:
        asked = ["--documents", str(given.equality or PROOF), "--seed", str(given.seed)]
        command = [sys.executable, "-m", "bench.equality", *asked]
        sys.exit(subprocess.run(command, cwd=CHECKOUT, check=False).returncode)


def arguments() -> argparse.Namespace:
    """Say what can be chosen."""
    parser = argparse.ArgumentParser(description="Measure the office against its peers.")
    parser.add_argument("--cases", type=int, default=CASES, help="how many in all five cities; loaded when missing")
    parser.add_argument("--sizes", type=_sizes, help="several numbers of cases, such as 200000,2000000, compared")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of every contender and workload")
    parser.add_argument("--seconds", type=float, default=10, help="length of a round")
    parser.add_argument("--clients", type=int, default=16, help="connections that ask at once")
    parser.add_argument("--pool", type=int, default=10, help="connections to PostgreSQL that each contender holds")
    parser.add_argument(
        "--only",
        type=_names,
        default=(),
        help="workloads, such as case,worklist,create,cold; equality for the proof alone",
    )
    parser.add_argument("--without", type=_names, default=(), help="contenders, such as plain,pgbench")
    parser.add_argument("--cold", type=int, default=300, help="documents executed for the first time; 0 for none")
    parser.add_argument(
        "--documents", type=int, default=10_000, help="documents before memory is looked at; 0 for none"
    )
    parser.add_argument("--equality", type=int, default=0, help="documents for the proof of equality afterwards")
    parser.add_argument("--seed", type=int, default=1, help="the same seed proves with the same documents")
    return parser.parse_args()


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split(","))


def _sizes(text: str) -> list[int]:
    return sorted(int(part) for part in text.split(","))


def one_size(given: argparse.Namespace, cases: int) -> Run:
    """Measure over one database and tell."""
    chosen = Choice(
        cases,
        given.rounds,
        given.seconds,
        given.clients,
        given.pool,
        given.only,
        given.without,
        given.cold,
        given.documents,
    )
    with bench_database(cases) as connections:
        if load(connections, cases, SEED):
            count(connections)
        publish(connections, [tenant for tenant, _ in shares(cases)])
        found = run(connections, chosen)
    for rows in report.tables(found.results, found.colds):
        print(f"\n{report.text(rows)}")
    settings = f"{chosen.rounds} rounds of {chosen.seconds:g} s, {chosen.clients} clients, {chosen.pool} connections, {cases:,} cases"
    print(f"\n{settings}; all in {keep(found, settings)}.json, .md and .svg")
    return found


def keep(found: Run, settings: str) -> Path:
    """Write figures, tables and plot to the bench's folder, under the time of the run."""
    path = HOME / f"run-{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{found.chosen.cases}"
    everything = report.document(found.results, found.colds, asdict(found.chosen))
    path.with_suffix(".json").write_bytes(orjson.dumps(everything, option=orjson.OPT_INDENT_2))
    tables = "\n\n".join(report.markdown(rows) for rows in report.tables(found.results, found.colds))
    path.with_suffix(".md").write_text(f"{settings}\n\n{tables}\n")
    if found.results:
        path.with_suffix(".svg").write_text(svg(found.results, f"Answers per second: {settings}"))
    return path


if __name__ == "__main__":
    main()
