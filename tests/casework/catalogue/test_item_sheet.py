"""The sheet of items: papers in rows of their own, versions that never rewrite the past, faults by row and column."""

from datetime import date, timedelta

import pytest

from casework.catalogue.models import ItemNameTail, MaterialRequirement, ServiceItem, ServiceItemVersion
from casework.catalogue.queries import requirements, version_in_force
from casework.kernel.outbox import OutboxEvent
from tests.casework.bringing import bring, by_code, counts, places, told
from tests.casework.catalogue.shelf import add_item
from tests.casework.cities import OPENING, City, Found

HEAD = (
    "事项编码 | 事项名称 | 事项类型 | 主题 | 实施机关编码 | 是否进驻 | 生效日期 | 失效日期 | 承诺时限 | 时限单位"
    " | 可办层级 | 办理流程 | 材料名称 | 收取原件 | 份数 | 可容缺 | 补齐途径"
)
FIRST = "A1 | 设立登记 | LICENCE | 企业开办 | desk | 是 | 2024-01-01 | | {limit} | 工作日 | 市级; COUNTY | 受理、办结"
NEW = (
    HEAD,
    f"{FIRST.format(limit=5)} | 申请表 | 是 | 2 | 否 | 窗口领取",
    "A1 | | | | | | | | | | | | 身份证 | | | 是 |",
    "B1 | 备案 | FILING | 企业开办 | desk | | | | | | CITY | 当场办结 | | | | |",
)


@pytest.fixture
async def city(found: Found) -> City:
    return await found("taian")


async def versions(city: City, code: str) -> list[tuple[int, date, date | None, int | None]]:
    item = (await by_code(city, ServiceItem))[code]
    found = await city.rows(ServiceItemVersion, ServiceItemVersion.item_id == item.id)
    return sorted((each.version, each.valid_from, each.valid_to, each.limit_value) for each in found)


async def papers(city: City, code: str, on: date | None = None) -> list[tuple[str, bool, int, bool, str]]:
    async with city.work() as work:
        item = (await by_code(city, ServiceItem))[code]
        version = await version_in_force(work, item.id, on)
        assert version is not None
        return [
            (each.name_zh, each.original_needed, each.copies, each.deferrable, each.way_to_obtain_zh)
            for each in await requirements(work, version.id)
        ]


async def test_items_come_with_the_papers_they_ask_for_and_are_found_by_name(city: City) -> None:
    before = await told(city)
    assert counts(await bring(city, dry=True, items=NEW)) == {"items": (2, 0, 0, 0, 0)}
    assert await told(city) == before
    assert counts(await bring(city, items=NEW)) == {"items": (2, 0, 0, 0, 0)}
    items = await by_code(city, ServiceItem)
    first = items["A1"]
    assert (first.name_zh, first.theme_zh, first.settled) == ("设立登记", "企业开办", True)
    assert first.department_id == city.units["desk"].id
    assert not items["B1"].settled
    assert await versions(city, "A1") == [(1, date(2024, 1, 1), None, 5)]
    assert await versions(city, "B1") == [(1, date(2024, 9, 2), None, None)], "without a day it holds from today"
    assert await papers(city, "A1") == [("申请表", True, 2, False, "窗口领取"), ("身份证", False, 1, True, "")]
    assert await papers(city, "B1") == []
    async with city.work() as work:
        version = await version_in_force(work, first.id)
        assert version is not None
        assert (version.handled_at, version.limit_unit) == (["CITY", "COUNTY"], "WORKING_DAYS")
    tails = {tail.tail for tail in await city.rows(ItemNameTail, ItemNameTail.item_id == first.id)}
    assert {"登记", "sldj"} <= tails
    (entered,) = await city.events(first.id)
    assert (entered.name, entered.payload) == ("catalogue.item_entered", {"code": "A1", "version": 1})
    after = await told(city)
    assert counts(await bring(city, items=NEW)) == {"items": (0, 0, 2, 0, 0)}
    assert await told(city) == after


