"""Training through the API: a plan, what was held under it, what came of it, and who was commended for it."""

from typing import Any

import pytest

from tests.stories.stack import Caller, Stack
from tests.stories.test_office_gates import me
from tests.stories.test_registration import place, somebody

PLAN = "plan { id titleZh topics openTopics unit { code } rules { id } }"
SESSION = "session { id topicZh methodZh roleCodes tiers plan { id } unit { code } }"
RESULT = "result { id attended evaluationZh score passed staff { id } session { id topicZh } }"
PRAISE = "commendation { id titleZh reasonZh rewardZh staff { id } unit { code } result { id } }"
PLANS = (
    "query($unit: ID) { trainingPlans(first: 10, filter: {unit: {eq: $unit}}) { nodes { id titleZh openTopics"
    " sessions(first: 5) { totalCount nodes { id topicZh results(first: 10) { nodes { id score staff { id } } } } } } } }"
)
SESSIONS = "{ trainingSessions(first: 50) { nodes { id topicZh results(first: 20) { nodes { id } } } } }"
RECORD = "query($f: TrainingResultFilter) { trainingResults(first: 50, filter: $f) { nodes { id score session { topicZh } } } }"
PRAISES = "query($f: CommendationFilter) { commendations(first: 50, filter: $f) { nodes { id titleZh } } }"
SKILLS = "query($unit: String) { skills(unitCode: $unit) { topicZh passes staff { id } } }"
YEAR = {"startsOn": "2024-01-01", "endsOn": "2024-12-31"}
COUNTY, TOPICS = "370902", ["专业知识", "标准规范", "服务礼仪"]


def plan(caller: Caller, unit: str, topics: list[str], **more: Any) -> dict[str, Any]:
    """Make a plan for a unit."""
    given = {
        "titleZh": "年度培训计划",
        "groundsZh": "在岗12人，新任4人，业务能力参差",
        "topics": topics,
        **YEAR,
        **more,
    }
    return caller.do("planTraining", PLAN, unitId=place(caller, unit), **given)


def session(caller: Caller, unit: str, topic: str, method: str, *roles: str, **more: Any) -> dict[str, Any]:
    """Record a training of a unit."""
    given = {"topicZh": topic, "methodZh": method, "roleCodes": list(roles), **more}
    return caller.do("holdSession", SESSION, unitId=place(caller, unit), **given)


def result(caller: Caller, session_id: str, staff: str, score: int, how: str, *, passed: bool = True) -> dict[str, Any]:
    """Record that somebody came and was measured."""
    given = {"attended": True, "evaluationZh": how, "score": score, "passed": passed}
    return caller.do("recordResult", RESULT, sessionId=session_id, staffId=staff, **given)


def record(caller: Caller, **narrowed: Any) -> set[str]:
    """Read whose results somebody sees."""
    return {each["id"] for each in caller.ask(RECORD, f=narrowed or None)["trainingResults"]["nodes"]}


