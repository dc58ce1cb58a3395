"""One process keeps the pulse; when it dies, freezes or leaves, another one takes over at once."""

import asyncio
import os
import signal
import time

import psycopg

from authz.actor import Actor
from bangban.connections import Connections
from casework.kernel.audit import first_broken_link
from casework.kernel.work import Office
from tests.workers.house import SmallHouse
from tests.workers.program import FAST
from workers.audit import seal
from workers.duties import Duties, Duty
from workers.leader import LOCK
from workers.pulse import Pulse

NEVER = 600.0
"""Seconds without a sign of life that nobody waits for: a leader that is gone must be noticed by its end alone."""


async def two_processes(house: SmallHouse) -> tuple[int, int]:
    """Start two worker processes; gives the one that leads and the one that stands by."""
    for _ in range(2):
        house.start()
    await house.until(lambda: house.log(0).count("worker.started") + house.log(1).count("worker.started") == 2)
    await house.until(house.leader)
    pids = [process.pid for process in house.processes]
    leader = house.leader()
    assert leader in pids
    return leader, next(pid for pid in pids if pid != leader)


async def test_one_process_leads_and_the_other_takes_over_when_it_is_killed(house: SmallHouse) -> None:
    house.frozen_seconds = NEVER
    leader, other = await two_processes(house)
    await asyncio.sleep(0.5)
    assert {line[0] for line in house.journal("beats")} == {str(leader)}
    os.kill(leader, signal.SIGKILL)
    await house.until(lambda: house.leader() == other)
    subjects = await house.emit("east", count=3)
    await house.until_done("east", 3)
    assert await house.effects("east") == sorted(map(str, subjects))


async def test_a_frozen_leader_is_replaced_and_steps_down_when_it_wakes(house: SmallHouse) -> None:
    leader, other = await two_processes(house)
    os.kill(leader, signal.SIGSTOP)
    await house.until(lambda: house.leader() == other)
    os.kill(leader, signal.SIGCONT)
    number = [process.pid for process in house.processes].index(leader)
    await house.until(lambda: "LostLeadError" in house.log(number))
    seen = len(house.journal("beats"))
    await house.until(lambda: len(house.journal("beats")) > seen + 5)
    assert {line[0] for line in house.journal("beats")[seen + 2 :]} == {str(other)}


async def test_a_leader_that_is_told_to_stop_hands_over(house: SmallHouse) -> None:
    house.frozen_seconds = NEVER
    leader, other = await two_processes(house)
    os.kill(leader, signal.SIGTERM)
    await house.until(lambda: house.leader() == other)


async def test_a_lost_session_costs_the_lead_only_for_a_moment(house: SmallHouse, fresh_database: Connections) -> None:
    beats: list[str] = []

    async def beat(office: Office, tenant: str) -> None:
        beats.append(tenant)

    pulse = asyncio.create_task(Pulse(house.office, [Duty("beat", 0.05, beat)], FAST).run())
    await house.until(lambda: beats)
    with psycopg.connect(fresh_database.administrator, autocommit=True) as administrator:
        ended = administrator.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND classid = %s"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            [LOCK["room"]],
        ).fetchall()
    assert len(ended) == 1
    await asyncio.sleep(3 * FAST.election_seconds)
    beats.clear()
    await house.until(lambda: beats)
    pulse.cancel()


async def test_a_process_goes_on_after_every_one_of_its_connections_was_cut(
    house: SmallHouse, fresh_database: Connections
) -> None:
    # A message that was in the hands of a cut connection is not given back while its process lives: the lease tells.
    house.lease_seconds = 5
    house.start()
    await house.emit("east", count=2)
    await house.until_done("east", 2)
    with psycopg.connect(fresh_database.administrator, autocommit=True) as administrator:
        administrator.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    await house.emit("east", count=2)
    await house.until_done("east", 4)
    assert len(await house.effects("east")) == 4
    assert house.processes[0].poll() is None


async def test_a_duty_that_fails_or_hangs_in_one_city_stops_no_other_city_and_no_other_duty(house: SmallHouse) -> None:
    kept = Duties()
    seen: list[tuple[str, str]] = []

    @kept.every(0.02, "steady")
    async def steady(office: Office, tenant: str) -> None:
        seen.append(("steady", tenant))

    @kept.every(0.02, "failing")
    async def failing(office: Office, tenant: str) -> None:
        seen.append(("failing", tenant))
        if tenant == "east":
            raise RuntimeError

    @kept.every(0.02, "hanging")
    async def hanging(office: Office, tenant: str) -> None:
        seen.append(("hanging", tenant))
        if tenant == "east":
            await asyncio.Event().wait()

    pulse = asyncio.create_task(Pulse(house.office, kept.all(), FAST).run())
    healthy = [("steady", "east"), ("steady", "west"), ("failing", "west"), ("hanging", "west")]
    await house.until(lambda: all(seen.count(each) > 10 for each in healthy))
    assert seen.count(("failing", "east")) > 1
    assert seen.count(("hanging", "east")) == 1
    pulse.cancel()


async def test_a_new_city_is_looked_after_without_a_restart(house: SmallHouse) -> None:
    seen: set[str] = set()

    async def look(office: Office, tenant: str) -> None:
        seen.add(tenant)

    pulse = asyncio.create_task(Pulse(house.office, [Duty("look", 0.05, look)], FAST).run())
    await house.until(lambda: seen == {"east", "west"})
    await house.open_tenant("north")
    await house.until(lambda: "north" in seen)
    pulse.cancel()
    assert seen == {"east", "west", "north"}


async def test_the_audit_trail_of_every_tenant_is_sealed(house: SmallHouse) -> None:
    for tenant in house.tenants:
        await house.emit(tenant, "probe.unheard", count=3)
    pulse = asyncio.create_task(Pulse(house.office, [seal(FAST)], FAST).run())
    deadline = time.monotonic() + 10
    for tenant in house.tenants:
        while len(await house.seals(tenant)) < 3:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.05)
        async with house.office.open(Actor.system(tenant)) as work:
            assert await first_broken_link(work.session, tenant) is None
    pulse.cancel()
