"""Gates beside the path of a case: a city's guards before another unit handles its part, and before a post ends."""

from typing import Any

import pytest

from tests.stories.stack import Caller, Stack
from tests.stories.walk import ask_for, guards, state

ITEM, TOWNSHIP = "SCJG-01", "411325100"
POSTS = "{ me { staff { id } } }"


def me(caller: Caller) -> str:
    """Tell the id of the caller's own entry in the register."""
    return str(caller.ask(POSTS)["me"]["staff"]["id"])


def give(admin: Caller, person: Caller, unit: str, role: str) -> str:
    """Give a person a post and tell its id."""
    place = admin.ask("query($code: String!) { unit(code: $code) { id } }", code=unit)["unit"]["id"]
    post = admin.do("assignRole", "roleAssignment { id }", staffId=me(person), unitId=place, roleCode=role)
    return str(post["id"])


def nexts(error: dict[str, Any]) -> list[str]:
    return [step["mutation"] for step in error["lawfulNext"]]


@pytest.mark.rule("ZZ-6-7")
def test_zaozhuang_a_part_is_claimed_by_name_before_it_is_handled(stack: Stack) -> None:
    """S-ZZ-10: handling of the unclaimed leg is blocked, with the rule that blocks it."""
    stack.at("2024-09-11 09:30")
    specialist, department = stack.staff("zaozhuang-specialist-1"), stack.staff("zaozhuang-chief-rep-1")
    case = ask_for(specialist, "3704", "ASSIST", ITEM, applicant={"subjectType": "NATURAL_PERSON", "name": "孙某"})
    specialist.case("respondCase", case, channel="WINDOW", content="已说明")
    leg = specialist.do(
        "openLeg", "leg { id }", caseId=case, type="CROSS_DEPARTMENT", toUnitCode="3704-SCJG", task="核名"
    )["id"]
    refused = guards(department.refused("completeLeg", "leg { id }", legId=leg, result="已核名"))
    claimed = refused["EACH_LEG_CLAIMED"]
    assert (claimed["code"], claimed["rule"]["id"], nexts(claimed)) == ("GUARD_REFUSED", "ZZ-6-7", ["takeLeg"])
    assert claimed["rule"]["article"]
    department.do("takeLeg", "leg { state }", legId=leg)
    assert department.do("completeLeg", "leg { state }", legId=leg, result="已核名") == {"state": "DONE"}


@pytest.mark.rule("ZZ-2-5")
def test_zaozhuang_no_department_handles_its_part_without_a_lead(stack: Stack) -> None:
    without_item(stack, "zaozhuang-specialist-1", "3704", "zaozhuang-chief-rep-1", "ZZ-2-5")


@pytest.mark.rule("PX-B-2.1-3")
def test_pingxiang_no_department_handles_its_part_without_a_lead(stack: Stack) -> None:
    without_item(stack, "pingxiang-specialist-1", "360302", "pingxiang-dept-helper-1", "PX-B-2.1-3")


def without_item(stack: Stack, asked: str, unit: str, department: str, rule: str) -> None:
    """Let a department try to take its part of a case that names no item."""
    stack.at("2024-09-11 10:00")
    specialist, taker = stack.staff(asked), stack.staff(department)
    case = specialist.do(
        "createRequest", "case { id }", unitCode=unit, serviceKind="ASSIST", channel="WINDOW", text="想开个店",
        applicant={"subjectType": "NATURAL_PERSON", "name": "吴某"},
    )["id"]  # fmt: skip
    specialist.case("respondCase", case, channel="WINDOW", content="已说明")
    leg = specialist.do(
        "openLeg", "leg { id }", caseId=case, type="CROSS_DEPARTMENT", toUnitCode=f"{unit}-SCJG", task="核名"
    )["id"]
    refused = guards(taker.refused("takeLeg", "leg { id }", legId=leg))
    assert list(refused) == ["LEAD_DEPARTMENT_NAMED"]
    assert (refused["LEAD_DEPARTMENT_NAMED"]["code"], refused["LEAD_DEPARTMENT_NAMED"]["rule"]["id"]) == (
        "GUARD_REFUSED", rule,
    )  # fmt: skip
    assert nexts(refused["LEAD_DEPARTMENT_NAMED"]) == ["returnLeg"]
    back = taker.do("returnLeg", "leg { state closeReasonZh }", legId=leg, reason="未明确事项")
    assert back == {"state": "RETURNED", "closeReasonZh": "未明确事项"}


