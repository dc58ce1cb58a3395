"""The staffing duty through the API: what is short by which rule, who may know it, and what a planned end will leave."""

from typing import Any

import pytest

from schema.ids import global_id
from tests.stories.stack import Caller, Stack
from tests.stories.test_office_gates import me

REPORT = (
    "query($code: String, $below: Boolean, $verdicts: [StaffingVerdict!], $asOf: DateTime) {"
    " staffing(unitCode: $code, below: $below, verdicts: $verdicts, asOf: $asOf) { asOf units totals { verdict count }"
    " findings { requirement aspect roleCode unitCode headcount least most advised actual verdict legalStatus"
    " rules { id article } cures { kind count isAdvice mutation textZh } } } }"
)
LATER = "2026-07-01T09:00:00+08:00"
CHANGE = "2026-06-30T17:00:00+08:00"


def staffing(caller: Caller, code: str | None = None, *, below: bool = False, **more: Any) -> dict[str, Any]:
    """Read the report of a unit."""
    found: dict[str, Any] = caller.ask(REPORT, code=code, below=below, **more)["staffing"]
    return found


def finding(
    report: dict[str, Any], requirement: str, role: str | None = None, aspect: str = "NUMBER"
) -> dict[str, Any]:
    """Pick one finding of one unit."""
    (found,) = [
        each
        for each in report["findings"]
        if (each["requirement"], each["aspect"]) == (requirement, aspect) and role in (None, each["roleCode"])
    ]
    return dict(found)


def rules(found: dict[str, Any]) -> list[str]:
    return [rule["id"] for rule in found["rules"]]


def post(stack: Stack, city: str, staff: str, role: str) -> str:
    """Tell the global id of somebody's post."""
    query = (
        "SELECT r.id FROM role_assignment r JOIN staff_member s ON s.tenant_id = r.tenant_id AND s.id = r.staff_id"
        " WHERE s.code = %s AND r.role_code = %s"
    )
    ((found,),) = stack.sql(city, query, staff, role)
    return str(global_id("RoleAssignment", found))


def end_later(stack: Stack, admin: Caller, staff: str, role: str) -> None:
    """Plan the end of somebody's post."""
    target = post(stack, "taian", staff, role)
    admin.do("endRole", "roleAssignment { validTo }", roleAssignmentId=target, reason="轮岗", endsAt=CHANGE)


@pytest.mark.rule("TA-6-0", "TA-6-5", "TA-6-6", "TA-6-7")
def test_taian_every_window_is_judged_by_its_band(stack: Stack) -> None:
    """S-TA-08: no breach is reported for exactly 3 or exactly 10 persons as long as the lower band is met."""
    stack.at("2024-09-12 09:00")
    report = staffing(stack.staff("taian-supervisor-1"), "3709", below=True)
    windows = {each["headcount"]: each for each in report["findings"] if each["requirement"] == "city-window-bands"}
    assert {size: (windows[size]["actual"], windows[size]["verdict"]) for size in (2, 3, 4, 9, 10, 11, 12)} == {
        2: (1, "MET"),
        3: (1, "UNDEFINED"),
        4: (1, "SHORT"),
        9: (2, "MET"),
        10: (2, "UNDEFINED"),
        11: (2, "SHORT"),
        12: (5, "OVER"),
    }
    ten, eleven = windows[10], windows[11]
    assert (ten["least"], ten["most"], ten["advised"], ten["legalStatus"]) == (2, None, 3, "OPERATIONAL")
    assert [(cure["kind"], cure["count"], cure["isAdvice"]) for cure in ten["cures"]] == [("APPOINT", 1, True)]
    assert (eleven["least"], eleven["most"], eleven["legalStatus"]) == (3, 4, "REGULATION")
    assert (rules(eleven), eleven["rules"][0]["article"]) == (["TA-6-7"], "Art.6(1)")
    (cure,) = eleven["cures"]
    assert (cure["mutation"], cure["isAdvice"]) == ("assignRole", False)
    assert cure["textZh"] == "增配1名兼职帮办代办员（兼职）。"
    assert windows[12]["cures"] == []


