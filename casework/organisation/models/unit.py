"""Tables of the jurisdiction: units, their names, and the places where people are served."""

from typing import Any
from uuid import UUID

from sqlalchemy import Integer
from sqlalchemy.orm import Mapped, mapped_column

from casework.kernel.models import TenantRow, path_text, tenant_index, unique_within_tenant, within_tenant
from casework.kernel.search import Tail


class OrgUnit(TenantRow):
    """A node of the jurisdiction tree (机构); `path` is the codes from the root, each followed by a dot."""

    __tablename__ = "org_unit"
    says_who = True

    code: Mapped[str]
    name_zh: Mapped[str]
    unit_type: Mapped[str]
    kind: Mapped[str]
    tier: Mapped[str]
    parent_id: Mapped[UUID | None]
    path: Mapped[str] = mapped_column(path_text())
    division_code: Mapped[str | None]
    headcount: Mapped[int | None] = mapped_column(Integer)
    settled: Mapped[bool]
    phone: Mapped[str | None]
    address: Mapped[str | None]
    office_hours: Mapped[list[Any] | None]

    __table_args__ = (
        within_tenant("parent_id", "org_unit"),
        unique_within_tenant("code"),
        unique_within_tenant("path"),
        tenant_index("parent_id"),
    )


class UnitNameTail(Tail):
    """A unit's name from one of its places on, by which it is searched."""

    __tablename__ = "unit_name_tail"
    named = OrgUnit
    owner = "unit_id"

    unit_id: Mapped[UUID]

    __table_args__ = (within_tenant("unit_id", "org_unit"), tenant_index("tail", "unit_id"))


class ServicePoint(TenantRow):
    """A window, zone or desk of a unit (服务点)."""

    __tablename__ = "service_point"

    type: Mapped[str]
    name_zh: Mapped[str]
    unit_id: Mapped[UUID]
    responsible_staff_id: Mapped[UUID | None]
    headcount: Mapped[int | None] = mapped_column(Integer)

    __table_args__ = (
        within_tenant("unit_id", "org_unit"),
        within_tenant("responsible_staff_id", "staff_member"),
        tenant_index("unit_id"),
    )
