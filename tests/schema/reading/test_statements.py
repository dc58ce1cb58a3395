"""The statements of plans: every row source names the tenant, and the database finds its rows by an index."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from bench.equality.comparing import Asking, next_answers
from bench.equality.doors import open_doors
from bench.equality.question import Written
from bench.questions import CASE, DASHBOARD, WORKLIST
from casework.kernel.lanes import Lanes, Statement
from migrations.tables import metadata
from tests.schema.reading.conftest import Scene, filled_scene, vault_of
from tests.shared_server import SharedServer

DOCUMENTS = 200
FEW = 150
"""Rows of a table from which on it must not be walked through."""
COMPARED = re.compile(r"\.(\w+)\)?(?:::\w+)? [=<>]")
OF_TENANT = re.compile(r"tenant_id\)?(?:::text)? = 'taian'")
TENANT_TABLES = frozenset(table.name for table in metadata.sorted_tables if "tenant_id" in table.c)


@dataclass(frozen=True)
class Read:
    """One statement as it was sent."""

    tenant: str
    text: bytes
    values: Sequence[bytes | None]


@dataclass
class Recording(Lanes):
    """Lanes that remember what was read over them."""

    reads: dict[bytes, Read] = field(default_factory=dict)

    def __init__(self, dsn: str) -> None:
        super().__init__(dsn, 2)
        self.reads = {}

    async def ask(
        self, tenant: str, statement: Statement, values: Sequence[bytes | None], timeout_ms: int
    ) -> list[bytes | None]:
        self.reads.setdefault(statement.text, Read(tenant, statement.text, list(values)))
        return await super().ask(tenant, statement, values, timeout_ms)


@pytest.fixture(scope="module")
def grown(server: SharedServer, worker_id: str, proof_home: Path) -> Scene:
    """Make one city with so many rows that no table of cases is worth walking through."""
    return filled_scene(server, f"grown_{worker_id}", proof_home, times=8, cities=("taian",))


@pytest.fixture(scope="module")
def reads(grown: Scene, proof_home: Path) -> list[Read]:
    """Collect the statements of random documents and of the bench's questions."""
    with vault_of(proof_home):
        return asyncio.run(asked(grown))


async def asked(grown: Scene) -> list[Read]:
    lanes = Recording(grown.connections.dsn("app"))
    asking = Asking.of(grown.towns, 5)
    numbers = [row["case_no"] for row in grown.towns[0].rows["service_case"]]
    async with open_doors(grown.connections, lanes) as doors:
        async for _ in next_answers(doors, asking, DOCUMENTS):
            pass
        for question in (CASE, WORKLIST, DASHBOARD):
            variables = {"no": numbers[0]} if question.varies else {}
            for caller in asking.who:
                await doors.ask("planned", Written(question.ours, variables), caller)
    return list(lanes.reads.values())


def explained(dsn: str, reads: Sequence[Read]) -> Iterator[tuple[Read, dict[str, Any]]]:
    """Ask PostgreSQL how it would answer each statement with the values that it was sent with."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("SET enable_seqscan = off")
        for read in reads:
            connection.execute(sql.SQL("SET app.tenant_id = {}").format(sql.Literal(read.tenant)))
            result = connection.pgconn.exec_params(b"EXPLAIN (VERBOSE, FORMAT JSON) " + read.text, list(read.values))
            written = result.get_value(0, 0)
            assert written is not None, result.error_message
            yield read, json.loads(written)[0]["Plan"]


def scans(plan: dict[str, Any], repeated: bool = False) -> Iterator[tuple[dict[str, Any], bool]]:
    """List the scans of tenant tables in a plan, and whether each is repeated for the rows of another."""
    if plan.get("Relation Name") in TENANT_TABLES:
        yield plan, repeated
    for inner in plan.get("Plans", ()):
        relation = inner.get("Parent Relationship")
        again = relation == "Inner" and plan["Node Type"] == "Nested Loop"
        yield from scans(inner, repeated or again or relation == "SubPlan")


def conditions(plan: dict[str, Any]) -> str:
    """Give all conditions of a scan, those of the index scans below it among them."""
    own = [str(plan.get(name, "")) for name in ("Index Cond", "Filter", "Recheck Cond")]
    return " ".join([*own, *(conditions(inner) for inner in plan.get("Plans", ()))])


def found_by(plan: dict[str, Any]) -> set[str]:
    """Name the columns by which an index finds rows, beside the tenant."""
    own = set(COMPARED.findall(str(plan.get("Index Cond", "")))) - {"tenant_id"}
    return own.union(*(found_by(inner) for inner in plan.get("Plans", ())))


def every_row_source_names_the_tenant(grown: Scene, reads: list[Read]) -> None:
    seen = set()
    for read, plan in explained(grown.connections.administrator, reads):
        for scan, _ in scans(plan):
            seen.add(scan["Relation Name"])
            assert OF_TENANT.search(conditions(scan)), f"{scan}\n{read.text.decode()}"
    assert len(reads) > DOCUMENTS / 2
    assert len(seen) > 20, sorted(seen)


def no_plan_walks_through_a_table(grown: Scene, reads: list[Read]) -> None:
    large = {name for name, rows in grown.towns[0].rows.items() if len(rows) > FEW}
    checked = 0
    for read, plan in explained(grown.connections.dsn("app"), reads):
        for scan, repeated in scans(plan):
            assert scan["Node Type"] != "Seq Scan", f"{scan}\n{read.text.decode()}"
            if repeated and scan["Relation Name"] in large:
                checked += 1
                assert found_by(scan), f"{scan}\n{read.text.decode()}"
    assert checked > DOCUMENTS / 2


def test_statements_name_the_tenant_and_walk_through_no_table(grown: Scene, reads: list[Read]) -> None:
    every_row_source_names_the_tenant(grown, reads)
    no_plan_walks_through_a_table(grown, reads)


def test_the_check_sees_a_source_without_tenant_and_a_walk(grown: Scene) -> None:
    careless = b"SELECT (SELECT count(*) FROM case_step s WHERE s.case_id = c.id) FROM service_case c WHERE c.case_no = $1::text"
    walking = b"SELECT (SELECT count(*) FROM case_step s WHERE s.stage = c.case_no) FROM service_case c WHERE c.case_no = $1::text"
    for check, text in ((every_row_source_names_the_tenant, careless), (no_plan_walks_through_a_table, walking)):
        with pytest.raises(AssertionError, match="SELECT"):
            check(grown, [Read("taian", text, [b"2024-00001"])])
