"""Who may do what with a hand-over: for each mutation somebody who may, and those who may not."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from authz.actor import Actor
from bangban.connections import Connections
from casework.cases.models import Case
from casework.cases.report_gap import ReportHandoverGap, report_handover_gap
from casework.kernel.errors import Code, Refusal
from casework.organisation.answer_handover import (
    AcceptHandover,
    CancelHandover,
    DisputeHandover,
    accept_handover,
    cancel_handover,
    dispute_handover,
)
from casework.organisation.leave_duty import DeactivateStaff, MoveStaff, deactivate_staff, move_staff
from casework.organisation.models import DutyHandover, HandoverIncident, IncidentKind
from casework.organisation.resolve_incident import ResolveIncident, resolve_incident
from casework.organisation.start_handover import StartHandover, start_handover
from tests.casework.feedback.founding import founder
from tests.casework.feedback.town import Town
from tests.casework.organisation.test_handover import post_of
from tests.casework.organisation.test_handover_storm import id_of


@dataclass
class Office:
    """A county with a leaver, a receiver, a colleague and a lead; a stranger works in another county."""

    town: Town
    people: dict[str, Actor]
    handover: DutyHandover | None = None
    late: Case | None = None

    async def may(self, who: str, verb: Any, intent: Any) -> Code | None:
        """Try something as somebody; gives the code of the refusal, None when it was granted."""
        try:
            await self.town.do(self.people[who], verb, intent)
        except Refusal as refusal:
            return refusal.code
        return None

    def id(self, who: str) -> Any:
        return id_of(self.people[who])


@pytest.fixture
async def office(database: Connections) -> AsyncIterator[Office]:
    async with founder(database) as found:
        town = await found("taian")
        await town.unit("elsewhere", "city", division_code="370911", unit_type="county_service_unit", tier="COUNTY")
        made = Office(town, {})
        for who, unit, role in (
            ("leaver", "county", "agent"), ("receiver", "county", "agent"), ("colleague", "county", "agent"),
            ("lead", "county", "unit_lead"), ("stranger", "elsewhere", "unit_lead"), ("boss", "city", "city_supervisor"),
        ):  # fmt: skip
            made.people[who] = await town.staff(unit, role)
            await post_of(town, made.people[who], unit, role)
        await town.open_case("county", owner_staff_id=made.id("leaver"))
        yield made


async def offered(office: Office) -> Any:
    """Let the leaver offer his case to the receiver; gives the id of the hand-over."""
    start = StartHandover(office.id("leaver"), "轮岗", office.id("receiver"))
    return (await office.town.do(office.people["leaver"], start_handover, start)).id


@pytest.mark.parametrize(
    ("who", "code"),
    [("leaver", None), ("lead", None), ("colleague", Code.FORBIDDEN), ("stranger", Code.FORBIDDEN)],
)
async def test_the_person_or_his_unit_starts(office: Office, who: str, code: Code | None) -> None:
    assert await office.may(who, start_handover, StartHandover(office.id("leaver"), "轮岗")) == code


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("receiver", None), ("leaver", Code.FORBIDDEN), ("lead", Code.FORBIDDEN),
        ("colleague", Code.NOT_FOUND), ("stranger", Code.NOT_FOUND),
    ],
)  # fmt: skip
@pytest.mark.parametrize("verb", [accept_handover, dispute_handover])
async def test_nobody_but_the_receiver_answers(office: Office, verb: Any, who: str, code: Code | None) -> None:
    handover = await offered(office)
    intent = AcceptHandover(handover) if verb is accept_handover else DisputeHandover(handover, "材料不齐")
    assert await office.may(who, verb, intent) == code


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("leaver", None), ("lead", None), ("receiver", Code.FORBIDDEN),
        ("colleague", Code.NOT_FOUND), ("stranger", Code.NOT_FOUND),
    ],
)  # fmt: skip
async def test_the_person_or_his_unit_calls_it_off(office: Office, who: str, code: Code | None) -> None:
    assert await office.may(who, cancel_handover, CancelHandover(await offered(office))) == code


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("receiver", None), ("leaver", Code.FORBIDDEN), ("lead", Code.FORBIDDEN),
        ("colleague", Code.NOT_FOUND), ("stranger", Code.NOT_FOUND),
    ],
)  # fmt: skip
async def test_nobody_but_a_receiver_reports_a_gap(office: Office, who: str, code: Code | None) -> None:
    handover = await offered(office)
    late = await office.town.open_case("county", owner_staff_id=office.id("leaver"))
    assert await office.may(who, report_handover_gap, ReportHandoverGap(handover, late.id, "漏列")) == code


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("lead", None),
        ("boss", None),
        ("leaver", Code.FORBIDDEN),
        ("colleague", Code.FORBIDDEN),
        ("stranger", Code.FORBIDDEN),
    ],
)
async def test_those_who_give_posts_take_people_off_duty(office: Office, who: str, code: Code | None) -> None:
    newcomer = id_of(await office.town.staff("county", "agent"))
    assert await office.may(who, deactivate_staff, DeactivateStaff(newcomer, "退休")) == code


@pytest.mark.parametrize("who", ["lead", "boss"])
async def test_nobody_takes_himself_off_duty_or_moves_himself(office: Office, who: str) -> None:
    himself, there = office.id(who), office.town.units["elsewhere"].id
    assert await office.may(who, deactivate_staff, DeactivateStaff(himself, "退休")) == Code.SEPARATION_OF_DUTIES
    if who == "boss":
        assert await office.may(who, move_staff, MoveStaff(himself, there, "调动")) == Code.SEPARATION_OF_DUTIES


@pytest.mark.parametrize(("who", "code"), [("boss", None), ("lead", Code.FORBIDDEN), ("stranger", Code.FORBIDDEN)])
async def test_who_moves_people_gives_posts_in_both_units(office: Office, who: str, code: Code | None) -> None:
    newcomer = id_of(await office.town.staff("county", "agent"))
    there = office.town.units["elsewhere"].id
    assert await office.may(who, move_staff, MoveStaff(newcomer, there, "调动")) == code


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("lead", None), ("leaver", Code.FORBIDDEN), ("receiver", Code.NOT_FOUND), ("stranger", Code.NOT_FOUND),
    ],
)  # fmt: skip
async def test_a_responsible_unit_says_how_a_failure_was_put_right(office: Office, who: str, code: Code | None) -> None:
    incident = await failed(office, [str(office.town.units["county"].id)])
    assert await office.may(who, resolve_incident, ResolveIncident(incident.id, "已补办")) == code
    (found,) = await office.town.rows(HandoverIncident)
    assert (found.resolution, found.resolved_at is not None) == (("已补办", True) if code is None else (None, False))


async def test_a_unit_that_is_named_sees_it_and_the_leavers_own_that_is_not_does_not_put_it_right(
    office: Office,
) -> None:
    incident = await failed(office, [str(office.town.units["elsewhere"].id)])
    said = ResolveIncident(incident.id, "已补办")
    assert await office.may("lead", resolve_incident, said) == Code.FORBIDDEN
    assert await office.may("stranger", resolve_incident, said) is None
    assert await office.may("stranger", resolve_incident, said) == Code.CONFLICT, "once is enough"


async def test_what_keeps_a_post_from_ending_is_over_when_the_post_ends(office: Office) -> None:
    post = await post_of(office.town, office.people["leaver"], "county", "helper")
    incident = await failed(office, [str(office.town.units["county"].id)], post.id)
    assert await office.may("lead", resolve_incident, ResolveIncident(incident.id, "已补办")) == Code.ILLEGAL_TRANSITION


@pytest.mark.parametrize("resolution", ["", "  ", "长" * 501])
async def test_something_must_be_said_and_not_too_much(office: Office, resolution: str) -> None:
    incident = await failed(office, [str(office.town.units["county"].id)])
    assert await office.may("lead", resolve_incident, ResolveIncident(incident.id, resolution)) == Code.INVALID_INPUT


async def failed(office: Office, responsible: list[str], post: Any = None) -> HandoverIncident:
    incident = HandoverIncident(
        kind=IncidentKind.DISPUTED, staff_id=office.id("leaver"), assignment_id=post, matters=[],
        responsible_unit_ids=responsible, rules=[], occurred_at=office.town.clock.instant,
    )  # fmt: skip
    await office.town.add(incident)
    return incident
