"""A hand-over of what is in hand, through the doors: proposed, disputed, called off, accepted; then the person may leave.

The people of these stories are hired for them, so that no post of another story lets anybody go on with a case.
"""

from typing import Any
from uuid import uuid4

import pytest

from tests.stories.stack import Caller, Stack
from tests.stories.test_office_gates import ITEM, TOWNSHIP, give, me, nexts
from tests.stories.test_two_hour_clock import uuid_of
from tests.stories.walk import ask_for, profile

HANDOVER = "handover { id state items { id kind caseNo state receiver { id } } }"
STAFF = "staff { id active unit { code } }"
CASE = "query($id: ID!) { case(id: $id) { caseNo owner { id } } }"
INCIDENTS = """{ handoverIncidents(first: 50) { nodes { id kind resolvedAt resolution leaver { id } responsibleUnitIds
  matters { kind caseNo } rules { id } } } }"""
HIRED = """
INSERT INTO staff_member (tenant_id, id, code, name, unit_id, source, active, created_at, updated_at, row_version)
SELECT tenant_id, gen_random_uuid(), %s, '某', id, 'OWN', true, now(), now(), 1 FROM org_unit WHERE code = %s RETURNING code
"""
LOGGED = "SELECT after FROM audit_entry WHERE action = 'case.assigned' AND object_id = %s"


def hired(stack: Stack, tenant: str, unit: str, role: str) -> Caller:
    """Hire somebody whom no other story knows, and give him a post; who has one from now on acts a minute later."""
    code = f"{tenant}-hired-{uuid4().hex[:8]}"
    stack.sql(tenant, HIRED, code, unit)
    person = stack.staff(code)
    give_post(stack, tenant, person, unit, role)
    return person


def give_post(stack: Stack, tenant: str, person: Caller, unit: str, role: str) -> str:
    return give(stack.staff(f"{tenant}-admin-1"), person, unit, role)


def owner(caller: Caller, case: str) -> str | None:
    """Tell who owns a case."""
    found = caller.ask(CASE, id=case)["case"]["owner"]
    return None if found is None else str(found["id"])


def number(caller: Caller, case: str) -> str:
    return str(caller.ask(CASE, id=case)["case"]["caseNo"])


def in_hand(leaver: Caller, who: str, unit: str = TOWNSHIP, kind: str = "AGENCY") -> str:
    """Give a person a case of his own."""
    case = ask_for(leaver, unit, kind, ITEM, applicant={"subjectType": "NATURAL_PERSON", "name": who})
    leaver.case("respondCase", case, channel="WINDOW", content="已说明")
    leaver.case("acceptCase", case)
    return case


def messages(caller: Caller, template: str) -> int:
    found = caller.ask("{ myNotifications(limit: 100) { template } }")["myNotifications"]
    return [each["template"] for each in found].count(template)


def all_leave(stack: Stack, tenant: str, *people: Caller) -> None:
    """Take the people of a story off duty, so that no figure of another one counts them; their hands are empty."""
    for person in people:
        left = stack.staff(f"{tenant}-admin-1").do("deactivateStaff", STAFF, staffId=me(person), reason="调离")
        assert left["active"] is False


