"""Assessment through the API: by adopted measures, never of oneself, and changing a post by a recorded decision only."""

from typing import Any

import pytest

from authz.tokens import TokenKind
from tests.stories.stack import Caller, Stack
from tests.stories.test_office_gates import ITEM, TOWNSHIP, give, me
from tests.stories.test_registration import place
from tests.stories.test_staffing import post
from tests.stories.walk import ask_for

SCHEME = "scheme { id kind titleZh criteria { nameZh points } ground { nameZh rule { id } } unit { code } }"
ASSESSMENT = (
    "assessment { id kind score scoreOf remarkZh scores { nameZh score of } caseIds rules { id } staff { id }"
    " assessor { id } decision { id } }"
)
DECISION = (
    "decision { id outcome reason decidedBy { id } endedPost { id validTo endReason } newPost { id roleCode }"
    " assessment { id decision { id } } }"
)
LIST = "query($f: AssessmentFilter) { assessments(first: 50, filter: $f) { nodes { id score decision { outcome } } } }"
SCHEMES = "{ assessmentSchemes(first: 50) { nodes { id } } }"
POSTS = "{ me { roles { role unitPath } } }"
PERIOD = {"periodFrom": "2024-01-01", "periodTo": "2024-06-30"}
CRITERIA = [{"nameZh": "办理情况", "points": 60}, {"nameZh": "群众反馈情况", "points": 40}]
GOOD = [{"nameZh": "办理情况", "score": 55}, {"nameZh": "群众反馈情况", "score": 38}]
POOR = [{"nameZh": "办理情况", "score": 20}, {"nameZh": "群众反馈情况", "score": 12}]


def person(stack: Stack, city: str, code: str) -> Caller:
    """Come as somebody who has no name of his own in the stories."""
    return stack._caller(TokenKind.STAFF, code, tenant=city)


def adopt(caller: Caller, unit: str, kind: str, criteria: list[dict[str, Any]] = CRITERIA) -> str:
    """Adopt measures and give their id."""
    given = {"kind": kind, "titleZh": "帮办代办考核办法", "criteria": criteria}
    return str(caller.do("adoptAssessmentScheme", SCHEME, unitId=place(caller, unit), **given)["id"])


def asked(
    caller: Caller, scheme: str, staff: Caller, unit: str, scores: list[dict[str, Any]] = GOOD, **more: Any
) -> dict[str, Any]:
    """Write the input of an assessment."""
    return {"schemeId": scheme, "staffId": me(staff), "unitId": place(caller, unit), "scores": scores, **PERIOD, **more}


def listed(caller: Caller, staff: str) -> list[str]:
    """List the assessments of somebody that a caller sees."""
    return [each["id"] for each in caller.ask(LIST, f={"staff": {"eq": staff}})["assessments"]["nodes"]]


