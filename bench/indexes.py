"""Indexes while millions of rows come in: set aside before, built after, and never defined anew."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
from psycopg import sql

MEMORY = "1GB"
SET_ASIDE = """
UPDATE pg_index SET indisready = false, indisvalid = false WHERE indrelid = ANY (%s::regclass[])
"""
NOT_READY = """
SELECT indexrelid::regclass::text FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
WHERE indrelid = ANY (%s::regclass[]) AND NOT (indisready AND indisvalid)
ORDER BY reltuples DESC, relpages DESC, indexrelid
"""


def set_aside(connection: psycopg.Connection[Any], tables: Sequence[str]) -> None:
    """Let the indexes of tables follow no more until they are built, unique and primary ones included.

    Done in the catalogue, because dropping a key would take the foreign keys that rest on it along; what the migrations
    defined stays defined, and REINDEX makes an index as ready and valid as it was. Emptying a table does so, too, so
    an interrupted load heals with the next.
    """
    connection.execute(SET_ASIDE, [list(tables)])


def build(dsn: str, tables: Sequence[str]) -> None:
    """Build what was set aside, the largest first, on as many connections as there are processors."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        waiting = [row[0] for row in connection.execute(NOT_READY, [list(tables)]).fetchall()]

    def one(index: str) -> None:
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute("SET maintenance_work_mem = {}".format(f"'{MEMORY}'"))
            connection.execute("SET max_parallel_maintenance_workers = 0")
            connection.execute(sql.SQL("REINDEX INDEX {}").format(sql.SQL(index)))

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        list(pool.map(one, waiting))
