"""Propose an item for a list of a unit (清单条目)."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import select

from authz.decide import Resource
from casework.catalogue.events import ItemListed
from casework.catalogue.models import CatalogueEntry, CatalogueList, EntryStatus, ServiceItem
from casework.catalogue.queries import (
    is_handled_at,
    item_by_id,
    list_of_unit,
    stands_on_any,
    version_in_force,
)
from casework.kernel.errors import Code, Refusal, invalid
from casework.kernel.work import Work
from casework.organisation.models import OrgUnit
from casework.organisation.queries import unit_by_id
from tenants.profile import CatalogueList as ListRule
from tenants.profile import Profile


@dataclass(frozen=True)
class ListItemInput:
    """Which item is proposed for which list of which unit; the list comes into being with its first item."""

    unit_id: UUID
    list_code: str
    item_id: UUID


async def list_item(work: Work, given: ListItemInput) -> CatalogueEntry:
    """Propose an item: it waits as a draft until the list is published."""
    unit = await unit_by_id(work, given.unit_id)
    work.require("catalogue.edit", Resource(unit_path=unit.path), "unitId")
    rule = list_rule(work.profile, given.list_code, unit)
    item = await item_by_id(work, given.item_id)
    await check_subset(work, rule, unit, item)
    kept = await list_of_unit(work, unit.id, rule.code, lock=True) or await _new_list(work, rule, unit)
    entry = await _draft_entry(work, kept, item)
    work.emit(ItemListed(entry.id, kept.id, item.id, rule.basis.rules).told())
    return entry


def list_rule(profile: Profile, code: str, unit: OrgUnit) -> ListRule:
    """Find the list in the city's regulation, and refuse one that belongs to another tier."""
    found = next((rule for rule in profile.catalogue.lists if rule.code == code), None)
    if found is None:
        codes = ", ".join(rule.code for rule in profile.catalogue.lists) or "none"
        raise invalid(f"The regulation knows no list {code!r}; it knows {codes}.", "制度中没有该清单。", "listCode")
    if found.tier != unit.tier:
        raise invalid(
            f"The list {code} is kept at {found.tier}, not at {unit.tier}.",
            f"“{found.zh}”不由该层级编制。",
            "listCode",
            rules=found.basis.rules,
        )
    return found


async def is_devolved_here(work: Work, unit: OrgUnit, item: ServiceItem) -> bool:
    """Tell whether the item in force today may be handled at the unit's tier."""
    return is_handled_at(await version_in_force(work, item.id, work.today), unit.tier)


SUBSETS: Mapping[str, Callable[[Work, OrgUnit, ServiceItem], Awaitable[bool]]] = MappingProxyType(
    {"COUNTY_DEVOLVED_ITEMS": is_devolved_here, "TOWNSHIP_DEVOLVED_ITEMS": is_devolved_here}
)
"""Sets of items a list may be drawn from; any other name is another list of the same unit."""


async def check_subset(work: Work, rule: ListRule, unit: OrgUnit, item: ServiceItem) -> None:
    """Refuse an item that the list may not draw on (TA-10-3, TA-10-5, NX-4-1)."""
    if rule.subset_of is None:
        return
    test = SUBSETS.get(rule.subset_of)
    if test is not None:
        within = await test(work, unit, item)
    else:
        larger = await list_of_unit(work, unit.id, rule.subset_of)
        within = larger is not None and await stands_on_any(work, [larger.id], item.id)
    if not within:
        raise Refusal(
            Code.OUT_OF_SCOPE,
            f"The list {rule.code} is drawn from {rule.subset_of}; this item is not among them.",
            f"“{rule.zh}”只能从规定范围内选取,该事项不在其中。",
            ("itemId",),
            rule.basis.rules,
        )


async def _new_list(work: Work, rule: ListRule, unit: OrgUnit) -> CatalogueList:
    kept = work.add(CatalogueList(code=rule.code, unit_id=unit.id, purpose=rule.purpose, version=0))
    await work.session.flush()
    return kept


async def _draft_entry(work: Work, kept: CatalogueList, item: ServiceItem) -> CatalogueEntry:
    query = select(CatalogueEntry).where(
        CatalogueEntry.tenant_id == work.tenant, CatalogueEntry.list_id == kept.id, CatalogueEntry.item_id == item.id
    )
    entry = (await work.session.scalars(query)).one_or_none()
    if entry is None:
        entry = work.add(CatalogueEntry(list_id=kept.id, item_id=item.id, status=EntryStatus.DRAFT))
    elif entry.status in (EntryStatus.DRAFT, EntryStatus.ACTIVE):
        raise Refusal(Code.CONFLICT, "The item is on this list already.", "该事项已在清单中。", ("itemId",))
    else:
        entry.status = EntryStatus.DRAFT
    await work.session.flush()
    return entry
