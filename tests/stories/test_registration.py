"""Registration of staff: reported by the unit, confirmed by the body that the text names, and no powers before that."""

from typing import Any

import pytest

from authz.tokens import TokenKind
from tests.stories.stack import Caller, Stack
from tests.stories.test_office_gates import give, me
from tests.stories.test_staffing import CHANGE, LATER, finding, post, staffing
from tests.stories.walk import ask_for, profile

SHOWN = (
    "registration { id state reason fields { key value } checks { qualityZh met } register { code rule { id } }"
    " body { code } unit { code } staff { code } }"
)
LIST = (
    "query($filter: RegistrationFilter) { staffRegistrations(first: 20, filter: $filter)"
    " { nodes { id state staff { code registration { id state } } } } }"
)
QUALITIES = ("觉悟高", "作风正", "业务精", "能力强")
SCOPE = [{"key": "business_scope", "value": "残疾人证办理"}]
PERSON = {"subjectType": "NATURAL_PERSON", "name": "郑某"}


def somebody(stack: Stack, code: str) -> Caller:
    """Come as somebody of Zaozhuang who has no name of his own in the stories."""
    return stack._caller(TokenKind.STAFF, code, tenant="zaozhuang")


def place(caller: Caller, code: str) -> str:
    """Tell the global id of a unit."""
    return str(caller.ask("query($code: String!) { unit(code: $code) { id } }", code=code)["unit"]["id"])


def checks(*unmet: str) -> list[dict[str, Any]]:
    """Say of each of the four qualities whether the person has it."""
    return [{"qualityZh": quality, "met": quality not in unmet} for quality in QUALITIES]


def mine(caller: Caller) -> list[dict[str, Any]]:
    """Read the registrations that somebody sees."""
    found: list[dict[str, Any]] = caller.ask(LIST)["staffRegistrations"]["nodes"]
    return found


@pytest.mark.rule("ZZ-3-1", "ZZ-3-2", "ZZ-F1-1", "ZZ-3-3")
def test_zaozhuang_a_second_specialist_acts_only_when_the_centre_confirmed(stack: Stack) -> None:
    """S-ZZ-01: short with one; the second waits for the Service Centre; the department cannot confirm its own report."""
    stack.at("2024-09-13 09:00")
    admin, centre = stack.staff("zaozhuang-admin-1"), stack.staff("zaozhuang-coordinator-1")
    supervisor, rep = stack.staff("zaozhuang-supervisor-1"), somebody(stack, "3704-CL-chief_representative-1")
    newcomer, colleague = stack.staff("zaozhuang-specialist-2"), somebody(stack, "3704-CL-specialist-1")
    # From then on the department would have one specialist.
    admin.do(
        "endRole", "roleAssignment { validTo }", reason="轮岗", endsAt=CHANGE,
        roleAssignmentId=post(stack, "zaozhuang", "3704-CL-coordination_specialist-1", "coordination_specialist"),
    )  # fmt: skip
    give(admin, newcomer, "3704-CL", "specialist")
    short = finding(staffing(centre, "3704-CL", asOf=LATER), "dept-specialists")
    assert (short["actual"], short["least"], short["verdict"], short["legalStatus"]) == (1, 2, "SHORT", "REGULATION")
    assert [(cure["kind"], cure["count"], cure["mutation"]) for cure in short["cures"]] == [
        ("CONFIRM_REGISTRATION", 1, "confirmStaffRegistration")
    ]

    case = ask_for(colleague, "3704-CL", "ASSIST", "CL-01", applicant=PERSON)
    colleague.case("respondCase", case, channel="WINDOW", content="已说明")
    notice = [{"key": spec.key, "value": "已告知"} for spec in profile("zaozhuang").form("one_time_notice").fields]
    colleague.case("issueNotice", case, parts=notice)
    (refused,) = newcomer.refused("acceptCase", "case { id }", caseId=case)
    assert (refused["code"], refused["rule"]["id"]) == ("FORBIDDEN", "ZZ-3-2")
    assert [step["mutation"] for step in refused["lawfulNext"]] == ["confirmStaffRegistration"]
    assert "登记备案" in refused["messageZh"]

    who, where = me(newcomer), place(rep, "3704-CL")
    form = {"staffId": who, "unitId": where, "fields": SCOPE, "checks": checks()}
    (refused,) = newcomer.refused("submitStaffRegistration", SHOWN, **form)
    assert refused["code"] == "FORBIDDEN"
    (refused,) = rep.refused("submitStaffRegistration", SHOWN, **{**form, "fields": []})
    assert (refused["code"], refused["path"], refused["rule"]["id"]) == ("INVALID_INPUT", ["fields"], "ZZ-3-2")
    assert "业务范围" in refused["messageZh"]
    (refused,) = rep.refused("submitStaffRegistration", SHOWN, **{**form, "checks": checks()[:3]})
    assert (refused["path"], refused["rules"][-1]["id"]) == (["checks"], "ZZ-4-9")
    found = rep.do("submitStaffRegistration", SHOWN, **form)
    assert (found["state"], found["body"]["code"], found["unit"]["code"]) == ("SUBMITTED", "3704", "3704-CL")
    assert (found["register"]["code"], found["fields"]) == ("specialist_register", SCOPE)
    (refused,) = rep.refused("submitStaffRegistration", SHOWN, **form)
    assert refused["code"] == "CONFLICT"

    key = found["id"]
    for nobody in (rep, supervisor):
        (refused,) = nobody.refused("confirmStaffRegistration", SHOWN, registrationId=key)
        assert (refused["code"], refused["rule"]["id"]) == ("SEPARATION_OF_DUTIES", "ZZ-3-2")
    (refused,) = colleague.refused("confirmStaffRegistration", SHOWN, registrationId=key)
    assert refused["code"] == "NOT_FOUND"
    assert newcomer.refused("acceptCase", "case { id }", caseId=case)
    assert centre.do("confirmStaffRegistration", SHOWN, registrationId=key)["state"] == "CONFIRMED"
    assert newcomer.case("acceptCase", case)["state"] == "ACCEPTED"
    assert finding(staffing(centre, "3704-CL", asOf=LATER), "dept-specialists")["verdict"] == "MET"

    (refused,) = rep.refused("cancelStaffRegistration", SHOWN, registrationId=key, reason="调离")
    assert refused["code"] == "SEPARATION_OF_DUTIES"
    (refused,) = centre.refused("cancelStaffRegistration", SHOWN, registrationId=key)
    assert refused["path"] == ["reason"]
    rep.case("assignCase", case, staffId=me(colleague))
    cancelled = centre.do("cancelStaffRegistration", SHOWN, registrationId=key, reason="调离")
    assert (cancelled["state"], cancelled["reason"]) == ("CANCELLED", "调离")
    assert newcomer.refused("createRequest", "case { id }", unitCode="3704-CL", serviceKind="ASSIST",
                            channel="WINDOW", text="请帮我办理", applicant=PERSON)[0]["rule"]["id"] == "ZZ-3-2"  # fmt: skip


