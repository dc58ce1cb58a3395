"""Units, staff and the caller's own identity."""

from collections.abc import Iterable
from typing import Annotated, Any
from uuid import UUID

import strawberry
from sqlalchemy import select
from strawberry import relay

from authz.rows import subtree
from casework.kernel.work import Work
from casework.organisation.models import Notification, OrgUnit, StaffMember
from casework.organisation.queries import unit_by_code
from schema.connections import Connection, connect
from schema.context import Info
from schema.cursors import OrderColumn, Ordering, page_request
from schema.fields import field
from schema.filters import Column, IntFilter, StringFilter, condition
from schema.regulation import Coded
from schema.rows import by_id, regulations
from schema.shown import Shown, visible_rows


@strawberry.type(name="Unit", description="A unit of the city: hall, window, department, township, village … (机构).")
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

    @field
    async def unit_type(self, info: Info) -> Coded | None:
        """What kind of unit the city's regulation makes it; null when the present profile no longer knows it (机构类型)."""
        profile = (await regulations(info.context).load(None)).profile
        known = {entry.code: entry for entry in profile.unit_types}
        found = known.get(self.row.unit_type)
        return Coded.made(found.code, found.zh, None, found.basis) if found else None

    @field
    async def parent(self, info: Info) -> Annotated["UnitNode", strawberry.lazy("schema.organisation")] | None:
        """The unit above; null for the top unit (上级机构)."""
        if self.row.parent_id is None:
            return None
        return UnitNode.maybe(await by_id(info.context, OrgUnit).load(self.row.parent_id))

    @classmethod
    async def resolve_nodes(cls, *, info: Info, node_ids: Iterable[str], required: bool = False) -> Any:
        """Load units by id."""
        return [cls.maybe(row) for row in await visible_rows(info, OrgUnit, node_ids)]


@strawberry.type(name="StaffMember", description="A person who serves (工作人员); no private contact data exists here.")
class StaffNode(Shown, relay.Node):
    """A person who serves."""

    id: relay.NodeID[UUID]
    code: str = strawberry.field(description="Code in the city's register (编号).")
    name: str = strawberry.field(description="Name as on the badge (姓名).")
    post: str | None = strawberry.field(description="Post (职务).")
    work_phone: str | None = strawberry.field(description="Work phone (办公电话).")
    active: bool = strawberry.field(description="Whether the person serves at present (在岗).")

    @field
    async def unit(self, info: Info) -> UnitNode | None:
        """Home unit (所属机构)."""
        return UnitNode.maybe(await by_id(info.context, OrgUnit).load(self.row.unit_id))

    @classmethod
    async def resolve_nodes(cls, *, info: Info, node_ids: Iterable[str], required: bool = False) -> Any:
        """Load members of staff by id."""
        return [cls.maybe(row) for row in await visible_rows(info, StaffMember, node_ids)]


@strawberry.type(description="A post that the caller holds now (任职).")
class HeldRole:
    """A post that the caller holds now."""

    role: str = strawberry.field(description="Role code of the city's profile (岗位代码).")
    unit_path: str = strawberry.field(description="Path of the unit in which it is held (机构路径).")


@strawberry.type(description="Who the caller is (当前用户).")
class Viewer:
    """Who the caller is."""

    kind: str = strawberry.field(description="staff, applicant or integrator (身份类别).")
    tenant: str | None = strawberry.field(description="Code of the caller's city (租户).")
    roles: list[HeldRole] = strawberry.field(description="Posts held at this moment; empty for applicants (任职).")
    staff: StaffNode | None = strawberry.field(
        description="The caller in the register; null for applicants (工作人员)."
    )


@strawberry.type(name="Notification", description="A message for the caller (通知).")
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
IN_TREE_ORDER = Ordering.by(OrderColumn("path", OrgUnit.path.expression), tie_breaker=OrgUnit.id.expression)


@strawberry.type
class OrganisationQuery:
    """Reading the organisation."""

    @field
    async def me(self, info: Info) -> Viewer:
        """Who the caller is, in which city, with which posts (我的身份)."""
        actor = info.context.whose()
        staff = await by_id(info.context, StaffMember).load(actor.staff_id) if actor.staff_id else None
        roles = [HeldRole(role=held.role_code, unit_path=held.unit_path) for held in actor.roles]
        return Viewer(kind=actor.kind.value, tenant=actor.tenant, roles=roles, staff=StaffNode.maybe(staff))

    @field
    async def my_notifications(
        self, info: Info, limit: Annotated[int, strawberry.argument(description="How many, 1 to 100 (条数).")] = 20
    ) -> list[NotificationView]:
        """The newest messages for the caller, at most 100 (我的通知)."""
        actor = info.context.whose()
        mine = actor.staff_id or actor.applicant_id
        async with info.context.office.open(actor, info.context.correlation_id) as work:
            query = (
                select(Notification)
                .where(Notification.tenant_id == work.tenant, Notification.recipient_id == mine)
                .order_by(Notification.sent_at.desc(), Notification.id.desc())
                .limit(max(1, min(limit, 100)))
            )
            return NotificationView.every((await work.session.scalars(query)).all())

    @field
    async def unit(
        self, info: Info, code: Annotated[str, strawberry.argument(description="Code of the unit (机构代码).")]
    ) -> UnitNode | None:
        """One unit by its code; null when the city has none of that code (按代码查机构)."""
        async with info.context.office.open(info.context.whose(), info.context.correlation_id) as work:
            return UnitNode.maybe(await unit_by_code(work, code))

    @field
    async def units(
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
        filter: UnitFilter | None = None,
        below: Annotated[str | None, strawberry.argument(description="Path of the unit on top (上级机构路径).")] = None,
    ) -> Connection[UnitNode]:
        """Units of the city in tree order; `below` is the path of a unit whose subtree is wanted (机构列表)."""

        def rows(work: Work) -> Any:
            query = select(OrgUnit).where(OrgUnit.tenant_id == work.tenant, condition(filter, UNIT_COLUMNS))
            return query.where(subtree(OrgUnit.path.expression, below)) if below else query

        return await connect(info, rows, IN_TREE_ORDER, page_request(first, after, last, before), UnitNode.of)
