"""Teams through the API: formed as the text knows them, joined from where it says, and judged like the staff of a unit."""

from typing import Any

import pytest

from tests.stories.stack import Caller, Stack
from tests.stories.test_office_gates import me
from tests.stories.test_registration import place

TEAM = "team { id nameZh subject dutiesZh kind { code nameZh rule { id } } unit { code } parent { id } }"
MEMBER = "member { id source joinedAt leftAt staff { id } }"
ENDED = "team { id disbandedAt members { id leftAt leaveReason } }"
TEAMS = (
    "query($f: TeamFilter) { teams(first: 50, filter: $f) { nodes { id subject members { staff { id } leftAt } } } }"
)
REPORT = (
    "query($unit: String, $below: Boolean) { teamReport(unitCode: $unit, below: $below) { code nameZh teamId subject"
    " unitCode least most actual others verdict legalStatus rules { id } sources { source count } } }"
)
DUTIES = "为重点项目提供全程帮办代办"
ZONES = ("SOCIAL_INSURANCE", "MEDICAL_INSURANCE", "REAL_ESTATE", "TAX", "HOUSING_FUND", "COMPREHENSIVE")


def form(caller: Caller, unit: str, code: str, **more: Any) -> dict[str, Any]:
    """Form a team in a unit."""
    return caller.do("formTeam", TEAM, unitId=place(caller, unit), code=code, **{"dutiesZh": DUTIES, **more})


def refused(caller: Caller, unit: str, code: str, **more: Any) -> dict[str, Any]:
    """Try to form a team that may not be."""
    given = {"dutiesZh": DUTIES, **more}
    (error,) = caller.refused("formTeam", TEAM, unitId=place(caller, unit), code=code, **given)
    return error


def report(caller: Caller, unit: str, code: str, *, below: bool = False) -> list[dict[str, Any]]:
    """Read the findings on one kind of team."""
    found = caller.ask(REPORT, unit=unit, below=below)["teamReport"]
    return [each for each in found if each["code"] == code]


def staff_ids(stack: Stack, city: str, prefix: str, count: int) -> list[str]:
    """Tell the global ids of some people of a unit whose codes begin alike."""
    from schema.ids import global_id

    query = "SELECT id FROM staff_member WHERE code LIKE %s ORDER BY code LIMIT %s"
    return [str(global_id("StaffMember", found)) for (found,) in stack.sql(city, query, f"{prefix}%", count)]


@pytest.mark.rule("TA-6-16", "TA-6-18")
def test_taian_the_three_key_teams_of_city_and_counties(stack: Stack) -> None:
    """At least five persons at city and county; the county's team hangs on the city's, and each says its duties."""
    stack.at("2024-09-19 09:00")
    city, county = stack.staff("taian-city-lead-1"), stack.staff("taian-lead-1")
    (missing,) = report(city, "3709", "THREE_KEY")
    assert (missing["teamId"], missing["actual"], missing["least"], missing["verdict"]) == (None, 0, 5, "SHORT")
    assert (missing["legalStatus"], missing["rules"][0]["id"]) == ("REGULATION", "TA-6-16")
    assert report(county, "370902001", "THREE_KEY") == [], "townships need none"
    above = form(city, "3709", "THREE_KEY")
    assert (above["kind"]["rule"]["id"], above["parent"], above["dutiesZh"]) == ("TA-6-16", None, DUTIES)
    assert refused(city, "3709", "THREE_KEY")["code"] == "CONFLICT"
    for who in staff_ids(stack, "taian", "3709-", 4):
        city.do("joinTeam", MEMBER, teamId=above["id"], staffId=who)
    (four,) = report(city, "3709", "THREE_KEY")
    assert (four["actual"], four["verdict"], four["teamId"]) == (4, "SHORT", above["id"])
    member = city.do("joinTeam", MEMBER, teamId=above["id"], staffId=me(city))
    (five,) = report(city, "3709", "THREE_KEY")
    assert (five["actual"], five["verdict"]) == (5, "MET")
    (again,) = city.refused("joinTeam", MEMBER, teamId=above["id"], staffId=me(city))
    assert again["code"] == "CONFLICT"

    assert refused(county, "370902", "THREE_KEY", dutiesZh=" ")["path"] == ["dutiesZh"]
    hidden = refused(county, "370902", "THREE_KEY", parentTeamId=above["id"])
    assert (hidden["code"], hidden["path"]) == ("NOT_FOUND", ["parentTeamId"]), (
        "the county does not see into the city's"
    )
    below = form(city, "370902", "THREE_KEY", parentTeamId=above["id"])
    assert below["parent"]["id"] == above["id"]
    wrong = refused(city, "370911", "THREE_KEY", parentTeamId=below["id"])
    assert (wrong["code"], wrong["path"]) == ("INVALID_INPUT", ["parentTeamId"])
    assert "TA-6-18" in {rule["id"] for rule in wrong["rules"]}

    stack.at("2024-09-19 10:00")
    (unsaid,) = city.refused("leaveTeam", MEMBER, memberId=member["id"], reason=" ")
    assert unsaid["path"] == ["reason"]
    left = city.do("leaveTeam", MEMBER, memberId=member["id"], reason="轮岗")
    assert left["leftAt"] is not None
    (short,) = report(city, "3709", "THREE_KEY")
    assert (short["actual"], short["verdict"]) == (4, "SHORT")
    assert city.refused("leaveTeam", MEMBER, memberId=member["id"], reason="轮岗")[0]["code"] == "CONFLICT"


