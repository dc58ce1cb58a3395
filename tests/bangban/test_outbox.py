"""Events that workers gave up: told by the command line and the doctor, and tried again when somebody says so."""

import asyncio
import json
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from authz.actor import Actor
from bangban.connections import Connections, libpq_parameters, sqlalchemy_url
from bangban.doctor import outbox
from bangban.filling import publish_files
from bangban.findings import Level
from bangban.settings import Settings, load_settings
from bangban.wiring import wire
from casework.kernel.audit import AuditEntry
from casework.kernel.events import Event
from casework.kernel.ids import new_id
from casework.kernel.outbox import InboxEntry, OutboxEvent, OutboxState
from casework.kernel.work import Office, Work
from tenants.loader import PROFILES
from tests.bangban.command import bangban
from tests.workers.program import FAST
from workers.events import Consumers, Happened, carry_out

CITIES = ("taian", "neixiang")


class Desk:
    """An office of two cities where listeners fail as long as something is broken."""

    def __init__(self, settings: Settings, database: Connections) -> None:
        self.settings, self.database = settings, database
        self.broken = True
        self.heard: list[UUID] = []
        self.consumers = Consumers()

        @self.consumers.on("probe.happened", consumer="probe.first")
        async def hear(_work: Work, happened: Happened) -> None:
            self.heard.append(happened.id)

        @self.consumers.on("probe.happened", consumer="probe.second")
        async def break_down(_work: Work, _happened: Happened) -> None:
            if self.broken:
                raise RuntimeError("13800001111")

    def environment(self) -> dict[str, str]:
        return {
            "DATABASE_URL": sqlalchemy_url(libpq_parameters(self.database.administrator)),
            "BANGBAN_DATA_HOME": str(self.settings.data_home),
            "BANGBAN_ROLES_FILE": str(self.settings.data_home / "roles.json"),
            "BANGBAN_ENVIRONMENT": "test",
        }

    def run(self, *arguments: str) -> str:
        told = bangban("outbox", *arguments, **self.environment())
        assert told.returncode == 0, told.stderr
        return told.stdout

    def office(self) -> Office:
        return wire(self.settings, self.database).make_office()

    async def happen(self, city: str) -> UUID:
        """Let an event happen and workers try it until they give it up."""
        office = self.office()
        async with office.open(Actor.system(city)) as work:
            work.emit(Event("probe.happened", "probe", new_id()))
        async with office.open(Actor.system(city)) as work:
            newest = select(OutboxEvent.id).where(OutboxEvent.tenant_id == city).order_by(OutboxEvent.id.desc())
            event_id = (await work.session.scalars(newest.limit(1))).one()
        await self.work_on(office, city, event_id)
        await office.database.close()
        return event_id

    async def work_on(self, office: Office, city: str, event_id: UUID) -> None:
        for _ in range(FAST.tries):
            await carry_out(office, self.consumers, FAST, city, event_id)

    async def states(self, city: str) -> dict[UUID, OutboxState]:
        office = self.office()
        async with office.open(Actor.system(city)) as work:
            mine = (OutboxEvent.tenant_id == city, OutboxEvent.name == "probe.happened")
            rows = await work.session.scalars(select(OutboxEvent).where(*mine))
            found = {row.id: row.state for row in rows}
        await office.database.close()
        return found


@pytest.fixture
def desk(fresh_database: Connections, tmp_path: Path) -> Desk:
    passwords = {role.account: password for role, password in fresh_database.passwords.items()}
    (tmp_path / "roles.json").write_text(json.dumps(passwords))
    settings = load_settings(data_home=tmp_path, environment="test")
    publish_files(settings, fresh_database, [PROFILES / f"{city}.yaml" for city in CITIES], "test")
    return Desk(settings, fresh_database)


def test_what_was_given_up_is_listed_without_data_and_the_doctor_warns(desk: Desk) -> None:
    assert "no event was given up" in desk.run("list")
    assert [finding.level for finding in outbox(desk.database)] == [Level.OK]
    event = asyncio.run(desk.happen("taian"))
    told = desk.run("list")
    assert str(event) in told
    assert "RuntimeError" in told
    assert "13800001111" not in told
    assert str(event) not in desk.run("list", "neixiang")
    (finding,) = outbox(desk.database)
    assert (finding.level, finding.found) == (Level.WARN, "1 event(s) were given up")
    assert "outbox revive" in finding.advice


def test_a_revived_event_is_tried_again_and_acts_once(desk: Desk) -> None:
    event, other = asyncio.run(desk.happen("taian")), asyncio.run(desk.happen("taian"))
    elsewhere = asyncio.run(desk.happen("neixiang"))
    desk.broken = False
    assert "1 event(s) will be tried again" in desk.run("revive", "taian", str(event), "--by", "li")
    assert asyncio.run(desk.states("taian"))[event] is OutboxState.PENDING
    asyncio.run(tried(desk, event))
    assert asyncio.run(desk.states("taian")) == {event: OutboxState.DONE, other: OutboxState.DEAD}
    assert asyncio.run(desk.states("neixiang")) == {elsewhere: OutboxState.DEAD}
    assert len(desk.heard) == 3, "whoever had heard of an event hears of it no second time"


async def tried(desk: Desk, event: UUID) -> None:
    """Let workers try an event, and read who had it revived."""
    office = desk.office()
    await desk.work_on(office, "taian", event)
    async with office.open(Actor.system("taian")) as work:
        entries = select(AuditEntry).where(AuditEntry.tenant_id == "taian", AuditEntry.action == "event.revived")
        (entry,) = (await work.session.scalars(entries)).all()
        assert (entry.object_id, entry.actor) == (str(event), "system:taian:li")
        heard = select(InboxEntry.consumer).where(InboxEntry.tenant_id == "taian", InboxEntry.event_id == event)
        assert sorted((await work.session.scalars(heard)).all()) == ["probe.first", "probe.second"]
    await office.database.close()


def test_all_of_a_city_are_revived_when_none_is_named(desk: Desk) -> None:
    for city in ("taian", "taian", "neixiang"):
        asyncio.run(desk.happen(city))
    assert "2 event(s) will be tried again" in desk.run("revive", "taian")
    assert set(asyncio.run(desk.states("taian")).values()) == {OutboxState.PENDING}
    assert set(asyncio.run(desk.states("neixiang")).values()) == {OutboxState.DEAD}
    assert "nothing was given up" in desk.run("revive", "taian")


@pytest.mark.parametrize(
    "arguments", [("atlantis",), ("neixiang", "EVENT"), ("taian", str(UUID(int=7))), ("taian", "x")]
)
def test_what_cannot_be_revived_is_explained(desk: Desk, arguments: tuple[str, ...]) -> None:
    event = asyncio.run(desk.happen("taian"))
    named = [str(event) if word == "EVENT" else word for word in arguments]
    told = bangban("outbox", "revive", *named, **desk.environment())
    assert told.returncode == 2
    assert "Traceback" not in told.stderr
    assert asyncio.run(desk.states("taian")) == {event: OutboxState.DEAD}
