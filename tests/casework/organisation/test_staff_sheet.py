"""The sheet of staff: persons and their posts, found wrong by row and column without a word of what is personal."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import pytest

from bangban.connections import Connections
from bangban.demo.identity import identity_number
from casework.cases import in_hand as cases_in_hand
from casework.kernel.audit import AuditEntry
from casework.kernel.outbox import OutboxEvent
from casework.organisation.models import Engagement, RoleAssignment, StaffMember
from casework.organisation.queries import staff_by_code
from tests.casework.bringing import bring, by_code, counts, places, take, told
from tests.casework.cities import OPENING, City, Found
from tests.casework.feedback.founding import founder
from tests.casework.feedback.town import Town

HEAD = "人员编号 | 姓名 | 所属机构编码 | 办公电话 | 人员来源 | 岗位 | 岗位所在机构编码 | 任职方式 | 任职起始日 | 任职截止日"
NEW = (
    HEAD,
    "S1 | 张三 | town | 0754-1 | 本单位 | helper | | 专职 | 2024-01-01 |",
    "S2 | 李四 | district | | VOLUNTEER | agent | town | 兼职 | |",
    "S2 | | | | | callback_officer | | CONCURRENT | 2024-10-01 | 2024-12-31",
    "S3 | 王五 | desk | | | | | | |",
)


@pytest.fixture
async def city(found: Found) -> City:
    return await found("chaonan")


async def posts(city: City) -> dict[tuple[str, str], RoleAssignment]:
    names = {person.id: person.code for person in await city.rows(StaffMember)}
    return {(names[post.staff_id], post.role_code): post for post in await city.rows(RoleAssignment)}


async def test_persons_come_with_their_posts_and_have_their_powers_at_once(city: City) -> None:
    before = await told(city)
    assert counts(await bring(city, dry=True, staff=NEW)) == {"staff": (3, 0, 0, 0, 0), "posts": (3, 0, 0, 0, 0)}
    assert await told(city) == before
    assert counts(await bring(city, staff=NEW)) == {"staff": (3, 0, 0, 0, 0), "posts": (3, 0, 0, 0, 0)}
    people, held = await by_code(city, StaffMember), await posts(city)
    assert (people["S1"].name, people["S1"].work_phone, people["S1"].source) == ("张三", "0754-1", "OWN")
    assert (people["S2"].source, people["S3"].source, people["S3"].active) == ("VOLUNTEER", "OWN", True)
    assert held["S1", "helper"].valid_from == datetime(2023, 12, 31, 16, tzinfo=UTC)
    assert (held["S2", "agent"].unit_id, held["S2", "agent"].engagement) == (
        city.units["town"].id,
        Engagement.PART_TIME,
    )
    assert held["S2", "agent"].valid_from == OPENING, "without a day it begins now"
    third = held["S2", "callback_officer"]
    assert (third.unit_id, third.valid_to) == (city.units["district"].id, datetime(2024, 12, 31, 16, tzinfo=UTC))
    city.people = people
    assert {post.role_code for post in (await city.actor("S1")).roles} == {"helper"}
    assert [event.name for event in await city.events(people["S1"].id)] == ["staff.registered"]
    (given,) = await city.events(held["S1", "helper"].id)
    assert (given.name, given.rules) == ("role.assigned", ["CH-3.3.1-1", "CH-2.3-1"])
    assert "张三" not in str([event.payload for event in await city.events(people["S1"].id)])
    after = await told(city)
    assert counts(await bring(city, staff=NEW)) == {"staff": (0, 0, 3, 0, 0), "posts": (0, 0, 3, 0, 0)}
    assert await told(city) == after


async def test_what_is_personal_is_neither_told_nor_audited(city: City) -> None:
    await bring(city, staff=NEW)
    await bring(city, staff=(HEAD, NEW[1].replace("张三", "张三丰").replace("0754-1", "0754-2")))
    written = [str(event.payload) for event in await city.rows(OutboxEvent)]
    written += [f"{entry.before} {entry.after} {entry.reason}" for entry in await city.rows(AuditEntry)]
    assert len(written) > 10
    for personal in ("张三", "李四", "0754"):
        assert not [text for text in written if personal in text]


async def test_of_two_imports_at_once_the_second_finds_nothing_to_change(city: City) -> None:
    outcomes = await asyncio.gather(*(bring(city, staff=NEW) for _ in range(2)))
    assert sorted(counts(outcome)["staff"][:3] for outcome in outcomes) == [(0, 0, 3), (3, 0, 0)]
    assert len(await city.rows(RoleAssignment)) == 3


async def test_what_changed_is_corrected_and_an_end_goes_the_way_of_every_end(city: City) -> None:
    await bring(city, staff=NEW)
    changed = (
        HEAD,
        "S1 | 张三丰 | district | 0754-1 | OWN | helper | town | 兼任 | 2024-01-01 | 2024-09-30",
        "S1 | | | | | agent | district | | 2024-09-02 |",
    )
    assert counts(await bring(city, staff=changed)) == {"staff": (0, 1, 0, 0, 2), "posts": (1, 2, 0, 0, 0)}
    person, held = (await by_code(city, StaffMember))["S1"], await posts(city)
    assert (person.name, person.unit_id) == ("张三丰", city.units["district"].id)
    first = held["S1", "helper"]
    assert (first.engagement, first.valid_to) == (Engagement.CONCURRENT, datetime(2024, 9, 30, 16, tzinfo=UTC))
    assert first.judged_at is None, "an end to come is judged when it is reached"
    assert [event.name for event in await city.events(first.id)] == ["role.assigned", "role.changed", "role.ended"]
    (entry,) = [event for event in await city.events(person.id) if event.name == "staff.changed"]
    assert entry.payload == {"fields": ["name", "unit_id"]}, "which entries, and not what they hold"
    assert counts(await bring(city, staff=changed)) == {"staff": (0, 0, 1, 0, 2), "posts": (0, 0, 2, 0, 0)}
    back = (HEAD, "S1 | 张三丰 | district | 0754-1 | OWN | helper | town | 兼任 | 2024-01-01 |")
    assert places(await bring(city, staff=back)) == [("staff", 2, "valid_to")]


WRONG = (
    ("S1 | 张三 | nowhere | | OWN | helper | | | |", ("unit_code",)),
    ("S2 | | town | | CLOUD | helper | | | |", ("source", "name")),
    ("S3 | 王五 | town | | | emperor | | | |", ("role_code",)),
    ("S4 | 赵六 | town | | | bureau_supervisor | | | |", ("role_code",)),
    ("S5 | 钱七 | town | | | helper | elsewhere | | |", ("role_unit_code",)),
    ("S6 | 孙八 | town | | | helper | | | 2024-02-30 |", ("valid_from",)),
    ("S7 | 周九 | town | | | helper | | | 2024-05-01 | 2024-04-01", ("valid_to",)),
    ("S8 | 吴十 | town | | | | | 专职 | |", ("role_code",)),
    ("S9 | S9同志 | town | | | helper | | | 2024-05-01 |", ("role_code",)),
    ("S10 | 郑一 | town | | | helper | | | |", ()),
    ("S10 | 郑二 | town | | | helper | | | |", ("name", "role_code")),
    (" | 冯二 | town | | | | | | |", ("code",)),
    ("S11 | | town | | | emperor | | | | 2020-01-01", ("name", "role_code")),
    ("S12 | 陈三 | town | | | helper | | | | 2020-01-01", ("valid_to",)),
)
"""Rows, and the columns in which something is wrong with them."""


async def test_all_that_is_wrong_is_told_at_once_without_names(city: City) -> None:
    await city.hire("S9", "town", "helper")
    before = await told(city)
    outcome = await bring(city, staff=(HEAD, *(row for row, _ in WRONG)))
    assert places(outcome) == [
        ("staff", number, column) for number, (_, columns) in enumerate(WRONG, start=2) for column in columns
    ]
    text = str(outcome.faults)
    for personal in ("张三", "王五", "赵六", "郑二", "冯二"):
        assert personal not in text
    assert "it knows agent," in text
    assert await told(city) == before


async def test_identity_numbers_are_checked_and_kept_nowhere(city: City) -> None:
    right = [identity_number(date(1990, 1, 1), serial) for serial in (1, 2)]
    wrong = right[0][:-1] + ("0" if right[0][-1] != "0" else "1")
    head = "code | name | unit_code | 身份证号码"
    rows = (head, f"S1 | 张三 | town | {right[0]}", f"S2 | 李四 | town | {wrong}", f"S3 | 王五 | town | {right[0]}")
    outcome = await bring(city, staff=rows)
    assert places(outcome) == [("staff", 3, "identity_number"), ("staff", 4, "identity_number")]
    for number in (right[0], wrong):
        assert number not in str(outcome.faults)
    assert counts(await bring(city, staff=(head, f"S1 | 张三 | town | {right[1]}")))["staff"] == (1, 0, 0, 0, 0)
    (person,) = await city.rows(StaffMember)
    assert right[1] not in str(vars(person))
    assert "身份证" not in str((await take(city))["staff"])


async def test_who_is_missing_is_left_alone_or_retired(city: City) -> None:
    await bring(city, staff=NEW)
    kept = (HEAD, "S2 | 李四 | district | | VOLUNTEER | agent | town | 兼职 | |")
    assert counts(await bring(city, staff=kept)) == {"staff": (0, 0, 1, 0, 2), "posts": (0, 0, 1, 0, 1)}
    city.clock.instant = OPENING + timedelta(days=1)
    assert counts(await bring(city, retire=True, dry=True, staff=kept))["staff"] == (0, 0, 1, 2, 0)
    assert counts(await bring(city, retire=True, staff=kept)) == {"staff": (0, 0, 1, 2, 0), "posts": (0, 0, 1, 2, 0)}
    people, held = await by_code(city, StaffMember), await posts(city)
    assert [people[code].active for code in ("S1", "S2", "S3")] == [False, True, False]
    assert held["S1", "helper"].valid_to == city.clock.instant
    assert held["S2", "callback_officer"].valid_to == held["S2", "callback_officer"].valid_from, "it was never held"
    assert [event.name for event in await city.events(people["S1"].id)] == ["staff.registered", "staff.deactivated"]
    assert counts(await bring(city, retire=True, staff=kept)) == {"staff": (0, 0, 1, 0, 0), "posts": (0, 0, 1, 0, 0)}
    back = (HEAD, "S1 | 张三 | town | 0754-1 | OWN | helper | | 专职 | 2024-09-10 |")
    assert counts(await bring(city, staff=back)) == {"staff": (0, 1, 0, 0, 1), "posts": (1, 0, 0, 0, 0)}
    assert (await by_code(city, StaffMember))["S1"].active


@pytest.mark.rule("ZZ-3-2")
async def test_a_specialist_who_was_brought_waits_for_the_registration(found: Found) -> None:
    city = await found("zaozhuang")
    rows = (
        HEAD,
        "S1 | 张三 | desk | | DEPARTMENT | specialist | | | |",
        "S2 | 李四 | desk | | DEPARTMENT | chief_representative | | | |",
    )
    await bring(city, staff=rows)
    held = await posts(city)
    assert held["S1", "specialist"].needs_registration
    assert held["S1", "specialist"].registered_at is None
    assert not held["S2", "chief_representative"].needs_registration
    city.people = await by_code(city, StaffMember)
    assert (await city.actor("S1")).roles == ()
    assert counts(await bring(city, staff=rows))["posts"] == (0, 0, 2, 0, 0)


@pytest.fixture
async def taian(database: Connections) -> AsyncIterator[Town]:
    async with founder(database) as found:
        yield await found("taian")


@pytest.mark.rule("NX-A6-2")
async def test_nobody_leaves_by_a_sheet_while_something_is_in_hand(taian: Town) -> None:
    assert cases_in_hand.CASES
    rows = (HEAD, "S1 | 张三 | county | | | agent | | | |", "S2 | 李四 | county | | | agent | | | |")
    assert counts(await bring(taian, staff=rows))["staff"] == (2, 0, 0, 0, 0)
    async with taian.office.open(taian.system) as work:
        leaver = await staff_by_code(work, "S2")
    assert leaver is not None
    case = await taian.open_case("county", owner_staff_id=leaver.id)
    outcome = await bring(taian, retire=True, staff=rows[:2])
    assert places(outcome) == [("staff", 0, "code")]
    assert "S2" in outcome.faults[0].message
    assert cases_in_hand.CASES.name_zh in outcome.faults[0].message_zh
    ending = (rows[0], rows[1], "S2 | 李四 | county | | | agent | | | | 2025-04-01")
    outcome = await bring(taian, staff=ending)
    assert places(outcome) == [("staff", 3, "valid_to")]
    assert case.case_no in outcome.faults[0].message