@pytest.mark.rule("NX-6-5", "NX-A5.5-3")
def test_neixiang_special_assessment_by_a_service_supervisor(stack: Stack) -> None:
    """S-NX-13: a department's supervisor assesses a township agent, and no case that he handled himself."""
    stack.at("2024-09-23 09:00")
    county, admin = stack.staff("neixiang-supervisor-1"), stack.staff("neixiang-admin-1")
    supervisor, agent = person(stack, "neixiang", "411325-RLSB-service_supervisor-1"), stack.staff("neixiang-agent-1")
    scheme = adopt(county, "411325", "SPECIAL")
    given = asked(supervisor, scheme, agent, TOWNSHIP)
    done = supervisor.do("recordAssessment", ASSESSMENT, remarkZh="办件规范", **given)
    assert (done["score"], done["scoreOf"], done["remarkZh"], done["kind"]) == (93, 100, "办件规范", "SPECIAL")
    assert {"NX-6-5", "NX-A5.5-3"} <= {rule["id"] for rule in done["rules"]}
    assert done["decision"] is None
    for nobody, code in ((county, "FORBIDDEN"), (agent, "FORBIDDEN"), (stack.staff("neixiang-leader-1"), "FORBIDDEN")):
        (refused,) = nobody.refused("recordAssessment", ASSESSMENT, **asked(nobody, scheme, agent, TOWNSHIP))
        assert (refused["code"], refused["rule"]["id"]) == (code, "NX-6-5"), "the text gives it to service supervisors"
    (refused,) = supervisor.refused(
        "recordAssessment", ASSESSMENT, **asked(supervisor, scheme, stack.staff("neixiang-leader-1"), "411325-SCJG")
    )
    assert (refused["code"], refused["path"], refused["rule"]["id"]) == ("INVALID_INPUT", ["staffId"], "NX-6-5")

    case = ask_for(agent, TOWNSHIP, "AGENCY", ITEM, applicant={"subjectType": "NATURAL_PERSON", "name": "冯某"})
    agent.case("respondCase", case, channel="WINDOW", content="已说明")
    (hidden,) = supervisor.refused("recordAssessment", ASSESSMENT, **{**given, "caseIds": [case]})
    assert (hidden["code"], hidden["path"]) == ("NOT_FOUND", ["caseIds"]), "what he does not see he cannot examine"
    seat = give(admin, supervisor, TOWNSHIP, "grassroots_agent")
    own = ask_for(supervisor, TOWNSHIP, "AGENCY", ITEM, applicant={"subjectType": "NATURAL_PERSON", "name": "褚某"})
    supervisor.case("respondCase", own, channel="WINDOW", content="已说明")
    (barred,) = supervisor.refused("recordAssessment", ASSESSMENT, **{**given, "caseIds": [own]})
    assert (barred["code"], barred["path"], barred["rule"]["id"]) == ("SEPARATION_OF_DUTIES", ["caseIds"], "NX-6-5")
    examined = supervisor.do("recordAssessment", ASSESSMENT, **{**given, "caseIds": [case]})
    assert examined["caseIds"] == [case]
    (barred,) = supervisor.refused("recordAssessment", ASSESSMENT, **asked(supervisor, scheme, supervisor, TOWNSHIP))
    assert (barred["code"], barred["path"]) == ("SEPARATION_OF_DUTIES", ["staffId"])
    assert seat


@pytest.mark.rule("NX-6-1", "NX-6-4")
def test_neixiang_measures_and_the_annual_assessment(stack: Stack) -> None:
    """培训方案和考核办法: the plan and the measures are made; how matters went and what people said is in each year's."""
    stack.at("2024-09-23 10:00")
    leader, county, helper = (stack.staff(f"neixiang-{code}") for code in ("leader-1", "supervisor-1", "dept-helper-2"))
    made = leader.do(
        "planTraining", "plan { id rules { id } }", unitId=place(leader, "411325-SCJG"), titleZh="“代办帮办”培训方案",
        groundsZh="帮办员1名", topics=["日常业务培训"], startsOn="2024-09-01", endsOn="2025-08-31",
    )  # fmt: skip
    assert [rule["id"] for rule in made["rules"]] == ["NX-6-1", "NX-6-2"]
    given = {"unitId": place(county, "411325"), "kind": "ANNUAL", "titleZh": "“代办帮办”考核办法"}
    (refused,) = leader.refused("adoptAssessmentScheme", SCHEME, criteria=CRITERIA, **given)
    assert refused["code"] == "FORBIDDEN"
    (refused,) = county.refused("adoptAssessmentScheme", SCHEME, criteria=CRITERIA[:1], **given)
    assert (refused["path"], refused["rule"]["id"]) == (["criteria"], "NX-6-4")
    assert "群众反馈情况" in refused["messageZh"]
    for wrong in ([], [*CRITERIA, CRITERIA[0]], [*CRITERIA, {"nameZh": "纪律", "points": 0}]):
        assert county.refused("adoptAssessmentScheme", SCHEME, criteria=wrong, **given)[0]["path"] == ["criteria"]
    (refused,) = county.refused("adoptAssessmentScheme", SCHEME, criteria=CRITERIA, **{**given, "kind": "GENERAL"})
    assert refused["path"] == ["kind"], "the text knows a special and an annual one"
    scheme = county.do("adoptAssessmentScheme", SCHEME, criteria=CRITERIA, **given)
    assert (scheme["criteria"], scheme["ground"]) == (CRITERIA, {"nameZh": "年度考核", "rule": {"id": "NX-6-4"}})
    assert scheme["id"] in {each["id"] for each in helper.ask(SCHEMES)["assessmentSchemes"]["nodes"]}, "known to all"
    ask = asked(county, scheme["id"], helper, "411325-RLSB")
    for wrong, path in (
        ({"scores": GOOD[:1]}, "scores"),
        ({"scores": [GOOD[0], {"nameZh": "群众反馈情况", "score": 41}]}, "scores"),
        ({"periodTo": "2031-01-01"}, "periodTo"),
        ({"unitId": place(county, TOWNSHIP)}, "staffId"),
    ):
        (refused,) = county.refused("recordAssessment", ASSESSMENT, **{**ask, **wrong})
        assert (refused["code"], refused["path"]) == ("INVALID_INPUT", [path])
    done = county.do("recordAssessment", ASSESSMENT, remarkZh="群众反馈良好", **ask)
    assert [each["score"] for each in done["scores"]] == [55, 38]
    ((kept,),) = stack.sql("neixiang", "SELECT remark_zh FROM assessment WHERE score = 93 AND kind = 'ANNUAL'")
    assert "群众".encode() not in bytes(kept), "what is said of a person is sealed"
    assert done["id"] in listed(helper, me(helper)), "the assessed sees it"
    assert listed(stack.staff("neixiang-dept-helper-1"), me(helper)) == []
    assert listed(leader, me(helper)) == [], "the leader of another department does not"
    assert done["id"] in listed(county, me(helper))


