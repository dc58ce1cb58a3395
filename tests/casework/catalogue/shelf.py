"""Items and lists for the tests of the catalogue."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from casework.catalogue.list_item import ListItemInput, list_item
from casework.catalogue.models import (
    CatalogueEntry,
    CatalogueList,
    MaterialRequirement,
    ServiceItem,
    ServiceItemVersion,
)
from casework.catalogue.publish_list import PublishListInput, publish_list
from casework.kernel.work import Work
from tests.casework.cities import City


async def add_item(
    city: City,
    code: str,
    at: Sequence[str],
    *,
    department: str = "desk",
    settled: bool = True,
    since: str = "2024-01-01",
) -> ServiceItem:
    """Put an item on the shelf that may be handled at the named tiers."""
    async with city.work() as work:
        item = work.add(
            ServiceItem(
                code=code,
                name_zh=f"{code}事项",
                item_type="LICENCE",
                theme_zh="测试",
                department_id=city.units[department].id,
                settled=settled,
                requires_personal_verification=False,
            )
        )
        await work.session.flush()
        version = work.add(
            ServiceItemVersion(
                item_id=item.id,
                version=1,
                valid_from=date.fromisoformat(since),
                on_spot=False,
                handled_at=list(at),
                process_zh="受理、办结",
            )
        )
        await work.session.flush()
        _need_papers(work, version)
    return item


def _need_papers(work: Work, version: ServiceItemVersion) -> None:
    for position, name in ((2, "照片"), (1, "身份证")):
        work.add(
            MaterialRequirement(
                item_version_id=version.id,
                position=position,
                name_zh=name,
                original_needed=True,
                copies=1,
                deferrable=False,
                by_commitment=False,
                way_to_obtain_zh="自备",
            )
        )


async def propose(city: City, unit: str, list_code: str, item: ServiceItem) -> CatalogueEntry:
    """Propose an item for a list, as the supervisor of the city."""
    async with city.work("supervisor") as work:
        return await list_item(work, ListItemInput(city.units[unit].id, list_code, item.id))


async def publish(city: City, list_id: UUID) -> CatalogueList:
    """Publish a list, as the supervisor of the city."""
    async with city.work("supervisor") as work:
        return await publish_list(work, PublishListInput(list_id))


async def put_on_list(city: City, unit: str, list_code: str, item: ServiceItem) -> CatalogueEntry:
    """Propose an item and publish the list."""
    entry = await propose(city, unit, list_code, item)
    await publish(city, entry.list_id)
    return entry
