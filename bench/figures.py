"""Published figures and maintained counters over the cases that were copied, made by the office's own code."""

import asyncio
import subprocess
import sys

import psycopg

from authz.actor import Actor
from bangban.connections import Connections
from bangban.settings import CHECKOUT
from bangban.wiring import wire
from bench.contenders import FIRST_PORT
from bench.life import NEWEST
from bench.office import environment, settings
from bench.subject import MONTH
from casework.reporting.take_snapshot import TakeSnapshot, take_snapshot

COUNTED = "SELECT to_regclass('public.case_tally') IS NOT NULL"
WRITTEN = "SELECT EXISTS (SELECT FROM metric_snapshot WHERE period_from = %s)"
RUN_OUT = """
UPDATE timer SET state = 'BREACHED', overdue_from = due_at + interval '1 microsecond', fire_at = NULL
WHERE state = 'RUNNING' AND due_at < %(now)s
"""
OVERDUE = """
UPDATE service_case c SET overdue_clocks = t.n
FROM (SELECT tenant_id, subject_id, count(*) AS n FROM timer WHERE state = 'BREACHED' AND overdue_from IS NOT NULL
      GROUP BY tenant_id, subject_id) t
WHERE t.tenant_id = c.tenant_id AND t.subject_id = c.id AND c.overdue_clocks <> t.n
"""


def counted(connections: Connections) -> bool:
    """Tell whether the office keeps counters of its cases."""
    with psycopg.connect(connections.administrator) as connection:
        return bool(connection.execute(COUNTED).fetchall()[0][0])


def run_out_clocks(connection: psycopg.Connection[tuple[object]]) -> None:
    """Let the clocks of open cases run out that were due before the newest case, as a worker would have."""
    if connection.execute(COUNTED).fetchall()[0][0]:
        connection.execute(RUN_OUT, {"now": NEWEST})
        connection.execute(OVERDUE)


def count(connections: Connections) -> None:
    """Have the office count its cases, where it keeps counters; clocks that deeds stopped have run out again."""
    if counted(connections):
        with psycopg.connect(connections.administrator) as connection:
            run_out_clocks(connection)
        command = [sys.executable, "-m", "bangban", "recount"]
        subprocess.run(command, cwd=CHECKOUT, env=environment(connections, FIRST_PORT, 4), check=True)


def publish(connections: Connections, tenants: list[str]) -> None:
    """Have every city publish the month that is compared, as its worker would, unless that was done."""
    with psycopg.connect(connections.administrator) as connection:
        if connection.execute(WRITTEN, [MONTH.first]).fetchall()[0][0]:
            return
    asyncio.run(_publish(connections, tenants))


async def _publish(connections: Connections, tenants: list[str]) -> None:
    office = wire(settings(), connections).make_office()
    try:
        for tenant in tenants:
            async with office.open(Actor.system(tenant)) as work:
                await take_snapshot(work, TakeSnapshot(MONTH))
    finally:
        await office.database.close()
