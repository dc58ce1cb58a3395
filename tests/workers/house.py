"""The test's side of a small house: emits events, starts and ends worker processes, counts effects."""

import asyncio
import json
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select

from authz.actor import Actor
from casework.kernel.audit import AuditEntry, AuditSeal
from casework.kernel.clock import FileClock
from casework.kernel.database import Database
from casework.kernel.events import Event
from casework.kernel.ids import new_id
from casework.kernel.outbox import OutboxEvent, OutboxState
from casework.kernel.tenancy import Tenant
from casework.kernel.work import Office
from tests.forked import Forked
from tests.workers.program import FAST, NoRegulation, run_house
from workers.broker import BrokerSettings


@dataclass
class SmallHouse:
    """A house with made-up tenants, its own database and folder, and real worker processes."""

    folder: Path
    database_url: str
    broker: BrokerSettings
    tenants: Sequence[str]
    threads: int = 4
    frozen_seconds: float = FAST.frozen_seconds
    lease_seconds: float = FAST.event_lease.total_seconds()
    under_rules: bool = False
    processes: list[Forked] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.office = Office(
            Database.connect(self.database_url, pool_size=4), FileClock(self.folder / "clock"), NoRegulation()
        )

    def put_under_rules(self) -> None:
        """Let worker processes that start from now on read published profiles and listen as the rooms do."""
        self.under_rules = True

    def _wire(self) -> None:
        facts = {
            "database_url": self.database_url,
            "broker": vars(self.broker),
            "threads": self.threads,
            "under_rules": self.under_rules,
            "frozen_seconds": self.frozen_seconds,
            "lease_seconds": self.lease_seconds,
        }
        (self.folder / "house.json").write_text(json.dumps(facts))

    def start(self) -> Forked:
        """Start a worker process; its log is a file in the folder."""
        self._wire()
        log = self.folder / f"worker{len(self.processes)}.log"
        self.processes.append(Forked(log, run_house, self.folder))
        return self.processes[-1]

    async def until(self, reached: Callable[[], object], seconds: float = 60) -> None:
        """Wait until something is reached; the logs tell why it was not."""
        deadline = time.monotonic() + seconds
        while not reached():
            assert time.monotonic() < deadline, "\n".join(
                self.log(number)[-2000:] for number in range(len(self.processes))
            )
            await asyncio.sleep(0.05)

    async def until_done(self, tenant: str, count: int, seconds: float = 60) -> None:
        """Wait until that many events of the tenant are done."""
        deadline = time.monotonic() + seconds
        while (states := await self.states(tenant)).get(OutboxState.DONE, 0) < count:
            assert time.monotonic() < deadline, f"{states}\n{self.log()[-3000:]}"
            await asyncio.sleep(0.05)

    async def open_tenant(self, code: str) -> None:
        """Enter a tenant in the register."""
        async with self.office.open(Actor.system(code)) as work:
            work.session.add(
                Tenant(
                    code=code,
                    name_zh=code,
                    name_en=code,
                    province_code="37",
                    province_zh="山东省",
                    admin_level="prefecture",
                )
            )

    async def emit(self, tenant: str, name: str = "probe.happened", count: int = 1) -> list[UUID]:
        """Let events happen; gives the ids of what they happened to."""
        subjects = [new_id() for _ in range(count)]
        async with self.office.open(Actor.system(tenant)) as work:
            for subject in subjects:
                work.emit(Event(name, "probe", subject))
        return subjects

    async def effects(self, tenant: str) -> list[str]:
        """List what the effects of events happened to, each as often as it happened."""
        async with self.office.open(Actor.system(tenant)) as work:
            query = select(AuditEntry.object_id).where(
                AuditEntry.tenant_id == tenant, AuditEntry.action == "probe.effect"
            )
            return sorted((await work.session.scalars(query)).all())

    async def states(self, tenant: str) -> dict[OutboxState, int]:
        """Count the events of a tenant by state."""
        async with self.office.open(Actor.system(tenant)) as work:
            query = (
                select(OutboxEvent.state, func.count())
                .where(OutboxEvent.tenant_id == tenant)
                .group_by(OutboxEvent.state)
            )
            return dict((await work.session.execute(query)).all())

    async def events(self, tenant: str) -> list[OutboxEvent]:
        """Read the events of a tenant in the order they happened."""
        async with self.office.open(Actor.system(tenant)) as work:
            query = select(OutboxEvent).where(OutboxEvent.tenant_id == tenant).order_by(OutboxEvent.id)
            return list((await work.session.scalars(query)).all())

    async def seals(self, tenant: str) -> list[int]:
        """List the links of a tenant's audit chain."""
        async with self.office.open(Actor.system(tenant)) as work:
            query = select(AuditSeal.seq).where(AuditSeal.tenant_id == tenant).order_by(AuditSeal.seq)
            return list((await work.session.scalars(query)).all())

    def journal(self, *words: object) -> list[list[str]]:
        """Read the journal's lines that have these words after the process id."""
        path = self.folder / "journal.log"
        lines = [line.split() for line in path.read_text().splitlines()] if path.exists() else []
        wanted = [str(word) for word in words]
        return [line for line in lines if line[1 : 1 + len(wanted)] == wanted]

    def log(self, number: int = 0) -> str:
        """Read the log of a worker process."""
        return (self.folder / f"worker{number}.log").read_text()

    def hold(self) -> None:
        """Let jobs wait in the middle of their work."""
        (self.folder / "hold").touch()

    def let_go(self) -> None:
        """Let held jobs go on."""
        (self.folder / "hold").unlink(missing_ok=True)

    def leader(self) -> int | None:
        """Tell which process led last, by the newest beat."""
        beats = self.journal("beats")
        return int(beats[-1][0]) if beats else None

    async def close(self) -> None:
        """End everything that was started."""
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.kill()
            process.wait()
        await self.office.database.close()