@pytest.mark.rule("NX-A6-2", "NX-6-7")
def test_neixiang_a_township_officer_hands_over_and_leaves(stack: Stack) -> None:
    """Nothing moves before the receiver accepts, and nobody leaves before everything has moved."""
    stack.at("2024-09-25 09:00")
    admin, stranger = stack.staff("neixiang-admin-1"), stack.staff("taian-admin-1")
    leaver, first, second = (hired(stack, "neixiang", TOWNSHIP, "grassroots_agent") for _ in range(3))
    post = give_post(stack, "neixiang", leaver, TOWNSHIP, "project_officer")
    stack.at("2024-09-25 09:01")
    case = in_hand(leaver, "冯某")
    refuse_to_let_go(admin, leaver)
    (unknown,) = stranger.refused("startHandover", HANDOVER, staffId=me(leaver), reason="轮岗")
    assert unknown["code"] == "NOT_FOUND"

    offered = leaver.do("startHandover", HANDOVER, staffId=me(leaver), reason="轮岗", receiverId=me(first))
    expected = {"kind": "case", "caseNo": number(leaver, case), "state": "OFFERED", "receiver": {"id": me(first)}}
    assert [{key: item[key] for key in expected} for item in offered["items"]] == [expected]
    assert owner(leaver, case) == me(leaver), "an offer moves nothing"
    refuse_to_let_go(admin, leaver)
    stack.eventually(lambda: messages(first, "handover.offered") == 1, "the receiver hears of it")
    for nobody, code in ((leaver, "FORBIDDEN"), (second, "NOT_FOUND")):
        (not_theirs,) = nobody.refused("acceptHandover", HANDOVER, handoverId=offered["id"])
        assert not_theirs["code"] == code
    disputed = first.do("disputeHandover", HANDOVER, handoverId=offered["id"], reason="材料不齐")
    assert (disputed["state"], owner(leaver, case)) == ("DISPUTED", me(leaver))

    again = leaver.do("startHandover", HANDOVER, staffId=me(leaver), reason="轮岗", receiverId=me(second))
    (twice,) = leaver.refused("startHandover", HANDOVER, staffId=me(leaver), reason="轮岗")
    assert twice["code"] == "CONFLICT"
    (not_theirs,) = second.refused("cancelHandover", HANDOVER, handoverId=again["id"])
    assert not_theirs["code"] == "FORBIDDEN"
    assert leaver.do("cancelHandover", HANDOVER, handoverId=again["id"])["state"] == "CANCELLED"

    last = leaver.do("startHandover", HANDOVER, staffId=me(leaver), reason="轮岗", receiverId=me(second))
    assert second.do("acceptHandover", HANDOVER, handoverId=last["id"])["state"] == "ACCEPTED"
    assert owner(second, case) == me(second)
    (reasonless,) = admin.refused("endRole", "roleAssignment { id }", roleAssignmentId=post, reason=" ")
    assert reasonless["code"] == "INVALID_INPUT"
    ended = admin.do("endRole", "roleAssignment { endReason }", roleAssignmentId=post, reason="轮岗")
    assert ended["endReason"] == "轮岗"
    all_leave(stack, "neixiang", leaver, first)


def refuse_to_let_go(admin: Caller, leaver: Caller) -> None:
    """Try to take a person off duty, and to another unit: both refused under Neixiang's rule."""
    county = admin.ask('{ unit(code: "411325") { id } }')["unit"]["id"]
    for field, more in (("deactivateStaff", {}), ("moveStaff", {"unitId": county})):
        (refused,) = admin.refused(field, STAFF, staffId=me(leaver), reason="调整", **more)
        assert (refused["guard"], refused["rule"]["id"]) == ("HANDOVER_ACCEPTED", "NX-A6-2")
        assert nexts(refused) == ["startHandover", "assignCase"]


