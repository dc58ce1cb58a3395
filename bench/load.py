"""`python -m bench.load --cases 200000`: fills the bench's database with cases by COPY."""

import argparse
import hashlib
import os
import sys
import time
from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from bangban.connections import Connections
from bangban.demo.blueprint import tenants_planned
from bench.city import City
from bench.copying import columns_of, made_alike, made_anyhow
from bench.figures import run_out_clocks
from bench.indexes import build, set_aside
from bench.life import NEWEST
from bench.making import KINDS, Chunk, Maker, chunks
from bench.office import bench_database, filled
from casework.kernel.vault import opened_vault

SEED = 20260101
CASES = 200_000
CHUNK = 4_000
AHEAD = 2
"""How many pieces each process may have made before the first of them is copied."""

SEALED = {
    "service_request.text": "想办理一项许可，不清楚要带哪些材料。",
    "contact_record.content": "已电话告知办理流程和所需材料。",
    "document.data": '{"remark": "已核对"}',
}


def load(connections: Connections, cases: int, seed: int = SEED) -> bool:
    """Fill the database unless it holds exactly these cases already, and tell whether that was done.

    What an interrupted load left is replaced. The administrator copies, because COPY is refused under row-level
    security, and without the checks of foreign keys, because the rows are made from the keys they point to.
    """
    mark = f"cases={cases} seed={seed} makers={_makers()}"
    started = time.monotonic()
    with psycopg.connect(connections.administrator, autocommit=True) as connection:
        if filled(connection, mark):
            return False
    with psycopg.connect(connections.administrator) as connection:
        rows = _replace(connection, cases, seed)
    print(f"\r{cases:,} cases, {rows:,} rows copied in {time.monotonic() - started:.0f} s", file=sys.stderr)
    build(connections.administrator, [kind.__tablename__ for kind in KINDS])
    with psycopg.connect(connections.administrator, autocommit=True) as connection:
        connection.execute("ANALYZE")
        # The rows are frozen: no vacuum has anything to do here while contenders are measured.
        connection.execute("SELECT pg_stat_reset()")
        connection.execute(f"COMMENT ON DATABASE {connections.database} IS '{mark}'")
    print(f"indexed and analysed after {time.monotonic() - started:.0f} s", file=sys.stderr)
    return True


def _replace(connection: psycopg.Connection[Any], cases: int, seed: int) -> int:
    """Empty the tables of cases and fill them, all or nothing.

    One transaction that empties and fills writes no log of the rows, and they are frozen and all visible at once.
    """
    connection.execute("SET LOCAL session_replication_role = replica")
    connection.execute("TRUNCATE service_request, timer CASCADE")
    set_aside(connection, [kind.__tablename__ for kind in KINDS])
    made_alike(connection, KINDS, NEWEST)
    cities = {tenant: City.read(connection, tenant) for tenant, _ in shares(cases)}
    rows = 0
    with connection.cursor() as cursor:
        for done, chunk in _made(cities, cases, seed):
            rows += _copy(cursor, chunk)
            print(f"\r{done:,} of {cases:,} cases", end="", file=sys.stderr, flush=True)
    made_anyhow(connection, KINDS)
    run_out_clocks(connection)
    return rows


def _makers() -> str:
    """Digest what makes the cases, so that others are made when it changes."""
    folder = Path(__file__).parent
    sources = (folder / name for name in ("city.py", "copying.py", "figures.py", "life.py", "load.py", "making.py"))
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:8]


def shares(cases: int) -> list[tuple[str, int]]:
    """Divide the cases over the five cities: the first gets half, the others the rest in equal parts."""
    first, *others = tenants_planned()
    part = cases // 2 // len(others)
    return [(first, cases - part * len(others)), *((tenant, part) for tenant in others)]


def _made(cities: Mapping[str, City], cases: int, seed: int) -> Iterator[tuple[int, Chunk]]:
    """Have other processes make the cases, and give the pieces in order with the number of cases made so far."""
    sealed = {label: opened_vault().seal(text, label) for label, text in SEALED.items()}
    waiting: deque[tuple[int, Future[Chunk]]] = deque()
    done = 0
    workers = os.cpu_count() or 1
    with ProcessPoolExecutor(workers, get_context("spawn"), _remember, (cities, sealed)) as pool:
        for tenant, share in shares(cases):
            for first, last in chunks(share, CHUNK):
                waiting.append((last - first, pool.submit(_make, tenant, seed, first, last, share)))
                if len(waiting) > workers * AHEAD:
                    number, made = waiting.popleft()
                    done += number
                    yield done, made.result()
        for number, made in waiting:
            done += number
            yield done, made.result()


class _Given:
    cities: Mapping[str, City]
    sealed: Mapping[str, bytes]


def _remember(cities: Mapping[str, City], sealed: Mapping[str, bytes]) -> None:
    _Given.cities, _Given.sealed = cities, sealed


def _make(tenant: str, seed: int, first: int, last: int, share: int) -> Chunk:
    """Make one piece; its chance depends on the seed and its place only, so that any process may make it."""
    return Maker(_Given.cities[tenant], f"{seed}:{tenant}:{first}", _Given.sealed).make(first, last, share)


def _copy(cursor: psycopg.Cursor[Any], chunk: Chunk) -> int:
    columns = {kind.__tablename__: columns_of(kind) for kind in KINDS}
    for table, rows, _ in chunk:
        names = sql.SQL(", ").join(map(sql.Identifier, columns[table]))
        statement = sql.SQL("COPY {} ({}) FROM STDIN (FREEZE)").format(sql.Identifier(table), names)
        with cursor.copy(statement) as copy:
            copy.write(rows)
    return sum(number for *_, number in chunk)


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
