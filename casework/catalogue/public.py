"""What everybody may read of lists and guides without saying who he is (向社会公开: TA-9-3, PX-A-3.3-2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from sqlalchemy import Select, and_, select

from casework.catalogue.models import CatalogueEntry, CatalogueList, EntryStatus, Guide, GuideVersion, ServiceItem
from casework.kernel.work import Work
from casework.organisation.models import OrgUnit
from casework.organisation.public import PageAfter
from tenants.profile import CatalogueList as ListRule
from tenants.profile import Profile

LISTS: Mapping[str, frozenset[str]] = MappingProxyType({"agency_lists": frozenset({"AGENCY", "ASSIST_AND_AGENCY"})})
"""Lists of which purposes a city opens, by the names of its public queries (TA-9-3)."""


@dataclass(frozen=True)
class OpenList:
    """A published list with its items, and what the regulation says of it."""

    kept: CatalogueList
    rule: ListRule | None
    items: Sequence[ServiceItem]


@dataclass(frozen=True)
class OpenGuide:
    """A guide as the public reads it: its newest published text."""

    guide: Guide
    text: GuideVersion
    unit: OrgUnit


def open_purposes(profile: Profile) -> frozenset[str]:
    """Tell lists of which purposes are open to the public."""
    opened = (LISTS.get(name, frozenset()) for name in profile.publicity.public_queries)
    return frozenset().union(*opened)


async def open_lists(work: Work, unit: OrgUnit) -> list[OpenList]:
    """List what a unit has published of its lists, with the items that are active on them (TA-9-3)."""
    query = (
        select(CatalogueList)
        .where(
            CatalogueList.tenant_id == work.tenant,
            CatalogueList.unit_id == unit.id,
            CatalogueList.purpose.in_(open_purposes(work.profile)),
            CatalogueList.published_at <= work.now,
        )
        .order_by(CatalogueList.code)
    )
    rules = {rule.code: rule for rule in work.profile.catalogue.lists}
    kept = (await work.session.scalars(query)).all()
    return [OpenList(each, rules.get(each.code), await _items(work, each)) for each in kept]


async def _items(work: Work, kept: CatalogueList) -> Sequence[ServiceItem]:
    query = (
        select(ServiceItem)
        .join(CatalogueEntry, and_(CatalogueEntry.tenant_id == work.tenant, CatalogueEntry.item_id == ServiceItem.id))
        .where(
            ServiceItem.tenant_id == work.tenant,
            CatalogueEntry.list_id == kept.id,
            CatalogueEntry.status == EntryStatus.ACTIVE,
        )
        .order_by(ServiceItem.code)
    )
    return (await work.session.scalars(query)).all()


def texts_in_force(tenant: str) -> Select[Guide, GuideVersion, OrgUnit]:
    """Choose the guides that are shown to the public, each with its newest text and its unit."""
    newest = and_(
        GuideVersion.tenant_id == tenant,
        GuideVersion.guide_id == Guide.id,
        GuideVersion.version == Guide.published_version,
    )
    return (
        select(Guide, GuideVersion, OrgUnit)
        .select_from(Guide)
        .join(GuideVersion, newest)
        .join(OrgUnit, and_(OrgUnit.tenant_id == tenant, OrgUnit.id == Guide.unit_id))
        .where(Guide.tenant_id == tenant, Guide.withdrawn_at.is_(None))
    )


async def open_guides(work: Work, page: PageAfter, unit_code: str | None = None) -> list[OpenGuide]:
    """List published guides with the text in force, by code: those of a unit, or all (PX-A-2-2)."""
    query = texts_in_force(work.tenant)
    if unit_code is not None:
        query = query.where(OrgUnit.code == unit_code)
    if page.after is not None:
        query = query.where(Guide.code > page.after)
    found = await work.session.execute(query.order_by(Guide.code).limit(page.most))
    return [OpenGuide(guide, text, unit) for guide, text, unit in found.all()]


async def open_guide(work: Work, code: str) -> OpenGuide | None:
    """Find the text of a guide that the public reads now."""
    found = await work.session.execute(texts_in_force(work.tenant).where(Guide.code == code))
    return next((OpenGuide(guide, text, unit) for guide, text, unit in found.all()), None)