@pytest.mark.rule("NX-6-7", "NX-A6-2")
def test_neixiang_the_better_stay_by_a_recorded_decision(stack: Stack) -> None:
    """优胜劣汰: an assessment changes nothing, the decision on it ends the post, and not before the hands are empty."""
    stack.at("2024-09-24 09:00")
    county, admin, agent = (stack.staff(f"neixiang-{code}") for code in ("supervisor-1", "admin-1", "agent-1"))
    supervisor, weak = (
        stack.staff("neixiang-township-supervisor-1"),
        person(stack, "neixiang", "411325100002-Z1-grid_agent-1"),
    )
    leader = person(stack, "neixiang", "411325-RLSB-department_leader-1")
    seat = give(admin, weak, TOWNSHIP, "grassroots_agent")
    give(admin, leader, "411325", "department_leader")
    stack.at("2024-09-24 10:00")
    case = ask_for(weak, TOWNSHIP, "AGENCY", ITEM, applicant={"subjectType": "NATURAL_PERSON", "name": "卫某"})
    weak.case("respondCase", case, channel="WINDOW", content="已说明")
    weak.case("acceptCase", case)
    scheme = adopt(county, "411325", "SPECIAL")
    found = supervisor.do("recordAssessment", ASSESSMENT, **asked(supervisor, scheme, weak, TOWNSHIP, POOR))
    assert {"NX-6-5", "NX-6-7"} <= {rule["id"] for rule in found["rules"]}
    assert "grassroots_agent" in held(weak), "an assessment alone ends nothing"

    given = {"assessmentId": found["id"], "outcome": "END_POST", "reason": "考核不合格", "roleAssignmentId": seat}
    (refused,) = supervisor.refused("decideOnAssessment", DECISION, **given)
    assert refused["code"] == "FORBIDDEN", "who assesses does not decide"
    (refused,) = weak.refused("decideOnAssessment", DECISION, **given)
    assert refused["code"] == "FORBIDDEN"
    (refused,) = stack.staff("neixiang-dept-helper-1").refused("decideOnAssessment", DECISION, **given)
    assert refused["code"] == "NOT_FOUND"
    (refused,) = county.refused("decideOnAssessment", DECISION, **{**given, "reason": " "})
    assert (refused["path"], "NX-6-7" in {rule["id"] for rule in refused["rules"]}) == (["reason"], True)
    for wrong, path in (
        ({"roleAssignmentId": None}, "roleAssignmentId"),
        ({"outcome": "KEEP"}, "roleAssignmentId"),
        ({"roleCode": "grid_agent"}, "roleCode"),
        ({"roleAssignmentId": post(stack, "neixiang", "neixiang-agent-1", "grassroots_agent")}, "roleAssignmentId"),
    ):
        (refused,) = county.refused("decideOnAssessment", DECISION, **{**given, **wrong})
        assert (refused["code"], refused["path"]) == ("INVALID_INPUT", [path])
    (refused,) = county.refused("decideOnAssessment", DECISION, **given)
    assert (refused["guard"], refused["rule"]["id"]) == ("HANDOVER_ACCEPTED", "NX-A6-2"), "something is in hand"
    assert "grassroots_agent" in held(weak)
    leader.case("assignCase", case, staffId=me(agent))
    decided = county.do("decideOnAssessment", DECISION, **given)
    assert (decided["outcome"], decided["reason"], decided["decidedBy"]["id"]) == ("END_POST", "考核不合格", me(county))
    assert (decided["endedPost"]["id"], decided["endedPost"]["endReason"]) == (seat, "考核不合格")
    assert decided["assessment"]["decision"]["id"] == decided["id"]
    stack.at("2024-09-24 10:01")
    assert held(weak) == {"grid_agent"}
    (refused,) = county.refused(
        "decideOnAssessment", DECISION, **{**given, "outcome": "KEEP", "roleAssignmentId": None}
    )
    assert refused["code"] == "CONFLICT", "what was decided stays"
    ((told, rules),) = stack.sql(
        "neixiang", "SELECT payload, rules FROM outbox_event WHERE name = 'assessment.decided'"
    )
    assert (told["outcome"], "reason" in told, "NX-6-7" in rules) == ("END_POST", False, True)


