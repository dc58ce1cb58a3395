"""A storm: many people and workers change cases of the same units at once, while others count anew.

Whatever happens, the counters equal the live count afterwards, and at every instant before and after each due time.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import select, text

from bangban.connections import Connections
from casework.cases.models import Case, CaseState
from casework.cases.recount import Recount, recount_cases
from casework.deadlines.calendar import SMALLEST
from casework.deadlines.models import Timer
from casework.kernel.database import Database
from casework.kernel.errors import Refusal
from casework.kernel.tenancy import bind_tenant
from tests.casework.cases.counted import Counted, counted, live, step
from tests.casework.feedback.founding import founder
from tests.casework.feedback.town import local

WRITERS, DEEDS = 8, 40
ENDS = (CaseState.TERMINATED, CaseState.DECLINED, CaseState.REFERRED_OUT)


@pytest.fixture
async def crowd(database: Connections) -> AsyncIterator[Counted]:
    """Found a town with a connection for every writer."""
    async with founder(database) as found:
        town = await found("taian")
        pool = Database.connect(database.app_url, pool_size=WRITERS + 2)
        town.office = replace(town.office, database=pool)
        counted = Counted(town)
        await counted.open()
        yield counted
        await pool.close()


class Writer:
    """Somebody who does one random thing after the other."""

    def __init__(self, town: Counted, seed: int) -> None:
        self.town, self.chance = town, Random(seed)
        self.done = 0

    async def work(self) -> None:
        deeds: list[Callable[[], Awaitable[object]]] = [
            self.receive, self.receive, self.respond, self.assign, self.withdraw, self.advance, self.end,
            self.fire, self.fire, self.recount,
        ]  # fmt: skip
        for _ in range(DEEDS):
            try:
                await self.chance.choice(deeds)()
                self.done += 1
            except Refusal:
                continue
            finally:
                self.town.town.clock.instant += timedelta(minutes=self.chance.choice((0, 0, 1, 20)))

    async def receive(self) -> None:
        await self.town.receive(self.chance.choice(("window", "window2")))

    async def respond(self) -> None:
        await self.town.respond(await self.any_case(), self.chance.choice(("window", "window2")))

    async def assign(self) -> None:
        to, by = self.chance.choice((("window", "window2"), ("window2", "window")))
        await self.town.assign(await self.any_case(), to, by)

    async def withdraw(self) -> None:
        await self.town.withdraw(await self.any_case())

    async def advance(self) -> None:
        to, moment = self.chance.choice(((CaseState.ACCEPTED, "ACCEPTED"), (CaseState.COMPLETED, "COMPLETED")))
        async with self.town.office.open(self.town.system) as work:
            await step(work, await self.any_case(), to, moment)

    async def end(self) -> None:
        async with self.town.office.open(self.town.system) as work:
            await step(work, await self.any_case(), self.chance.choice(ENDS), ends=True)

    async def fire(self) -> None:
        timers = await self.town.town.rows(Timer, Timer.fire_at <= self.town.town.clock.instant)
        if timers:
            await self.town.fire(self.chance.choice(timers).id)

    async def recount(self) -> None:
        async with self.town.office.open(self.town.system) as work:
            found = await recount_cases(work, Recount())
        assert (found.cases, found.counters) == (0, 0)

    async def any_case(self) -> UUID:
        async with self.town.office.open(self.town.system) as work:
            ids = (await work.session.scalars(select(Case.id).where(Case.tenant_id == work.tenant))).all()
        if not ids:
            return (await self.town.receive()).id
        return self.chance.choice(sorted(ids))


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_the_counters_equal_the_live_count_after_a_storm(crowd: Counted, seed: int) -> None:
    crowd.town.clock.instant = local("2025-03-10T09:00")
    writers = [Writer(crowd, seed * 100 + number) for number in range(WRITERS)]
    async with asyncio.TaskGroup() as tasks:
        for writer in writers:
            tasks.create_task(writer.work())
    assert sum(writer.done for writer in writers) > WRITERS * DEEDS / 3
    await crowd.receive()
    timers = await crowd.town.rows(Timer, Timer.overdue_from.is_not(None))
    # What was fired by now cannot be counted back to before, so only instants from now on are asked for.
    present = crowd.town.clock.instant
    instants = sorted({each.overdue_from for each in timers if each.overdue_from and each.overdue_from > present})
    chosen = Random(seed).sample(instants, min(12, len(instants)))
    await crowd.agree(*(at + shift for at in chosen for shift in (-SMALLEST, SMALLEST * 0)))
    crowd.town.clock.instant = instants[-1]
    await crowd.receive()
    figures = await crowd.agree()
    assert sum(n for (_, _, overdue), n in figures.items() if overdue) > 0
    assert sum(n for (_, _, overdue), n in figures.items() if not overdue) > 0


async def test_at_every_moment_of_a_storm_the_counters_say_what_the_rows_say(crowd: Counted) -> None:
    """One look sees each deed whole: the cases and the counters in the same snapshot."""
    crowd.town.clock.instant = local("2025-03-10T09:00")
    storm = [asyncio.create_task(Writer(crowd, number).work()) for number in range(WRITERS - 2)]
    looks = 0
    while not all(task.done() for task in storm):
        async with crowd.office.open(crowd.system) as work:
            await work.session.rollback()
            await work.session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
            await bind_tenant(work.session, work.tenant)
            assert await counted(work, work.now) == await live(work, work.now)
        looks += 1
    await asyncio.gather(*storm)
    assert looks > 10
