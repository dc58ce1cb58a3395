"""The small schema of these tests: one field for each way in which an answer can go."""

from dataclasses import dataclass
from datetime import datetime

import strawberry

from casework.kernel.errors import Code, Next, Refusal, forbidden, stale
from schema.build import DoorSchema, build_schema
from schema.context import Info
from schema.fields import field, mutation, public_field
from schema.filters import IntFilter, StringFilter
from schema.ids import row_id
from schema.perform import Payload, perform
from schema.scalars import PhoneNumber

SECRET = "张三 370902199001011234"


@strawberry.type
class Thing:
    name: str
    version: int = 1

    @field
    def child(self) -> "Thing":
        """The thing inside."""
        return Thing(name=self.name + "'")

    @field
    def children(self, first: int | None = None, last: int | None = None) -> list["Thing"]:
        """The things inside."""
        return [Thing(name=str(number)) for number in range(first or last or 1)]

    @classmethod
    def of(cls, row: "ThingRow") -> "Thing":
        return cls(name=row.name, version=row.version)


@dataclass
class ThingRow:
    name: str
    version: int = 1


@dataclass(frozen=True)
class Rename:
    thing_id: object
    name: str


@strawberry.input
class RenameInput:
    id: strawberry.ID
    name: str
    phone: PhoneNumber | None = None
    idempotency_key: str | None = None


@strawberry.type
class RenamePayload(Payload):
    thing: Thing | None = None


@strawberry.input
class ThingFilter:
    name: StringFilter | None = None
    size: IntFilter | None = None
    not_: "ThingFilter | None" = strawberry.field(name="not", default=None)


async def rename(_work: object, intent: Rename) -> ThingRow:
    if intent.name == "forbidden":
        raise forbidden("rename", ("name",))
    if intent.name == "stale":
        raise stale(7)
    if intent.name == "rule":
        raise Refusal(
            Code.GUARD_REFUSED,
            "Not on the list.",
            "不在清单内。",
            ("name",),
            ("TA-9-1", "TA-9-2"),
            "ITEM_ON_LIST",
            (Next("createAssist", "Ask for assistance", "申请帮办"),),
        )
    if intent.name == "broken":
        raise RuntimeError(f"duplicate key {SECRET}")
    return ThingRow(intent.name)


async def present_thing(_work: object) -> ThingRow:
    return ThingRow("as it is", 7)


@strawberry.type
class Query:
    @public_field()
    def ping(self) -> str:
        """Answers."""
        return "pong"

    @field
    def thing(self, info: Info, name: str = "a") -> Thing:
        """A thing."""
        return Thing(name=name)

    @field
    def things(
        self, first: int | None = None, last: int | None = None, filter: ThingFilter | None = None
    ) -> list[Thing]:
        """Things."""
        return [Thing(name=str(number)) for number in range(first or last or 1)]

    @field
    def whose(self, info: Info) -> str:
        """Who asks."""
        return info.context.whose().key

    @field
    def key(self, info: Info) -> str | None:
        """The default idempotency key."""
        return info.context.idempotency_key

    @field
    def at(self, moment: datetime) -> datetime:
        """The same moment."""
        return moment

    @field
    def broken(self, text: str = "") -> str | None:
        """Fails."""
        raise RuntimeError(f"could not read {SECRET} {text}")

    @field
    def too_big(self) -> int | None:
        """Gives a number that GraphQL cannot carry."""
        return 3_709_021_990_010_112

    @field
    def hidden(self) -> str | None:
        """Is refused."""
        raise forbidden("read")


@strawberry.type
class Mutation:
    @mutation
    async def rename(self, info: Info, input: RenameInput) -> RenamePayload:
        """Renames a thing."""
        intent = lambda: Rename(row_id(input.id, "Thing"), input.name)  # noqa: E731
        return await perform(info, RenamePayload, rename, intent, input.idempotency_key, present=present_thing)


@strawberry.type(name="Query")
class ProvinceQuery:
    @field
    def cities(self) -> int:
        """How many cities."""
        return 2


def small_schema() -> DoorSchema:
    return build_schema(Query, Mutation)


def province_side() -> DoorSchema:
    return build_schema(ProvinceQuery)
