from datetime import timedelta

import pytest

from casework.organisation.models import Engagement, RoleAssignment, StaffMember
from casework.organisation.queries import (
    chain_of_command,
    city_roles,
    holders,
    nearest_post,
    neutral_holders,
    posts_upward,
    roles_held,
)
from tests.casework.cities import OPENING, City, shipped


async def test_roles_are_held_from_their_beginning_until_just_before_their_end(taian: City) -> None:
    end = OPENING + timedelta(hours=5)
    await taian.hire("agent", "county", "agent", until=end)
    person = taian.people["agent"].id
    async with taian.work() as work:
        for at, held in ((OPENING, True), (end - timedelta(microseconds=1), True), (end, False)):
            roles = await roles_held(work.session, taian.tenant, person, at)
            assert [role.role_code for role in roles] == (["agent"] if held else [])
        (role,) = await roles_held(work.session, taian.tenant, person, OPENING)
        assert role.unit_path == taian.units["county"].path
        assert role.valid_to == end
        before = await roles_held(work.session, taian.tenant, person, OPENING - timedelta(seconds=1))
        assert before == ()


async def test_several_posts_of_one_person_are_all_held(neixiang: City) -> None:
    await neixiang.hire("agent", "township", "grassroots_agent", "project_officer")
    actor = await neixiang.actor("agent")
    assert {role.role_code for role in actor.roles} == {"grassroots_agent", "project_officer"}


async def test_whoever_left_the_service_holds_nothing(taian: City) -> None:
    await taian.hire("agent", "county", "agent")
    async with taian.work() as work:
        person = await work.load(StaffMember, taian.people["agent"].id, "staff", "人员")
        person.active = False
    async with taian.work() as work:
        assert await roles_held(work.session, taian.tenant, person.id, work.now) == ()
        assert await holders(work, taian.units["county"].id, ("agent",)) == []


async def test_a_person_with_two_fitting_roles_is_one_holder(taian: City) -> None:
    await taian.hire("both", "county", "agent", "helper")
    await taian.hire("guide", "county", "guide")
    async with taian.work() as work:
        found = await neutral_holders(work, taian.units["county"].id, "CASE_WORKER")
    assert [person.code for person in found] == ["both"]


async def test_holders_follow_the_instant(taian: City) -> None:
    end = OPENING + timedelta(days=1)
    await taian.hire("chief", "county", "chief_helper", until=end)
    async with taian.work() as work:
        unit = taian.units["county"].id
        assert len(await holders(work, unit, ("chief_helper",))) == 1
        assert await holders(work, unit, ("chief_helper",), end) == []


async def test_the_nearest_holder_upward_is_found(taian: City) -> None:
    await taian.hire("city chief", "city", "chief_helper")
    await taian.hire("county chief", "county", "chief_helper")
    async with taian.work() as work:
        post = await nearest_post(work, taian.units["village"], "CHIEF_HELPER")
        assert post is not None
        assert (post.unit.code, [person.code for person in post.holders]) == ("county", ["county chief"])
        other = await nearest_post(work, taian.units["county2"], "CHIEF_HELPER")
        assert other is not None
        assert other.unit.code == "city"
        line = await posts_upward(work, taian.units["village"], "CHIEF_HELPER")
        assert [post.unit.code for post in line] == ["county", "city"]
        assert await nearest_post(work, taian.units["village"], "LIAISON") is None


async def test_the_chain_of_command_leaves_out_vacant_posts(taian: City) -> None:
    await taian.hire("village lead", "village", "village_lead")
    await taian.hire("supervisor", "city", "city_supervisor")
    async with taian.work() as work:
        chain = await chain_of_command(work, taian.units["village"], "CHIEF_HELPER", "UNIT_LEAD", "TENANT_SUPERVISOR")
    assert [post.holders[0].code for post in chain] == ["village lead", "supervisor"]


def test_a_neutral_role_is_read_under_the_citys_own_names() -> None:
    assert city_roles(shipped("taian"), "UNIT_LEAD") == ("unit_lead", "village_lead")
    assert city_roles(shipped("neixiang"), "CASE_WORKER") == ("grassroots_agent",)
    assert city_roles(shipped("neixiang"), "TENANT_ADMIN") == ("TENANT_ADMIN",)


async def test_posts_are_kept_as_they_were_given(taian: City) -> None:
    (post,) = await taian.hire("agent", "county", "agent")
    (row,) = await taian.rows(RoleAssignment, RoleAssignment.id == post.id)
    assert row.engagement is Engagement.FULL_TIME
    assert (row.valid_from, row.valid_to, row.end_reason) == (OPENING, None, None)


@pytest.mark.parametrize("city", ["chaonan", "neixiang", "pingxiang", "taian", "zaozhuang"])
def test_every_neutral_role_of_a_city_has_a_city_role(city: str) -> None:
    profile = shipped(city)
    for role in profile.roles:
        for neutral in role.neutral:
            assert role.code in city_roles(profile, neutral)
