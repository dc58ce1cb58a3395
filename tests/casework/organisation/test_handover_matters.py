"""What moves with a hand-over, to whom it is proposed, and what becomes of an offer that nobody can answer any more."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import select

from authz.actor import Actor
from bangban.connections import Connections
from casework.cases.models import Case, CaseParticipant, MaterialItem
from casework.feedback.models import Callback
from casework.kernel.errors import Code, Refusal
from casework.mandates.models import Mandate, MandateStatus
from casework.organisation.answer_handover import (
    AcceptHandover,
    DisputeHandover,
    accept_handover,
    dispute_handover,
)
from casework.organisation.end_role import EndRoleInput, end_role
from casework.organisation.handover import HOLDINGS
from casework.organisation.lapse_offers import LapseOffers, lapse_offers
from casework.organisation.leave_duty import DeactivateStaff, MoveStaff, deactivate_staff, move_staff
from casework.organisation.models import (
    DutyHandover,
    HandoverItem,
    HandoverState,
    ItemState,
    RoleAssignment,
    StaffMember,
)
from casework.organisation.start_handover import StartHandover, start_handover
from casework.relays.models import CustodyTransfer, RelayLeg
from migrations.tables import metadata
from tests.casework.feedback.founding import founder
from tests.casework.feedback.town import Town
from tests.casework.organisation.test_handover import in_hand, post_of
from tests.casework.organisation.test_handover_storm import hired, id_of

HOLDERS = {
    "service_case.owner_staff_id": "case", "mandate.agent_id": "mandate", "relay_leg.claimed_by": "leg",
    "callback.assignee_id": "callback",
}  # fmt: skip
"""Columns that say who has a matter in hand; a paper's holder may also be a unit, so no key points from it."""
RECORDS = {
    "assessment.assessor_id", "assessment.staff_id", "assessment_decision.decided_by", "assessment_scheme.adopted_by",
    "case_participant.staff_id", "commendation.awarded_by", "commendation.staff_id", "contact_record.staff_id",
    "duty_handover.from_staff_id", "guide_review.reviewer_id", "guide_version.published_by",
    "handover_incident.staff_id", "handover_item.to_staff_id", "role_assignment.staff_id", "service_plan.written_by",
    "service_point.responsible_staff_id", "service_request.received_by", "staff_registration.decided_by",
    "staff_registration.staff_id", "staff_registration.submitted_by", "team.formed_by", "team_member.staff_id",
    "training_plan.planned_by", "training_result.recorded_by", "training_result.staff_id",
    "training_session.recorded_by",
}  # fmt: skip
"""Columns that say who did something, or who somebody is: nothing of them is left undone by who leaves."""


@pytest.fixture
async def town(database: Connections) -> AsyncIterator[Town]:
    async with founder(database) as found:
        yield await found("taian")


async def start(town: Town, by: Actor, to: Actor | None = None) -> DutyHandover:
    asked = None if to is None else to.staff_id
    return await town.do(by, start_handover, StartHandover(id_of(by), "轮岗", asked))


def test_every_column_that_names_a_person_is_known_as_a_matter_or_as_a_record() -> None:
    named = {
        f"{table.name}.{key.column_keys[1]}"
        for table in metadata.tables.values()
        for key in table.foreign_key_constraints
        if key.referred_table.name == "staff_member"
    }
    assert named == set(HOLDERS) | RECORDS, "say whether the new column is something in hand, and register it"
    assert set(HOLDERS.values()) | {"paper"} == set(HOLDINGS)


