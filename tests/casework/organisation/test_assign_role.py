from datetime import timedelta
from uuid import uuid4

import pytest

from authz.decide import Resource
from casework.kernel.errors import Code, Refusal
from casework.organisation.assign_role import AssignRoleInput, assign_role
from casework.organisation.models import RoleAssignment
from casework.organisation.register_staff import RegisterStaffInput, register_staff
from tests.casework.cities import OPENING, City


@pytest.fixture
async def staffed(taian: City) -> City:
    """A county with a lead, a helper without post, and an administrator of the city."""
    await taian.hire("lead", "county", "unit_lead")
    await taian.hire("admin", "city", "TENANT_ADMIN")
    await taian.hire("newcomer", "county")
    return taian


def given(city: City, role: str, unit: str = "county", **more: object) -> AssignRoleInput:
    return AssignRoleInput(city.people["newcomer"].id, city.units[unit].id, role, **more)  # type: ignore[arg-type]


async def test_the_lead_gives_posts_in_the_own_unit(staffed: City) -> None:
    async with staffed.work("lead") as work:
        post = await assign_role(work, given(staffed, "helper"))
    (event,) = await staffed.events(post.id)
    assert event.name == "role.assigned"
    assert event.payload["roleCode"] == "helper"
    assert "TA-15-3" in event.rules
    actor = await staffed.actor("newcomer")
    async with staffed.office.open(actor) as work:
        assert work.decide("case.respond", Resource(unit_path=staffed.units["county"].path)).allowed


async def test_the_lead_gives_no_posts_elsewhere(staffed: City) -> None:
    for unit in ("city", "county2", "township"):
        async with staffed.work("lead") as work:
            with pytest.raises(Refusal) as refused:
                await assign_role(work, given(staffed, "helper", unit))
        assert refused.value.code is Code.FORBIDDEN


async def test_the_administrator_gives_posts_everywhere(staffed: City) -> None:
    async with staffed.work("admin") as work:
        await assign_role(work, given(staffed, "helper", "village"))
        await assign_role(work, given(staffed, "TENANT_ADMIN", "city"))
    held = (await staffed.actor("newcomer")).roles
    assert {(post.role_code, post.unit_path) for post in held} == {
        ("helper", staffed.units["village"].path),
        ("TENANT_ADMIN", staffed.units["city"].path),
    }


async def test_powers_over_the_whole_city_are_not_given_by_one_unit(taian: City) -> None:
    await taian.hire("lead", "city", "unit_lead")
    await taian.hire("newcomer", "city")
    for role in ("TENANT_ADMIN", "city_supervisor"):
        async with taian.work("lead") as work:
            with pytest.raises(Refusal) as refused:
                await assign_role(work, given(taian, role, "city"))
        assert refused.value.code is Code.FORBIDDEN
    async with taian.work("lead") as work:
        await assign_role(work, given(taian, "liaison", "city"))


@pytest.mark.rule("TA-6-23")
async def test_a_role_is_given_only_at_its_tier(staffed: City) -> None:
    async with staffed.work("admin") as work:
        with pytest.raises(Refusal) as refused:
            await assign_role(work, given(staffed, "village_lead"))
    assert refused.value.code is Code.INVALID_INPUT
    assert "TA-6-23" in refused.value.rules


async def test_an_unknown_role_is_explained(staffed: City) -> None:
    async with staffed.work("admin") as work:
        with pytest.raises(Refusal, match="it knows agent, chief_affairs_rep") as refused:
            await assign_role(work, given(staffed, "emperor"))
    assert refused.value.path == ("roleCode",)


async def test_the_same_post_is_not_held_twice_at_a_time(staffed: City) -> None:
    first_end = OPENING + timedelta(days=10)
    async with staffed.work("admin") as work:
        await assign_role(work, given(staffed, "helper", valid_to=first_end))
        with pytest.raises(Refusal) as refused:
            await assign_role(work, given(staffed, "helper", valid_from=OPENING + timedelta(days=5)))
        assert refused.value.code is Code.CONFLICT
        await assign_role(work, given(staffed, "helper", valid_from=first_end))
    assert len(await staffed.rows(RoleAssignment, RoleAssignment.staff_id == staffed.people["newcomer"].id)) == 2


async def test_a_post_ends_after_it_begins(staffed: City) -> None:
    async with staffed.work("admin") as work:
        with pytest.raises(Refusal) as refused:
            await assign_role(work, given(staffed, "helper", valid_to=OPENING))
    assert refused.value.path == ("validTo",)


async def test_unknown_units_and_people_are_not_found(staffed: City) -> None:
    async with staffed.work("admin") as work:
        with pytest.raises(Refusal) as refused:
            await assign_role(work, AssignRoleInput(uuid4(), staffed.units["county"].id, "helper"))
        assert refused.value.path == ("staffId",)
        with pytest.raises(Refusal) as refused:
            await assign_role(work, AssignRoleInput(staffed.people["newcomer"].id, uuid4(), "helper"))
        assert (refused.value.code, refused.value.path) == (Code.NOT_FOUND, ("unitId",))


@pytest.mark.rule("TA-6-9")
async def test_staff_are_registered_by_their_own_unit(staffed: City) -> None:
    county = staffed.units["county"].id
    async with staffed.work("lead") as work:
        person = await register_staff(work, RegisterStaffInput("c-7", "某某", county, "帮办员", "0538-0000001"))
        with pytest.raises(Refusal) as refused:
            await register_staff(work, RegisterStaffInput("c-7", "另一人", county))
        assert refused.value.code is Code.CONFLICT
        with pytest.raises(Refusal) as refused:
            await register_staff(work, RegisterStaffInput("c-8", "另一人", staffed.units["county2"].id))
        assert refused.value.code is Code.FORBIDDEN
        with pytest.raises(Refusal, match="source is one of"):
            await register_staff(work, RegisterStaffInput("c-9", "另一人", county, source="MOON"))
        with pytest.raises(Refusal, match="needs a code and a name"):
            await register_staff(work, RegisterStaffInput("c-9", "  ", county))
    (event,) = await staffed.events(person.id)
    assert event.name == "staff.registered"
    assert "某某" not in str(event.payload)
