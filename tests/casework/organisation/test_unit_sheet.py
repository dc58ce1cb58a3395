"""The sheet of units: found wrong by row and column, written whole, and found by name afterwards."""

import pytest
from sqlalchemy import func, select

from authz.actor import Actor, ActorKind
from casework.catalogue.export_sheets import ExportSheets, export_sheets
from casework.catalogue.import_sheets import ImportSheets, import_sheets
from casework.kernel.errors import Code, Refusal
from casework.organisation.models import OrgUnit, UnitNameTail
from tests.casework.bringing import bring, by_code, counts, places, table, told
from tests.casework.cities import City, Found

HEAD = "机构编码 | 机构名称 | 机构类型 | 层级 | 上级机构编码 | 窗口人数 | 是否进驻 | 公开电话 | 办公时间"
NEW = (
    HEAD,
    "v1 | 一村便民服务站 | village_station | VILLAGE | t1 | 1 | | |",
    "t1 | 一镇便民服务中心 | 镇（街道）便民服务中心 | 镇（街道） | district | 4 | 否 | 0754-1 | 09:00-12:00; 13:30-17:00",
    "d1 | 公安分局 | approval_unit | DISTRICT | district | | 是 | |",
)


@pytest.fixture
async def city(found: Found) -> City:
    return await found("chaonan")


async def sought(city: City, typed: str) -> set[str]:
    async with city.work() as work:
        query = (
            select(OrgUnit.code)
            .join(UnitNameTail, UnitNameTail.unit_id == OrgUnit.id)
            .where(OrgUnit.tenant_id == city.tenant, UnitNameTail.tenant_id == city.tenant)
            .where(func.starts_with(UnitNameTail.tail, typed))
        )
        return set((await work.session.scalars(query)).all())


async def test_units_come_below_their_parents_in_whatever_order_the_rows_are(city: City) -> None:
    before = await told(city)
    assert counts(await bring(city, dry=True, units=NEW)) == {"units": (3, 0, 0, 0, 3)}
    assert await told(city) == before, "a trial leaves no trace"
    assert counts(await bring(city, units=NEW)) == {"units": (3, 0, 0, 0, 3)}
    units = await by_code(city, OrgUnit)
    assert units["v1"].path == "district.t1.v1."
    town = units["t1"]
    assert (town.unit_type, town.tier, town.kind) == ("township_centre", "TOWNSHIP", "SERVICE_UNIT")
    assert (town.headcount, town.settled, town.phone) == (4, False, "0754-1")
    assert town.office_hours == [["09:00", "12:00"], ["13:30", "17:00"]]
    assert (units["d1"].settled, units["d1"].headcount) == (True, None)
    assert await sought(city, "便民服务中心") == {"t1"}
    assert await sought(city, "yzbm") == {"t1"}
    opened = [event for event in await city.events(town.id) if event.name == "unit.opened"]
    assert [event.payload for event in opened] == [{"unitType": "township_centre", "tier": "TOWNSHIP"}]
    after = await told(city)
    assert after.count("sheets.imported") == 1
    assert counts(await bring(city, units=NEW)) == {"units": (0, 0, 3, 0, 3)}
    assert await told(city) == after, "a second time there is nothing to change and nothing to tell"


async def test_what_changed_is_corrected_and_found_by_both_names(city: City) -> None:
    await bring(city, units=NEW)
    renamed = (
        "code | name_zh | unit_type | tier | parent_code | headcount",
        "t1 | 司马浦镇便民服务中心 | township_centre | TOWNSHIP | district | 5",
    )
    assert counts(await bring(city, units=renamed)) == {"units": (0, 1, 0, 0, 5)}
    town = (await by_code(city, OrgUnit))["t1"]
    assert (town.name_zh, town.headcount, town.phone) == ("司马浦镇便民服务中心", 5, "0754-1")
    (changed,) = [event for event in await city.events(town.id) if event.name == "unit.changed"]
    assert changed.payload == {"fields": ["headcount", "name_zh"]}
    assert await sought(city, "司马浦") == {"t1"}
    assert await sought(city, "一镇") == {"t1"}, "who asks for the former name finds it too"
    emptied = (HEAD, "t1 | 司马浦镇便民服务中心 | township_centre | TOWNSHIP | district | | | | ")
    assert counts(await bring(city, units=emptied)) == {"units": (0, 1, 0, 0, 5)}
    town = (await by_code(city, OrgUnit))["t1"]
    assert (town.headcount, town.phone, town.office_hours) == (None, None, None), (
        "an empty cell says that there is none"
    )