@pytest.mark.rule("TA-23-2", "TA-23-3", "TA-23-4", "TA-23-5", "TA-23-6")
def test_taian_from_the_plan_to_the_commendation(stack: Stack) -> None:
    """A plan according to staffing and capability; trained by post and tier in the text's ways; measured; rewarded."""
    stack.at("2024-09-16 09:00")
    chief, liaison = stack.staff("taian-chief-1"), stack.staff("taian-liaison-1")
    helper, other = stack.staff("taian-helper-1"), stack.staff("taian-helper-2")
    unit = place(chief, COUNTY)
    asked = {"unitId": unit, "titleZh": "培训计划", "groundsZh": "在岗人员12名", "topics": TOPICS[:1], **YEAR}
    (refused,) = liaison.refused("planTraining", PLAN, **asked)
    assert refused["code"] == "FORBIDDEN", "a liaison records, and does not plan"
    (refused,) = chief.refused("planTraining", PLAN, **{**asked, "groundsZh": " "})
    assert (refused["code"], refused["path"], refused["rule"]["id"]) == ("INVALID_INPUT", ["groundsZh"], "TA-23-1")
    assert "TA-23-2" in {rule["id"] for rule in refused["rules"]}
    made = plan(chief, COUNTY, TOPICS[:2])
    assert (made["openTopics"], made["unit"]["code"]) == (TOPICS[2:], COUNTY)
    assert "TA-23-2" in {rule["id"] for rule in made["rules"]}

    stack.at("2024-09-17 15:00")
    held = {
        "unitId": unit,
        "planId": made["id"],
        "topicZh": "专业知识",
        "methodZh": "模拟演练",
        "roleCodes": ["helper"],
    }
    (refused,) = helper.refused("holdSession", SESSION, **held)
    assert refused["code"] == "FORBIDDEN"
    for wrong, path in (
        ({"methodZh": "看视频"}, ["methodZh"]),
        ({"topicZh": "服务礼仪"}, ["topicZh"]),
        ({"roleCodes": []}, ["roleCodes"]),
        ({"roleCodes": ["nobody"]}, ["roleCodes"]),
        ({"tiers": ["MOON"]}, ["tiers"]),
        ({"heldAt": "2031-01-01T09:00:00+08:00"}, ["heldAt"]),
    ):
        (refused,) = liaison.refused("holdSession", SESSION, **{**held, **wrong})
        assert (refused["code"], refused["path"]) == ("INVALID_INPUT", path)
    (refused,) = liaison.refused("holdSession", SESSION, **{**held, "methodZh": "看视频"})
    assert "案例分析" in refused["messageZh"]
    lesson = session(
        liaison, COUNTY, "专业知识", "模拟演练", "helper", "agent", planId=made["id"], trainerZh="市场监督管理局"
    )
    assert (lesson["roleCodes"], lesson["tiers"], lesson["plan"]["id"]) == (["helper", "agent"], ["COUNTY"], made["id"])

    who = me(helper)
    given = {
        "sessionId": lesson["id"], "staffId": who, "attended": True, "evaluationZh": "考试", "score": 92, "passed": True,
    }  # fmt: skip
    (refused,) = other.refused("recordResult", RESULT, **given)
    assert refused["code"] == "FORBIDDEN"
    for wrong, path in (
        ({"evaluationZh": "印象"}, ["evaluationZh"]),
        ({"score": None}, ["score"]),
        ({"score": 101}, ["score"]),
        ({"attended": False}, ["attended"]),
        ({"staffId": me(stack.staff("taian-intake-1"))}, ["staffId"]),
    ):
        (refused,) = liaison.refused("recordResult", RESULT, **{**given, **wrong})
        assert (refused["code"], refused["path"]) == ("INVALID_INPUT", path)
    done = result(liaison, lesson["id"], who, 92, "考试")
    assert (done["score"], done["evaluationZh"], done["passed"]) == (92, "考试", True)
    (refused,) = liaison.refused("recordResult", RESULT, **given)
    assert refused["code"] == "CONFLICT", "what was written down stays"
    assert (
        liaison.do("recordResult", RESULT, sessionId=lesson["id"], staffId=me(other), attended=False)["score"] is None
    )

    stack.at("2024-09-18 09:00")
    praise = {
        "staffId": who, "unitId": unit, "titleZh": "帮办代办标兵", "reasonZh": "考试成绩优异", "resultId": done["id"],
    }  # fmt: skip
    (refused,) = liaison.refused("commend", PRAISE, **praise)
    assert refused["code"] == "FORBIDDEN"
    (refused,) = chief.refused("commend", PRAISE, **{**praise, "staffId": me(chief), "resultId": None})
    assert refused["code"] == "SEPARATION_OF_DUTIES"
    (refused,) = chief.refused("commend", PRAISE, **{**praise, "staffId": me(other)})
    assert (refused["code"], refused["path"]) == ("INVALID_INPUT", ["resultId"])
    given_praise = chief.do("commend", PRAISE, rewardZh="通报表扬", **praise)
    assert (given_praise["staff"]["id"], given_praise["result"]["id"]) == (who, done["id"])

    (shown,) = [each for each in chief.ask(PLANS, unit=unit)["trainingPlans"]["nodes"] if each["id"] == made["id"]]
    assert (shown["sessions"]["totalCount"], len(shown["sessions"]["nodes"][0]["results"]["nodes"])) == (1, 2)
    check_told(stack)


