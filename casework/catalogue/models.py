"""Tables of the catalogue: service items with dated versions and their papers, the lists of the units, and guides."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
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


class GuideState(StrEnum):
    """How far the text of a guide is; what was published before stays in force while the next text is written."""

    DRAFT = "DRAFT"
    IN_REVIEW = "IN_REVIEW"
    REVIEWED = "REVIEWED"
    PUBLISHED = "PUBLISHED"
    WITHDRAWN = "WITHDRAWN"


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


class Guide(TenantRow):
    """A guide or handbook of a unit and the text that is being written (服务指南、服务手册); `kind` is the profile's.

    `contents` are the fields of the text by the keys of the profile. `writers` wrote on it since it was last published:
    none of them reviews it. `published_version` is the number of the newest version, 0 before the first.
    """

    __tablename__ = "guide"

    code: Mapped[str]
    kind: Mapped[str]
    unit_id: Mapped[UUID]
    title_zh: Mapped[str]
    state: Mapped[GuideState] = mapped_column(text_enum(GuideState))
    contents: Mapped[dict[str, Any]]
    co_author_ids: Mapped[list[Any]]
    writers: Mapped[list[Any]]
    published_version: Mapped[int] = mapped_column(Integer)
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str | None]

    __table_args__ = (within_tenant("unit_id", "org_unit"), unique_within_tenant("code"), tenant_index("unit_id"))


class GuideItem(TenantRow):
    """An item that a guide is about, and the version of it that the present text was written from."""

    __tablename__ = "guide_item"

    guide_id: Mapped[UUID]
    position: Mapped[int] = mapped_column(Integer)
    item_id: Mapped[UUID]
    item_version_id: Mapped[UUID]

    __table_args__ = (
        within_tenant("guide_id", "guide"),
        within_tenant("item_id", "service_item"),
        within_tenant("item_version_id", "service_item_version"),
        unique_within_tenant("guide_id", "position"),
        tenant_index("item_id"),
    )


class GuideVersion(TenantRow):
    """A text of a guide as it was published; it never changes, and names all that its page shows (TA-9-3, PX-A-3.3-2).

    `contents` lists the fields in order, each with its key, its name in the profile of that day and its text.
    """

    __tablename__ = "guide_version"

    guide_id: Mapped[UUID]
    version: Mapped[int] = mapped_column(Integer)
    title_zh: Mapped[str]
    kind_zh: Mapped[str]
    unit_zh: Mapped[str]
    contents: Mapped[list[Any]]
    authors_zh: Mapped[list[str]]
    rules: Mapped[list[str]]
    published_at: Mapped[datetime]
    published_by: Mapped[UUID | None]

    __table_args__ = (
        within_tenant("guide_id", "guide"),
        within_tenant("published_by", "staff_member"),
        unique_within_tenant("guide_id", "version"),
    )


class GuideBasis(TenantRow):
    """The version of an item on which a published text rests."""

    __tablename__ = "guide_basis"

    guide_version_id: Mapped[UUID]
    item_id: Mapped[UUID]
    item_version_id: Mapped[UUID]

    __table_args__ = (
        within_tenant("guide_version_id", "guide_version"),
        within_tenant("item_id", "service_item"),
        within_tenant("item_version_id", "service_item_version"),
        unique_within_tenant("guide_version_id", "item_id"),
        tenant_index("item_version_id"),
    )


class GuideReview(TenantRow):
    """What a reviewer who did not write the text found (审核): each quality that the city wants, and whether it is met."""

    __tablename__ = "guide_review"

    guide_id: Mapped[UUID]
    reviewer_id: Mapped[UUID | None]
    approved: Mapped[bool]
    qualities: Mapped[list[Any]]
    note: Mapped[str | None]
    reviewed_at: Mapped[datetime]

    __table_args__ = (
        within_tenant("guide_id", "guide"),
        within_tenant("reviewer_id", "staff_member"),
        tenant_index("guide_id", "reviewed_at"),
    )
