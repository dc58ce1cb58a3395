"""A used idempotency key gives the first answer again, and only to whoever may still see it."""

from typing import Any
from uuid import uuid4

from tests.stories.stack import Stack

NEIGHBOUR = "370911"


def test_a_key_gives_nothing_away_once_the_post_has_ended(stack: Stack) -> None:
    stack.at("2024-09-19 09:30")
    admin, helper = stack.staff("taian-admin-1"), stack.staff("taian-helper-2")
    unit = admin.ask('{ unit(code: "370911") { id } }')["unit"]["id"]
    staff = helper.ask("{ me { staff { id } } }")["me"]["staff"]["id"]
    post = admin.do("assignRole", "roleAssignment { id }", staffId=staff, unitId=unit, roleCode="intake_officer")
    asked: dict[str, Any] = {
        "unitCode": NEIGHBOUR, "serviceKind": "ASSIST", "channel": "WINDOW", "text": "口述需求",
        "applicant": {"subjectType": "NATURAL_PERSON", "name": "周某"}, "idempotencyKey": uuid4().hex,
    }  # fmt: skip
    first = helper.do("createRequest", "case { id state }", **asked)
    assert helper.do("createRequest", "case { id state }", **asked) == first
    other = helper.refused("createRequest", "case { id }", **{**asked, "text": "另一需求"})
    assert other[0]["code"] == "IDEMPOTENCY_MISMATCH"
    stack.at("2024-09-19 15:00")
    admin.do("endRole", "roleAssignment { validTo }", roleAssignmentId=post["id"], reason="轮岗结束")
    stack.at("2024-09-19 15:00:01")
    assert helper.refused("createRequest", "case { id }", **asked)[0]["code"] == "NOT_FOUND"
    assert helper.ask("query($id: ID!) { case(id: $id) { id } }", id=first["id"])["case"] is None
