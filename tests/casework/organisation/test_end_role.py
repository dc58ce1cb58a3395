from datetime import timedelta

import pytest

from authz.decide import Resource
from casework.kernel.errors import Code, Refusal
from casework.organisation.assign_role import AssignRoleInput, assign_role
from casework.organisation.end_role import EndRoleInput, end_role
from casework.organisation.models import RoleAssignment
from casework.organisation.queries import roles_held
from tests.casework.cities import OPENING, City


async def test_powers_are_gone_at_the_instant_the_post_ends(taian: City) -> None:
    """S-X-13: the role ends at 15:00, the next request at 15:00:01 is denied although the token is still valid."""
    (post,) = await taian.hire("agent", "county", "agent")
    county = Resource(unit_path=taian.units["county"].path)
    async with taian.work() as work:
        await end_role(work, EndRoleInput(post.id, "调离", OPENING + timedelta(hours=6)))
    for second, allowed in ((-1, True), (0, False), (1, False)):
        taian.clock.instant = OPENING + timedelta(hours=6, seconds=second)
        async with taian.work("agent") as work:
            assert work.decide("case.respond", county).allowed is allowed


@pytest.mark.rule("NX-6-7")
async def test_an_end_needs_a_reason_and_stays_on_record(neixiang: City) -> None:
    (post,) = await neixiang.hire("agent", "township", "grassroots_agent")
    async with neixiang.work() as work:
        with pytest.raises(Refusal) as refused:
            await end_role(work, EndRoleInput(post.id, "  "))
        assert refused.value.path == ("reason",)
        await end_role(work, EndRoleInput(post.id, "优胜劣汰"))
    (row,) = await neixiang.rows(RoleAssignment, RoleAssignment.id == post.id)
    assert (row.valid_to, row.end_reason) == (OPENING, "优胜劣汰")


@pytest.mark.rule("TA-6-30")
async def test_a_post_left_without_holder_is_reported_vacant(taian: City) -> None:
    (first,) = await taian.hire("one", "township", "helper")
    (second,) = await taian.hire("two", "township", "helper")
    taian.clock.instant = OPENING + timedelta(days=1)
    async with taian.work() as work:
        await end_role(work, EndRoleInput(first.id, "调离"))
    township = taian.units["township"].id
    assert [event.name for event in await taian.events(township)] == ["unit.opened"]
    async with taian.work() as work:
        await end_role(work, EndRoleInput(second.id, "退休"))
    _, vacancy = await taian.events(township)
    assert vacancy.name == "staff.vacancy"
    assert vacancy.payload["roleCode"] == "helper"
    assert "TA-6-30" in vacancy.rules


async def test_an_end_is_told_with_its_instant(taian: City) -> None:
    (post,) = await taian.hire("agent", "county", "agent")
    end = OPENING + timedelta(days=3)
    async with taian.work() as work:
        await end_role(work, EndRoleInput(post.id, "调离", end))
    _, ended = await taian.events(post.id)
    assert ended.name == "role.ended"
    assert ended.payload["validTo"] == end.isoformat()


async def test_a_post_does_not_end_in_the_past_or_twice(taian: City) -> None:
    (post,) = await taian.hire("agent", "county", "agent")
    taian.clock.instant = OPENING + timedelta(days=2)
    async with taian.work() as work:
        with pytest.raises(Refusal) as refused:
            await end_role(work, EndRoleInput(post.id, "调离", OPENING + timedelta(days=1)))
        assert refused.value.path == ("endsAt",)
        await end_role(work, EndRoleInput(post.id, "调离"))
        with pytest.raises(Refusal) as refused:
            await end_role(work, EndRoleInput(post.id, "调离"))
        assert refused.value.code is Code.CONFLICT


async def test_a_post_that_has_not_begun_is_called_off(taian: City) -> None:
    await taian.hire("agent", "county")
    begins = OPENING + timedelta(days=7)
    async with taian.work() as work:
        given = AssignRoleInput(taian.people["agent"].id, taian.units["county"].id, "agent", valid_from=begins)
        post = await assign_role(work, given)
        called_off = await end_role(work, EndRoleInput(post.id, "撤销任命"))
        assert called_off.valid_to == begins
        assert await roles_held(work.session, taian.tenant, taian.people["agent"].id, begins) == ()


async def test_a_planned_end_may_still_be_moved(taian: City) -> None:
    (post,) = await taian.hire("agent", "county", "agent")
    async with taian.work() as work:
        await end_role(work, EndRoleInput(post.id, "借调", OPENING + timedelta(days=30)))
        moved = await end_role(work, EndRoleInput(post.id, "提前借调", OPENING + timedelta(days=10)))
    assert moved.valid_to == OPENING + timedelta(days=10)


async def test_only_those_who_give_posts_end_them(taian: City) -> None:
    (post,) = await taian.hire("agent", "county", "agent")
    (admin,) = await taian.hire("admin", "city", "TENANT_ADMIN")
    await taian.hire("lead", "county", "unit_lead")
    await taian.hire("stranger", "county2", "unit_lead")
    await taian.hire("city lead", "city", "unit_lead")
    taian.clock.instant = OPENING + timedelta(days=1)
    for who, target in (("stranger", post), ("agent", post), ("city lead", admin)):
        async with taian.work(who) as work:
            with pytest.raises(Refusal) as refused:
                await end_role(work, EndRoleInput(target.id, "调离"))
        assert refused.value.code is Code.FORBIDDEN
    async with taian.work("lead") as work:
        await end_role(work, EndRoleInput(post.id, "调离"))


async def test_whoever_decides_on_an_old_state_is_told(taian: City) -> None:
    (post,) = await taian.hire("agent", "county", "agent")
    taian.clock.instant = OPENING + timedelta(days=1)
    async with taian.work() as work:
        with pytest.raises(Refusal) as refused:
            await end_role(work, EndRoleInput(post.id, "调离", expected_version=post.row_version + 1))
    assert refused.value.code is Code.STALE_VERSION


async def test_the_post_of_another_city_does_not_exist(taian: City, neixiang: City) -> None:
    (post,) = await neixiang.hire("agent", "township", "grassroots_agent")
    async with taian.work() as work:
        with pytest.raises(Refusal) as refused:
            await end_role(work, EndRoleInput(post.id, "调离"))
    assert refused.value.code is Code.NOT_FOUND