@pytest.mark.rule("NX-A6-3", "NX-A6-2")
def test_neixiang_a_case_that_the_list_left_out_is_recovered_and_the_units_put_it_right(stack: Stack) -> None:
    """S-NX-10: the incident names the township and the department, and the case has a new owner."""
    stack.at("2024-09-26 09:00")
    leaver, receiver = (hired(stack, "neixiang", TOWNSHIP, "grassroots_agent") for _ in range(2))
    department, helper = stack.staff("neixiang-leader-1"), stack.staff("neixiang-dept-helper-1")
    stack.at("2024-09-26 09:01")
    in_hand(leaver, "卫某")
    started = leaver.do("startHandover", HANDOVER, staffId=me(leaver), reason="轮岗", receiverId=me(receiver))
    late = in_hand(leaver, "蒋某")
    assert receiver.do("acceptHandover", HANDOVER, handoverId=started["id"])["state"] == "ACCEPTED"
    assert owner(leaver, late) == me(leaver), "what came meanwhile is not lost: the leaver has it, and may not leave"
    refuse_to_let_go(stack.staff("neixiang-admin-1"), leaver)

    gap = {"handoverId": started["id"], "caseId": late, "note": "交接后发现"}
    (not_theirs,) = leaver.refused("reportHandoverGap", HANDOVER, **gap)
    assert not_theirs["code"] == "FORBIDDEN"
    recovered = receiver.do("reportHandoverGap", HANDOVER, **gap)
    assert {item["state"] for item in recovered["items"]} == {"ACCEPTED"}
    assert owner(receiver, late) == me(receiver)
    (twice,) = receiver.refused("reportHandoverGap", HANDOVER, **gap)
    assert twice["code"] in ("CONFLICT", "NOT_FOUND"), "it is recovered already"
    incident = incident_of(leaver)
    assert (incident["kind"], incident["resolvedAt"]) == ("MATTER_MISSING", None)
    assert incident["matters"] == [{"kind": "case", "caseNo": number(receiver, late)}]
    assert codes(department, incident["responsibleUnitIds"]) == {TOWNSHIP, "411325-SCJG"}
    assert [cited["id"] for cited in incident["rules"]] == ["NX-A6-3"]
    stack.eventually(lambda: messages(leaver, "handover.gap_found") == 1, "the leaver hears of it")

    said = {"incidentId": incident["id"], "resolution": "已补办交接,向申请人致歉"}
    for nobody, code in ((leaver, "FORBIDDEN"), (helper, "NOT_FOUND")):
        (refused,) = nobody.refused("resolveHandoverIncident", "incident { id }", **said)
        assert refused["code"] == code
    right = department.do("resolveHandoverIncident", "incident { resolvedAt resolution }", **said)
    assert right == {"resolvedAt": "2024-09-26T09:01:00+08:00", "resolution": "已补办交接,向申请人致歉"}
    all_leave(stack, "neixiang", leaver)


def incident_of(leaver: Caller) -> dict[str, Any]:
    """Read the one failed hand-over of a person."""
    (found,) = (
        each for each in leaver.ask(INCIDENTS)["handoverIncidents"]["nodes"] if each["leaver"]["id"] == me(leaver)
    )
    return dict(found)


def codes(caller: Caller, units: list[str]) -> set[str]:
    found = caller.ask("query($ids: [ID!]!) { nodes(ids: $ids) { ... on Unit { code } } }", ids=units)["nodes"]
    return {unit["code"] for unit in found}


@pytest.mark.parametrize(
    ("tenant", "unit", "chief"),
    [("taian", "370902", "taian-chief-1"), ("chaonan", "440514001", "chaonan-township-manager-1")],
    ids=["taian", "chaonan"],
)
def test_cities_whose_texts_are_silent_hand_over_too(stack: Stack, tenant: str, unit: str, chief: str) -> None:
    """Nobody leaves with a case in hand there either: a default of the platform, and no text names who puts failures right."""
    stack.at("2024-09-27 09:00")
    admin = stack.staff(f"{tenant}-admin-1")
    leaver, receiver = (hired(stack, tenant, unit, "helper") for _ in range(2))
    stack.at("2024-09-27 09:01")
    case = ask_for(leaver, unit, "ASSIST", ITEM, applicant={"subjectType": "NATURAL_PERSON", "name": "褚某"})
    stack.staff(chief).case("assignCase", case, staffId=me(leaver))
    (refused,) = admin.refused("deactivateStaff", STAFF, staffId=me(leaver), reason="退休")
    assert (refused["guard"], refused["rule"]) == ("HANDOVER_ACCEPTED", None)
    offered = leaver.do("startHandover", HANDOVER, staffId=me(leaver), reason="退休", receiverId=me(receiver))
    receiver.do("disputeHandover", HANDOVER, handoverId=offered["id"], reason="材料不齐")
    assert leaver.ask(INCIDENTS)["handoverIncidents"]["nodes"] == []
    offered = leaver.do("startHandover", HANDOVER, staffId=me(leaver), reason="退休", receiverId=me(receiver))
    receiver.do("acceptHandover", HANDOVER, handoverId=offered["id"])
    assert owner(receiver, case) == me(receiver)
    all_leave(stack, tenant, leaver)