@pytest.mark.rule("TA-12-10", "TA-12-13")
def test_taian_teams_that_serve_somebody(stack: Stack) -> None:
    """Professional and start-up teams one to one, a task force once for a project in the whole city, joint teams for a time."""
    stack.at("2024-09-19 11:00")
    city, county = stack.staff("taian-city-lead-1"), stack.staff("taian-chief-1")
    assert refused(county, "370902", "PROFESSIONAL")["path"] == ["subject"]
    team = form(county, "370902", "PROFESSIONAL", subject="某某智能装备投资项目", nameZh="智能装备项目服务团队")
    assert (team["subject"], team["nameZh"]) == ("某某智能装备投资项目", "智能装备项目服务团队")
    (found,) = report(county, "370902", "PROFESSIONAL")
    assert (found["verdict"], found["least"], found["legalStatus"]) == ("SHORT", 1, "OPERATIONAL"), (
        "no number in the text"
    )
    assert refused(county, "370902-SCJG", "PROFESSIONAL", subject="x")["code"] == "INVALID_INPUT"
    assert form(county, "370902", "HUI_CHUANGYE", subject="高校毕业生创业群体")["kind"]["rule"]["id"] == "TA-12-13"
    form(county, "370902", "PROJECT_TASK_FORCE", subject="产业园一期")
    twice = refused(city, "3709", "PROJECT_TASK_FORCE", subject="产业园一期")
    assert (twice["code"], twice["path"], twice["rule"]["id"]) == ("CONFLICT", ["subject"], "TA-12-11")
    joint = form(county, "370902", "TEMPORARY_JOINT", subject="某餐饮店开业联合服务")
    county.do("joinTeam", MEMBER, teamId=joint["id"], staffId=me(stack.staff("taian-dept-helper-1")))
    stack.at("2024-09-20 17:00")
    over = county.do("disbandTeam", ENDED, teamId=joint["id"], reason="服务完成")
    assert over["disbandedAt"] is not None
    assert [each["leaveReason"] for each in over["members"]] == ["服务完成"]
    assert county.refused("disbandTeam", ENDED, teamId=joint["id"], reason="x")[0]["code"] == "CONFLICT"
    assert form(county, "370902", "TEMPORARY_JOINT", subject="某餐饮店开业联合服务")["id"] != joint["id"]