def check_told(stack: Stack) -> None:
    """Look at what was told to the world: the rules of commendations, and no points."""
    rules = stack.sql("taian", "SELECT rules FROM outbox_event WHERE name = 'staff.commended'")
    assert all("TA-23-6" in row[0] for row in rules)
    ((told,),) = stack.sql("taian", "SELECT payload FROM outbox_event WHERE name = 'training.result_recorded' LIMIT 1")
    assert "score" not in told, "points are for those who may read them"


@pytest.mark.rule("TA-23-1", "TA-23-5")
def test_taian_who_is_able_to_do_what(stack: Stack) -> None:
    """The skills of everybody (一专多能): what was passed counts, what was failed does not."""
    stack.at("2024-09-18 10:00")
    liaison, agent = stack.staff("taian-liaison-1"), stack.staff("taian-agent-1")
    who = me(agent)
    for topic, how, passed in (("专业知识", "考试", True), ("标准规范", "工作实践", True), ("服务礼仪", "考核", False)):
        lesson = session(liaison, COUNTY, topic, "案例分析", "agent")
        result(liaison, lesson["id"], who, 80 if passed else 40, how, passed=passed)
    mine = {each["topicZh"]: each["passes"] for each in agent.ask(SKILLS)["skills"] if each["staff"]["id"] == who}
    assert mine == {"专业知识": 1, "标准规范": 1}
    seen = [each for each in liaison.ask(SKILLS, unit=COUNTY)["skills"] if each["staff"]["id"] == who]
    assert {each["topicZh"] for each in seen} == {"专业知识", "标准规范"}
    assert liaison.ask(SKILLS, unit="3709")["skills"] == []


def test_taian_a_training_record_is_for_the_person_and_for_who_answers_for_the_unit(stack: Stack) -> None:
    stack.at("2024-09-18 11:00")
    liaison, helper, other = (stack.staff(f"taian-{code}") for code in ("liaison-1", "helper-1", "helper-2"))
    lesson = session(liaison, COUNTY, "服务礼仪", "在线学习", "helper")["id"]
    own, others = (result(liaison, lesson, me(person), 75, "考核")["id"] for person in (helper, other))
    assert {own} <= record(helper)
    assert others not in record(helper)
    assert {own, others} <= record(liaison, session={"eq": lesson})
    assert record(liaison, staff={"eq": me(helper)}, session={"eq": lesson}) == {own}
    (shown,) = [each for each in helper.ask(SESSIONS)["trainingSessions"]["nodes"] if each["id"] == lesson]
    assert [each["id"] for each in shown["results"]["nodes"]] == [own], "colleagues see the training, not the points"
    for stranger in (stack.staff("taian-neighbour-chief-1"), stack.portal("taian-applicant-1")):
        assert record(stranger) == set()
        assert lesson not in {each["id"] for each in stranger.ask(SESSIONS)["trainingSessions"]["nodes"]}
        assert stranger.ask(PRAISES)["commendations"]["nodes"] == []
        assert stranger.ask("query($id: ID!) { node(id: $id) { id } }", id=own)["node"] is None
    (refused,) = stack.staff("taian-neighbour-chief-1").refused(
        "recordResult", RESULT, sessionId=lesson, staffId=me(other), attended=True
    )
    assert refused["code"] == "NOT_FOUND"
    assert stack.staff("taian-supervisor-1").ask(RECORD, f={"session": {"eq": lesson}})["trainingResults"]["nodes"]


def test_taian_nobody_records_his_own_result(stack: Stack) -> None:
    stack.at("2024-09-18 11:30")
    liaison = stack.staff("taian-liaison-1")
    lesson = session(liaison, COUNTY, "服务礼仪", "在线学习", "liaison")["id"]
    (refused,) = liaison.refused("recordResult", RESULT, sessionId=lesson, staffId=me(liaison), attended=True)
    assert refused["code"] == "SEPARATION_OF_DUTIES"