async def loaded(town: Town, kind: str, leaver: Actor) -> tuple[Case, type[Any], str]:
    """Put one matter of a kind into somebody's hands; gives its case, its table and the column of its holder."""
    if kind == "case":
        return await town.open_case("county", owner_staff_id=leaver.staff_id), Case, "owner_staff_id"
    case = await town.open_case("county")
    if kind == "mandate":
        await town.add(
            Mandate(case_id=case.id, extent="FULL", powers=[], agent_id=leaver.staff_id, status=MandateStatus.SIGNED)
        )
        return case, Mandate, "agent_id"
    await town.add(in_hand(town, kind, case, town.units["city"], leaver))
    table, column = {
        "paper": (MaterialItem, "holder_id"), "leg": (RelayLeg, "claimed_by"), "callback": (Callback, "assignee_id"),
    }[kind]  # fmt: skip
    return case, table, column


@pytest.mark.rule("NX-A6-2")
@pytest.mark.parametrize("kind", ["case", "mandate", "paper", "leg", "callback"])
async def test_each_kind_of_matter_keeps_the_person_and_moves_when_it_is_accepted(town: Town, kind: str) -> None:
    leaver, receiver = await hired(town, 2)
    lead = await town.staff("county", "unit_lead")
    case, table, column = await loaded(town, kind, leaver)
    off_duty = DeactivateStaff(id_of(leaver), "退休")
    with pytest.raises(Refusal) as refused:
        await town.do(lead, deactivate_staff, off_duty)
    assert (refused.value.guard, refused.value.details[kind]) == ("HANDOVER_ACCEPTED", 1)
    handover = await start(town, leaver)
    (row,) = await town.rows(table, table.tenant_id == town.tenant)
    assert getattr(row, column) == leaver.staff_id, "an offer moves nothing"
    done = await town.do(receiver, accept_handover, AcceptHandover(handover.id))
    (row,) = await town.rows(table, table.tenant_id == town.tenant)
    assert (getattr(row, column), done.state) == (receiver.staff_id, HandoverState.ACCEPTED)
    await town.do(lead, deactivate_staff, off_duty)
    parts = await town.rows(CaseParticipant, CaseParticipant.case_id == case.id, CaseParticipant.until.is_(None))
    assert [part.staff_id for part in parts] == ([] if kind == "callback" else [receiver.staff_id])


async def test_a_paper_moves_with_a_list_that_both_sides_signed_for(town: Town) -> None:
    leaver, receiver = await hired(town, 2)
    await loaded(town, "paper", leaver)
    handover = await start(town, leaver)
    await town.do(receiver, accept_handover, AcceptHandover(handover.id))
    (transfer,) = await town.rows(CustodyTransfer)
    assert (transfer.from_id, transfer.to_id, transfer.received_by) == (
        leaver.staff_id,
        receiver.staff_id,
        receiver.key,
    )


async def test_who_calls_back_is_not_who_gets_the_case(town: Town) -> None:
    """SOD1: what belongs to one case goes to one person, but the question how it went goes to another."""
    leaver, *_ = await hired(town, 3)
    case, *_ = await loaded(town, "leg", leaver)
    await town.add(in_hand(town, "callback", case, town.units["city"], leaver))
    await town.add(in_hand(town, "paper", case, town.units["city"], leaver))
    await start(town, leaver)
    to = {item.kind: item.to_staff_id for item in await town.rows(HandoverItem)}
    assert to["leg"] == to["paper"] != to["callback"] is not None


async def test_who_waits_for_a_registration_is_not_proposed(town: Town) -> None:
    leaver, waiting = await hired(town, 2)
    async with town.office.open(town.system) as work:
        for post in await work.session.scalars(town_posts(town, waiting)):
            post.needs_registration = True
    await town.open_case("county", owner_staff_id=leaver.staff_id)
    with pytest.raises(Refusal) as refused:
        await start(town, leaver)
    assert (refused.value.code, refused.value.lawful_next[0].mutation) == (Code.CONFLICT, "assignCase")


def town_posts(town: Town, person: Actor) -> Any:
    return select(RoleAssignment).where(
        RoleAssignment.tenant_id == town.tenant, RoleAssignment.staff_id == person.staff_id
    )


