import pytest

from casework.kernel.errors import Code, Refusal
from casework.organisation.open_unit import OpenUnitInput, open_unit
from casework.organisation.queries import paths_upward, unit_by_code, units_below, units_upward
from tests.casework.cities import City


def test_the_line_upward_is_read_off_the_path() -> None:
    assert paths_upward("3709.370902.370902001.") == ("3709.370902.370902001.", "3709.370902.", "3709.")
    assert paths_upward("3709.") == ("3709.",)


async def test_a_unit_knows_the_units_above_and_below(taian: City) -> None:
    async with taian.work() as work:
        county = await unit_by_code(work, "county")
        assert county is not None
        assert [unit.code for unit in await units_upward(work, county)] == ["county", "city"]
        assert [unit.code for unit in await units_below(work, county)] == ["county", "township", "village"]
        assert await unit_by_code(work, "nowhere") is None


async def test_the_county_whose_code_begins_alike_is_not_below(taian: City) -> None:
    async with taian.work() as work:
        below = {unit.code for unit in await units_below(work, taian.units["county"])}
    assert "county2" not in below


async def test_opening_a_unit_is_told(taian: City) -> None:
    (event,) = await taian.events(taian.units["county"].id)
    assert event.name == "unit.opened"
    assert event.payload == {"unitType": "county_service_unit", "tier": "COUNTY"}
    assert taian.units["county"].kind == "SERVICE_UNIT"


async def test_a_kind_of_unit_exists_only_at_its_tiers(taian: City) -> None:
    parent = taian.units["village"].id
    async with taian.work() as work:
        with pytest.raises(Refusal) as refused:
            await open_unit(work, OpenUnitInput("x", "某机构", "township_window", "VILLAGE", parent))
        assert refused.value.code is Code.INVALID_INPUT
        assert refused.value.rules == ("TA-4-5",)
        with pytest.raises(Refusal, match="knows no unit type"):
            await open_unit(work, OpenUnitInput("x", "某机构", "moon_base", "VILLAGE", parent))


@pytest.mark.parametrize("code", ["a.b", "", "甲", "x" * 41])
async def test_a_code_that_would_break_the_path_is_refused(taian: City, code: str) -> None:
    async with taian.work() as work:
        with pytest.raises(Refusal) as refused:
            await open_unit(
                work, OpenUnitInput(code, "某机构", "village_station", "VILLAGE", taian.units["township"].id)
            )
    assert refused.value.path == ("code",)


async def test_a_code_is_used_once(taian: City) -> None:
    async with taian.work() as work:
        with pytest.raises(Refusal) as refused:
            await open_unit(
                work, OpenUnitInput("village", "某站", "village_station", "VILLAGE", taian.units["township"].id)
            )
    assert refused.value.code is Code.CONFLICT


async def test_no_role_of_a_city_opens_units(taian: City) -> None:
    await taian.hire("lead", "city", "unit_lead", "TENANT_ADMIN")
    async with taian.work("lead") as work:
        with pytest.raises(Refusal) as refused:
            await open_unit(work, OpenUnitInput("y", "某站", "village_station", "VILLAGE", taian.units["township"].id))
    assert refused.value.code is Code.FORBIDDEN


async def test_the_unit_of_another_city_does_not_exist(taian: City, neixiang: City) -> None:
    async with taian.work() as work:
        assert await unit_by_code(work, "group") is None
        with pytest.raises(Refusal) as refused:
            await open_unit(
                work, OpenUnitInput("z", "某站", "village_station", "VILLAGE", neixiang.units["village"].id)
            )
    assert refused.value.code is Code.NOT_FOUND