@pytest.mark.rule("ZZ-7.1-2")
def test_zaozhuang_whoever_was_asked_first_answers_until_it_is_handed_over(stack: Stack) -> None:
    """The first contact owns the matter, whoever else accepts it, and stays until somebody else has taken it over."""
    stack.at("2024-09-27 10:00")
    admin, applicant = stack.staff("zaozhuang-admin-1"), {"subjectType": "NATURAL_PERSON", "name": "沈某"}
    first, colleague = (hired(stack, "zaozhuang", "3704", "specialist") for _ in range(2))
    stack.at("2024-09-27 10:01")
    case = ask_for(colleague, "3704", "ASSIST", ITEM, applicant=applicant)
    notice = [{"key": field.key, "value": "已告知"} for field in profile("zaozhuang").form("one_time_notice").fields]
    first.case("respondCase", case, channel="WINDOW", content="已说明")
    assert owner(first, case) == me(first)
    (untold,) = colleague.refused("acceptCase", "case { id }", caseId=case)
    assert (untold["guard"], untold["rule"]["id"]) == ("ONE_TIME_NOTICE_ISSUED", "ZZ-7.1-2")
    first.case("issueNotice", case, parts=notice)
    colleague.case("acceptCase", case)
    assert owner(first, case) == me(first), "accepting is no hand-over"
    (refused,) = admin.refused("deactivateStaff", STAFF, staffId=me(first), reason="退休")
    assert (refused["guard"], nexts(refused)) == ("HANDOVER_ACCEPTED", ["startHandover", "assignCase"])
    offered = first.do("startHandover", HANDOVER, staffId=me(first), reason="退休", receiverId=me(colleague))
    assert owner(first, case) == me(first)
    colleague.do("acceptHandover", HANDOVER, handoverId=offered["id"])
    assert owner(colleague, case) == me(colleague)
    logged = stack.sql("zaozhuang", LOGGED, uuid_of(case))
    assert [(entry["fromStaffId"], entry["staffId"]) for (entry,) in logged] == [
        (uuid_of(me(first)), uuid_of(me(colleague)))
    ]
    all_leave(stack, "zaozhuang", first)


def test_an_offer_to_somebody_who_leaves_lapses_and_the_leaver_hears_of_it(stack: Stack) -> None:
    stack.at("2024-09-30 09:00")
    leaver, receiver, other = (hired(stack, "taian", "370902", "helper") for _ in range(3))
    stack.at("2024-09-30 09:01")
    case = ask_for(leaver, "370902", "ASSIST", ITEM, applicant={"subjectType": "NATURAL_PERSON", "name": "韩某"})
    stack.staff("taian-chief-1").case("assignCase", case, staffId=me(leaver))
    offered = leaver.do("startHandover", HANDOVER, staffId=me(leaver), reason="退休", receiverId=me(receiver))
    all_leave(stack, "taian", receiver)
    stack.eventually(lambda: messages(leaver, "handover.lapsed") == 1, "the leaver hears of it")
    shown = leaver.ask(
        "query($id: ID!) { node(id: $id) { ... on DutyHandover { state items { state } } } }", id=offered["id"]
    )
    assert shown["node"] == {"state": "CANCELLED", "items": [{"state": "WITHDRAWN"}]}
    again = leaver.do("startHandover", HANDOVER, staffId=me(leaver), reason="退休", receiverId=me(other))
    other.do("acceptHandover", HANDOVER, handoverId=again["id"])
    assert owner(other, case) == me(other)
    all_leave(stack, "taian", leaver)


def test_who_has_nothing_in_hand_is_moved_by_those_who_give_posts(stack: Stack) -> None:
    stack.at("2024-09-30 10:00")
    admin, person = stack.staff("taian-admin-1"), hired(stack, "taian", "370902", "helper")
    target = admin.ask("query($code: String!) { unit(code: $code) { id } }", code="370911")["unit"]["id"]
    stack.at("2024-09-30 10:01")
    for field, asked in (("moveStaff", {"unitId": target}), ("deactivateStaff", {})):
        (refused,) = stack.staff("taian-helper-1").refused(field, STAFF, staffId=me(person), reason="调整", **asked)
        assert refused["code"] in ("FORBIDDEN", "NOT_FOUND")
    moved = admin.do("moveStaff", STAFF, staffId=me(person), unitId=target, reason="调动")
    assert (moved["unit"]["code"], moved["active"]) == ("370911", True)
    assert person.ask("{ me { roles { role } } }")["me"]["roles"] == [], "the posts in the former unit are over"
    all_leave(stack, "taian", person)
