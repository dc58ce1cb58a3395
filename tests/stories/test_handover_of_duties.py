"""A hand-over of what is in hand, through the doors: proposed, disputed, called off, accepted; then the person may leave."""

import pytest

from tests.stories.stack import Caller, Stack
from tests.stories.test_office_gates import ITEM, TOWNSHIP, give, me, nexts
from tests.stories.walk import ask_for

HANDOVER = "handover { id state items { kind caseNo state receiver { id } } }"
STAFF = "staff { id active unit { code } }"
SOMEBODY = """
SELECT max(person.code) FROM staff_member person JOIN org_unit unit USING (tenant_id)
WHERE unit.id = person.unit_id AND unit.code = '370902' AND person.active
"""
OWNER = "query($id: ID!) { case(id: $id) { owner { id } } }"


def owner(caller: Caller, case: str) -> str | None:
    """Tell who owns a case."""
    found = caller.ask(OWNER, id=case)["case"]["owner"]
    return None if found is None else str(found["id"])


def in_hand(leaver: Caller, who: str) -> str:
    """Give a person a case of his own."""
    case = ask_for(leaver, TOWNSHIP, "AGENCY", ITEM, applicant={"subjectType": "NATURAL_PERSON", "name": who})
    leaver.case("respondCase", case, channel="WINDOW", content="已说明")
    leaver.case("acceptCase", case)
    return case


@pytest.mark.rule("NX-A6-1", "NX-A6-2", "NX-A6-3")
def test_neixiang_a_township_officer_hands_over_and_leaves(stack: Stack) -> None:
    """S-NX-11: nothing moves before the receiver accepts, and nobody leaves before everything has moved."""
    stack.at("2024-09-25 09:00")
    admin, leaver = stack.staff("neixiang-admin-1"), stack.staff("neixiang-leader-1")
    first, second, stranger = (
        stack.staff("neixiang-agent-1"),
        stack.staff("neixiang-dept-supervisor-1"),
        stack.staff("taian-admin-1"),
    )
    post = give(admin, leaver, TOWNSHIP, "grassroots_agent")
    give(admin, second, TOWNSHIP, "grassroots_agent")
    stack.at("2024-09-25 09:01")
    case = in_hand(leaver, "冯某")

    (refused,) = admin.refused("endRole", "roleAssignment { id }", roleAssignmentId=post, reason="轮岗")
    assert (refused["guard"], refused["rule"]["id"], nexts(refused)[0]) == (
        "HANDOVER_ACCEPTED",
        "NX-A6-2",
        "startHandover",
    )
    (refused,) = admin.refused("deactivateStaff", STAFF, staffId=me(leaver), reason="退休")
    assert refused["guard"] == "HANDOVER_ACCEPTED"
    (unknown,) = stranger.refused("startHandover", HANDOVER, staffId=me(leaver), reason="轮岗")
    assert unknown["code"] == "NOT_FOUND"

    offered = leaver.do("startHandover", HANDOVER, staffId=me(leaver), reason="轮岗", receiverId=me(first))
    assert [(item["kind"], item["receiver"]["id"], item["state"]) for item in offered["items"]] == [
        (kind, me(first), "OFFERED") for kind in sorted(item["kind"] for item in offered["items"])
    ]
    assert owner(leaver, case) == me(leaver), "an offer moves nothing"
    for nobody in (leaver, second):
        (not_theirs,) = nobody.refused("acceptHandover", HANDOVER, handoverId=offered["id"])
        assert not_theirs["code"] in ("FORBIDDEN", "CONFLICT", "NOT_FOUND")
    disputed = first.do("disputeHandover", HANDOVER, handoverId=offered["id"], reason="材料不齐")
    assert disputed["state"] == "DISPUTED"
    assert owner(leaver, case) == me(leaver)

    again = leaver.do("startHandover", HANDOVER, staffId=me(leaver), reason="轮岗", receiverId=me(second))
    (twice,) = leaver.refused("startHandover", HANDOVER, staffId=me(leaver), reason="轮岗")
    assert twice["code"] == "CONFLICT"
    (not_theirs,) = first.refused("cancelHandover", HANDOVER, handoverId=again["id"])
    assert not_theirs["code"] in ("FORBIDDEN", "NOT_FOUND")
    assert leaver.do("cancelHandover", HANDOVER, handoverId=again["id"])["state"] == "CANCELLED"

    last = leaver.do("startHandover", HANDOVER, staffId=me(leaver), reason="轮岗", receiverId=me(second))
    assert second.do("acceptHandover", HANDOVER, handoverId=last["id"])["state"] == "ACCEPTED"
    assert owner(second, case) == me(second)
    ended = admin.do("endRole", "roleAssignment { endReason }", roleAssignmentId=post, reason="轮岗")
    assert ended["endReason"] == "轮岗"


@pytest.mark.rule("NX-A6-2")
def test_a_case_that_the_list_left_out_goes_to_the_successor_and_is_recorded(stack: Stack) -> None:
    """S-NX-10: a gap that the receiver finds later is his to go on with, and the failure stands in the records."""
    stack.at("2024-09-26 09:00")
    admin, leaver, receiver = (
        stack.staff("neixiang-admin-1"), stack.staff("neixiang-leader-1"), stack.staff("neixiang-agent-1"),
    )  # fmt: skip
    give(admin, leaver, TOWNSHIP, "grassroots_agent")
    stack.at("2024-09-26 09:01")
    in_hand(leaver, "卫某")
    started = leaver.do("startHandover", HANDOVER, staffId=me(leaver), reason="轮岗", receiverId=me(receiver))
    late = in_hand(leaver, "蒋某")
    assert receiver.do("acceptHandover", HANDOVER, handoverId=started["id"])["state"] == "ACCEPTED"
    (not_theirs,) = leaver.refused("reportHandoverGap", HANDOVER, handoverId=started["id"], caseId=late, note="漏列")
    assert not_theirs["code"] == "FORBIDDEN"
    receiver.do("reportHandoverGap", HANDOVER, handoverId=started["id"], caseId=late, note="交接后发现")
    assert owner(receiver, late) == me(receiver)
    found = stack.sql("neixiang", "SELECT count(*) FROM handover_incident WHERE kind = 'MATTER_MISSING'")
    assert found == [(1,)]


def test_who_has_nothing_in_hand_is_moved_and_taken_off_duty_by_those_who_give_posts(stack: Stack) -> None:
    stack.at("2024-09-27 09:00")
    admin, other = stack.staff("taian-admin-1"), stack.staff("taian-helper-1")
    # Somebody whom no other story knows, because he will be gone.
    ((code,),) = stack.sql("taian", SOMEBODY)
    leaver = stack.staff(str(code))
    target = admin.ask("query($code: String!) { unit(code: $code) { id } }", code="370911")["unit"]["id"]
    for field, asked in (("moveStaff", {"unitId": target}), ("deactivateStaff", {})):
        (refused,) = other.refused(field, STAFF, staffId=me(leaver), reason="调整", **asked)
        assert refused["code"] in ("FORBIDDEN", "NOT_FOUND")
    who = me(leaver)
    moved = admin.do("moveStaff", STAFF, staffId=who, unitId=target, reason="调动")
    assert moved["unit"]["code"] == "370911"
    assert admin.do("deactivateStaff", STAFF, staffId=who, reason="退休")["active"] is False