@pytest.mark.rule("ZZ-3-2", "ZZ-3-3")
def test_zaozhuang_a_registration_is_returned_and_submitted_again(stack: Stack) -> None:
    stack.at("2024-09-13 10:00")
    admin, centre = stack.staff("zaozhuang-admin-1"), stack.staff("zaozhuang-coordinator-1")
    rep, newcomer = stack.staff("zaozhuang-chief-rep-1"), somebody(stack, "3704-CL-chief_representative-1")
    give(admin, newcomer, "3704-SCJG", "specialist")
    form = {"staffId": me(newcomer), "unitId": place(rep, "3704-SCJG"), "fields": SCOPE}
    first = rep.do("submitStaffRegistration", SHOWN, checks=checks("业务精"), **form)["id"]
    (refused,) = centre.refused("confirmStaffRegistration", SHOWN, registrationId=first)
    assert (refused["code"], "业务精" in refused["messageZh"]) == ("GUARD_REFUSED", True)
    (refused,) = rep.refused("returnStaffRegistration", SHOWN, registrationId=first, reason="请补充")
    assert refused["code"] == "SEPARATION_OF_DUTIES"
    returned = centre.do("returnStaffRegistration", SHOWN, registrationId=first, reason="业务尚不熟练")
    assert (returned["state"], returned["reason"]) == ("RETURNED", "业务尚不熟练")
    (refused,) = centre.refused("confirmStaffRegistration", SHOWN, registrationId=first)
    assert refused["code"] == "ILLEGAL_TRANSITION"
    second = rep.do("submitStaffRegistration", SHOWN, checks=checks(), **form)["id"]
    assert second != first
    shown = {each["id"]: each for each in mine(centre)}
    assert (shown[first]["state"], shown[second]["state"]) == ("RETURNED", "SUBMITTED")
    assert shown[first]["staff"]["registration"] == {"id": second, "state": "SUBMITTED"}
    waiting = centre.ask(LIST, filter={"state": {"eq": "SUBMITTED"}})["staffRegistrations"]["nodes"]
    assert second in {each["id"] for each in waiting}
    assert first not in {each["id"] for each in waiting}
    assert {each["id"] for each in mine(newcomer)} >= {first, second}, "the person sees his own"
    assert mine(stack.staff("zaozhuang-dept-helper-1")) == []
    assert mine(stack.portal("zaozhuang-applicant-1")) == []


@pytest.mark.rule("PX-B-5.1-7", "PX-B-5.1-9")
def test_pingxiang_registers_with_the_body_of_the_county_and_acts_meanwhile(stack: Stack) -> None:
    """S-PX-10: the management body of the county confirms; the text makes no power hang on it (Q32)."""
    stack.at("2024-09-13 11:00")
    admin = stack.staff("pingxiang-admin-1")
    hall = "360302001"
    manager = stack.staff("pingxiang-township-manager-1")
    helper = stack.staff("pingxiang-specialist-1")
    give(admin, helper, hall, "specialist")
    form = {"staffId": me(helper), "unitId": place(admin, hall)}
    found = manager.do("submitStaffRegistration", SHOWN, **form)
    assert (found["register"]["code"], found["body"]["code"]) == ("county_registration", "360302-GLJG")
    assert found["register"]["rule"]["id"] == "PX-B-5.1-7"
    assert any(path.endswith(f"{hall}.") for path in paths_of(helper)), "the powers of the post do not wait"
    (refused,) = manager.refused("confirmStaffRegistration", SHOWN, registrationId=found["id"])
    assert (refused["code"], refused["rule"]["id"]) == ("SEPARATION_OF_DUTIES", "PX-B-5.1-7")
    body = stack.staff("pingxiang-manager-1")
    assert body.do("confirmStaffRegistration", SHOWN, registrationId=found["id"])["state"] == "CONFIRMED"


def paths_of(caller: Caller) -> set[str]:
    """Name the units in which somebody has powers now."""
    return {held["unitPath"] for held in caller.ask("{ me { roles { unitPath } } }")["me"]["roles"]}
