"""Tables of the catalogue: service items with dated versions, the papers they ask for, and the lists of the units."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Integer
from sqlalchemy.orm import Mapped, mapped_column

from casework.kernel.models import TenantRow, tenant_index, text_enum, unique_within_tenant, within_tenant
from casework.kernel.search import Tail


class LimitUnit(StrEnum):
    """In what an item's committed limit is counted (承诺时限)."""

    WORKING_DAYS = "WORKING_DAYS"
    CALENDAR_DAYS = "CALENDAR_DAYS"
    HOURS = "HOURS"


class EntryStatus(StrEnum):
    """Where a list entry stands."""

    DRAFT = "DRAFT"
    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    RETIRED = "RETIRED"


class ServiceItem(TenantRow):
    """A matter that the government handles on application (政务服务事项)."""

    __tablename__ = "service_item"

    code: Mapped[str]
    name_zh: Mapped[str]
    item_type: Mapped[str]
    theme_zh: Mapped[str]
    department_id: Mapped[UUID]
    settled: Mapped[bool]
    requires_personal_verification: Mapped[bool]

    __table_args__ = (
        within_tenant("department_id", "org_unit"),
        unique_within_tenant("code"),
        tenant_index("department_id"),
    )


class ItemNameTail(Tail):
    """An item's name from one of its places on, by which it is searched."""

    __tablename__ = "item_name_tail"
    named = ServiceItem
    owner = "item_id"

    item_id: Mapped[UUID]

    __table_args__ = (within_tenant("item_id", "service_item"), tenant_index("tail", "item_id"))


class ServiceItemVersion(TenantRow):
    """What an item asks and promises from a date on; `handled_at` names the tiers that may handle it (下放、赋权)."""

    __tablename__ = "service_item_version"

    item_id: Mapped[UUID]
    version: Mapped[int] = mapped_column(Integer)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    limit_value: Mapped[int | None] = mapped_column(Integer)
    limit_unit: Mapped[LimitUnit | None] = mapped_column(text_enum(LimitUnit))
    on_spot: Mapped[bool]
    handled_at: Mapped[list[str]]
    process_zh: Mapped[str]

    __table_args__ = (within_tenant("item_id", "service_item"), unique_within_tenant("item_id", "version"))


class MaterialRequirement(TenantRow):
    """A paper that an item version asks for, and how one gets it (材料要求)."""

    __tablename__ = "material_requirement"

    item_version_id: Mapped[UUID]
    position: Mapped[int] = mapped_column(Integer)
    name_zh: Mapped[str]
    original_needed: Mapped[bool]
    copies: Mapped[int] = mapped_column(Integer)
    deferrable: Mapped[bool]
    by_commitment: Mapped[bool]
    way_to_obtain_zh: Mapped[str]

    __table_args__ = (
        within_tenant("item_version_id", "service_item_version"),
        unique_within_tenant("item_version_id", "position"),
    )


class CatalogueList(TenantRow):
    """A list of one unit for one purpose; whether it limits or informs is the profile's (清单/目录)."""

    __tablename__ = "catalogue_list"

    code: Mapped[str]
    unit_id: Mapped[UUID]
    purpose: Mapped[str]
    version: Mapped[int] = mapped_column(Integer)
    published_at: Mapped[datetime | None]
    next_review_on: Mapped[date | None]

    __table_args__ = (within_tenant("unit_id", "org_unit"), unique_within_tenant("unit_id", "code"))


class CatalogueEntry(TenantRow):
    """An item in a list (清单条目)."""

    __tablename__ = "catalogue_entry"

    list_id: Mapped[UUID]
    item_id: Mapped[UUID]
    status: Mapped[EntryStatus] = mapped_column(text_enum(EntryStatus))

    __table_args__ = (
        within_tenant("list_id", "catalogue_list"),
        within_tenant("item_id", "service_item"),
        unique_within_tenant("list_id", "item_id"),
        tenant_index("item_id"),
    )
