from datetime import date, timedelta
from uuid import uuid4

import pytest

from casework.catalogue.list_item import ListItemInput, list_item
from casework.catalogue.models import EntryStatus
from casework.catalogue.publish_list import PublishListInput, months_later, next_review, publish_list
from casework.catalogue.queries import is_listed, lists_for
from casework.catalogue.retire_entry import RetireEntryInput, retire_entry
from casework.kernel.errors import Code, Refusal
from casework.organisation.models import OrgUnit
from tests.casework.catalogue.shelf import add_item, propose, publish, put_on_list
from tests.casework.cities import OPENING, City, Found, shipped

EVERY_TIER = ["CITY", "COUNTY", "TOWNSHIP", "VILLAGE"]


@pytest.fixture
async def city(taian: City) -> City:
    """A city with leads who edit and publish their lists, and a supervisor over all of them."""
    await taian.hire("supervisor", "city", "city_supervisor")
    await taian.hire("lead", "county", "unit_lead")
    await taian.hire("chief", "county", "chief_helper")
    return taian


async def listed(city: City, unit: str, item_id: object, purpose: str = "AGENCY") -> bool:
    async with city.work() as work:
        return await is_listed(work, city.units[unit], item_id, purpose)  # type: ignore[arg-type]


async def test_an_item_counts_once_its_list_is_published(city: City) -> None:
    item = await add_item(city, "A", EVERY_TIER)
    async with city.work("chief") as work:
        entry = await list_item(work, ListItemInput(city.units["county"].id, "county_agency_list", item.id))
    assert entry.status is EntryStatus.DRAFT
    assert not await listed(city, "county", item.id)
    async with city.work("lead") as work:
        kept = await publish_list(work, PublishListInput(entry.list_id))
    assert (kept.version, kept.published_at, kept.purpose) == (1, OPENING, "AGENCY")
    assert await listed(city, "county", item.id)


@pytest.mark.rule("TA-9-3", "TA-9-4")
async def test_publishing_is_told_and_sets_the_next_review(city: City) -> None:
    entry = await propose(city, "county", "county_agency_list", await add_item(city, "A", EVERY_TIER))
    kept = await publish(city, entry.list_id)
    assert kept.next_review_on == date(2025, 3, 2)
    (event,) = await city.events(kept.id)
    assert event.name == "catalogue.published"
    assert event.payload == {"code": "county_agency_list", "version": 1, "entries": 1, "nextReviewOn": "2025-03-02"}
    assert "TA-9-3" in event.rules


@pytest.mark.rule("TA-9-2", "TA-10-1", "TA-10-3")
async def test_each_tier_has_its_own_list(city: City) -> None:
    on_county, on_city = await add_item(city, "A", EVERY_TIER), await add_item(city, "B", EVERY_TIER)
    await put_on_list(city, "county", "county_agency_list", on_county)
    await put_on_list(city, "city", "city_agency_list", on_city)
    assert await listed(city, "county", on_county.id)
    assert not await listed(city, "county", on_city.id)
    assert not await listed(city, "township", on_county.id)
    assert not await listed(city, "county2", on_city.id)


async def test_a_department_works_under_the_list_of_its_hall(city: City) -> None:
    item = await add_item(city, "A", EVERY_TIER)
    await put_on_list(city, "city", "city_agency_list", item)
    assert await listed(city, "desk", item.id)


async def test_a_list_for_both_services_answers_for_each(neixiang: City) -> None:
    await neixiang.hire("supervisor", "office", "county_office_supervisor")
    item = await add_item(neixiang, "A", ["COUNTY", "VILLAGE"], department="bureau")
    await put_on_list(neixiang, "village", "village_catalogue", item)
    for purpose, expected in (("AGENCY", True), ("ASSIST", True), ("GRID", False), ("BUNDLE", False)):
        assert await listed(neixiang, "village", item.id, purpose) is expected
    assert await listed(neixiang, "group", item.id)
    assert not await listed(neixiang, "bureau", item.id)


@pytest.mark.rule("TA-10-3", "TA-10-5")
async def test_lower_tiers_list_only_what_was_devolved_to_them(city: City) -> None:
    item = await add_item(city, "A", ["CITY", "COUNTY"])
    for unit, code in (("township", "township_agency_list"), ("village", "village_item_set")):
        with pytest.raises(Refusal) as refused:
            await propose(city, unit, code, item)
        assert refused.value.code is Code.OUT_OF_SCOPE
        assert refused.value.rules[0] in {"TA-10-3", "TA-10-5"}