WRONG = (
    ("x.1 | 名 | township_centre | TOWNSHIP | district | | | |", ("code",)),
    ("a | | township_centre | TOWNSHIP | district | many | | |", ("headcount", "name_zh")),
    ("b | 名 | palace | TOWNSHIP | district | | | |", ("unit_type",)),
    ("c | 名 | township_centre | DISTRICT | district | | | |", ("tier",)),
    ("d | 名 | township_centre | TOWNSHIP | nowhere | | | |", ("parent_code",)),
    ("e | 名 | township_centre | TOWNSHIP | | | | |", ("parent_code",)),
    ("f | 名 | township_centre | TOWNSHIP | g | | | |", ("parent_code",)),
    ("g | 名 | township_centre | TOWNSHIP | f | | | |", ("parent_code",)),
    ("h | 名 | township_centre | TOWNSHIP | g | | | |", ()),
    ("i | 名 | township_centre | TOWNSHIP | i | | | |", ("parent_code",)),
    ("j | 名 | township_centre | TOWNSHIP | district | | | |", ()),
    ("j | 名 | township_centre | TOWNSHIP | district | | | |", ("code",)),
    (
        "town | 名 | village_station | VILLAGE | desk | | perhaps | | 9-17",
        ("settled", "office_hours", "unit_type", "tier", "parent_code"),
    ),
    ("desk | | bureau | DISTRICT | district | | | |", ("name_zh", "unit_type")),
    ("k | | palace | | | | | |", ("name_zh", "tier", "parent_code", "unit_type")),
)
"""Rows, and the columns in which something is wrong with them."""


async def test_all_that_is_wrong_is_told_at_once_and_nothing_is_written(city: City) -> None:
    before = await told(city)
    outcome = await bring(city, units=(HEAD, *(row for row, _ in WRONG)))
    assert places(outcome) == [
        ("units", number, column) for number, (_, columns) in enumerate(WRONG, start=2) for column in columns
    ]
    by_place = {(fault.row, fault.column.split(" ")[-1]): fault for fault in outcome.faults}
    assert "district_centre" in by_place[4, "unit_type"].message
    assert "CH-3.1-1" in by_place[5, "tier"].rules
    assert "f > g > f" in by_place[8, "parent_code"].message
    assert "district" in by_place[7, "parent_code"].message_zh
    assert await told(city) == before


async def test_the_first_units_of_a_city_have_one_root(found: Found) -> None:
    city = await found("chaonan")
    root = (HEAD, "r2 | 名 | district_centre | DISTRICT | | | | |")
    assert places(await bring(city, units=root)) == [("units", 2, "parent_code")]


async def test_units_that_are_missing_stay_even_when_the_rest_is_retired(city: City) -> None:
    outcome = await bring(city, retire=True, units=(HEAD, "d1 | 局 | approval_unit | DISTRICT | district | | | |"))
    assert counts(outcome) == {"units": (1, 0, 0, 0, 3)}
    assert {"district", "desk", "town"} <= (await by_code(city, OrgUnit)).keys()


async def test_nobody_but_the_operator_brings_sheets(city: City) -> None:
    await city.hire("admin", "district", "TENANT_ADMIN")
    async with city.work("admin") as work:
        with pytest.raises(Refusal) as refused:
            await import_sheets(work, ImportSheets({"units": table(*NEW)}))
    assert refused.value.code is Code.FORBIDDEN
    stranger = Actor(ActorKind.APPLICANT, city.tenant, "somebody")
    async with city.office.open(stranger) as work:
        with pytest.raises(Refusal):
            await export_sheets(work, ExportSheets())


SERVICE_UNITS = {
    "taian": {
        "city_service_unit": ("CITY", "TA-4-3"),
        "county_service_unit": ("COUNTY", "TA-4-4"),
        "township_window": ("TOWNSHIP", "TA-4-5"),
        "village_station": ("VILLAGE", "TA-4-6"),
    },
    "chaonan": {
        "district_centre": ("DISTRICT", "CH-3.1-1"),
        "township_centre": ("TOWNSHIP", "CH-3.1-1"),
        "village_station": ("VILLAGE", "CH-3.1-1"),
    },
}


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("taian", marks=pytest.mark.rule("TA-4-2", "TA-4-3", "TA-4-4", "TA-4-5", "TA-4-6")),
        pytest.param("chaonan", marks=pytest.mark.rule("CH-1-1", "CH-3.1-1")),
    ],
)
async def test_each_kind_of_service_unit_stands_at_its_own_tier_and_at_no_other(found: Found, name: str) -> None:
    city = await found(name)
    kinds, root = SERVICE_UNITS[name], next(iter(city.units))
    line = "{code} | 名 | {kind} | {tier} | {parent} | | | |"
    codes = [root, *(f"n{place}" for place in range(1, len(kinds)))]
    own = [
        line.format(code=code, kind=kind, tier=tier, parent=parent)
        for (kind, (tier, _)), code, parent in zip(list(kinds.items())[1:], codes[1:], codes, strict=False)
    ]
    assert counts(await bring(city, units=(HEAD, *own)))["units"][0] == len(kinds) - 1
    units = await by_code(city, OrgUnit)
    assert units[codes[-1]].path == "".join(f"{code}." for code in codes)
    assert {units[code].kind for code in codes} == {"SERVICE_UNIT"}
    tiers = [tier for tier, _ in kinds.values()]
    wrong = [(kind, tier) for kind, (its, _) in kinds.items() for tier in tiers if tier != its]
    rows = [line.format(code=f"w{n}", kind=kind, tier=tier, parent=root) for n, (kind, tier) in enumerate(wrong)]
    outcome = await bring(city, units=(HEAD, *rows))
    assert [(fault.column, fault.rules) for fault in outcome.faults] == [
        ("层级 tier", (kinds[kind][1],)) for kind, _ in wrong
    ]
