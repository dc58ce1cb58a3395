"""A worker process of a small house: the real workers, with made-up listeners that write down what they do.

The folder holds house.json and receives journal.log.
"""

import asyncio
import json
import logging
import os
import sys
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from casework.kernel.clock import FileClock
from casework.kernel.database import Database
from casework.kernel.law import Regulation
from casework.kernel.work import Office, Work
from casework.regulation.shelf import Shelf
from workers.broker import BrokerSettings
from workers.duties import Duties
from workers.events import CONSUMERS, Consumers, Happened
from workers.pace import Pace
from workers.run import run

FAST = Pace(
    idle_seconds=0.05,
    timer_seconds=0.1,
    seal_seconds=0.3,
    tenants_seconds=0.3,
    election_seconds=0.2,
    frozen_seconds=2.0,
    job_seconds=60.0,
    event_lease=timedelta(seconds=100),
    retry_first=timedelta(milliseconds=50),
    retry_longest=timedelta(milliseconds=100),
    tries=3,
)


class NoRegulation:
    """A shelf with one empty revision: the workers themselves ask no rule."""

    def newest(self, tenant: str) -> str:
        return "SELECT 1"

    async def in_force(self, session: AsyncSession, tenant: str, newest: object) -> Regulation:
        return Regulation(UUID(int=1), None, None)  # type: ignore[arg-type]

    async def revision(self, session: AsyncSession, tenant: str, revision_id: UUID) -> Regulation:
        return await self.in_force(session, tenant, ())


@dataclass(frozen=True)
class SmallHouse:
    """What the worker process is wired with."""

    folder: Path
    database_url: str
    broker_settings: BrokerSettings
    worker_threads: int
    under_rules: bool
    frozen_seconds: float
    lease_seconds: float

    def make_office(self) -> Office:
        database = Database.connect(self.database_url, pool_size=6)
        return Office(database, FileClock(self.folder / "clock"), Shelf() if self.under_rules else NoRegulation())


def note(folder: Path, *words: object) -> None:
    """Add a line to the journal in one write, so that a kill cannot leave half of it."""
    with (folder / "journal.log").open("ab", buffering=0) as journal:
        journal.write((" ".join(map(str, (os.getpid(), *words))) + "\n").encode())


def listeners(folder: Path) -> Consumers:
    """Listeners that leave a trace in the database (once) and in the journal (each time)."""
    consumers = Consumers()

    @consumers.on("probe.happened", consumer="probe.leave_trace")
    async def leave_trace(work: Work, event: Happened) -> None:
        note(folder, "begins", event.aggregate_id)
        work.audit("probe.effect", "probe", event.aggregate_id)
        await work.session.flush()
        while (folder / "hold").exists():  # noqa: ASYNC110 - the test that lets go is another process
            await asyncio.sleep(0.02)
        note(folder, "ends", event.aggregate_id)

    @consumers.on("probe.poison", consumer="probe.fail")
    async def fail(work: Work, event: Happened) -> None:
        work.audit("probe.effect", "probe", event.aggregate_id)
        await work.session.flush()
        raise RuntimeError("13800001111 must reach no log")

    return consumers


def duties(folder: Path) -> Duties:
    """A duty that shows who leads."""
    looked_after = Duties()

    @looked_after.every(0.05, "probe.beat")
    async def beat(office: Office, tenant: str) -> None:
        note(folder, "beats", tenant)

    return looked_after


def read_house(folder: Path) -> SmallHouse:
    """Read how the test wired the house."""
    facts: dict[str, Any] = json.loads((folder / "house.json").read_text())
    broker = BrokerSettings(**facts["broker"])
    return SmallHouse(
        folder,
        facts["database_url"],
        broker,
        facts["threads"],
        facts["under_rules"],
        facts["frozen_seconds"],
        facts["lease_seconds"],
    )


def run_house(folder: Path) -> None:
    """Work for the house whose folder this is, until a signal."""
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(threadName)s %(name)s %(message)s")
    house = read_house(folder)
    lease = timedelta(seconds=house.lease_seconds)
    pace = replace(FAST, frozen_seconds=house.frozen_seconds, event_lease=lease)
    consumers = CONSUMERS if house.under_rules else listeners(folder)
    run(house, pace=pace, consumers=consumers, duties=duties(folder))
