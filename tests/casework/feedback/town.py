"""A small city on a real database whose cases, clocks and reviews a test writes down directly."""

import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from authz.actor import Actor, ActorKind, RoleHeld
from casework.cases.models import (
    Applicant,
    Case,
    CaseParticipant,
    CaseState,
    CaseStep,
    ServiceKind,
    ServiceRequest,
    SubjectType,
)
from casework.kernel.ids import new_id
from casework.kernel.models import TenantRow
from casework.kernel.outbox import OutboxEvent
from casework.kernel.work import Office, Work
from casework.organisation.models import OrgUnit, StaffMember
from tenants.loader import PROFILES, load_profile
from tenants.profile import Profile

Row = TypeVar("Row", bound=TenantRow)
Answer = TypeVar("Answer")
NUMBERS = itertools.count(1)


@cache
def shipped(city: str) -> Profile:
    """The profile of a city as it comes with the program."""
    return load_profile(PROFILES / f"{city}.yaml")


def local(text: str) -> datetime:
    """An instant written in China's time."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(UTC)


@dataclass
class SetClock:
    """A clock that stands where the test has put it."""

    instant: datetime

    def now(self) -> datetime:
        return self.instant


@dataclass
class Town:
    """One tenant of its own; everything is written directly, only what is under test goes through verbs."""

    office: Office
    clock: SetClock
    profile: Profile
    revision_id: UUID
    units: dict[str, OrgUnit] = field(default_factory=dict)
    applicant: Applicant | None = None

    @property
    def tenant(self) -> str:
        return self.profile.tenant

    @property
    def system(self) -> Actor:
        return Actor.system(self.tenant)

    async def add(self, *rows: Row) -> None:
        """Write rows as they are."""
        async with self.office.open(self.system) as work:
            for row in rows:
                work.add(row)

    async def add_all(self, rows: list[Row]) -> None:
        """Write many rows as they are."""
        async with self.office.open(self.system) as work:
            work.session.add_all(rows)

    async def unit(self, name: str, parent: str | None = None, **facts: Any) -> OrgUnit:
        """Open a unit."""
        given: dict[str, Any] = {
            "unit_type": "city_service_unit",
            "kind": "SERVICE_UNIT",
            "tier": "CITY",
            "settled": True,
        }
        above = self.units.get(parent or "")
        row = OrgUnit(
            code=name,
            name_zh=name,
            parent_id=above.id if above else None,
            path=f"{above.path if above else ''}{name}.",
            **(given | facts),
        )
        await self.add(row)
        self.units[name] = row
        return row

    async def staff(self, unit: str, role: str) -> Actor:
        """Hire somebody and give the actor that the person is with this role in the unit."""
        place = self.units[unit]
        row = StaffMember(code=f"S{next(NUMBERS)}", name="某", unit_id=place.id, source="REGISTER", active=True)
        await self.add(row)
        held = RoleHeld(role, place.id, place.path, datetime(2020, 1, 1, tzinfo=UTC))
        return Actor(ActorKind.STAFF, self.tenant, str(row.id), staff_id=row.id, roles=(held,))

    async def citizen(self) -> Actor:
        """Somebody who asks the office for something."""
        self.applicant = Applicant(subject_type=SubjectType.NATURAL_PERSON, name="张三", priority_tags=[])
        await self.add(self.applicant)
        return Actor(ActorKind.APPLICANT, self.tenant, "portal", applicant_id=self.applicant.id)

    def case(self, unit: str, **facts: Any) -> tuple[ServiceRequest, Case]:
        """Draft a case and its request for the town's citizen."""
        assert self.applicant is not None
        place = self.units[unit]
        received_at = facts.get("received_at", self.clock.instant)
        request = ServiceRequest(
            id=facts.pop("request_id", None) or new_id(),
            applicant_id=self.applicant.id,
            channel="WINDOW",
            received_at=received_at,
            text="办事",
            oral=False,
            offered_by_staff=False,
        )
        given: dict[str, Any] = {
            "id": new_id(),
            "case_no": f"{self.tenant}-{next(NUMBERS)}",
            "service_kind": ServiceKind.ASSIST,
            "workflow": "assist",
            "revision_id": self.revision_id,
            "state": CaseState.ACCEPTED,
            "request_id": request.id,
            "applicant_id": self.applicant.id,
            "intake_unit_id": place.id,
            "unit_id": place.id,
            "unit_path": place.path,
            "received_at": received_at,
        }
        return request, Case(**(given | facts))

    async def open_case(self, unit: str, **facts: Any) -> Case:
        """Write a case."""
        request, case = self.case(unit, **facts)
        await self.add(request)
        await self.add(case)
        return case

    async def archived(self, unit: str, when: str, **facts: Any) -> Case:
        """Write an archived case."""
        at = local(when)
        return await self.open_case(unit, state=CaseState.ARCHIVED, ended_at=at, archived_at=at, **facts)

    async def took_part(self, case: Case, actor: Actor, until: datetime | None = None) -> None:
        """Let somebody have worked on a case."""
        assert actor.staff_id is not None
        since = self.clock.instant - timedelta(days=1)
        await self.add(
            CaseParticipant(case_id=case.id, staff_id=actor.staff_id, role="HELPER", since=since, until=until)
        )

    def step(self, case: Case, to: CaseState, at: datetime, staff_id: UUID | None = None) -> CaseStep:
        """Draft one step of a case."""
        return CaseStep(
            case_id=case.id, at=at, trigger="-", from_state=None, to_state=to, stage="-", actor="-",
            staff_id=staff_id, rules=[],
        )  # fmt: skip

    async def do(self, actor: Actor, verb: Callable[[Work, Any], Awaitable[Answer]], intent: Any) -> Answer:
        """Carry out a verb for somebody."""
        async with self.office.open(actor) as work:
            return await verb(work, intent)

    async def rows(self, kind: type[Row], *where: Any) -> list[Row]:
        """Rows of this town, oldest first."""
        async with self.office.open(self.system) as work:
            query = select(kind).where(kind.tenant_id == self.tenant, *where).order_by(kind.id)
            return list((await work.session.scalars(query)).all())

    async def told(self, name: str) -> list[OutboxEvent]:
        """What was told under a name."""
        return await self.rows(OutboxEvent, OutboxEvent.name == name)
