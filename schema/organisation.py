"""Units, staff and the caller's own identity."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import strawberry
from sqlalchemy import ColumnElement, and_
from strawberry import relay

from authz.rows import end_of_subtree
from casework.kernel.sight import Sight
from casework.organisation.models import Notification, OrgUnit, StaffMember, StaffRegistration, UnitNameTail
from casework.organisation.queries import unit_by_code, visible_registrations
from schema.cases.lists import CASES_OF_STAFF, CASES_OF_UNIT, CaseFilter, CaseOrder
from schema.connections import Connection, connect, read_list
from schema.context import Info
from schema.cursors import LARGEST_PAGE, OrderColumn, page_request
from schema.fields import planned_field
from schema.filters import Column, IntFilter, Operands, StringFilter
from schema.nesting import connect_below
from schema.reading.declare import column, computed, first, of_caller, one
from schema.reading.lens import Lens
from schema.reading.sources import Caller, Keyed, Listed, Paged
from schema.regulation import Coded
from schema.search import Search, by_name
from schema.shown import Shown, shows, to_all_in_city

if TYPE_CHECKING:
    from schema.cases.types import CaseNode
    from schema.registration import RegistrationNode

CasePage = Connection[Annotated["CaseNode", strawberry.lazy("schema.cases.types")]]


def unit_type_of(lens: Lens, unit_type: str) -> Coded | None:
    """Show what kind of unit the city's regulation makes a unit."""
    found = next((entry for entry in lens.in_force.profile.unit_types if entry.code == unit_type), None)
    return Coded.made(found.code, found.zh, None, found.basis) if found else None


@shows(
    OrgUnit,
    name="Unit",
    description="A unit of the city: hall, window, department, township, village … (机构).",
    seen=to_all_in_city(OrgUnit),
)
class UnitNode(Shown, relay.Node):
    """A unit of the city."""

    id: relay.NodeID[UUID]
    code: str = strawberry.field(description="Code of the unit inside the city (机构代码).")
    name_zh: str = strawberry.field(description="Name (名称).")
    tier: str = strawberry.field(description="Tier code of the city's profile, such as TOWNSHIP (层级).")
    path: str = strawberry.field(description="Codes from the top unit down, each followed by a dot (层级路径).")
    headcount: int | None = strawberry.field(
        description="Persons at the window or department; null when unknown (人数)."
    )
    settled: bool = strawberry.field(description="Whether the department is settled in a service hall (进驻).")
    phone: str | None = strawberry.field(description="Public work phone (联系电话).")
    address: str | None = strawberry.field(description="Where the public finds it (地址).")

    unit_type: Coded | None = computed(
        unit_type_of,
        OrgUnit.unit_type,
        description="What kind of unit the city's regulation makes it; null when the present profile no longer knows it (机构类型).",
    )
    parent: Annotated["UnitNode", strawberry.lazy("schema.organisation")] | None = one(
        OrgUnit.parent_id, "The unit above; null for the top unit (上级机构)."
    )

    @planned_field(CASES_OF_UNIT)
    async def cases(
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
        filter: CaseFilter | None = None,
        order_by: list[CaseOrder] | None = None,
    ) -> CasePage:
        """The cases that this unit handles now, as far as the caller may see them (本机构办件)."""
        page = page_request(first, after, last, before)
        return await connect_below(self, info, CASES_OF_UNIT, page, filter=filter, order_by=order_by)


@shows(
    StaffMember,
    name="StaffMember",
    description="A person who serves (工作人员); no private contact data exists here.",
    seen=to_all_in_city(StaffMember),
)
class StaffNode(Shown, relay.Node):
    """A person who serves."""

    id: relay.NodeID[UUID]
    code: str = strawberry.field(description="Code in the city's register (编号).")
    name: str = strawberry.field(description="Name as on the badge (姓名).")
    post: str | None = strawberry.field(description="Post (职务).")
    work_phone: str | None = strawberry.field(description="Work phone (办公电话).")
    active: bool = strawberry.field(description="Whether the person serves at present (在岗).")

    version: int = column(StaffMember.row_version, "Version of the entry, for `expectedVersion` (版本).")
    unit: UnitNode | None = one(StaffMember.unit_id, "Home unit (所属机构).")
    registration: Annotated["RegistrationNode", strawberry.lazy("schema.registration")] | None = first(
        StaffRegistration.staff_id,
        StaffRegistration.submitted_at.desc(),
        StaffRegistration.id.desc(),
        description="The newest registration, as far as the caller may see it; null without one (登记备案).",
        where=visible_registrations,
    )

    @planned_field(CASES_OF_STAFF)
    async def cases(
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
        filter: CaseFilter | None = None,
        order_by: list[CaseOrder] | None = None,
    ) -> CasePage:
        """The cases in this person's hands, as far as the caller may see them (经办办件)."""
        page = page_request(first, after, last, before)
        return await connect_below(self, info, CASES_OF_STAFF, page, filter=filter, order_by=order_by)


@strawberry.type(description="A post that the caller holds now (任职).")
class HeldRole:
    """A post that the caller holds now."""

    role: str = strawberry.field(description="Role code of the city's profile (岗位代码).")
    unit_path: str = strawberry.field(description="Path of the unit in which it is held (机构路径).")


