"""Connections and filters through GraphQL: pages, totals only when asked for, typed narrowing, clear refusals."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from enum import StrEnum
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import pytest
import strawberry
from sqlalchemy import DateTime, Uuid, create_engine, true
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.pool import StaticPool

from authz.actor import Actor, ActorKind
from casework.kernel.work import Office
from schema.build import build_schema
from schema.connections import Connection, connect
from schema.context import Info, RequestContext
from schema.cursors import OrderColumn, page_request
from schema.enums import described_enum
from schema.fields import field
from schema.filters import DateTimeFilter, EnumFilter, IDColumn, IDFilter, IntFilter, StringFilter
from schema.ids import global_id
from schema.reading.sources import Paged


class Base(DeclarativeBase):
    pass


class EntryRow(Base):
    __tablename__ = "listed"
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    size: Mapped[int]
    note: Mapped[str | None]
    at: Mapped[datetime] = mapped_column(DateTime)
    colour: Mapped[str]


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Order(StrEnum):
    SIZE_ASC = "SIZE_ASC"
    SIZE_DESC = "SIZE_DESC"
    NOTE_ASC = "NOTE_ASC"


described_enum(Colour, "Colours.", {"RED": "Red.", "BLUE": "Blue."})
described_enum(Order, "Orders.", {"SIZE_ASC": "By size.", "SIZE_DESC": "By size.", "NOTE_ASC": "By note."})
ORDERS = {
    Order.SIZE_ASC: OrderColumn("size", EntryRow.__table__.c.size),
    Order.SIZE_DESC: OrderColumn("size", EntryRow.__table__.c.size, descending=True),
    Order.NOTE_ASC: OrderColumn("note", EntryRow.__table__.c.note, nullable=True),
}


@strawberry.type
class Entry:
    size: int
    note: str | None

    @classmethod
    def of(cls, row: EntryRow) -> "Entry":
        return cls(size=row.size, note=row.note)


@strawberry.input
class EntryFilter:
    id: IDFilter | None = None
    size: IntFilter | None = None
    note: StringFilter | None = None
    at: DateTimeFilter | None = None
    colour: EnumFilter[Colour] | None = None
    and_: list["EntryFilter"] | None = strawberry.field(name="and", default=None)
    or_: list["EntryFilter"] | None = strawberry.field(name="or", default=None)
    not_: "EntryFilter | None" = strawberry.field(name="not", default=None)


COLUMNS = {
    "id": IDColumn(EntryRow.__table__.c.id, "Entry"),
    "size": EntryRow.__table__.c.size,
    "note": EntryRow.__table__.c.note,
    "at": EntryRow.__table__.c.at,
    "colour": EntryRow.__table__.c.colour,
}


ENTRIES = Paged(
    cast("Any", EntryRow), seen=lambda _sight: true(), orders=ORDERS, default=[Order.SIZE_ASC], filters=COLUMNS
)


@strawberry.type
class Query:
    @field
    async def entries(
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
        filter: EntryFilter | None = None,
        order_by: list[Order] | None = None,
    ) -> Connection[Entry]:
        """The entries."""
        page = page_request(first, after, last, before)
        return await connect(info, ENTRIES, page, Entry.of, filter=filter, order_by=order_by)


SCHEMA = build_schema(Query)
ENGINE = create_engine("sqlite://", poolclass=StaticPool)
Base.metadata.create_all(ENGINE)
NOTES = [None, "a%b", "ab", "乙丙", "b", "a_b"]
with Session(ENGINE) as filling:
    for number, note in enumerate(NOTES):
        at = datetime(2024, 9, 1 + number, tzinfo=UTC)
        filling.add(
            EntryRow(id=UUID(int=number), size=number // 2, note=note, at=at, colour=["red", "blue"][number % 2])
        )
    filling.commit()


class Sitting:
    """Runs the statements of an asynchronous session against SQLite, and keeps them."""

    def __init__(self) -> None:
        self.session = Session(ENGINE)
        self.statements: list[str] = []

    async def execute(self, statement: Any) -> Any:
        self.statements.append(str(statement))
        return self.session.execute(statement)

    async def scalar(self, statement: Any) -> Any:
        self.statements.append(str(statement))
        return self.session.scalar(statement)


@pytest.fixture
def sitting() -> Iterator[Sitting]:
    opened = Sitting()
    yield opened
    opened.session.close()


async def ask(sitting: Sitting, arguments: str, fields: str = "nodes { note }") -> Any:
    class OneTable:
        @asynccontextmanager
        async def open(self, _actor: Actor, _correlation_id: str | None = None) -> AsyncIterator[Any]:
            yield SimpleNamespace(session=sitting, sight=None)

    actor = Actor(ActorKind.SYSTEM, "taian", "test")
    context = RequestContext(cast("Office", OneTable()), actor, None, "c")
    return await SCHEMA.execute(f"{{ entries({arguments}) {{ {fields} }} }}", context_value=context)


async def notes(sitting: Sitting, arguments: str) -> list[str | None]:
    result = await ask(sitting, arguments)
    assert result.errors is None, result.errors
    return [node["note"] for node in result.data["entries"]["nodes"]]


async def test_the_pages_of_a_connection_meet(sitting: Sitting) -> None:
    fields = "edges { cursor node { note } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
    first = (await ask(sitting, "first: 4", fields)).data["entries"]
    second = (await ask(sitting, f'first: 4, after: "{first["pageInfo"]["endCursor"]}"', fields)).data["entries"]
    back = (await ask(sitting, f'last: 4, before: "{second["pageInfo"]["startCursor"]}"', fields)).data["entries"]
    assert [edge["node"]["note"] for edge in first["edges"] + second["edges"]] == NOTES
    assert back["edges"] == first["edges"]
    assert (first["pageInfo"]["hasNextPage"], first["pageInfo"]["hasPreviousPage"]) == (True, False)
    assert (second["pageInfo"]["hasNextPage"], second["pageInfo"]["hasPreviousPage"]) == (False, True)
    empty = (await ask(sitting, f'first: 4, after: "{second["pageInfo"]["endCursor"]}"', fields)).data["entries"]
    assert (empty["edges"], empty["pageInfo"]["endCursor"]) == ([], None)


@pytest.mark.parametrize(
    "fields",
    ["totalCount", "n: totalCount", "... on EntryConnection { totalCount }", "nodes { note } ... { totalCount }"],
)
async def test_the_total_is_counted_when_asked_for(sitting: Sitting, fields: str) -> None:
    found = (await ask(sitting, "first: 1, filter: {size: {gte: 1}}", fields)).data["entries"]
    assert 4 in found.values()
    assert sum("count(" in text for text in sitting.statements) == 1


async def test_the_total_costs_nothing_otherwise(sitting: Sitting) -> None:
    await notes(sitting, "first: 1")
    assert len(sitting.statements) == 1
    assert "count(" not in sitting.statements[0]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("orderBy: [SIZE_DESC], first: 3", ["a_b", "b", "乙丙"]),
        ("orderBy: [NOTE_ASC], first: 100", ["a%b", "a_b", "ab", "b", "乙丙", None]),
        ("orderBy: [SIZE_DESC, NOTE_ASC], first: 3", ["a_b", "b", "ab"]),
        ('first: 9, filter: {note: {eq: "ab"}}', ["ab"]),
        ('first: 9, filter: {note: {in: ["ab", "b", "x"]}}', ["ab", "b"]),
        ("first: 9, filter: {note: {in: []}}", []),
        ('first: 9, filter: {note: {startsWith: "a%"}}', ["a%b"]),
        ('first: 9, filter: {note: {startsWith: "a_"}}', ["a_b"]),
        ("first: 9, filter: {note: {isNull: true}}", [None]),
        ("first: 9, filter: {note: {isNull: false}, size: {lt: 1}}", ["a%b"]),
        ("first: 9, filter: {size: {gt: 0, lte: 1}}", ["ab", "乙丙"]),
        ("first: 9, filter: {colour: {eq: BLUE}}", ["a%b", "乙丙", "a_b"]),
        ("first: 9, filter: {colour: {in: [RED]}, not: {size: {eq: 0}}}", ["ab", "b"]),
        ("first: 9, filter: {or: [{size: {eq: 0}}, {size: {eq: 2}}], and: [{colour: {eq: RED}}]}", [None, "b"]),
        ('first: 9, filter: {at: {gte: "2024-09-05T00:00:00Z"}}', ["b", "a_b"]),
        (f'first: 9, filter: {{id: {{eq: "{global_id("Entry", UUID(int=2))}"}}}}', ["ab"]),
        (f'first: 9, filter: {{id: {{in: ["{global_id("Entry", UUID(int=4))}"]}}}}', ["b"]),
        ("first: 9, filter: {}", NOTES),
        ("first: 9, filter: {or: []}", NOTES),
        ("first: 9, filter: {note: {}}", NOTES),
    ],
)
async def test_lists_are_ordered_and_narrowed(sitting: Sitting, arguments: str, expected: list[str | None]) -> None:
    assert await notes(sitting, arguments) == expected


@pytest.mark.parametrize(
    ("arguments", "where"),
    [
        ("", "first"),
        ("first: 0", "first"),
        ("first: 101", "first"),
        ("last: 101", "last"),
        ("first: 1, last: 1", "first"),
        ('first: 1, after: "junk"', "after"),
        ('last: 1, before: "junk"', "before"),
        ("first: 1, orderBy: [SIZE_ASC, SIZE_DESC]", "orderBy"),
        ("first: 1, filter: {note: {eq: null}}", "filter.note.eq"),
        ("first: 1, filter: {not: {note: {startsWith: null}}}", "filter.not.note.startsWith"),
        (f"first: 1, filter: {{size: {{in: {list(range(201))}}}}}", "filter.size.in"),
        ('first: 1, filter: {id: {eq: "junk"}}', "filter.id.eq"),
        (f'first: 1, filter: {{id: {{in: ["{global_id("Case", UUID(int=2))}"]}}}}', "filter.id.in"),
    ],
)
async def test_what_cannot_be_used_is_named(sitting: Sitting, arguments: str, where: str) -> None:
    result = await ask(sitting, arguments) if arguments else await ask(sitting, "orderBy: []")
    error = result.errors[0].original_error or result.errors[0]
    assert (error.extensions["code"], error.extensions["where"]) == ("BAD_INPUT", where)
    assert error.extensions["messageZh"]


async def test_a_cursor_of_another_order_is_refused(sitting: Sitting) -> None:
    found = (await ask(sitting, "first: 1, orderBy: [SIZE_DESC]", "pageInfo { endCursor }")).data["entries"]
    result = await ask(sitting, f'first: 1, orderBy: [SIZE_ASC], after: "{found["pageInfo"]["endCursor"]}"')
    assert result.errors[0].original_error.extensions["where"] == "after"


def test_the_types_are_named_after_what_they_hold() -> None:
    sdl = SCHEMA.as_str()
    for name in (
        "type EntryConnection",
        "type EntryEdge",
        "input ColourEnumFilter",
        "totalCount: Int!",
        "nodes: [Entry!]!",
    ):
        assert name in sdl
