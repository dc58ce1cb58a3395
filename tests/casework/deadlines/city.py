"""A small city on a real database, with a clock that the test sets, for the tests of the clocks."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select

from authz.actor import Actor
from casework.deadlines.clocks import Subject, cancel, react
from casework.deadlines.fire import FireTimer, fire_timer
from casework.deadlines.models import Timer, TimerBreach
from casework.deadlines.queries import Reading, reading, timers_of
from casework.kernel.ids import new_id
from casework.kernel.models import TenantRow
from casework.kernel.outbox import OutboxEvent
from casework.kernel.work import Office, Work
from casework.organisation.models import OrgUnit
from tenants.loader import PROFILES, load_profile
from tenants.profile import Profile
from tests.casework.deadlines.calendars import local

Row = TypeVar("Row", bound=TenantRow)


@cache
def shipped(city: str) -> Profile:
    """The profile of a city as it comes with the program."""
    return load_profile(PROFILES / f"{city}.yaml")


@dataclass
class SetClock:
    """A clock that stands where the test has put it."""

    instant: datetime

    def now(self) -> datetime:
        return self.instant


@dataclass
class City:
    """One tenant of its own with a tree of units; deeds are done at local times."""

    office: Office
    clock: SetClock
    tenant: str
    revision_id: UUID
    units: dict[str, UUID] = field(default_factory=dict)

    @property
    def actor(self) -> Actor:
        return Actor.system(self.tenant)

    def subject(self, workflow: str = "assist", **facts: Any) -> Subject:
        """A case that the window received; `facts` overrides what a test cares about."""
        given: dict[str, Any] = {
            "kind": "case",
            "id": new_id(),
            "unit_id": self.units["window"],
            "revision_id": self.revision_id,
            "workflow": workflow,
            "triage_class": None,
            "limit_value": None,
            "limit_unit": None,
        }
        return Subject(**(given | facts))

    async def happen(self, when: str, subject: Subject, *triggers: str) -> None:
        """Let something happen to a subject at a local time."""
        self.clock.instant = local(when).astimezone(UTC)
        async with self.office.open(self.actor) as work:
            await react(work, subject, *triggers)

    async def cancel(self, when: str, subject: Subject) -> None:
        """End the service of a subject early at a local time."""
        self.clock.instant = local(when).astimezone(UTC)
        async with self.office.open(self.actor) as work:
            await cancel(work, subject.kind, subject.id)

    async def fire(self, when: str, timer: Timer) -> Timer:
        """Let the worker fire a clock at a local time."""
        self.clock.instant = local(when).astimezone(UTC)
        async with self.office.open(self.actor) as work:
            return await fire_timer(work, FireTimer(timer.id))

    async def timers(self, subject: Subject, code: str | None = None) -> list[Timer]:
        """The clocks of a subject as they are stored, oldest round first."""
        async with self.office.open(self.actor) as work:
            return [timer for timer in await timers_of(work, subject.kind, subject.id) if code in (None, timer.code)]

    async def timer(self, subject: Subject, code: str) -> Timer:
        """The only round of a clock."""
        (timer,) = await self.timers(subject, code)
        return timer

    async def read(self, when: str, timer: Timer) -> Reading:
        """What a clock shows at a local time."""
        self.clock.instant = local(when).astimezone(UTC)
        async with self.office.open(self.actor) as work:
            return await reading(work, timer)

    async def breaches(self, *timers: Timer) -> list[TimerBreach]:
        """The recorded breaches of clocks."""
        return await self.rows(TimerBreach, TimerBreach.timer_id.in_([timer.id for timer in timers]))

    async def events(self, timer: Timer) -> list[str]:
        """The names of what was told about a clock, in order."""
        told = await self.rows(OutboxEvent, OutboxEvent.aggregate_id == timer.id)
        return [event.name for event in sorted(told, key=lambda event: event.id)]

    async def rows(self, kind: type[Row], *where: Any) -> list[Row]:
        """Rows of this tenant."""
        async with self.office.open(self.actor) as work:
            found: Sequence[Row] = (
                await work.session.scalars(select(kind).where(kind.tenant_id == self.tenant, *where))
            ).all()
            return list(found)

    async def build(self, work: Work, path: Sequence[str]) -> None:
        """Open a chain of units, the root first."""
        parent: OrgUnit | None = None
        for name in path:
            parent = work.add(
                OrgUnit(
                    code=name,
                    name_zh=name,
                    unit_type="city_service_unit",
                    kind="SERVICE_UNIT",
                    tier="CITY",
                    parent_id=parent.id if parent else None,
                    path=f"{parent.path if parent else ''}{name}.",
                    settled=True,
                )
            )
            await work.session.flush()
            self.units[name] = parent.id