def kind_of_caller(lens: Lens) -> str:
    """Name the way in which the caller comes to the office."""
    return lens.actor.kind.value


def city_of_caller(lens: Lens) -> str | None:
    """Name the caller's city."""
    return lens.actor.tenant


def posts_of_caller(lens: Lens) -> list[HeldRole]:
    """Show the posts that the caller holds at this moment."""
    return [HeldRole(role=held.role_code, unit_path=held.unit_path) for held in lens.actor.roles]


@strawberry.type(description="Who the caller is (当前用户).")
class Viewer:
    """Who the caller is."""

    kind: str = computed(kind_of_caller, stable=False, description="staff, applicant or integrator (身份类别).")
    tenant: str | None = computed(city_of_caller, stable=False, description="Code of the caller's city (租户).")
    roles: list[HeldRole] = computed(
        posts_of_caller, stable=False, description="Posts held at this moment; empty for applicants (任职)."
    )
    staff: StaffNode | None = of_caller("The caller in the register; null for applicants (工作人员).")


@shows(Notification, name="Notification", description="A message for the caller (通知).")
class NotificationView(Shown):
    """A message for the caller."""

    template: str = strawberry.field(description="What kind of message, such as timer.breached (模板).")
    text_zh: str = strawberry.field(description="The text (内容).")
    automatic: bool = strawberry.field(
        description="True when no person wrote it; such a message is never a response (自动)."
    )


@strawberry.input(description="Narrows a list of units; the conditions given must all hold.")
class UnitFilter:
    """Narrows a list of units."""

    code: StringFilter | None = strawberry.field(default=None, description="By code.")
    tier: StringFilter | None = strawberry.field(default=None, description="By tier code.")
    unit_type: StringFilter | None = strawberry.field(default=None, description="By unit type code.")
    headcount: IntFilter | None = strawberry.field(default=None, description="By number of persons.")


UNIT_COLUMNS: dict[str, Column] = {
    "code": OrgUnit.code.expression,
    "tier": OrgUnit.tier.expression,
    "unit_type": OrgUnit.unit_type.expression,
    "headcount": OrgUnit.headcount.expression,
}


class UnitOrder(StrEnum):
    """By what a list of units is ordered."""

    PATH_ASC = "PATH_ASC"


AFTER_ALL_PATHS = "\U0010ffff"


def end_of_all_below(path: str) -> str:
    """Give the first path that is no longer below a unit; below an empty path is everything."""
    return end_of_subtree(path) if path else AFTER_ALL_PATHS


def below_unit(by: Operands, path: Any) -> ColumnElement[bool]:
    """The condition that a unit is the one with this path, or below it."""
    column = OrgUnit.path.expression
    return and_(column >= by.operand(path, column.type, str), column < by.operand(path, column.type, end_of_all_below))


def my_messages(sight: Sight) -> ColumnElement[bool]:
    """The condition that a message is for the caller."""
    return and_(Notification.tenant_id == sight.tenant, sight.is_for_me(Notification.recipient_id.expression))


UNITS = Paged(
    OrgUnit,
    seen=to_all_in_city(OrgUnit),
    orders={UnitOrder.PATH_ASC: OrderColumn("path", OrgUnit.path.expression)},
    default=(UnitOrder.PATH_ASC,),
    filters=UNIT_COLUMNS,
    more={"below": below_unit, "search": by_name(UnitNameTail)},
)
MESSAGES = Listed(Notification, my_messages, (Notification.sent_at.desc(), Notification.id.desc()), most=LARGEST_PAGE)


@strawberry.type
class OrganisationQuery:
    """Reading the organisation."""

    @planned_field(Caller())
    async def me(self, info: Info) -> Viewer:
        """Who the caller is, in which city, with which posts (我的身份)."""
        info.context.whose()
        return Viewer()

    @planned_field(MESSAGES)
    async def my_notifications(
        self, info: Info, limit: Annotated[int, strawberry.argument(description="How many, 1 to 100 (条数).")] = 20
    ) -> list[NotificationView]:
        """The newest messages for the caller, at most 100 (我的通知)."""
        return NotificationView.every(await read_list(info, MESSAGES, limit))

    @planned_field(Keyed({"code": OrgUnit.code}))
    async def unit(
        self, info: Info, code: Annotated[str, strawberry.argument(description="Code of the unit (机构代码).")]
    ) -> UnitNode | None:
        """One unit by its code; null when the city has none of that code (按代码查机构)."""
        async with info.context.office.open(info.context.whose(), info.context.correlation_id) as work:
            return UnitNode.maybe(await unit_by_code(work, code))

    @planned_field(UNITS)
    async def units(
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
        filter: UnitFilter | None = None,
        below: Annotated[str | None, strawberry.argument(description="Path of the unit on top (上级机构路径).")] = None,
        search: Search = None,
    ) -> Connection[UnitNode]:
        """Units of the city in tree order; `below` is the path of a unit whose subtree is wanted (机构列表)."""
        page = page_request(first, after, last, before)
        return await connect(info, UNITS, page, UnitNode.of, filter=filter, below=below, search=search)
