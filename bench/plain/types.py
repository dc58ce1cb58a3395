"""The types of the plain schema, each field from its row, relations by dataloaders."""

from datetime import datetime
from typing import Any, Self

import strawberry
from strawberry.types import Info

from bench.plain.desk import Desk
from casework.cases.models import Case as CaseRow
from casework.catalogue.models import ServiceItem
from casework.organisation.models import OrgUnit, StaffMember

Asking = Info[Desk, None]


@strawberry.type
class Unit:
    """A unit."""

    code: str
    name_zh: str
    tier: str

    @classmethod
    def of(cls, row: OrgUnit) -> Self:
        """Show a row."""
        return cls(code=row.code, name_zh=row.name_zh, tier=row.tier)


@strawberry.type
class Staff:
    """A member of staff."""

    code: str
    name: str

    @classmethod
    def of(cls, row: StaffMember) -> Self:
        """Show a row."""
        return cls(code=row.code, name=row.name)


@strawberry.type
class Item:
    """A service item."""

    code: str
    name_zh: str

    @classmethod
    def of(cls, row: ServiceItem) -> Self:
        """Show a row."""
        return cls(code=row.code, name_zh=row.name_zh)


@strawberry.type
class Timer:
    """A clock."""

    code: str
    state: str
    started_at: datetime
    due_at: datetime | None
    stopped_at: datetime | None


@strawberry.type
class Step:
    """One step of a case."""

    at: datetime
    trigger: str
    from_state: str | None
    to_state: str
    stage: str


@strawberry.type
class Document:
    """A filled form."""

    form_code: str
    edition: int
    complete_at: datetime | None


@strawberry.type
class Notice:
    """A one-time notice."""

    issued_at: datetime


@strawberry.type
class Case:
    """A case and what belongs to it."""

    row: strawberry.Private[CaseRow]
    case_no: str
    service_kind: str
    state: str
    received_at: datetime
    accepted_at: datetime | None
    filed_at: datetime | None
    decided_at: datetime | None
    ended_at: datetime | None

    @classmethod
    def of(cls, row: CaseRow) -> Self:
        """Show a row."""
        return cls(
            row=row,
            case_no=row.case_no,
            service_kind=row.service_kind,
            state=row.state,
            received_at=row.received_at,
            accepted_at=row.accepted_at,
            filed_at=row.filed_at,
            decided_at=row.decided_at,
            ended_at=row.ended_at,
        )

    @strawberry.field
    async def unit(self, info: Asking) -> Unit:
        """Whose it is."""
        return Unit.of(await info.context.units.load(self.row.unit_id))

    @strawberry.field
    async def owner(self, info: Asking) -> Staff | None:
        """Who answers for it."""
        key = self.row.owner_staff_id
        return Staff.of(await info.context.people.load(key)) if key else None

    @strawberry.field
    async def item(self, info: Asking) -> Item | None:
        """What it is about."""
        return Item.of(await info.context.items.load(self.row.item_id)) if self.row.item_id else None

    @strawberry.field
    async def timers(self, info: Asking) -> list[Timer]:
        """Its clocks."""
        rows = await info.context.timers.load(self.row.id)
        return [Timer(**shown(row, "code", "state", "started_at", "due_at", "stopped_at")) for row in rows]

    @strawberry.field
    async def steps(self, info: Asking) -> list[Step]:
        """Its life."""
        rows = await info.context.steps.load(self.row.id)
        return [Step(**shown(row, "at", "trigger", "from_state", "to_state", "stage")) for row in rows]

    @strawberry.field
    async def documents(self, info: Asking) -> list[Document]:
        """Its forms."""
        rows = await info.context.documents.load(self.row.id)
        return [Document(**shown(row, "form_code", "edition", "complete_at")) for row in rows]

    @strawberry.field
    async def notices(self, info: Asking) -> list[Notice]:
        """Its notices."""
        return [Notice(issued_at=row.issued_at) for row in await info.context.notices.load(self.row.id)]


def shown(row: Any, *names: str) -> dict[str, Any]:
    """Take these columns of a row."""
    return {name: getattr(row, name) for name in names}
