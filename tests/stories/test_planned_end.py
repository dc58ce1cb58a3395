"""A planned end of a post: reached with a case in hand it is put off by the worker, and takes effect once the hands are empty."""

import pytest

from tests.stories.stack import Caller, Stack
from tests.stories.test_office_gates import ITEM, TOWNSHIP, give, me
from tests.stories.test_two_hour_clock import uuid_of
from tests.stories.walk import ask_for

POST = "query($id: ID!) { node(id: $id) { ... on RoleAssignment { validTo putOffFrom endReason } } }"


@pytest.mark.rule("NX-A6-2", "NX-A6-3")
def test_neixiang_a_planned_end_waits_for_what_came_meanwhile(stack: Stack) -> None:
    stack.at("2024-09-18 09:00")
    admin, agent = stack.staff("neixiang-admin-1"), stack.staff("neixiang-agent-1")
    leaver, leader = stack.staff("neixiang-grid-2"), stack.staff("neixiang-dept-supervisor-1")
    post = give(admin, leaver, TOWNSHIP, "grassroots_agent")
    give(admin, leader, "411325", "department_leader")
    stack.at("2024-09-18 09:01")
    planned = admin.do(
        "endRole",
        "roleAssignment { validTo }",
        roleAssignmentId=post,
        reason="轮岗",
        endsAt="2024-09-18T15:00:00+08:00",
    )
    assert planned["validTo"] == "2024-09-18T15:00:00+08:00"
    stack.at("2024-09-18 10:00")
    case = ask_for(leaver, TOWNSHIP, "AGENCY", ITEM, applicant={"subjectType": "NATURAL_PERSON", "name": "陈某"})
    leaver.case("respondCase", case, channel="WINDOW", content="已说明")
    leaver.case("acceptCase", case)

    stack.at("2024-09-18 15:01")
    # Nobody but the worker looks here: the person comes to the door only afterwards.
    stack.eventually(lambda: put_off(admin, post), "the worker puts the end off")
    assert roles(leaver) == {"grid_agent", "grassroots_agent"}, "no power is gone while the case is in hand"
    stack.eventually(lambda: messages(leaver) == 1, "the person hears of it")
    assert incidents(stack, post) == [(None,)]

    leader.case("assignCase", case, staffId=me(agent))
    stack.eventually(lambda: roles(leaver) == {"grid_agent"}, "the post ends once the hands are empty")
    ended = admin.ask(POST, id=post)["node"]
    assert ended == {
        "validTo": "2024-09-18T15:01:00+08:00",
        "putOffFrom": "2024-09-18T15:00:00+08:00",
        "endReason": "轮岗",
    }
    stack.at("2024-09-18 15:02")
    assert messages(leaver) == 1
    assert [bool(resolved) for (resolved,) in incidents(stack, post)] == [True]


def put_off(admin: Caller, post: str) -> bool:
    """Tell whether the end was put off."""
    found = admin.ask(POST, id=post)["node"]
    return found["validTo"] is None and found["putOffFrom"] is not None


def roles(caller: Caller) -> set[str]:
    """Name the posts that a person holds now."""
    return {held["role"] for held in caller.ask("{ me { roles { role } } }")["me"]["roles"]}


def messages(caller: Caller) -> int:
    """Count what a person was told of ends that were put off."""
    found = caller.ask("{ myNotifications(limit: 100) { template } }")["myNotifications"]
    return [each["template"] for each in found].count("role.end_put_off")


def incidents(stack: Stack, post: str) -> list[tuple[object, ...]]:
    """List when the incidents of a post were put right."""
    query = "SELECT resolved_at FROM handover_incident WHERE assignment_id = %s ORDER BY id"
    return stack.sql("neixiang", query, uuid_of(post))
