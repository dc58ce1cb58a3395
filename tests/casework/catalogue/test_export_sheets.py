"""What is taken away comes back: nothing to change in the same city, equal content in another one."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from casework.catalogue.export_sheets import templates
from casework.catalogue.models import ServiceItem
from casework.kernel.audit import AuditEntry
from casework.organisation.open_unit import OpenUnitInput, open_unit
from casework.regulation.publish import publish
from tenants.profile import Profile
from tests.casework.bringing import bring, by_code, counts, take
from tests.casework.catalogue.shelf import add_item
from tests.casework.cities import OPENING, TREES, City, Found

CITIES = sorted(TREES)


async def profile_of(city: City) -> Profile:
    async with city.work() as work:
        return work.profile


async def empty(city: City) -> City:
    """Found another city under the same regulation, without any unit."""
    profile = (await profile_of(city)).model_copy(update={"tenant": f"{city.tenant[:20]}-{uuid4().hex[:8]}"})
    await publish(city.office.database, city.clock, profile, "test")
    return replace(city, tenant=profile.tenant, units={}, people={})


async def live_in(city: City) -> None:
    """Let a city have what the verbs of the office write, strange texts among it."""
    profile, unit = await profile_of(city), next(iter(city.units.values()))
    async with city.work() as work:
        strange = OpenUnitInput("-1", " =SUM(A1) ", unit.unit_type, unit.tier, unit.id, "37", 3, True, "+86-538")
        await open_unit(work, strange)
    role = next(role.code for role in profile.roles if unit.tier in role.tiers)
    await city.hire("one", unit.code, role)
    await city.hire("gone", unit.code, role, until=OPENING + timedelta(hours=1))
    await city.hire("leaving", unit.code, role, until=OPENING + timedelta(days=3, hours=5))
    await city.hire("without", unit.code)
    for code, since in (("A1", "2024-01-01"), ("A2", "2030-01-01")):
        item = await add_item(city, code, [unit.tier], department=unit.code, since=since)
        async with city.work() as work:
            kept = await work.load(ServiceItem, item.id, "-", "-")
            kept.item_type = profile.catalogue.item_types.values[0]
    city.clock.instant = OPENING + timedelta(days=1)


@pytest.mark.parametrize("name", CITIES)
async def test_an_export_says_nothing_new_and_founds_an_equal_city(found: Found, name: str) -> None:
    city = await found(name)
    await live_in(city)
    sheets = await take(city)
    (exported,) = await city.rows(AuditEntry, AuditEntry.action == "sheets.exported")
    assert exported.after == {"counts": {"units": len(city.units) + 1, "staff": 4, "items": 2}}
    same = await bring(city, dry=True, retire=True, **sheets)
    assert same.faults == ()
    assert same.is_nothing, counts(same)
    other = await empty(city)
    brought = counts(await bring(other, **sheets))
    assert brought["units"] == (len(city.units) + 1, 0, 0, 0, 0)
    assert (brought["staff"], brought["posts"]) == ((4, 0, 0, 0, 0), (2, 0, 0, 0, 0))
    assert await take(other) == sheets
    assert (await bring(other, **sheets)).is_nothing


async def test_what_stands_in_the_register_is_not_judged_again_and_what_is_new_is(found: Found) -> None:
    city = await found("neixiang")
    await add_item(city, "A1", ["COUNTY"], department="bureau")
    sheets = await take(city)
    assert (await bring(city, **sheets)).is_nothing, "a kind that the regulation does not know stays as it is"
    outcome = await bring(await empty(city), **sheets)
    assert [fault.column for fault in outcome.faults] == ["事项类型 item_type"]


@pytest.mark.parametrize("name", CITIES)
async def test_the_templates_are_sheets_that_a_new_city_can_bring(found: Found, name: str) -> None:
    city = await empty(await found(name))
    sheets = templates(await profile_of(city))
    assert {kind: brought[0] for kind, brought in counts(await bring(city, **sheets)).items()} == {
        "units": 1,
        "staff": 1,
        "posts": 1,
        "items": 1,
    }
    (item,) = (await by_code(city, ServiceItem)).values()
    assert item.name_zh == "个体工商户设立登记"
