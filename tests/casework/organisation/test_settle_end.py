"""A planned end is judged again when it is reached: with matters in hand it is put off, told once, and judged again."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from authz.tokens import Claims, TokenKind
from bangban.connections import Connections
from bangban.identify import identification
from casework.cases import in_hand as cases_in_hand
from casework.cases.assign import AssignCase, assign_case
from casework.cases.models import Case
from casework.kernel.errors import Code, Refusal
from casework.kernel.outbox import OutboxEvent
from casework.organisation.end_role import EndRoleInput, end_role
from casework.organisation.models import HandoverIncident, Notification, RoleAssignment, StaffMember
from casework.organisation.queries import roles_held
from casework.organisation.settle_end import TellPutOff, tell_put_off
from tests.casework.feedback.founding import founder
from tests.casework.feedback.town import Town
from tests.casework.organisation.test_handover import post_of
from workers.organisation import settle_ends

HOUR = timedelta(hours=1)
assert cases_in_hand.CASES.name == "case", "importing the room is what registers its matters"


@pytest.fixture
async def town(database: Connections) -> AsyncIterator[Town]:
    async with founder(database) as found:
        yield await found("taian")


class Leaver:
    """Somebody whose post ends in an hour, and what is known of it."""

    def __init__(self, town: Town) -> None:
        self.town = town

    async def plan(self, city: str = "agent") -> "Leaver":
        """Take up a post and plan its end while nothing is in hand."""
        self.actor = await self.town.staff("county", city)
        self.first = await post_of(self.town, self.actor, "county", city)
        self.planned = self.town.clock.instant + HOUR
        await self.town.do(self.town.system, end_role, EndRoleInput(self.first.id, "轮岗", self.planned))
        return self

    async def case(self) -> Case:
        """Let a case come into the hands."""
        return await self.town.open_case("county", owner_staff_id=self.actor.staff_id)

    async def look(self) -> RoleAssignment:
        """Let the worker look, and give the post as it is then."""
        await settle_ends(self.town.office, self.town.tenant)
        (post,) = await self.town.rows(RoleAssignment, RoleAssignment.id == self.first.id)
        return post

    async def holds(self) -> bool:
        """Tell whether the post is held at this instant."""
        async with self.town.office.open(self.town.system) as work:
            assert self.actor.staff_id is not None
            return bool(await roles_held(work.session, self.town.tenant, self.actor.staff_id, work.now))

    async def told(self) -> list[OutboxEvent]:
        """What was told of the end, after it was planned."""
        found = await self.town.rows(OutboxEvent, OutboxEvent.aggregate_id == self.first.id)
        return found[1:]


async def pass_on(town: Town, case: Case) -> None:
    """Let another agent have a case."""
    async with town.office.open(town.system) as work:
        found = await work.load(Case, case.id, "case", "办件")
        found.owner_staff_id = None


async def test_an_end_with_empty_hands_takes_effect_at_its_instant_and_is_judged_once(town: Town) -> None:
    leaver = await Leaver(town).plan()
    town.clock.instant = leaver.planned - timedelta(seconds=1)
    assert await leaver.holds()
    assert (await leaver.look()).judged_at is None, "before its time nobody judges it"
    town.clock.instant = leaver.planned
    assert not await leaver.holds(), "gone at the instant, whether a worker has looked or not (S-X-13)"
    judged = await leaver.look()
    town.clock.instant += HOUR
    again = await leaver.look()
    assert (again.valid_to, again.judged_at, again.row_version) == (
        leaver.planned,
        leaver.planned,
        judged.row_version,
    )
    assert await leaver.told() == []


async def test_an_end_is_put_off_while_a_case_is_in_hand_and_ends_when_it_is_passed_on(town: Town) -> None:
    leaver = await Leaver(town).plan()
    case = await leaver.case()
    town.clock.instant = leaver.planned + timedelta(minutes=5)
    for _ in range(3):
        post = await leaver.look()
        assert (post.valid_to, post.put_off_from, post.judged_at) == (None, leaver.planned, None)
        assert await leaver.holds()
    (put_off,) = await leaver.told()
    assert put_off.name == "role.end_put_off"
    assert put_off.payload["inHand"] == {"case": 1}
    assert put_off.payload["planned"] == leaver.planned.isoformat()
    town.clock.instant += HOUR
    await pass_on(town, case)
    for _ in range(2):
        post = await leaver.look()
        assert post.valid_to == post.judged_at == town.clock.instant
    assert not await leaver.holds()
    ended = [event for event in await leaver.told() if event.name == "role.ended"]
    assert [event.payload["validTo"] for event in ended] == [town.clock.instant.isoformat()]


async def test_the_person_and_the_chain_hear_of_it_once(town: Town) -> None:
    chief = await town.staff("county", "chief_helper")
    await post_of(town, chief, "county", "chief_helper")
    leaver = await Leaver(town).plan()
    await leaver.case()
    town.clock.instant = leaver.planned
    await leaver.look()
    (put_off,) = await leaver.told()
    for _ in range(2):
        await town.do(town.system, tell_put_off, TellPutOff(leaver.first.id, put_off.id))
    messages = await town.rows(Notification, Notification.template == "role.end_put_off")
    assert {message.recipient_id for message in messages} == {leaver.actor.staff_id, chief.staff_id}
    assert len(messages) == 2
    assert not await town.told("role.end_put_off_unheard")


async def test_nobody_in_the_chain_is_told_as_well(town: Town) -> None:
    leaver = await Leaver(town).plan()
    await leaver.case()
    town.clock.instant = leaver.planned
    await leaver.look()
    (put_off,) = await leaver.told()
    await town.do(town.system, tell_put_off, TellPutOff(leaver.first.id, put_off.id))
    assert len(await town.told("role.end_put_off_unheard")) == 1


async def test_a_door_judges_an_end_that_no_worker_has_judged(town: Town) -> None:
    """No right vanishes while the worker is away: whoever comes to the door is judged there."""
    leaver = await Leaver(town).plan()
    (person,) = await town.rows(StaffMember, StaffMember.id == leaver.actor.staff_id)
    claims = Claims("issuer", person.code, TokenKind.STAFF, town.tenant, None, None, None, "token", 0, 1)
    case = await leaver.case()
    town.clock.instant = leaver.planned + timedelta(seconds=1)
    (held,) = (await identification(town.office)(claims)).roles
    assert (held.role_code, held.valid_to) == ("agent", None)
    await pass_on(town, case)
    await leaver.look()
    assert (await identification(town.office)(claims)).roles == ()


async def test_a_renewed_appointment_leaves_nothing_behind(town: Town) -> None:
    leaver = await Leaver(town).plan()
    await leaver.case()
    await town.add(
        RoleAssignment(
            staff_id=leaver.actor.staff_id,
            unit_id=leaver.first.unit_id,
            role_code="agent",
            engagement=leaver.first.engagement,
            valid_from=leaver.planned,
        )
    )
    town.clock.instant = leaver.planned
    assert (await leaver.look()).valid_to == leaver.planned
    assert await leaver.holds()


async def test_an_end_that_was_put_off_may_be_planned_anew(town: Town) -> None:
    leaver = await Leaver(town).plan()
    case = await leaver.case()
    town.clock.instant = leaver.planned
    await leaver.look()
    await pass_on(town, case)
    later = leaver.planned + 3 * HOUR
    await town.do(town.system, end_role, EndRoleInput(leaver.first.id, "轮岗", later))
    post = await leaver.look()
    assert (post.valid_to, post.put_off_from, post.judged_at) == (later, None, None)


async def test_nothing_is_put_into_hands_that_have_left(town: Town) -> None:
    chief = await town.staff("county", "chief_helper")
    leaver = await Leaver(town).plan()
    case = await town.open_case("county")
    town.clock.instant = leaver.planned
    await leaver.look()
    with pytest.raises(Refusal) as refused:
        await town.do(chief, assign_case, AssignCase(case.id, staff_id=leaver.actor.staff_id))
    assert (refused.value.code, refused.value.path) == (Code.NOT_FOUND, ("staffId",))


@pytest.mark.rule("NX-A6-2", "NX-A6-3")
async def test_neixiang_names_the_township_and_the_department_that_put_it_right(database: Connections) -> None:
    async with founder(database) as found:
        town = await found("neixiang")
        county = await town.unit("office", unit_type="county_office", tier="COUNTY")
        await town.unit("bureau", "office", unit_type="functional_department", tier="COUNTY")
        await town.unit("township", "office", unit_type="township", tier="TOWNSHIP")
        actor = await town.staff("township", "grassroots_agent")
        post = await post_of(town, actor, "township", "grassroots_agent")
        planned = town.clock.instant + HOUR
        await town.do(town.system, end_role, EndRoleInput(post.id, "轮岗", planned))
        case = await town.open_case("township", owner_staff_id=actor.staff_id)
        town.clock.instant = planned
        for _ in range(2):
            await settle_ends(town.office, town.tenant)
        (incident,) = await town.rows(HandoverIncident)
        assert incident.matters == [{"kind": "case", "caseNo": case.case_no}]
        assert incident.responsible_unit_ids == [str(town.units["township"].id)]
        assert str(county.id) not in incident.responsible_unit_ids
        assert (incident.rules, incident.resolved_at) == (["NX-A6-3"], None)
        (failed,) = await town.told("handover.failed")
        assert failed.payload["responsibleUnitIds"] == incident.responsible_unit_ids
        (put_off,) = await town.told("role.end_put_off")
        assert put_off.rules == ["NX-A6-2"]
        await pass_on(town, case)
        await settle_ends(town.office, town.tenant)
        (incident,) = await town.rows(HandoverIncident)
        assert incident.resolved_at == planned


async def test_a_city_whose_text_names_nobody_records_no_incident(town: Town) -> None:
    leaver = await Leaver(town).plan()
    await leaver.case()
    town.clock.instant = leaver.planned
    await leaver.look()
    assert len(await leaver.told()) == 1
    assert await town.rows(HandoverIncident) == []