@pytest.mark.rule("ZZ-8-6")
def test_zaozhuang_a_department_trains_its_specialists(stack: Stack) -> None:
    stack.at("2024-09-18 14:00")
    rep, specialist = stack.staff("zaozhuang-chief-rep-1"), stack.staff("zaozhuang-dept-helper-1")
    lesson = session(rep, "3704-SCJG", "登记注册业务", "集中授课", "specialist")
    done = result(rep, lesson["id"], me(specialist), 88, "随堂测试")
    assert done["id"] in record(specialist), "a text without a list of ways leaves them open"
    stranger = somebody(stack, "3704-CL-chief_representative-1")
    (refused,) = stranger.refused(
        "holdSession", SESSION, unitId=place(stranger, "3704-SCJG"), topicZh="业务", methodZh="授课",
        roleCodes=["specialist"],
    )  # fmt: skip
    assert refused["code"] == "FORBIDDEN", "each department trains its own"
    told = stack.sql("zaozhuang", "SELECT rules FROM outbox_event WHERE name = 'training.held'")
    assert all(row[0] == ["ZZ-8-6"] for row in told)


@pytest.mark.rule("PX-A-4.1-4", "PX-B-5.2-2")
def test_pingxiang_bundles_and_specialists_are_trained(stack: Stack) -> None:
    """The text names what is trained: bundles, operation and language, the skill of specialists."""
    stack.at("2024-09-18 14:30")
    supervisor, specialist = stack.staff("pingxiang-supervisor-1"), stack.staff("pingxiang-city-specialist-1")
    bundles, skill = "“一件事一次办”业务", "“小萍帮办”专员业务技能"
    made = plan(supervisor, "3603", [bundles])
    assert made["openTopics"] == ["业务操作规范", "服务用语规范", skill]
    assert [rule["id"] for rule in made["rules"]] == ["PX-A-4.1-4", "PX-B-5.2-1", "PX-B-5.2-2"]
    session(supervisor, "3603", bundles, "集中授课", "specialist", "lead_department_officer", planId=made["id"])
    lesson = session(supervisor, "3603", skill, "集中授课", "specialist")
    done = result(supervisor, lesson["id"], me(specialist), 90, "测试")
    assert done["id"] in record(specialist)
    (refused,) = specialist.refused(
        "planTraining", PLAN, unitId=place(specialist, "3603"), titleZh="x", groundsZh="x", topics=["x"], **YEAR
    )
    assert refused["code"] == "FORBIDDEN"


@pytest.mark.rule("NX-6-2")
def test_neixiang_training_at_irregular_times(stack: Stack) -> None:
    """不定期: a training needs no plan and no interval, and nothing is late when none is held."""
    stack.at("2024-09-18 15:00")
    leader, helper = stack.staff("neixiang-leader-1"), stack.staff("neixiang-dept-helper-1")
    lesson = session(leader, "411325-SCJG", "日常业务培训", "集中授课", "dept_helper")
    assert lesson["plan"] is None
    stack.at("2025-08-20 15:00")
    again = session(leader, "411325-SCJG", "服务培训", "集中授课", "dept_helper")
    assert result(leader, again["id"], me(helper), 85, "测试")["id"] in record(helper)
    # Other stories' matters may have clocks of their own that such a leap starts; nobody's training has one.
    kinds = stack.sql("neixiang", "SELECT DISTINCT subject_kind FROM timer")
    assert {kind for (kind,) in kinds} <= {"case", "leg", "callback"}


@pytest.mark.rule("CH-4.2-2")
def test_chaonan_helpers_of_each_tier_are_trained(stack: Stack) -> None:
    stack.at("2024-09-18 15:30")
    manager, helper = stack.staff("chaonan-manager-1"), stack.staff("chaonan-helper-1")
    lesson = session(
        manager, "440514", "代办业务", "集中授课", "helper", "agent", tiers=["DISTRICT", "TOWNSHIP", "VILLAGE"]
    )
    assert lesson["tiers"] == ["DISTRICT", "TOWNSHIP", "VILLAGE"]
    assert result(manager, lesson["id"], me(helper), 95, "测试")["id"] in record(helper)
    (refused,) = helper.refused(
        "holdSession", SESSION, unitId=place(helper, "440514"), topicZh="x", methodZh="x", roleCodes=["helper"]
    )
    assert refused["code"] == "FORBIDDEN"