@pytest.mark.rule("TA-6-3", "TA-6-20", "TA-6-2", "TA-6-1")
def test_taian_a_planned_end_is_forecast(stack: Stack) -> None:
    """S-TA-10: liaisons 4 of 5; a chief helper of a township who is not the head of the centre."""
    stack.at("2024-09-12 09:10")
    admin, supervisor = stack.staff("taian-admin-1"), stack.staff("taian-supervisor-1")
    end_later(stack, admin, "3709-liaison-2", "liaison")
    end_later(stack, admin, "taian-township-chief-1", "chief_helper")
    place = admin.ask('{ unit(code: "370902001") { id } }')["unit"]["id"]
    admin.do(
        "assignRole", "roleAssignment { id }", staffId=me(stack.staff("taian-township-helper-1")), unitId=place,
        roleCode="chief_helper", validFrom=CHANGE,
    )  # fmt: skip
    now, later = staffing(supervisor, "3709"), staffing(supervisor, "3709", asOf=LATER)
    assert (now["units"], finding(now, "city-liaison")["verdict"]) == (1, "MET")
    short = finding(later, "city-liaison")
    assert (short["actual"], short["least"], short["verdict"], rules(short)) == (4, 5, "SHORT", ["TA-6-3"])
    assert finding(later, "city-lead")["verdict"] == finding(later, "city-chief")["verdict"] == "MET"
    assert later["asOf"] == LATER

    town, then = staffing(supervisor, "370902001"), staffing(supervisor, "370902001", asOf=LATER)
    assert finding(town, "township-chief", aspect="POST")["verdict"] == "MET"
    assert finding(then, "township-chief")["verdict"] == "MET"
    head = finding(then, "township-chief", aspect="POST")
    assert (head["verdict"], rules(head)) == ("NOT_MET", ["TA-6-20"])
    assert head["cures"][0]["kind"] == "APPOINT_POST_HOLDER"
    before = staffing(supervisor, "3709", asOf="2001-01-01T00:00:00+08:00")
    assert finding(before, "city-lead")["actual"] == 0, "history is the same question about the past"


@pytest.mark.rule("ZZ-3-1", "ZZ-F1-2")
def test_zaozhuang_a_department_with_one_specialist_is_short(stack: Stack) -> None:
    """S-ZZ-01, S-ZZ-02: the body wants two, the remark wants both positions."""
    stack.at("2024-09-12 09:20")
    supervisor = stack.staff("zaozhuang-supervisor-1")
    report = staffing(supervisor, "3704-CL")
    number = finding(report, "dept-specialists")
    position = finding(report, "dept-positions", "coordination_specialist")
    assert (number["least"], number["most"]) == (2, None)
    assert "ZZ-3-1" in rules(number)
    assert rules(position) == ["ZZ-F1-2"]
    everywhere = staffing(supervisor)
    assert {each["requirement"] for each in everywhere["findings"]} == {"dept-specialists", "dept-positions"}


@pytest.mark.rule("PX-B-5.1-8", "PX-B-5.1-6")
def test_pingxiang_departments_have_one_or_two_and_halls_what_they_need(stack: Stack) -> None:
    """S-PX-10: a department with three specialists is over, a township hall with one is as it should be."""
    stack.at("2024-09-12 09:30")
    admin, supervisor = stack.staff("pingxiang-admin-1"), stack.staff("pingxiang-supervisor-1")
    desk = "360302-SCJG"
    place = admin.ask("query($code: String!) { unit(code: $code) { id } }", code=desk)["unit"]["id"]
    missing = 3 - finding(staffing(supervisor, desk), "dept-specialists")["actual"]
    for number in range(missing):
        newcomer = me(stack.staff(f"pingxiang-specialist-{number + 1}"))
        admin.do(
            "assignRole", "roleAssignment { id }", staffId=newcomer, unitId=place, roleCode="dept_specialist",
            validFrom=CHANGE,
        )  # fmt: skip
    over = finding(staffing(supervisor, desk, asOf=LATER), "dept-specialists")
    assert (over["actual"], over["most"], over["verdict"], over["cures"]) == (3, 2, "OVER", [])
    halls = [each for each in staffing(supervisor)["findings"] if each["requirement"] == "other-specialists"]
    assert "MET" in {each["verdict"] for each in halls if each["actual"] == 1}
    assert {each["legalStatus"] for each in halls} == {"OPERATIONAL"}


@pytest.mark.rule("TA-6-13", "TA-21-1")
def test_everybody_sees_the_units_that_he_answers_for(stack: Stack) -> None:
    stack.at("2024-09-12 09:40")
    whole = staffing(stack.staff("taian-supervisor-1"))
    county = staffing(stack.staff("taian-chief-1"))
    assert {each["unitCode"][:6] for each in county["findings"]} == {"370902"}
    assert 0 < county["units"] < whole["units"]
    for nobody in ("taian-helper-1", "zaozhuang-specialist-1"):
        assert staffing(stack.staff(nobody))["units"] == 0
    assert staffing(stack.portal("taian-applicant-1"))["units"] == 0
    foreign = stack.staff("taian-chief-1").post(REPORT, {"code": "370911"}).json()
    assert foreign["errors"][0]["extensions"]["code"] == "NOT_FOUND"


def test_a_report_lists_what_is_asked_for_and_counts_everything(stack: Stack) -> None:
    stack.at("2024-09-12 09:50")
    supervisor = stack.staff("taian-supervisor-1")
    whole, short = staffing(supervisor), staffing(supervisor, verdicts=["SHORT", "NOT_MET"])
    assert {each["verdict"] for each in short["findings"]} == {"SHORT"}
    assert short["totals"] == whole["totals"]
    assert sum(total["count"] for total in whole["totals"]) == len(whole["findings"])
    paths = [each["unitCode"] for each in whole["findings"]]
    assert len(paths) > 100
