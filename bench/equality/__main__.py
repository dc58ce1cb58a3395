"""`python -m bench.equality --documents 50000 --seed 1`: compares so many random documents, over all processors."""

import argparse
import asyncio
import gc
import multiprocessing
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager

import psycopg

from bangban.connections import Connections
from bangban.database import prepare
from bangban.embedded import EmbeddedServer
from bangban.filling import publish_shipped
from bangban.keys import load_vault
from bangban.migrating import migrate
from bangban.settings import CHECKOUT, load_settings
from bangban.telling import Teller
from bench.equality import supervising
from bench.equality.comparing import Asking, Differing, Tally, prove, traces
from bench.equality.scenery import Town, settle
from casework.kernel.vault import open_vault
from schema.logs import configure_logging

HOME = CHECKOUT / ".data" / "equality"
OPTIONS = {"fsync": "off", "full_page_writes": "off", "shared_buffers": "128MB", "max_connections": "60"}
CHUNK = 250
PROVINCIAL, APART = 10, 500_000
"""One document in so many is a supervisor's; their numbers lie so far from those of the cities."""
SCENE: list[tuple[Connections, list[Town]]] = []
"""The filled database, which worker processes inherit."""


@contextmanager
def filled() -> Iterator[tuple[Connections, list[Town]]]:
    """Start a server of its own with a new database: migrated, profiles published, cities settled."""
    HOME.mkdir(parents=True, exist_ok=True)
    server = EmbeddedServer(HOME, OPTIONS).start()
    try:
        with psycopg.connect(server.dsn(), autocommit=True) as maintenance:
            maintenance.execute("DROP DATABASE IF EXISTS equality WITH (FORCE)")
        connections = prepare(server.dsn(database="equality"), HOME / "roles.json", reset=True)
        migrate(connections)
        kept = load_settings(data_home=HOME, environment="test")
        open_vault(load_vault(kept))
        publish_shipped(kept, connections, Teller())
        towns = settle(connections)
        supervising.publish_figures(connections)
        yield connections, towns
    finally:
        server.close()


def chunk(seed: int, documents: int) -> Tally:
    """Compare a part of the documents in one process."""
    configure_logging(level="CRITICAL")
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    connections, towns = SCENE[0]
    provincial = documents // PROVINCIAL
    tally = asyncio.run(prove(connections, Asking.of(towns, seed), documents - provincial))
    tally.add(asyncio.run(prove(connections, supervising.asking(seed + APART), provincial)))
    return tally


def run(documents: int, seed: int, processes: int) -> Tally:
    """Compare all documents; the first disagreement ends the run."""
    whole, started = Tally(), time.monotonic()
    parts = [min(CHUNK, documents - start) for start in range(0, documents, CHUNK)]
    with ProcessPoolExecutor(processes, multiprocessing.get_context("fork")) as pool:
        waiting = [pool.submit(chunk, seed * 1_000_000 + number, part) for number, part in enumerate(parts)]
        try:
            for done in as_completed(waiting):
                whole.add(done.result())
                seconds = time.monotonic() - started
                print(f"\r{whole.documents:,} of {documents:,} in {seconds:.0f} s", end="", file=sys.stderr, flush=True)
        except Differing:
            pool.shutdown(cancel_futures=True)
            raise
    print(file=sys.stderr)
    return whole


def main() -> int:
    """Read the command line and compare."""
    parser = argparse.ArgumentParser(description="Compare planned and standard answers to random documents.")
    parser.add_argument("--documents", type=int, default=50_000, help="how many")
    parser.add_argument("--seed", type=int, default=1, help="the same seed asks the same documents")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="how many at once")
    chosen = parser.parse_args()
    with filled() as scene:
        SCENE.append(scene)
        try:
            tally = run(chosen.documents, chosen.seed, chosen.processes)
        except Differing as difference:
            print(f"\n{difference}")
            return 1
        left = traces(*scene, tally.sound)
        print(f"{tally.documents:,} documents, no difference; {tally.whole:.1%} answered by a whole plan")
        print(f"plans {dict(tally.plans)}, outcomes {dict(tally.outcomes)}")
        print(f"trails: {sum(left['planned'].values())} and {sum(left['standard'].values())} entries")
        return 0 if left["standard"] == left["planned"] else 1


if __name__ == "__main__":
    sys.exit(main())