async def test_what_an_item_promised_is_never_rewritten(city: City) -> None:
    await bring(city, items=NEW)
    city.clock.instant = OPENING + timedelta(days=10)
    quicker = (HEAD, f"{FIRST.format(limit=3)} | 申请表 | 是 | 2 | 否 | 窗口领取", NEW[2])
    assert counts(await bring(city, items=quicker)) == {"items": (0, 1, 0, 0, 1)}
    assert await versions(city, "A1") == [
        (1, date(2024, 1, 1), date(2024, 9, 11), 5),
        (2, date(2024, 9, 12), None, 3),
    ]
    assert len(await papers(city, "A1")) == 2
    fewer = (HEAD, f"{FIRST.format(limit=3)} | 申请表 | 是 | 1 | 否 | 窗口领取")
    later = fewer[1].replace("2024-01-01", "2024-10-01")
    assert counts(await bring(city, items=(HEAD, later))) == {"items": (0, 1, 0, 0, 1)}
    assert (await versions(city, "A1"))[1:] == [
        (2, date(2024, 9, 12), date(2024, 9, 30), 3),
        (3, date(2024, 10, 1), None, 3),
    ]
    assert await papers(city, "A1", date(2024, 10, 1)) == [("申请表", True, 1, False, "窗口领取")]
    assert len(await papers(city, "A1", date(2024, 9, 30))) == 2
    assert counts(await bring(city, items=(HEAD, later))) == {"items": (0, 0, 1, 0, 1)}
    at_once = (HEAD, f"{FIRST.format(limit=1)} | 申请表 | 是 | 1 | 否 | 窗口领取")
    await bring(city, items=at_once)
    assert (await versions(city, "A1"))[1:] == [
        (2, date(2024, 9, 12), date(2024, 9, 11), 3),
        (3, date(2024, 10, 1), date(2024, 9, 11), 3),
        (4, date(2024, 9, 12), None, 1),
    ], "what was to hold from today on is called off"
    item = (await by_code(city, ServiceItem))["A1"]
    async with city.work() as work:
        assert [
            found.version if (found := await version_in_force(work, item.id, day)) else None
            for day in (date(2024, 9, 11), date(2024, 9, 12), date(2024, 10, 1))
        ] == [1, 4, 4]
    changes = [event.payload for event in await city.events(item.id)][1:]
    assert [(change["version"], change["validFrom"]) for change in changes] == [
        (2, "2024-09-12"),
        (3, "2024-10-01"),
        (4, "2024-09-12"),
    ]


async def test_entries_are_corrected_in_place_and_columns_that_are_absent_say_nothing(city: City) -> None:
    await bring(city, items=NEW)
    head = "code | name_zh | item_type | theme_zh | department_code | handled_at | process_zh"
    renamed = (head, "A1 | 企业设立登记 | LICENCE | 开办 | county | CITY; COUNTY | 受理、办结")
    assert counts(await bring(city, items=renamed)) == {"items": (0, 1, 0, 0, 1)}
    item = (await by_code(city, ServiceItem))["A1"]
    assert (item.name_zh, item.theme_zh, item.department_id) == ("企业设立登记", "开办", city.units["county"].id)
    assert await versions(city, "A1") == [(1, date(2024, 1, 1), None, 5)]
    assert "企业设立登记" in {tail.tail for tail in await city.rows(ItemNameTail)}
    assert len(await papers(city, "A1")) == 2
    changed = (await city.events(item.id))[1]
    assert changed.payload["fields"] == ["department_id", "name_zh", "theme_zh"]


async def test_an_item_ends_by_its_last_day_or_by_being_missing_and_may_come_back(city: City) -> None:
    await bring(city, items=NEW)
    ending = (HEAD, NEW[1].replace("2024-01-01 | |", "2024-01-01 | 2024-12-31 |"), NEW[2])
    assert counts(await bring(city, items=ending)) == {"items": (0, 1, 0, 0, 1)}
    assert await versions(city, "A1") == [(1, date(2024, 1, 1), date(2024, 12, 31), 5)]
    assert counts(await bring(city, items=ending)) == {"items": (0, 0, 1, 0, 1)}
    city.clock.instant = OPENING + timedelta(days=1)
    only = (HEAD, NEW[3])
    assert counts(await bring(city, retire=True, items=only)) == {"items": (0, 0, 1, 1, 0)}
    assert await versions(city, "A1") == [(1, date(2024, 1, 1), date(2024, 9, 2), 5)]
    assert counts(await bring(city, retire=True, items=only)) == {"items": (0, 0, 1, 0, 0)}
    names = [event.name for event in await city.rows(OutboxEvent) if event.aggregate == "service_item"]
    assert sorted(names).count("catalogue.item_ended") == 2
    assert counts(await bring(city, items=NEW)) == {"items": (0, 1, 1, 0, 0)}
    assert (await versions(city, "A1"))[1:] == [(2, date(2024, 9, 3), None, 5)]
    assert len(await city.rows(MaterialRequirement)) == 4


