"""Story 4: a village passes papers to its township; they change hands only when they are accepted (S-TA-23)."""

import pytest

from tests.stories.stack import Caller, Stack
from tests.stories.walk import ask_for, bring, requirements

VILLAGE, TOWNSHIP, ITEM = "370902001001", "370902001", "SCJG-01"
LEGS = "{ legs(first: 20, filter: {state: {eq: OPEN}}) { nodes { id taskZh fromUnit { code } } } }"
PAPERS = "query($id: ID!) { case(id: $id) { materials { id holderKind nameZh } } }"


@pytest.mark.rule("TA-6-25", "TA-10-5")
def test_papers_climb_from_the_village_to_the_township(stack: Stack) -> None:
    stack.at("2024-09-10 09:30")
    liaison, helper = stack.staff("taian-village-liaison-1"), stack.staff("taian-village-helper-1")
    township = stack.staff("taian-township-helper-1")
    applicant = {"subjectType": "NATURAL_PERSON", "name": "赵老汉", "phone": "15400001111"}
    case = ask_for(helper, VILLAGE, "ASSIST", ITEM, applicant=applicant)
    helper.case("respondCase", case, channel="WINDOW", content="村里不办此项,帮您转镇里")
    wanted = requirements(helper, ITEM)
    papers = [bring(helper, case, requirement, original=True) for requirement in wanted]

    leg = liaison.do(
        "openLeg", "leg { id state rules { id } transfers { id receivedAt } }",
        caseId=case, type="VILLAGE_UP", toUnitCode=TOWNSHIP, task="办理个体工商户登记", materialIds=papers,
    )  # fmt: skip
    assert leg["state"] == "OPEN"
    assert leg["rules"] == [{"id": "TA-6-25"}]
    assert leg["transfers"][0]["receivedAt"] is None
    charged = "SELECT DISTINCT u.code FROM material_item m JOIN org_unit u ON u.id = m.holder_id WHERE m.case_id = %s"
    holders = stack.sql("taian", charged, row_id(case))
    assert holders == [(VILLAGE,)], "until they are accepted the papers are charged to the village"

    waiting = township.ask(LEGS)["legs"]["nodes"]
    mine = next(found for found in waiting if found["id"] == leg["id"])
    assert mine["fromUnit"]["code"] == VILLAGE
    stranger = stack.staff("taian-neighbour-intake-1")
    assert stranger.refused("takeLeg", "leg { id }", legId=leg["id"])[0]["code"] == "NOT_FOUND"
    short = township.refused("takeLeg", "leg { id }", legId=leg["id"], arrived=papers[:-1])
    assert short[0]["path"] == ["discrepancy"], "a shortfall has to be explained"
    taken = township.do(
        "takeLeg", "leg { state claimedAt transfers { receivedAt discrepancyZh papers { arrived } } }",
        legId=leg["id"], arrived=papers[:-1], discrepancy="缺一份场所证明",
    )  # fmt: skip
    assert taken["state"] == "IN_HAND"
    assert [paper["arrived"] for paper in taken["transfers"][0]["papers"]].count(False) == 1
    codes = {str(code) for (code,) in stack.sql("taian", charged, row_id(case))}
    assert codes == {TOWNSHIP, VILLAGE}, "what did not arrive stays charged to the village"
    assert township.refused("takeLeg", "leg { id }", legId=leg["id"])[0]["code"] == "ILLEGAL_TRANSITION"

    silent = township.refused("completeLeg", "leg { id }", legId=leg["id"], result=" ")
    assert silent[0]["path"] == ["result"], "what came of it has to be said"
    township.do("completeLeg", "leg { state closeReasonZh }", legId=leg["id"], result="已登记,营业执照已出")
    seen = liaison.ask("query($id: ID!) { node(id: $id) { ... on RelayLeg { state closeReasonZh } } }", id=leg["id"])
    assert seen["node"] == {"state": "DONE", "closeReasonZh": "已登记,营业执照已出"}
    back = stack.sql(
        "taian", "SELECT id FROM custody_transfer WHERE case_id = %s AND received_at IS NULL", row_id(case)
    )
    assert len(back) == 1, "the papers are on their way back on a list of their own"


@pytest.mark.rule("TA-6-25")
def test_a_leg_that_nobody_takes_is_brought_to_mind_and_lateness_stays_visible(stack: Stack) -> None:
    stack.at("2024-09-17 09:30")
    helper, liaison = stack.staff("taian-village-helper-1"), stack.staff("taian-village-liaison-1")
    chief, township = stack.staff("taian-township-chief-1"), stack.staff("taian-township-helper-1")
    applicant = {"subjectType": "NATURAL_PERSON", "name": "钱大娘"}
    case = ask_for(helper, VILLAGE, "ASSIST", ITEM, applicant=applicant)
    leg = liaison.do(
        "openLeg", "leg { id }", caseId=case, type="VILLAGE_UP", toUnitCode=TOWNSHIP, task="请镇里办理登记",
        dueAt="2024-09-19T17:00:00+08:00",
    )["id"]  # fmt: skip
    stack.at("2024-09-18 10:00")
    stack.eventually(lambda: "leg.untaken" in heard(chief), "the township's chief helper is reminded")
    stack.at("2024-09-20 10:01")
    read = "query($id: ID!) { node(id: $id) { ... on RelayLeg { lateSince state } } }"
    late = stack.eventually(
        lambda: (found := township.ask(read, id=leg)["node"])["lateSince"] and found, "the leg is marked late"
    )
    assert late == {"lateSince": "2024-09-19T17:00:00+08:00", "state": "OPEN"}
    township.do("takeLeg", "leg { state }", legId=leg)
    done = township.do("completeLeg", "leg { state lateSince }", legId=leg, result="已办")
    assert done == {"state": "DONE", "lateSince": "2024-09-19T17:00:00+08:00"}, "lateness is never hidden"


def heard(caller: Caller) -> set[str]:
    """List what somebody was told."""
    return {note["template"] for note in caller.ask("{ myNotifications(limit: 100) { template } }")["myNotifications"]}


def row_id(global_id: str) -> str:
    """Read the row id out of a global id."""
    from strawberry.relay.utils import from_base64

    return from_base64(global_id)[1]
