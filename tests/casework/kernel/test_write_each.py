"""Writing by the thousand: every kind of value arrives as it would one by one, and what is sealed is sealed."""

from collections.abc import AsyncIterator
from datetime import date

import pytest
from sqlalchemy import text

from bangban.connections import Connections
from casework.catalogue.models import LimitUnit, ServiceItem, ServiceItemVersion
from casework.kernel.ids import new_id
from casework.kernel.work import Work
from casework.kernel.write_each import BATCH, change_each, write_each
from casework.organisation.models import Notification, OrgUnit, Recipient, StaffMember
from tests.casework.cities import City, founding

STRANGE = ('a"b', "c\\d", "{e,f}", "g, h", "NULL", "", "'i'", "张三\n李四", "\\N", 'x\\"y')


@pytest.fixture
async def city(database: Connections) -> AsyncIterator[City]:
    async with founding(database) as found:
        yield await found("chaonan")


async def test_texts_lists_and_nothing_arrive_as_they_are(city: City) -> None:
    desk, told = city.units["desk"], list[tuple[str, int, int]]()
    async with city.work() as work:

        def enter(name: str) -> None:
            item = work.add(
                ServiceItem(code=f"I{STRANGE.index(name)}", name_zh=name, item_type="X", theme_zh=name,
                            department_id=desk.id, settled=True, requires_personal_verification=False)
            )  # fmt: skip
            work.add(
                ServiceItemVersion(item_id=item.id, version=1, valid_from=date(2024, 1, 1), limit_value=3,
                                   limit_unit=LimitUnit.HOURS, on_spot=False, handled_at=[*STRANGE], process_zh=name)
            )  # fmt: skip

        await write_each(work, "items", STRANGE, enter, lambda *part: told.append(part))
    assert told == [("items", len(STRANGE), len(STRANGE))]
    items = {item.code: item for item in await city.rows(ServiceItem)}
    assert [items[f"I{place}"].name_zh for place in range(len(STRANGE))] == [*STRANGE]
    assert {(item.row_version, item.created_at) for item in items.values()} == {(1, city.clock.instant)}
    versions = await city.rows(ServiceItemVersion)
    assert {(tuple(one.handled_at), one.limit_unit, one.valid_to) for one in versions} == {
        (STRANGE, LimitUnit.HOURS, None)
    }


async def test_more_than_one_batch_and_columns_of_json(city: City) -> None:
    town, told = city.units["town"], list[tuple[str, int, int]]()
    hours = [["09:00", "12:00"], ['"', "\\"]]
    async with city.work() as work:

        def enter(number: int) -> None:
            work.add(
                OrgUnit(code=f"u{number}", name_zh="站", unit_type="village_station", kind="SERVICE_UNIT", tier="VILLAGE",
                        parent_id=town.id, path=f"{town.path}u{number}.", settled=False,
                        office_hours=hours if number % 2 else None)
            )  # fmt: skip

        await write_each(work, "units", range(BATCH + 5), enter, lambda *part: told.append(part))
    assert told == [("units", BATCH, BATCH + 5), ("units", BATCH + 5, BATCH + 5)]
    found = {unit.code: unit.office_hours for unit in await city.rows(OrgUnit, OrgUnit.parent_id == town.id)}
    assert len(found) == BATCH + 5
    assert (found["u1"], found["u2"]) == (hours, None)
    async with city.work() as work:
        absent = text("SELECT count(*) FROM org_unit WHERE tenant_id = :city AND office_hours IS NULL AND code = 'u2'")
        assert await work.session.scalar(absent, {"city": city.tenant}) == 1, "nothing, and not JSON's null"


async def test_what_is_sealed_is_sealed(city: City) -> None:
    await city.hire("somebody", "town")
    about = city.people["somebody"]
    async with city.work() as work:

        def enter(words: str) -> None:
            work.add(
                Notification(recipient_kind=Recipient.STAFF, recipient_id=about.id, template="t", subject_kind="unit",
                             subject_id=new_id(), text_zh=words, automatic=True, sent_at=work.now)
            )  # fmt: skip

        await write_each(work, "notes", STRANGE, enter, lambda *_: None)
    assert sorted(note.text_zh for note in await city.rows(Notification)) == sorted(STRANGE)
    async with city.work() as work:
        kept = text("SELECT string_agg(encode(text_zh, 'escape'), '') FROM notification WHERE tenant_id = :city")
        assert "c\\d" not in str(await work.session.scalar(kept, {"city": city.tenant}))


async def test_changes_go_together_and_are_versioned(city: City) -> None:
    for name in ("one", "two"):
        await city.hire(name, "town")
    async with city.work() as work:
        people = [await _person(work, city, name) for name in ("one", "two")]

        def change(person: StaffMember) -> None:
            person.post = "岗"

        await change_each(work, "staff", people, change, lambda *_: None)
    assert {(person.post, person.row_version) for person in await city.rows(StaffMember)} == {("岗", 2)}


async def _person(work: Work, city: City, name: str) -> StaffMember:
    return await work.load(StaffMember, city.people[name].id, "-", "-")
