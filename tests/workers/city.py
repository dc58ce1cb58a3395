"""A real city in a small house: Taian's profile, one window, and clocks of requests."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from authz.actor import Actor
from casework.deadlines.clocks import Subject, react
from casework.deadlines.models import Timer, TimerBreach
from casework.kernel.clock import FileClock
from casework.kernel.ids import new_id
from casework.kernel.outbox import OutboxEvent
from casework.kernel.work import Office
from casework.organisation.models import OrgUnit
from casework.regulation.publish import publish
from casework.regulation.shelf import Shelf
from tenants.loader import load_profile
from tests.workers.house import SmallHouse

PROFILES = Path(__file__).parents[2] / "tenants" / "profiles"
CITY = "taian"


@dataclass(frozen=True)
class City:
    """A published city whose legal clock the test sets."""

    office: Office
    clock: FileClock
    unit_id: UUID
    revision_id: UUID

    async def receive(self, count: int = 1) -> list[UUID]:
        """Let assist requests arrive now: each starts its two-hour clock (TA-15-2). Gives the ids of the clocks."""
        subjects = [new_id() for _ in range(count)]
        async with self.office.open(Actor.system(CITY)) as work:
            for each in subjects:
                about = Subject("case", each, self.unit_id, self.revision_id, "assist", None, None, None)
                await react(work, about, "REQUEST_RECEIVED")
        return [timer.id for timer in await self.timers() if timer.subject_id in subjects]

    async def timers(self) -> list[Timer]:
        """Read the clocks in the order they were started."""
        async with self.office.open(Actor.system(CITY)) as work:
            return list(await work.session.scalars(select(Timer).where(Timer.tenant_id == CITY).order_by(Timer.id)))

    async def until(self, reached: Callable[[], Awaitable[object]], seconds: float, log: Callable[[], str]) -> None:
        """Wait until the office has reached something; the log tells why it did not."""
        deadline = time.monotonic() + seconds
        while not await reached():
            assert time.monotonic() < deadline, log()
            await asyncio.sleep(0.02)

    async def breaches(self) -> list[TimerBreach]:
        """Read the missed limits."""
        async with self.office.open(Actor.system(CITY)) as work:
            query = select(TimerBreach).where(TimerBreach.tenant_id == CITY).order_by(TimerBreach.id)
            return list(await work.session.scalars(query))

    async def told(self, name: str) -> list[OutboxEvent]:
        """Read the events of one name."""
        async with self.office.open(Actor.system(CITY)) as work:
            query = select(OutboxEvent).where(OutboxEvent.tenant_id == CITY, OutboxEvent.name == name)
            return list(await work.session.scalars(query))


async def open_city(house: SmallHouse, now: datetime) -> City:
    """Publish Taian in a house and open one window; from then on the house works under the city's rules."""
    clock = FileClock(house.folder / "clock")
    clock.set(now)
    office = replace(house.office, regulations=Shelf())
    revision_id = await publish(office.database, clock, load_profile(PROFILES / f"{CITY}.yaml"), "test")
    assert revision_id is not None
    async with office.open(Actor.system(CITY)) as work:
        unit = work.add(
            OrgUnit(
                code="3709",
                name_zh="市政务服务中心",
                unit_type="CENTRE",
                kind="CENTRE",
                tier="CITY",
                path="3709.",
                settled=True,
            )
        )
    house.put_under_rules()
    return City(office, clock, unit.id, revision_id)
