"""What lies in a person's hands stands in the way of leaving a post, whatever kind it is of, and nothing else does."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from authz.actor import Actor
from bangban.connections import Connections
from casework.cases import in_hand as cases_in_hand
from casework.cases.models import Case, CaseState, HolderKind, MaterialItem, MaterialState
from casework.feedback import in_hand as callbacks_in_hand
from casework.feedback.models import Callback, CallbackState
from casework.kernel.errors import Code, Refusal
from casework.organisation.end_role import EndRoleInput, end_role
from casework.organisation.handover import HOLDINGS
from casework.organisation.models import Engagement, OrgUnit, RoleAssignment
from casework.relays import in_hand as legs_in_hand
from casework.relays.models import LegState, RelayLeg
from tests.casework.feedback.founding import founder
from tests.casework.feedback.town import Town

KINDS = (
    cases_in_hand.CASES, cases_in_hand.MANDATES, legs_in_hand.LEGS, legs_in_hand.PAPERS, callbacks_in_hand.CALLBACKS,
)  # fmt: skip


@pytest.fixture
async def taian(database: Connections) -> AsyncIterator[Town]:
    """A town with a county and a window, which writes down its cases directly."""
    async with founder(database) as found:
        yield await found("taian")


async def post_of(town: Town, actor: Actor, unit: str, role: str) -> RoleAssignment:
    """Enter a post into the register."""
    post = RoleAssignment(
        staff_id=actor.staff_id, unit_id=town.units[unit].id, role_code=role, engagement=Engagement.FULL_TIME,
        valid_from=town.clock.instant - timedelta(days=30),
    )  # fmt: skip
    await town.add(post)
    return post


async def leave(town: Town, post: RoleAssignment) -> Refusal | None:
    """Try to end a post; gives the refusal."""
    try:
        await town.do(town.system, end_role, EndRoleInput(post.id, "调离"))
    except Refusal as refusal:
        return refusal
    return None


def in_hand(town: Town, kind: str, case: Case, other: OrgUnit, actor: Actor) -> Any:
    """Draft a matter of a kind in a person's hands."""
    here = town.units["county"]
    match kind:
        case "paper":
            return MaterialItem(
                case_id=case.id, name_zh="执照", medium="PAPER", state=MaterialState.RECEIVED, original=True, copies=0,
                holder_kind=HolderKind.STAFF, holder_id=actor.staff_id,
            )  # fmt: skip
        case "leg":
            return RelayLeg(
                case_id=case.id, type="CROSS_DEPARTMENT", from_unit_id=other.id, to_unit_id=here.id,
                to_unit_path=here.path, task_zh="办", state=LegState.IN_HAND, opened_at=town.clock.instant,
                claimed_at=town.clock.instant, claimed_by=actor.staff_id, rules=[],
            )  # fmt: skip
        case _:
            return Callback(
                case_id=case.id, unit_id=here.id, unit_path=here.path, reason="SAMPLE", state=CallbackState.UNREACHED,
                planned_at=town.clock.instant, assignee_id=actor.staff_id, attempts=1, rules=[],
            )  # fmt: skip


def test_every_kind_of_matter_is_registered() -> None:
    assert set(HOLDINGS) == {kind.name for kind in KINDS} == {"case", "mandate", "paper", "leg", "callback"}


@pytest.mark.rule("NX-A6-2")
@pytest.mark.parametrize("kind", ["case", "paper", "leg", "callback"])
async def test_a_matter_in_hand_stands_in_the_way_and_is_named(taian: Town, kind: str) -> None:
    leaver = await taian.staff("county", "agent")
    post = await post_of(taian, leaver, "county", "agent")
    owner = leaver.staff_id if kind == "case" else None
    case = await taian.open_case("county", owner_staff_id=owner)
    if kind != "case":
        await taian.add(in_hand(taian, kind, case, taian.units["city"], leaver))
    refused = await leave(taian, post)
    assert refused is not None
    assert (refused.code, refused.guard) == (Code.GUARD_REFUSED, "HANDOVER_ACCEPTED")
    assert refused.details[kind] == 1
    assert case.case_no in refused.message
    assert [step.mutation for step in refused.lawful_next] == ["startHandover", HOLDINGS[kind].passes_on.mutation]


async def test_everything_left_is_named_at_once_and_long_lists_are_cut(taian: Town) -> None:
    leaver = await taian.staff("county", "agent")
    post = await post_of(taian, leaver, "county", "agent")
    for _ in range(7):
        case = await taian.open_case("county", owner_staff_id=leaver.staff_id)
    await taian.add(in_hand(taian, "leg", case, taian.units["city"], leaver))
    refused = await leave(taian, post)
    assert refused is not None
    assert dict(refused.details) == {"guard": "HANDOVER_ACCEPTED", "case": 7, "leg": 1}
    assert refused.message_zh.count("taian") == 6, "five of the seven cases, and that of the leg"


async def test_what_is_over_or_in_other_hands_is_nothing_to_hand_over(taian: Town) -> None:
    leaver, other = await taian.staff("county", "agent"), await taian.staff("county", "agent")
    post = await post_of(taian, leaver, "county", "agent")
    await taian.archived("county", "2025-03-01T10:00", owner_staff_id=leaver.staff_id)
    case = await taian.open_case("county", owner_staff_id=other.staff_id)
    for kind in ("paper", "leg", "callback"):
        await taian.add(in_hand(taian, kind, case, taian.units["city"], other))
    assert await leave(taian, post) is None


async def test_a_case_that_is_done_but_not_archived_is_still_in_hand(taian: Town) -> None:
    leaver = await taian.staff("county", "agent")
    post = await post_of(taian, leaver, "county", "agent")
    await taian.open_case("county", owner_staff_id=leaver.staff_id, state=CaseState.COMPLETED)
    assert await leave(taian, post) is not None


async def test_another_post_that_lets_the_person_go_on_makes_the_end_lawful(taian: Town) -> None:
    leaver = await taian.staff("county", "agent")
    post = await post_of(taian, leaver, "county", "agent")
    await taian.open_case("county", owner_staff_id=leaver.staff_id)
    await post_of(taian, leaver, "county", "guide")
    assert await leave(taian, post) is not None, "a guide handles no case"
    await post_of(taian, leaver, "window", "helper")
    assert await leave(taian, post) is not None, "a post further down does not reach it"
    second = await post_of(taian, leaver, "county", "helper")
    assert await leave(taian, post) is None
    assert await leave(taian, second) is not None, "now it is the last one"


async def test_a_post_elsewhere_ends_although_there_are_cases_here(taian: Town) -> None:
    leaver = await taian.staff("county", "agent")
    await post_of(taian, leaver, "county", "agent")
    elsewhere = await post_of(taian, leaver, "window", "agent")
    await taian.open_case("county", owner_staff_id=leaver.staff_id)
    assert await leave(taian, elsewhere) is None


async def test_a_post_that_has_not_begun_is_called_off_whatever_is_in_hand(taian: Town) -> None:
    leaver = await taian.staff("county", "agent")
    post = await post_of(taian, leaver, "county", "agent")
    later = RoleAssignment(
        staff_id=leaver.staff_id, unit_id=taian.units["county"].id, role_code="helper", engagement=Engagement.FULL_TIME,
        valid_from=taian.clock.instant + timedelta(days=30),
    )  # fmt: skip
    await taian.add(later)
    await taian.open_case("county", owner_staff_id=leaver.staff_id)
    assert await leave(taian, later) is None
    assert await leave(taian, post) is not None