@pytest.mark.rule("PX-B-3.3-3")
def test_pingxiang_a_matter_that_climbs_needs_no_lead_department(stack: Stack) -> None:
    """The lead is asked of matters of several departments; a township that carries papers up is none."""
    stack.at("2024-09-11 10:30")
    township, county = stack.staff("pingxiang-township-specialist-1"), stack.staff("pingxiang-specialist-1")
    case = township.do(
        "createRequest", "case { id }", unitCode="360302001", serviceKind="ASSIST", channel="WINDOW", text="代跑手续",
        applicant={"subjectType": "NATURAL_PERSON", "name": "郑某"},
    )["id"]  # fmt: skip
    township.case("respondCase", case, channel="WINDOW", content="已说明")
    leg = township.do("openLeg", "leg { id }", caseId=case, type="TOWNSHIP_UP", toUnitCode="360302", task="代办手续")
    assert county.do("takeLeg", "leg { state }", legId=leg["id"]) == {"state": "IN_HAND"}


@pytest.mark.rule("CH-3.1-3")
def test_chaonan_whoever_passes_a_matter_on_keeps_it_until_it_is_taken(stack: Stack) -> None:
    """S-CH-11: the station stays fallback owner until the other unit accepts."""
    stack.at("2024-09-11 11:00")
    village, manager = stack.staff("chaonan-village-helper-1"), stack.staff("chaonan-village-manager-1")
    district, town = stack.staff("chaonan-helper-1"), stack.staff("chaonan-township-manager-1")
    case = ask_for(village, "440514001001", "ASSIST", ITEM, applicant={"subjectType": "NATURAL_PERSON", "name": "冯某"})
    village.case("respondCase", case, channel="WINDOW", content="已说明")
    leg = village.do("openLeg", "leg { id }", caseId=case, type="UP_TIER", toUnitCode="440514", task="区级事项")["id"]
    manager.case("assignCase", case, unitCode="440514001")
    refused = guards(district.refused("takeLeg", "leg { id }", legId=leg))
    owner = refused["FALLBACK_OWNER_SET"]
    assert (owner["code"], owner["rule"]["id"]) == ("GUARD_REFUSED", "CH-3.1-3")
    assert nexts(owner) == ["assignCase", "returnLeg"]
    town.case("assignCase", case, unitCode="440514001001")
    assert district.do("takeLeg", "leg { state }", legId=leg) == {"state": "IN_HAND"}


@pytest.mark.rule("NX-A6-2")
def test_neixiang_nobody_leaves_a_post_with_matters_in_hand(stack: Stack) -> None:
    """NX-A6-2: whoever leaves hands over first; the refusal says what is left, and how it passes on."""
    stack.at("2024-09-11 14:30")
    admin, agent = stack.staff("neixiang-admin-1"), stack.staff("neixiang-agent-1")
    leaver, leader = stack.staff("neixiang-township-supervisor-1"), stack.staff("neixiang-leader-1")
    post = give(admin, leaver, TOWNSHIP, "grassroots_agent")
    give(admin, leader, "411325", "department_leader")
    stack.at("2024-09-11 14:31")
    case = ask_for(leaver, TOWNSHIP, "AGENCY", ITEM, applicant={"subjectType": "NATURAL_PERSON", "name": "陈某"})
    leaver.case("respondCase", case, channel="WINDOW", content="已说明")
    leaver.case("acceptCase", case)
    number = leaver.ask("query($id: ID!) { case(id: $id) { caseNo } }", id=case)["case"]["caseNo"]
    (refused,) = admin.refused("endRole", "roleAssignment { id }", roleAssignmentId=post, reason="轮岗")
    assert (refused["code"], refused["guard"]) == ("GUARD_REFUSED", "HANDOVER_ACCEPTED")
    assert refused["rule"]["id"] == "NX-A6-2"
    assert number in refused["messageZh"]
    assert nexts(refused) == ["startHandover", "assignCase"]
    leader.case("assignCase", case, staffId=me(agent))
    ended = admin.do("endRole", "roleAssignment { validTo }", roleAssignmentId=post, reason="轮岗")
    assert ended["validTo"] == "2024-09-11T14:31:00+08:00"
    assert state(agent, case) == "ACCEPTED"


def test_a_city_whose_text_is_silent_refuses_too_and_says_it_is_the_default(stack: Stack) -> None:
    stack.at("2024-09-11 15:00")
    admin, helper, chief = stack.staff("taian-admin-1"), stack.staff("taian-helper-1"), stack.staff("taian-chief-1")
    liaison = stack.staff("taian-liaison-1")
    post = give(admin, liaison, "370902", "helper")
    stack.at("2024-09-11 15:01")
    case = ask_for(liaison, "370902", "ASSIST", ITEM, applicant={"subjectType": "NATURAL_PERSON", "name": "褚某"})
    chief.case("assignCase", case, staffId=me(liaison))
    (refused,) = admin.refused("endRole", "roleAssignment { id }", roleAssignmentId=post, reason="轮岗")
    assert (refused["guard"], refused["rule"]) == ("HANDOVER_ACCEPTED", None), "a default of the platform, not a rule"
    chief.case("assignCase", case, staffId=me(helper))
    assert (
        admin.do("endRole", "roleAssignment { endReason }", roleAssignmentId=post, reason="轮岗")["endReason"] == "轮岗"
    )
