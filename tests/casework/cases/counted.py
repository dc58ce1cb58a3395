"""A town whose cases are counted twice: by the counters, and one by one from the rows."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, func, select, true

from authz.actor import Actor
from casework.cases.assign import AssignCase, assign_case
from casework.cases.models import Case, CaseState, ServiceKind
from casework.cases.receive import ReceiveRequest, receive_request
from casework.cases.respond import RespondCase, respond_case
from casework.cases.tally import Days, tally
from casework.cases.turn_away import WithdrawCase, withdraw_case
from casework.deadlines.clocks import Subject, cancel, react
from casework.deadlines.fire import FireTimer, fire_timer
from casework.deadlines.models import Timer
from casework.kernel.work import Office, Work
from tests.casework.feedback.town import Town, local

Figures = Counter[tuple[str, str, bool]]
"""How many cases by unit, state and overdue."""


@dataclass
class Counted:
    """A town, and the people who move its cases."""

    town: Town
    people: dict[str, Actor] = field(default_factory=dict)

    async def open(self) -> None:
        """Open the second window and let people in."""
        await self.town.unit("window2", "county", unit_type="township_window", tier="TOWNSHIP")
        self.people = {
            "citizen": await self.town.citizen(),
            "window": await self.town.staff("window", "unit_lead"),
            "window2": await self.town.staff("window2", "unit_lead"),
        }

    @property
    def office(self) -> Office:
        return self.town.office

    @property
    def system(self) -> Actor:
        return self.town.system

    def at(self, when: str) -> datetime:
        """Set the clock to a local time."""
        self.town.clock.instant = local(when)
        return self.town.clock.instant

    async def receive(self, unit: str = "window") -> Case:
        """Let the citizen ask for help."""
        asked = ReceiveRequest(unit, ServiceKind.ASSIST, "WINDOW", "想开一家小店")
        return await self.town.do(self.people["citizen"], receive_request, asked)

    async def respond(self, case_id: UUID, by: str = "window", version: int | None = None) -> Case:
        """Let the window answer."""
        said = RespondCase(case_id, "PHONE", "已电话告知", expected_version=version)
        return await self.town.do(self.people[by], respond_case, said)

    async def assign(self, case_id: UUID, to: str, by: str = "window") -> Case:
        """Let the window pass a case on."""
        return await self.town.do(self.people[by], assign_case, AssignCase(case_id, to))

    async def withdraw(self, case_id: UUID) -> Case:
        """Let the citizen take a request back."""
        return await self.town.do(self.people["citizen"], withdraw_case, WithdrawCase(case_id))

    async def timers(self, case_id: UUID) -> list[Timer]:
        """Read the clocks of a case."""
        return await self.town.rows(Timer, Timer.subject_id == case_id)

    async def fire(self, timer_id: UUID) -> Timer:
        """Let the worker fire a clock."""
        return await self.town.do(self.system, fire_timer, FireTimer(timer_id))

    async def fire_all(self, case_id: UUID) -> None:
        """Let the worker fire every clock of a case."""
        for timer in await self.timers(case_id):
            await self.fire(timer.id)

    async def counted(self, now: datetime | None = None, below: str = "", days: Days | None = None) -> Figures:
        """Read the counters."""
        async with self.office.open(self.system) as work:
            return await counted(work, now or work.now, below, days)

    async def live(self, now: datetime | None = None) -> Figures:
        """Count the cases one by one."""
        async with self.office.open(self.system) as work:
            return await live(work, now or work.now)

    async def agree(self, *instants: datetime) -> Figures:
        """Compare both at the present and at other instants; gives the present figures."""
        for instant in instants:
            assert await self.counted(instant) == await self.live(instant), instant
        present = await self.counted()
        assert present == await self.live()
        return present


async def counted(work: Work, now: datetime, below: str = "", days: Days | None = None) -> Figures:
    """Read the counters of a town."""
    statement = tally(work.tenant, now, lambda path: path.startswith(below) if below else true(), days)
    rows = (await work.session.execute(statement)).all()
    return Counter({(row.unit_path, row.state, row.overdue): row.count for row in rows})


async def live(work: Work, now: datetime) -> Figures:
    """Count the cases of a town one by one, by their own clocks."""
    late = exists().where(Timer.tenant_id == work.tenant, Timer.subject_id == Case.id, Timer.overdue_from <= now)
    rows = await work.session.execute(
        select(Case.unit_path, Case.state, late.label("overdue"), func.count().label("n"))
        .where(Case.tenant_id == work.tenant)
        .group_by(Case.unit_path, Case.state, "overdue")
    )
    return Counter({(row.unit_path, row.state.value, row.overdue): row.n for row in rows})


async def step(work: Work, case_id: UUID, to: CaseState, *moments: str, ends: bool = False) -> None:
    """Take a step as `advance` does, without the gates: state first, then the clocks."""
    case = await work.find(Case, case_id, lock=True)
    assert case is not None
    case.state = to
    await work.session.flush()
    if ends:
        await cancel(work, "case", case.id)
    about = Subject("case", case.id, case.intake_unit_id, work.regulation.revision_id, "assist", None, None, None)
    await react(work, about, *moments)
