"""`python -m bench.load --cases 200000`: fills the bench's database with cases by COPY."""

import argparse
import sys
import time
from typing import Any

import psycopg

from bangban.connections import Connections
from bangban.demo.blueprint import tenants_planned
from bangban.recounting import recount_all
from bench.city import City
from bench.making import Maker
from bench.office import bench_database, filled

SEED = 20260101
CASES = 200_000
BATCH = 5_000


def load(connections: Connections, cases: int, seed: int = SEED) -> None:
    """Fill the database, unless it holds exactly these cases already; what an interrupted load left is replaced.

    The administrator copies, because COPY is refused under row-level security, and without the checks of foreign keys,
    because the rows are made from the keys they point to.
    """
    mark = f"cases={cases} seed={seed}"
    started = time.monotonic()
    with psycopg.connect(connections.administrator, autocommit=True) as connection:
        if filled(connection, mark):
            return
    with psycopg.connect(connections.administrator) as connection:
        rows = _replace(connection, cases, seed)
    recount_all(connections)
    with psycopg.connect(connections.administrator, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        connection.execute(f"COMMENT ON DATABASE {connections.database} IS '{mark}'")
    print(f"\r{cases:,} cases, {rows:,} rows in {time.monotonic() - started:.0f} s", file=sys.stderr)


def _replace(connection: psycopg.Connection[Any], cases: int, seed: int) -> int:
    """Empty the tables of cases and fill them; all or nothing, with the connection's one transaction."""
    connection.execute("SET LOCAL session_replication_role = replica")
    connection.execute("TRUNCATE service_request, timer, case_tally CASCADE")
    rows = done = 0
    for tenant, share in shares(cases):
        rows += _fill(connection, Maker(City.read(connection, tenant), seed), share, done, cases)
        done += share
    return rows


def shares(cases: int) -> list[tuple[str, int]]:
    """Divide the cases over the five cities: the first gets half, the others the rest in equal parts."""
    first, *others = tenants_planned()
    part = cases // 2 // len(others)
    return [(first, cases - part * len(others)), *((tenant, part) for tenant in others)]


def _fill(connection: psycopg.Connection[Any], maker: Maker, share: int, before: int, cases: int) -> int:
    with connection.cursor() as cursor:
        for made in maker.make(share):
            if made % BATCH == 0 or made == share:
                maker.flush(cursor)
                print(f"\r{before + made:,} of {cases:,} cases", end="", file=sys.stderr, flush=True)
        return maker.flush(cursor)


def main() -> None:
    """Read the command line and load."""
    parser = argparse.ArgumentParser(description="Fill the bench's database with cases.")
    parser.add_argument("--cases", type=int, default=CASES, help="how many in all five cities")
    parser.add_argument("--seed", type=int, default=SEED, help="the same seed gives the same cases")
    chosen = parser.parse_args()
    with bench_database(chosen.cases) as connections:
        load(connections, chosen.cases, chosen.seed)


if __name__ == "__main__":
    main()