ROW = "{code} | {name} | {kind} | 主题 | {unit} | | {since} | {until} | {limit} | {of} | {at} | 流程 | | | | |"
GOOD = {"name": "名", "kind": "LICENCE", "unit": "desk", "since": "", "until": "", "limit": "", "of": "", "at": "CITY"}
WRONG: tuple[tuple[dict[str, str], tuple[str, ...]], ...] = (
    ({"kind": "SORCERY"}, ("item_type",)),
    ({"unit": "nowhere"}, ("department_code",)),
    ({"limit": "5"}, ("limit_unit",)),
    ({"of": "工作日"}, ("limit_value",)),
    ({"limit": "0", "of": "weeks"}, ("limit_value", "limit_unit")),
    ({"at": "CITY; MOON"}, ("handled_at",)),
    ({"since": "2024-02-30"}, ("valid_from",)),
    ({"since": "2024-05-01", "until": "2024-04-01"}, ("valid_to",)),
    ({"name": "", "kind": "SORCERY", "limit": "5", "at": ""}, ("name_zh", "handled_at", "item_type", "limit_unit")),
    ({"code": "OLD", "at": "COUNTY", "until": "2024-01-01"}, ("valid_to",)),
)
"""What is wrong with a row, and in which columns."""

WRONG_PAPERS = (
    ("X20 | 名 | LICENCE | 主题 | desk | | | | | | CITY | 流程 | | 是 | | |", ("paper_zh",)),
    ("X21 | 名 | LICENCE | 主题 | desk | | | | | | CITY | 流程 | 表 | 是 | -1 | |", ("copies",)),
    ("X21 | 异 | | | | | | | | | | | | | | |", ("name_zh", "paper_zh")),
)


@pytest.mark.rule("TA-2-1")
async def test_all_that_is_wrong_is_told_at_once(city: City) -> None:
    await add_item(city, "OLD", ["CITY"])
    before = await told(city)
    rows = [
        (ROW.format(**{"code": f"X{place}", **GOOD, **wrong}), columns) for place, (wrong, columns) in enumerate(WRONG)
    ]
    rows += WRONG_PAPERS
    outcome = await bring(city, items=(HEAD, *(row for row, _ in rows)))
    expected = [("items", number, column) for number, (_, columns) in enumerate(rows, start=2) for column in columns]
    assert places(outcome) == expected
    assert "LICENCE" in outcome.faults[0].message
    assert outcome.faults[0].rules == ("TA-2-1",)
    assert "working days" in outcome.faults[2].message
    assert await told(city) == before


async def test_three_sheets_stand_or_fall_together(city: City) -> None:
    units = ("机构编码 | 机构名称 | 机构类型 | 层级 | 上级机构编码", "new | 新局 | settled_department | CITY | city")
    staff = ("人员编号 | 姓名 | 所属机构编码 | 岗位", "S1 | 张三 | new | ")
    before = await told(city)
    bad = await bring(
        city, units=units, staff=staff, items=(HEAD, NEW[1].replace("工作日", "周").replace("desk", "new"), NEW[2])
    )
    assert places(bad) == [("items", 2, "limit_unit")]
    assert await told(city) == before
    good = await bring(city, units=units, staff=staff, items=(HEAD, NEW[1].replace("desk", "new"), NEW[2]))
    assert {kind: found[0] for kind, found in counts(good).items()} == {"units": 1, "staff": 1, "posts": 0, "items": 1}
    faulty = ("机构编码 | 机构名称 | 机构类型 | 层级 | 上级机构编码", "next | | settled_department | CITY | city")
    told_once = await bring(city, units=faulty, staff=(staff[0], "S2 | 李四 | next | "))
    assert places(told_once) == [("units", 2, "name_zh")], "who belongs to a faulty unit is no second fault"
