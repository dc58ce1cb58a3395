from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from casework.catalogue.models import ServiceItemVersion
from casework.catalogue.queries import (
    is_handled_at,
    item_by_code,
    item_by_id,
    requirements,
    version_in_force,
)
from casework.kernel.errors import Code, Refusal
from tests.casework.catalogue.shelf import add_item
from tests.casework.cities import City


async def test_an_item_is_found_by_code_and_id_in_its_own_city_only(taian: City, neixiang: City) -> None:
    item = await add_item(taian, "SCJG-01", ["CITY"])
    async with taian.work() as work:
        found = await item_by_code(work, "SCJG-01")
        assert found is not None
        assert (await item_by_id(work, found.id)).code == "SCJG-01"
    async with neixiang.work() as work:
        assert await item_by_code(work, "SCJG-01") is None
        with pytest.raises(Refusal) as refused:
            await item_by_id(work, item.id)
    assert (refused.value.code, refused.value.path) == (Code.NOT_FOUND, ("itemId",))


async def test_the_version_in_force_follows_the_date(taian: City) -> None:
    item = await add_item(taian, "SCJG-01", ["CITY"], since="2024-01-01")
    async with taian.work() as work:
        first = await version_in_force(work, item.id)
        assert first is not None
        first.valid_to = date(2024, 9, 30)
        work.add(
            ServiceItemVersion(
                item_id=item.id, version=2, valid_from=date(2024, 10, 1), on_spot=True, handled_at=[], process_zh="即办"
            )
        )
        await work.session.flush()
        numbers = {}
        for day in ("2023-12-31", "2024-01-01", "2024-09-30", "2024-10-01"):
            version = await version_in_force(work, item.id, date.fromisoformat(day))
            numbers[day] = version.version if version else None
    assert numbers == {"2023-12-31": None, "2024-01-01": 1, "2024-09-30": 1, "2024-10-01": 2}


async def test_today_is_the_date_on_the_citys_wall(taian: City) -> None:
    taian.clock.instant = datetime(2024, 9, 30, 16, 30, tzinfo=UTC)
    async with taian.work() as work:
        assert work.today == date(2024, 10, 1)


async def test_papers_come_in_their_order(taian: City) -> None:
    item = await add_item(taian, "SCJG-01", ["CITY"])
    async with taian.work() as work:
        version = await version_in_force(work, item.id)
        assert version is not None
        assert [paper.name_zh for paper in await requirements(work, version.id)] == ["身份证", "照片"]
        assert await requirements(work, uuid4()) == []


def test_an_item_is_handled_where_its_version_says() -> None:
    version = ServiceItemVersion(handled_at=["COUNTY", "TOWNSHIP"])
    assert is_handled_at(version, "TOWNSHIP")
    assert not is_handled_at(version, "VILLAGE")
    assert not is_handled_at(None, "COUNTY")
