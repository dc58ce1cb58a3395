"""The same key and input gives the same answer: what was told first is told again byte by byte, to whoever may hear it."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import httpx

from tests.stories.stack import Caller, Stack
from tests.stories.walk import ask_for

UNIT, ITEM = "370902", "SCJG-01"
RESPOND = """mutation($input: RespondCaseInput!, $unmasked: Boolean!) { done: respondCase(input: $input) {
  case { id state version respondedAt applicant(unmasked: $unmasked) { name } ...more } userErrors { code } } }
fragment more on Case { steps { trigger at } timers { code state } }"""
CREATE = """mutation($input: CreateRequestInput!) { createRequest(input: $input) { case { id state version %s } userErrors { code } } }"""


def body(answer: httpx.Response, field: str) -> bytes:
    """Cut the bytes of one field out of an answer."""
    text = answer.content
    begin = text.index(b'"data":{"' + field.encode() + b'":') + len(b'"data":')
    return text[begin : text.index(b',"extensions"')]


def answered(stack: Stack, key: str) -> tuple[Caller, dict[str, Any], httpx.Response]:
    """Answer a request under a key, and let the case go on afterwards."""
    stack.at("2024-09-19 09:30")
    helper = stack.staff("taian-helper-1")
    case = ask_for(helper, UNIT, "ASSIST", ITEM, applicant={"subjectType": "NATURAL_PERSON", "name": "孔令"})
    given = {"caseId": case, "channel": "WINDOW", "content": "已说明", "idempotencyKey": key}
    first = helper.post(RESPOND, {"input": given, "unmasked": False})
    assert first.json()["data"]["done"]["case"]["state"] == "RESPONDED"
    stack.at("2024-09-19 10:00")
    helper.case("issueNotice", case, parts=parts())
    helper.case("acceptCase", case)
    return helper, given, first


def parts() -> list[dict[str, str]]:
    from tests.stories.walk import profile

    return [{"key": spec.key, "value": "已说明"} for spec in profile("taian").form("one_time_notice").fields]


def test_a_replay_tells_the_first_answer_byte_by_byte(stack: Stack) -> None:
    helper, given, first = answered(stack, uuid4().hex)
    again = helper.post(RESPOND, {"input": given, "unmasked": False})
    assert body(again, "done") == body(first, "done")
    spaced = helper.post(RESPOND.replace("{ case", "{\n\n  case"), {"input": given, "unmasked": False})
    assert body(spaced, "done") == body(first, "done"), "layout is no part of what is asked"
    now = helper.ask("query($id: ID!) { case(id: $id) { state } }", id=given["caseId"])
    assert now["case"]["state"] == "ACCEPTED", "the first answer is not the present state"


def test_another_selection_gives_the_object_as_it_is_now(stack: Stack) -> None:
    helper, given, first = answered(stack, uuid4().hex)
    fewer = RESPOND.replace(" timers { code state }", "")
    changed = helper.post(fewer, {"input": given, "unmasked": False}).json()["data"]["done"]["case"]
    assert (changed["state"], len(changed["steps"]) > 2) == ("ACCEPTED", True)
    unmasked = helper.post(RESPOND, {"input": given, "unmasked": True}).json()["data"]["done"]["case"]
    assert unmasked["state"] == "ACCEPTED", "a variable of the selection counts"
    assert body(helper.post(RESPOND, {"input": given, "unmasked": False}), "done") == body(first, "done")


def test_what_is_kept_is_sealed(stack: Stack) -> None:
    key = uuid4().hex
    helper, given, _ = answered(stack, key)
    ((told,),) = stack.sql("taian", "SELECT told FROM idempotency_record WHERE key = %s", key)
    assert told is not None
    for word in (b"RESPONDED", given["caseId"].encode(), "孔".encode()):
        assert word not in bytes(told)
    assert helper.post(RESPOND, {"input": given, "unmasked": False}).status_code == 200


def test_an_answer_that_was_never_delivered_is_kept_when_it_is_asked_for(stack: Stack) -> None:
    """A crash between the deed and the keeping: the first answer that leaves the door counts."""
    key = uuid4().hex
    helper, given, _ = answered(stack, key)
    stack.forget_told("taian", key)
    first = helper.post(RESPOND, {"input": given, "unmasked": False})
    assert first.json()["data"]["done"]["case"]["state"] == "ACCEPTED"
    stack.at("2024-09-19 11:00")
    helper.case("prepareCase", given["caseId"])
    assert body(helper.post(RESPOND, {"input": given, "unmasked": False}), "done") == body(first, "done")


def test_of_many_at_once_all_hear_the_same(stack: Stack) -> None:
    stack.at("2024-09-19 09:30")
    applicant = stack.portal("taian-applicant-2")
    given = {
        "unitCode": UNIT, "serviceKind": "ASSIST", "channel": "MINI_PROGRAM", "text": "办理登记", "itemCode": ITEM,
        "idempotencyKey": uuid4().hex,
    }  # fmt: skip
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: applicant.post(CREATE % "caseNo", {"input": given}), range(12)))
    assert len({body(answer, "createRequest") for answer in answers}) == 1


def test_a_refusal_is_not_kept(stack: Stack) -> None:
    stack.at("2024-09-19 09:30")
    helper, key = stack.staff("taian-helper-1"), uuid4().hex
    case = ask_for(helper, UNIT, "ASSIST", ITEM, applicant={"subjectType": "NATURAL_PERSON", "name": "颜回"})
    assert helper.refused("acceptCase", "case { id }", caseId=case, idempotencyKey=key)
    helper.case("respondCase", case, channel="WINDOW", content="已说明", notice=parts())
    assert helper.case("acceptCase", case, idempotencyKey=key)["state"] == "ACCEPTED"


def test_words_heard_under_other_powers_are_not_told_again(stack: Stack) -> None:
    """What a post let somebody hear is not told again once the posts are others."""
    key = uuid4().hex
    helper, given, first = answered(stack, key)
    stack.at("2024-09-19 12:00")
    admin = stack.staff("taian-admin-1")
    unit = admin.ask('{ unit(code: "370902001") { id } }')["unit"]["id"]
    me = helper.ask("{ me { staff { id } } }")["me"]["staff"]["id"]
    post = admin.do("assignRole", "roleAssignment { id }", staffId=me, unitId=unit, roleCode="helper")["id"]
    stack.at("2024-09-19 12:01")
    other = helper.post(RESPOND, {"input": given, "unmasked": False})
    assert other.json()["data"]["done"]["case"]["state"] == "ACCEPTED", "as it is now"
    admin.do("endRole", "roleAssignment { id }", roleAssignmentId=post, reason="借调结束")
    stack.at("2024-09-19 12:02")
    assert body(helper.post(RESPOND, {"input": given, "unmasked": False}), "done") == body(first, "done")
