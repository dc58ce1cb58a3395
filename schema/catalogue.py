"""Service items: what the city handles on application, what it asks for, and within what time."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Annotated, Any
from uuid import UUID

import strawberry
from sqlalchemy import select
from strawberry import relay
from strawberry.dataloader import DataLoader

from casework.catalogue.models import LimitUnit, MaterialRequirement, ServiceItem, ServiceItemVersion
from casework.catalogue.queries import item_by_code, version_in_force
from casework.kernel.work import Work
from casework.organisation.models import OrgUnit
from schema.connections import Connection, connect
from schema.context import Info, RequestContext
from schema.cursors import OrderColumn, Ordering, page_request
from schema.enums import described_enum
from schema.fields import field
from schema.filters import BooleanFilter, Column, StringFilter, condition
from schema.organisation import UnitNode
from schema.rows import by_id, by_owner
from schema.shown import Shown, visible_rows

described_enum(
    LimitUnit,
    "In what a committed limit is counted (时限单位).",
    {
        "WORKING_DAYS": "Working days of the calendar (工作日).",
        "CALENDAR_DAYS": "Calendar days (自然日).",
        "HOURS": "Working hours (工作小时).",
    },
)


@strawberry.type(name="MaterialRequirement", description="A paper that an item asks for (材料要求).")
class RequirementNode(Shown, relay.Node):
    """A paper that an item asks for."""

    id: relay.NodeID[UUID]
    position: int = strawberry.field(description="Place in the item's list, from 1 (序号).")
    name_zh: str = strawberry.field(description="Name of the paper (材料名称).")
    original_needed: bool = strawberry.field(description="Whether the original is needed (原件).")
    copies: int = strawberry.field(description="How many copies (份数).")
    deferrable: bool = strawberry.field(description="Whether it may follow later (可容缺).")
    by_commitment: bool = strawberry.field(description="Whether a commitment may replace it (可告知承诺).")
    way_to_obtain_zh: str = strawberry.field(description="How one gets it (补齐途径).")

    @classmethod
    async def resolve_nodes(cls, *, info: Info, node_ids: Iterable[str], required: bool = False) -> Any:
        """Load requirements by id."""
        return [cls.maybe(row) for row in await visible_rows(info, MaterialRequirement, node_ids)]


@strawberry.type(name="ServiceItemVersion", description="What an item asks and promises from a date on (事项版本).")
class ItemVersionNode(Shown, relay.Node):
    """What an item asks and promises from a date on."""

    id: relay.NodeID[UUID]
    version: int = strawberry.field(description="Number of the version, from 1 (版本).")
    valid_from: date = strawberry.field(description="First day (生效日).")
    valid_to: date | None = strawberry.field(description="Last day; null while open (失效日).")
    limit_value: int | None = strawberry.field(description="Committed limit; null when settled at once (承诺时限).")
    limit_unit: LimitUnit | None = strawberry.field(description="In what the limit is counted (时限单位).")
    on_spot: bool = strawberry.field(description="Whether it can be settled on the spot (当场办结).")
    handled_at: list[str] = strawberry.field(description="Tiers whose units may handle it (可办层级).")
    process_zh: str = strawberry.field(description="How it is handled (办理流程).")

    @field
    async def requirements(self, info: Info) -> list[RequirementNode]:
        """The papers that it asks for, in order (材料清单)."""
        rows = await by_owner(info.context, MaterialRequirement, "item_version_id").load(self.row.id)
        return RequirementNode.every(sorted(rows, key=lambda row: row.position))

    @classmethod
    async def resolve_nodes(cls, *, info: Info, node_ids: Iterable[str], required: bool = False) -> Any:
        """Load versions by id."""
        return [cls.maybe(row) for row in await visible_rows(info, ServiceItemVersion, node_ids)]


def current_versions(context: RequestContext) -> DataLoader[UUID, ServiceItemVersion | None]:
    """Load the versions in force today, all of one request in one Work."""

    async def load(items: list[UUID]) -> Sequence[ServiceItemVersion | None]:
        async with context.office.open(context.whose(), context.correlation_id) as work:
            return [await version_in_force(work, item_id) for item_id in items]

    return context.loaders.of("current versions", lambda: DataLoader(load))


@strawberry.type(name="ServiceItem", description="A matter that the government handles on application (政务服务事项).")
class ItemNode(Shown, relay.Node):
    """A matter that the government handles on application."""

    id: relay.NodeID[UUID]
    code: str = strawberry.field(description="Code of the item in the city (事项编码).")
    name_zh: str = strawberry.field(description="Name (事项名称).")
    item_type: str = strawberry.field(description="Type, such as LICENCE (事项类型).")
    theme_zh: str = strawberry.field(description="Theme under which a portal shows it (主题).")
    settled: bool = strawberry.field(description="Whether it is settled in a service hall (进驻).")

    @field
    async def department(self, info: Info) -> UnitNode | None:
        """The approval department (实施机关)."""
        return UnitNode.maybe(await by_id(info.context, OrgUnit).load(self.row.department_id))

    @field
    async def current_version(self, info: Info) -> ItemVersionNode | None:
        """What the item asks and promises today; null when no version is in force (现行版本)."""
        return ItemVersionNode.maybe(await current_versions(info.context).load(self.row.id))

    @classmethod
    async def resolve_nodes(cls, *, info: Info, node_ids: Iterable[str], required: bool = False) -> Any:
        """Load items by id."""
        return [cls.maybe(row) for row in await visible_rows(info, ServiceItem, node_ids)]


@strawberry.input(description="Narrows a list of items; the conditions given must all hold.")
class ItemFilter:
    """Narrows a list of items."""

    code: StringFilter | None = strawberry.field(default=None, description="By code.")
    name_zh: StringFilter | None = strawberry.field(default=None, description="By name.")
    item_type: StringFilter | None = strawberry.field(default=None, description="By type.")
    settled: BooleanFilter | None = strawberry.field(default=None, description="By settled in a hall or not.")


ITEM_COLUMNS: dict[str, Column] = {
    "code": ServiceItem.code.expression,
    "name_zh": ServiceItem.name_zh.expression,
    "item_type": ServiceItem.item_type.expression,
    "settled": ServiceItem.settled.expression,
}
BY_CODE = Ordering.by(OrderColumn("code", ServiceItem.code.expression), tie_breaker=ServiceItem.id.expression)


@strawberry.type
class CatalogueQuery:
    """Reading the catalogue."""

    @field
    async def item(
        self, info: Info, code: Annotated[str, strawberry.argument(description="Code of the item (事项编码).")]
    ) -> ItemNode | None:
        """One service item by its code; null when the city has none (按编码查事项)."""
        async with info.context.office.open(info.context.whose(), info.context.correlation_id) as work:
            return ItemNode.maybe(await item_by_code(work, code))

    @field
    async def items(
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
        filter: ItemFilter | None = None,
    ) -> Connection[ItemNode]:
        """Service items of the city by code (事项列表)."""

        def rows(work: Work) -> Any:
            return select(ServiceItem).where(ServiceItem.tenant_id == work.tenant, condition(filter, ITEM_COLUMNS))

        return await connect(info, rows, BY_CODE, page_request(first, after, last, before), ItemNode.of)