def held(caller: Caller) -> set[str]:
    """Name the roles that somebody holds now."""
    return {each["role"] for each in caller.ask(POSTS)["me"]["roles"]}


def test_taian_assessment_and_a_change_of_post(stack: Stack) -> None:
    """The city assesses in a unified way; what follows for a post is decided by somebody else than the assessed."""
    stack.at("2024-09-24 14:00")
    city, admin = stack.staff("taian-supervisor-1"), stack.staff("taian-admin-1")
    helper, lead = person(stack, "taian", "370911-helper-1"), person(stack, "taian", "370911-unit_lead-1")
    scheme = adopt(city, "3709", "GENERAL")
    (refused,) = lead.refused("recordAssessment", ASSESSMENT, **asked(lead, scheme, helper, "370911"))
    assert refused["code"] == "FORBIDDEN", "the city's unit assesses the whole city"
    found = city.do("recordAssessment", ASSESSMENT, **asked(city, scheme, helper, "370911", POOR))
    assert found["id"] in listed(lead, me(helper)), "the lead decides, and so sees it"
    assert listed(stack.staff("taian-lead-1"), me(helper)) == []
    old = post(stack, "taian", "370911-helper-1", "helper")
    given = {"assessmentId": found["id"], "outcome": "CHANGE_POST", "reason": "更适合导服岗位", "roleAssignmentId": old}
    (refused,) = lead.refused("decideOnAssessment", DECISION, **given)
    assert refused["path"] == ["roleCode"]
    (refused,) = lead.refused("decideOnAssessment", DECISION, roleCode="nobody", **given)
    assert refused["path"] == ["roleCode"]
    done = lead.do("decideOnAssessment", DECISION, roleCode="guide", **given)
    assert (done["endedPost"]["id"], done["newPost"]["roleCode"]) == (old, "guide")
    stack.at("2024-09-24 14:01")
    assert held(helper) == {"guide"}

    theirs = city.do("recordAssessment", ASSESSMENT, **asked(city, scheme, lead, "370911"))["id"]
    (barred,) = lead.refused("decideOnAssessment", DECISION, assessmentId=theirs, outcome="KEEP", reason="称职")
    assert (barred["code"], barred["rule"]["id"]) == ("SEPARATION_OF_DUTIES", "TA-21-1")
    kept = admin.do("decideOnAssessment", DECISION, assessmentId=theirs, outcome="KEEP", reason="称职")
    assert (kept["endedPost"], kept["newPost"]) == (None, None)
    assert "unit_lead" in held(lead)


def test_an_assessment_is_for_few_eyes(stack: Stack) -> None:
    stack.at("2024-09-24 16:00")
    city, helper = stack.staff("taian-supervisor-1"), stack.staff("taian-helper-1")
    scheme = adopt(city, "3709", "GENERAL")
    found = city.do("recordAssessment", ASSESSMENT, **asked(city, scheme, helper, "370902"))["id"]
    node = "query($id: ID!) { node(id: $id) { ... on Assessment { score remarkZh } } }"
    assert helper.ask(node, id=found)["node"]["score"] == 93
    for stranger in (stack.staff("taian-helper-2"), stack.staff("taian-chief-1"), stack.portal("taian-applicant-1")):
        assert stranger.ask(node, id=found)["node"] is None
        assert listed(stranger, me(helper)) == []
    (refused,) = stack.staff("chaonan-manager-1").refused(
        "adoptAssessmentScheme", SCHEME, unitId=place(stack.staff("chaonan-manager-1"), "440514"), kind="GENERAL",
        titleZh="x", criteria=CRITERIA,
    )  # fmt: skip
    assert refused["code"] == "FORBIDDEN"