@pytest.mark.rule("PX-B-5.1-2", "PX-B-5.1-3", "PX-B-5.1-4", "PX-B-5.1-5")
def test_pingxiang_six_zone_teams_of_two_to_four(stack: Stack) -> None:
    """Six teams at the city, two to four persons each, departments' staff and volunteers among them; counties may follow."""
    stack.at("2024-09-19 14:00")
    supervisor, volunteer = stack.staff("pingxiang-supervisor-1"), stack.staff("pingxiang-volunteer-1")
    found = supervisor.ask(REPORT, unit="3603", below=False)["teamReport"]
    assert [(each["code"], each["verdict"]) for each in found] == [(zone, "SHORT") for zone in ZONES]
    assert all([rule["id"] for rule in each["rules"]] == ["PX-B-5.1-2", "PX-B-5.1-3"] for each in found)
    teams = {zone: form(supervisor, "3603", zone)["id"] for zone in ZONES}
    assert refused(supervisor, "360302", "TAX")["code"] == "INVALID_INPUT", "the six are the city's"

    def join(zone: str, staff: str) -> dict[str, Any]:
        return supervisor.do("joinTeam", MEMBER, teamId=teams[zone], staffId=staff)

    assert join("TAX", me(volunteer))["source"] == "VOLUNTEER"
    (one,) = report(supervisor, "3603", "TAX")
    assert (one["actual"], one["least"], one["most"], one["verdict"]) == (1, 2, 4, "SHORT")
    assert join("TAX", me(stack.staff("pingxiang-city-lead-officer-1")))["source"] == "DEPARTMENT"
    (two,) = report(supervisor, "3603", "TAX")
    assert (two["verdict"], two["legalStatus"], two["others"]) == ("MET", "REGULATION", 0)
    assert two["sources"] == [{"source": "DEPARTMENT", "count": 1}, {"source": "VOLUNTEER", "count": 1}]
    for staff in staff_ids(stack, "pingxiang", "3603-specialist", 3):
        join("TAX", staff)
    (five,) = report(supervisor, "3603", "TAX")
    assert (five["actual"], five["verdict"]) == (5, "OVER"), "more is information, never a breach"
    case = volunteer.do(
        "createRequest", "case { id }", unitCode="3603", serviceKind="ASSIST", channel="WINDOW", text="想开个店",
        applicant={"subjectType": "NATURAL_PERSON", "name": "赵某"},
    )["id"]  # fmt: skip
    volunteer.case("respondCase", case, channel="WINDOW", content="已说明")
    (beyond,) = volunteer.refused("acceptCase", "case { id }", caseId=case)
    assert beyond["code"] == "NOT_FOUND", "a volunteer takes requests and answers, and a team gives no powers beyond"
    mine = {each["id"] for each in volunteer.ask(TEAMS)["teams"]["nodes"]}
    assert teams["TAX"] in mine

    assert report(supervisor, "360302", "COUNTY_TEAMS") == [], "counties may follow, and lack nothing if they do not"
    form(supervisor, "360302", "COUNTY_TEAMS", subject="社保")
    form(supervisor, "360302", "COUNTY_TEAMS", subject="医保")
    followed = report(supervisor, "360302", "COUNTY_TEAMS")
    assert [(each["subject"], each["verdict"], each["legalStatus"]) for each in followed] == [
        ("医保", "ADVISORY", "OPERATIONAL"), ("社保", "ADVISORY", "OPERATIONAL"),
    ]  # fmt: skip


def test_who_may_manage_teams_and_who_may_see_them(stack: Stack) -> None:
    stack.at("2024-09-19 16:00")
    rep, helper, neighbour = (
        stack.staff(f"taian-{code}") for code in ("chief-rep-1", "dept-helper-1", "neighbour-chief-1")
    )
    team = form(rep, "370902-SCJG", "HUI_CHUANGYE", subject="早市创业者")
    assert refused(helper, "370902-SCJG", "HUI_CHUANGYE", subject="夜市创业者")["code"] == "FORBIDDEN"
    assert refused(rep, "370902", "HUI_CHUANGYE", subject="x")["code"] == "FORBIDDEN", "only in the own department"
    member = rep.do("joinTeam", MEMBER, teamId=team["id"], staffId=me(helper))
    for mutation, selection, given in (
        ("joinTeam", MEMBER, {"teamId": team["id"], "staffId": me(rep)}),
        ("leaveTeam", MEMBER, {"memberId": member["id"], "reason": "x"}),
        ("disbandTeam", ENDED, {"teamId": team["id"], "reason": "x"}),
    ):
        assert helper.refused(mutation, selection, **given)[0]["code"] == "FORBIDDEN"
        assert neighbour.refused(mutation, selection, **given)[0]["code"] == "NOT_FOUND"
    subject = {"subject": {"eq": "早市创业者"}}
    assert [each["id"] for each in helper.ask(TEAMS, f=subject)["teams"]["nodes"]] == [team["id"]]
    for stranger in (neighbour, stack.portal("taian-applicant-1")):
        assert stranger.ask(TEAMS, f=subject)["teams"]["nodes"] == []
    assert stack.portal("taian-applicant-1").ask(REPORT)["teamReport"] == []
    unknown = refused(stack.staff("chaonan-manager-1"), "440514", "THREE_KEY")
    assert (unknown["code"], unknown["path"]) == ("INVALID_INPUT", ["code"]), "the text of Chaonan knows no teams"
