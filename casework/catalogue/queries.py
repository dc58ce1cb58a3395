"""What other rooms and the doors ask of the catalogue: items, what they ask for on a date, whose lists they are on."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select

from casework.catalogue.models import (
    CatalogueEntry,
    CatalogueList,
    EntryStatus,
    MaterialRequirement,
    ServiceItem,
    ServiceItemVersion,
)
from casework.kernel.sight import Sight
from casework.kernel.work import Work
from casework.organisation.models import OrgUnit
from casework.organisation.queries import units_upward
from tenants.profile import Profile

PURPOSES_SERVED: dict[str, tuple[str, ...]] = {
    "AGENCY": ("AGENCY", "ASSIST_AND_AGENCY"),
    "ASSIST": ("ASSIST_AND_AGENCY",),
}
"""Which purposes of lists answer a question for one purpose: a list for both services answers for each of them."""


def purposes(purpose: str) -> tuple[str, ...]:
    """List the purposes of lists that answer for a purpose."""
    return PURPOSES_SERVED.get(purpose, (purpose,))


async def item_by_id(work: Work, item_id: UUID, *path: str) -> ServiceItem:
    """Give an item of the city or refuse with NOT_FOUND."""
    return await work.load(ServiceItem, item_id, "service item", "政务服务事项", *(path or ("itemId",)))


async def item_by_code(work: Work, code: str) -> ServiceItem | None:
    """Find an item of the city by its code."""
    query = select(ServiceItem).where(ServiceItem.tenant_id == work.tenant, ServiceItem.code == code)
    return (await work.session.scalars(query)).one_or_none()


def in_force_on(day: Any) -> ColumnElement[bool]:
    """The condition that a version is in force on a date; its last day still belongs to it."""
    open_end = or_(ServiceItemVersion.valid_to.is_(None), ServiceItemVersion.valid_to >= day)
    return and_(ServiceItemVersion.valid_from <= day, open_end)


def in_force_today(sight: Sight) -> ColumnElement[bool]:
    """The condition that a version is in force today."""
    return in_force_on(sight.today)


async def version_in_force(work: Work, item_id: UUID, on: date | None = None) -> ServiceItemVersion | None:
    """Find what an item asks and promises on a date, or today."""
    query = (
        select(ServiceItemVersion)
        .where(
            ServiceItemVersion.tenant_id == work.tenant,
            ServiceItemVersion.item_id == item_id,
            in_force_on(on or work.today),
        )
        .order_by(ServiceItemVersion.version.desc())
        .limit(1)
    )
    return (await work.session.scalars(query)).one_or_none()


async def requirements(work: Work, item_version_id: UUID) -> Sequence[MaterialRequirement]:
    """List the papers that a version of an item asks for, in their order."""
    query = (
        select(MaterialRequirement)
        .where(MaterialRequirement.tenant_id == work.tenant, MaterialRequirement.item_version_id == item_version_id)
        .order_by(MaterialRequirement.position)
    )
    return (await work.session.scalars(query)).all()


def is_handled_at(version: ServiceItemVersion | None, tier: str) -> bool:
    """Tell whether an item may be handled at a tier (下放、赋权: TA-10-3, NX-2-4)."""
    return version is not None and tier in version.handled_at


async def list_of_unit(work: Work, unit_id: UUID, code: str, *, lock: bool = False) -> CatalogueList | None:
    """Find the list of this code that a unit keeps."""
    query = select(CatalogueList).where(
        CatalogueList.tenant_id == work.tenant, CatalogueList.unit_id == unit_id, CatalogueList.code == code
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return (await work.session.scalars(query)).one_or_none()


async def lists_for(work: Work, unit: OrgUnit, purpose: str) -> Sequence[CatalogueList]:
    """List the published lists of a purpose that hold for a unit: its own, or those of the nearest unit above it.

    A township that keeps a list of its own is not widened by the county's, not even while its own is unpublished:
    each tier compiles its own (TA-10-1, TA-10-3). A department or a group works under the list of the unit above it.
    """
    line = await units_upward(work, unit)
    query = (
        select(CatalogueList)
        .where(
            CatalogueList.tenant_id == work.tenant,
            CatalogueList.unit_id.in_([above.id for above in line]),
            CatalogueList.purpose.in_(purposes(purpose)),
            CatalogueList.published_at <= work.now,
        )
        .order_by(CatalogueList.code)
    )
    published = (await work.session.scalars(query)).all()
    for above in line:
        own = [kept for kept in published if kept.unit_id == above.id]
        if own or keeps_a_list(work.profile, above, purpose):
            return own
    return []


def keeps_a_list(profile: Profile, unit: OrgUnit, purpose: str) -> bool:
    """Tell whether the regulation gives a unit a list of that purpose: one is kept per tier, by its service unit."""
    of_tier = any(rule.tier == unit.tier and rule.purpose in purposes(purpose) for rule in profile.catalogue.lists)
    return of_tier and unit.kind == "SERVICE_UNIT"


async def is_listed(work: Work, unit: OrgUnit, item_id: UUID, purpose: str) -> bool:
    """Tell whether an item is active on a published list of that purpose that holds for the unit (ITEM_ON_LIST)."""
    lists = await lists_for(work, unit, purpose)
    return await stands_on_any(work, [kept.id for kept in lists], item_id)


async def stands_on_any(work: Work, list_ids: Collection[UUID], item_id: UUID) -> bool:
    """Tell whether an item is an active entry of one of these lists."""
    if not list_ids:
        return False
    query = select(CatalogueEntry.id).where(
        CatalogueEntry.tenant_id == work.tenant,
        CatalogueEntry.list_id.in_(list_ids),
        CatalogueEntry.item_id == item_id,
        CatalogueEntry.status == EntryStatus.ACTIVE,
    )
    return await work.session.scalar(query.limit(1)) is not None


async def entries(work: Work, list_id: UUID) -> Sequence[CatalogueEntry]:
    """List the entries of a list in the order in which they were proposed, retired ones included."""
    query = (
        select(CatalogueEntry)
        .where(CatalogueEntry.tenant_id == work.tenant, CatalogueEntry.list_id == list_id)
        .order_by(CatalogueEntry.id)
    )
    return (await work.session.scalars(query)).all()
