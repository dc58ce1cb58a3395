"""Service items: what the city handles on application, what it asks for, and within what time."""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import strawberry
from strawberry import relay

from casework.catalogue.models import ItemNameTail, LimitUnit, MaterialRequirement, ServiceItem, ServiceItemVersion
from casework.catalogue.queries import in_force_today, item_by_code
from schema.connections import Connection, connect
from schema.context import Info
from schema.cursors import OrderColumn, page_request
from schema.enums import described_enum
from schema.fields import planned_field
from schema.filters import BooleanFilter, Column, StringFilter
from schema.organisation import UnitNode
from schema.reading.declare import first, many, one
from schema.reading.sources import SEVERAL, Keyed, Paged
from schema.search import Search, by_name
from schema.shown import Shown, shows, to_all_in_city

described_enum(
    LimitUnit,
    "In what a committed limit is counted (时限单位).",
    {
        "WORKING_DAYS": "Working days of the calendar (工作日).",
        "CALENDAR_DAYS": "Calendar days (自然日).",
        "HOURS": "Working hours (工作小时).",
    },
)


@shows(
    MaterialRequirement,
    name="MaterialRequirement",
    description="A paper that an item asks for (材料要求).",
    seen=to_all_in_city(MaterialRequirement),
)
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


@shows(
    ServiceItemVersion,
    name="ServiceItemVersion",
    description="What an item asks and promises from a date on (事项版本).",
    seen=to_all_in_city(ServiceItemVersion),
)
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

    requirements: list[RequirementNode] = many(
        MaterialRequirement.item_version_id,
        MaterialRequirement.position.expression,
        description="The papers that it asks for, in order (材料清单).",
        usual=SEVERAL,
    )


@shows(
    ServiceItem,
    name="ServiceItem",
    description="A matter that the government handles on application (政务服务事项).",
    seen=to_all_in_city(ServiceItem),
)
class ItemNode(Shown, relay.Node):
    """A matter that the government handles on application."""

    id: relay.NodeID[UUID]
    code: str = strawberry.field(description="Code of the item in the city (事项编码).")
    name_zh: str = strawberry.field(description="Name (事项名称).")
    item_type: str = strawberry.field(description="Type, such as LICENCE (事项类型).")
    theme_zh: str = strawberry.field(description="Theme under which a portal shows it (主题).")
    settled: bool = strawberry.field(description="Whether it is settled in a service hall (进驻).")

    department: UnitNode | None = one(ServiceItem.department_id, "The approval department (实施机关).")
    current_version: ItemVersionNode | None = first(
        ServiceItemVersion.item_id,
        ServiceItemVersion.version.desc(),
        where=in_force_today,
        description="What the item asks and promises today; null when no version is in force (现行版本).",
    )


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


class ItemOrder(StrEnum):
    """By what a list of items is ordered."""

    CODE_ASC = "CODE_ASC"


ITEMS = Paged(
    ServiceItem,
    seen=to_all_in_city(ServiceItem),
    orders={ItemOrder.CODE_ASC: OrderColumn("code", ServiceItem.code.expression)},
    default=(ItemOrder.CODE_ASC,),
    filters=ITEM_COLUMNS,
    more={"search": by_name(ItemNameTail)},
)


@strawberry.type
class CatalogueQuery:
    """Reading the catalogue."""

    @planned_field(Keyed({"code": ServiceItem.code}))
    async def item(
        self, info: Info, code: Annotated[str, strawberry.argument(description="Code of the item (事项编码).")]
    ) -> ItemNode | None:
        """One service item by its code; null when the city has none (按编码查事项)."""
        async with info.context.office.open(info.context.whose(), info.context.correlation_id) as work:
            return ItemNode.maybe(await item_by_code(work, code))

    @planned_field(ITEMS)
    async def items(
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
        filter: ItemFilter | None = None,
        search: Search = None,
    ) -> Connection[ItemNode]:
        """Service items of the city by code (事项列表)."""
        page = page_request(first, after, last, before)
        return await connect(info, ITEMS, page, ItemNode.of, filter=filter, search=search)