@pytest.mark.rule("NX-4-1")
async def test_the_grid_list_is_drawn_from_the_village_list(neixiang: City) -> None:
    await neixiang.hire("supervisor", "office", "county_office_supervisor")
    item = await add_item(neixiang, "A", ["VILLAGE"], department="bureau")
    with pytest.raises(Refusal) as refused:
        await propose(neixiang, "village", "grid_catalogue", item)
    assert "NX-4-1" in refused.value.rules
    await put_on_list(neixiang, "village", "village_catalogue", item)
    await put_on_list(neixiang, "village", "grid_catalogue", item)
    assert await listed(neixiang, "village", item.id, "GRID")


async def test_a_list_belongs_to_its_tier(city: City) -> None:
    item = await add_item(city, "A", EVERY_TIER)
    with pytest.raises(Refusal) as refused:
        await propose(city, "county", "township_agency_list", item)
    assert refused.value.path == ("listCode",)
    with pytest.raises(Refusal, match="knows no list"):
        await propose(city, "county", "wish_list", item)


async def test_an_item_is_proposed_once_and_may_come_back(city: City) -> None:
    item = await add_item(city, "A", EVERY_TIER)
    entry = await put_on_list(city, "county", "county_agency_list", item)
    with pytest.raises(Refusal) as refused:
        await propose(city, "county", "county_agency_list", item)
    assert refused.value.code is Code.CONFLICT
    async with city.work("chief") as work:
        await retire_entry(work, RetireEntryInput(entry.id))
    assert not await listed(city, "county", item.id)
    again = await put_on_list(city, "county", "county_agency_list", item)
    assert again.id == entry.id
    assert await listed(city, "county", item.id)


@pytest.mark.rule("TA-9-4")
async def test_retiring_is_told_and_final_until_proposed_anew(city: City) -> None:
    entry = await put_on_list(city, "county", "county_agency_list", await add_item(city, "A", EVERY_TIER))
    async with city.work("lead") as work:
        await retire_entry(work, RetireEntryInput(entry.id))
        with pytest.raises(Refusal) as refused:
            await retire_entry(work, RetireEntryInput(entry.id))
        assert refused.value.code is Code.CONFLICT
    assert [event.name for event in await city.events(entry.id)] == ["catalogue.item_listed", "catalogue.entry_retired"]
    with pytest.raises(Refusal, match="empty list"):
        await publish(city, entry.list_id)


async def test_who_may_edit_and_who_may_publish(city: City) -> None:
    item = await add_item(city, "A", EVERY_TIER)
    await city.hire("helper", "county", "helper")
    for who, unit in (("helper", "county"), ("lead", "county2"), ("chief", "city")):
        code = "city_agency_list" if unit == "city" else "county_agency_list"
        async with city.work(who) as work:
            with pytest.raises(Refusal) as refused:
                await list_item(work, ListItemInput(city.units[unit].id, code, item.id))
        assert refused.value.code is Code.FORBIDDEN
    entry = await propose(city, "county", "county_agency_list", item)
    async with city.work("chief") as work:
        with pytest.raises(Refusal) as refused:
            await publish_list(work, PublishListInput(entry.list_id))
    assert refused.value.code is Code.FORBIDDEN


async def test_stale_and_unknown_rows_are_refused(city: City) -> None:
    entry = await propose(city, "county", "county_agency_list", await add_item(city, "A", EVERY_TIER))
    async with city.work("lead") as work:
        with pytest.raises(Refusal) as refused:
            await publish_list(work, PublishListInput(entry.list_id, expected_version=99))
        assert refused.value.code is Code.STALE_VERSION
        with pytest.raises(Refusal) as refused:
            await retire_entry(work, RetireEntryInput(uuid4()))
        assert refused.value.code is Code.NOT_FOUND


async def test_the_lists_of_a_unit_are_the_nearest_ones(found: Found) -> None:
    zaozhuang = await found("zaozhuang")
    await zaozhuang.hire("supervisor", "centre", "office_supervisor")
    item = await add_item(zaozhuang, "A", ["VENUE"])
    await put_on_list(zaozhuang, "desk", "dept_item_list", item)
    async with zaozhuang.work() as work:
        for unit, expected in (("desk", ["dept_item_list"]), ("centre", [])):
            kept = await lists_for(work, zaozhuang.units[unit], "REFERENCE")
            assert [row.code for row in kept] == expected
        assert await lists_for(work, OrgUnit(path="elsewhere.", tier="VENUE", kind="DEPARTMENT"), "REFERENCE") == []


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [("2024-08-31", 6, "2025-02-28"), ("2023-08-31", 6, "2024-02-29"), ("2024-12-01", 12, "2025-12-01")],
)
def test_whole_months_end_with_the_month(day: str, months: int, expected: str) -> None:
    assert months_later(date.fromisoformat(day), months) == date.fromisoformat(expected)


def test_a_city_without_interval_has_no_review_date() -> None:
    today = date(2024, 9, 2)
    assert next_review(shipped("chaonan").catalogue.review, today) is None
    assert next_review(shipped("taian").catalogue.review, today) == today + timedelta(days=181)
