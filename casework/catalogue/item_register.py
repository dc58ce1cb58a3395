"""The catalogue as its sheet sees it: each item with the version that counts and the papers it asks for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from casework.catalogue.models import MaterialRequirement, ServiceItem, ServiceItemVersion
from casework.kernel.work import Work

VERSION_KEYS = ("limit_value", "limit_unit", "on_spot", "handled_at", "process_zh")
PAPER_KEYS = ("paper_zh", "original_needed", "copies", "deferrable", "by_commitment", "way_to_obtain_zh")
NOTHING = {"limit_value": None, "limit_unit": None, "on_spot": False, "handled_at": (), "process_zh": ""}


@dataclass
class Known:
    """An item of the catalogue: its versions, the newest last, and the papers of the newest."""

    item: ServiceItem
    versions: list[ServiceItemVersion] = field(default_factory=list)
    papers: tuple[Mapping[str, Any], ...] = ()

    @property
    def version(self) -> ServiceItemVersion | None:
        """Give the version that counts: the newest."""
        return self.versions[-1] if self.versions else None

    @property
    def facts(self) -> dict[str, Any]:
        """Give what it asks and promises, as a sheet says it."""
        if self.version is None:
            return dict(NOTHING)
        told = {key: getattr(self.version, key) for key in VERSION_KEYS}
        return {**told, "handled_at": tuple(self.version.handled_at)}

    @property
    def valid_to(self) -> date | None:
        """Give its last day."""
        return self.version.valid_to if self.version is not None else None

    def stands_on(self, day: date) -> bool:
        """Tell whether it is in force on a day, or will be."""
        return self.version is not None and (self.valid_to is None or self.valid_to >= day)


async def register_of_items(work: Work) -> dict[str, Known]:
    """Give all items of the city by their codes."""
    items = select(ServiceItem).where(ServiceItem.tenant_id == work.tenant).order_by(ServiceItem.code)
    found = {item.id: Known(item) for item in (await work.session.scalars(items)).all()}
    versions = (
        select(ServiceItemVersion)
        .where(ServiceItemVersion.tenant_id == work.tenant)
        .order_by(ServiceItemVersion.item_id, ServiceItemVersion.version)
    )
    for version in (await work.session.scalars(versions)).all():
        found[version.item_id].versions.append(version)
    papers = await _papers(work, [known.version.id for known in found.values() if known.version is not None])
    for known in found.values():
        if known.version is not None:
            known.papers = tuple(papers.get(known.version.id, ()))
    return {known.item.code: known for known in found.values()}


async def _papers(work: Work, version_ids: Sequence[UUID]) -> dict[UUID, list[Mapping[str, Any]]]:
    """Give the papers of these versions in their order, without making objects of them: there are many."""
    columns = MaterialRequirement.__table__.c
    kept = [columns[key] for key in PAPER_KEYS[1:]]
    query = (
        select(columns.item_version_id, columns.name_zh.label("paper_zh"), *kept)
        .where(columns.tenant_id == work.tenant)
        .order_by(columns.item_version_id, columns.position)
    )
    wanted, found = set(version_ids), dict[UUID, list[Mapping[str, Any]]]()
    for row in (await work.session.execute(query)).mappings():
        if row["item_version_id"] in wanted:
            found.setdefault(row["item_version_id"], []).append({key: row[key] for key in PAPER_KEYS})
    return found


def facts_of_item(known: Known, codes: Mapping[UUID, str]) -> list[dict[str, Any]]:
    """Write an item down: everything in the first row, and one row for each further paper."""
    item, version = known.item, known.version
    own = ("code", "name_zh", "item_type", "theme_zh", "settled", "requires_personal_verification")
    whole: dict[str, Any] = {key: getattr(item, key) for key in own}
    whole |= {**known.facts, "department_code": codes[item.department_id], "valid_to": known.valid_to}
    whole["valid_from"] = version.valid_from if version is not None else None
    first, *others = known.papers or ({},)
    return [{**whole, **first}, *({"code": item.code, **paper} for paper in others)]