async def test_one_matter_is_disputed_and_the_rest_is_accepted(town: Town) -> None:
    leaver, receiver = await hired(town, 2)
    cases = [await town.open_case("county", owner_staff_id=leaver.staff_id) for _ in range(3)]
    handover = await start(town, leaver)
    items = await town.rows(HandoverItem)
    dispute = DisputeHandover(handover.id, "材料不齐", (items[1].id,))
    assert (await town.do(receiver, dispute_handover, dispute)).state is HandoverState.OFFERED
    assert (await town.do(receiver, accept_handover, AcceptHandover(handover.id))).state is HandoverState.DISPUTED
    owners = {case.id: case.owner_staff_id for case in await town.rows(Case)}
    assert [owners[case.id] == receiver.staff_id for case in cases] == [True, False, True]
    assert owners[cases[1].id] == leaver.staff_id


@pytest.mark.parametrize("how", ["deactivate", "end"])
async def test_an_offer_to_somebody_who_leaves_lapses_and_may_be_made_to_another(town: Town, how: str) -> None:
    leaver, receiver, other = await hired(town, 3)
    lead = await town.staff("county", "unit_lead")
    await town.open_case("county", owner_staff_id=leaver.staff_id)
    handover = await start(town, leaver, receiver)
    await town.do(town.system, lapse_offers, LapseOffers(id_of(receiver)))
    (item,) = await town.rows(HandoverItem)
    assert item.state is ItemState.OFFERED, "who serves keeps his offer"
    if how == "deactivate":
        await town.do(lead, deactivate_staff, DeactivateStaff(id_of(receiver), "退休"))
    else:
        (post,) = await town.rows(RoleAssignment, RoleAssignment.staff_id == receiver.staff_id)
        await town.do(lead, end_role, EndRoleInput(post.id, "调离"))
    for _ in range(2):
        await town.do(town.system, lapse_offers, LapseOffers(id_of(receiver)))
    (item,) = await town.rows(HandoverItem)
    (found,) = await town.rows(DutyHandover)
    assert (item.state, found.id, found.state) == (ItemState.WITHDRAWN, handover.id, HandoverState.CANCELLED)
    assert [event.payload["staffIds"] for event in await town.told("handover.lapsed")] == [[str(receiver.staff_id)]]
    again = await start(town, leaver)
    (offered,) = await town.rows(HandoverItem, HandoverItem.handover_id == again.id)
    assert offered.to_staff_id == other.staff_id


async def test_who_moves_leaves_nothing_behind_that_lies_in_his_former_unit(town: Town) -> None:
    boss = await town.staff("city", "city_supervisor")
    leaver, receiver = await hired(town, 2)
    move = MoveStaff(id_of(leaver), town.units["window"].id, "调动")
    await town.open_case("county", owner_staff_id=leaver.staff_id)
    with pytest.raises(Refusal) as refused:
        await town.do(boss, move_staff, move)
    assert refused.value.guard == "HANDOVER_ACCEPTED"
    handover = await start(town, leaver)
    await town.do(receiver, accept_handover, AcceptHandover(handover.id))
    await town.do(boss, move_staff, move)
    (person,) = await town.rows(StaffMember, StaffMember.id == leaver.staff_id)
    (post,) = await town.rows(RoleAssignment, RoleAssignment.staff_id == leaver.staff_id)
    assert (person.unit_id, person.active) == (town.units["window"].id, True)
    assert (post.valid_to, post.end_reason) == (town.clock.instant, "调动")


async def test_even_what_no_post_covered_is_not_left_behind(town: Town) -> None:
    boss = await town.staff("city", "city_supervisor")
    leaver = await town.staff("county", "agent")
    await post_of(town, leaver, "window", "agent")
    await town.open_case("county", owner_staff_id=leaver.staff_id)
    with pytest.raises(Refusal) as refused:
        await town.do(boss, move_staff, MoveStaff(id_of(leaver), town.units["window"].id, "调动"))
    assert refused.value.guard == "HANDOVER_ACCEPTED"
