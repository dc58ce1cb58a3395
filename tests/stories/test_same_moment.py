"""Two at the same moment, and the same thing twice: one key makes one case, and one of two helpers accepts."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest

from tests.stories.stack import Caller, Stack
from tests.stories.test_two_hour_clock import uuid_of
from tests.stories.walk import ask_for

ASKED = {"unitCode": "370902", "serviceKind": "ASSIST", "channel": "WINDOW", "itemCode": "SCJG-01"}


@pytest.fixture(autouse=True)
def morning(stack: Stack) -> None:
    stack.at("2024-09-13 09:30")


def together(*deeds: Callable[[], Any]) -> list[Any]:
    """Let everybody begin at the same moment."""
    gate = Barrier(len(deeds))

    def begin(deed: Callable[[], Any]) -> Any:
        gate.wait()
        return deed()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(begin, deeds))


def events_of(stack: Stack, case: str) -> int:
    query = "SELECT count(*) FROM outbox_event WHERE name = 'request.received' AND aggregate_id = %s"
    return int(stack.sql("taian", query, uuid_of(case))[0][0])


def test_the_same_key_and_input_give_the_same_case(stack: Stack) -> None:
    applicant, key = stack.portal("taian-applicant-1"), uuid4().hex
    first = applicant.do("createRequest", "case { id caseNo version }", **ASKED, text="请帮忙", idempotencyKey=key)
    again = applicant.do("createRequest", "case { id caseNo version }", **ASKED, text="请帮忙", idempotencyKey=key)
    assert first == again
    assert events_of(stack, first["id"]) == 1


def test_the_same_key_with_other_input_is_refused(stack: Stack) -> None:
    applicant, key = stack.portal("taian-applicant-1"), uuid4().hex
    applicant.do("createRequest", "case { id }", **ASKED, text="请帮忙", idempotencyKey=key)
    for other in ({**ASKED, "text": "请帮另一个忙"}, {**ASKED, "text": "请帮忙", "oral": True}):
        refused = applicant.refused("createRequest", "case { id }", **other, idempotencyKey=key)
        assert (refused[0]["code"], refused[0]["path"]) == ("IDEMPOTENCY_MISMATCH", ["idempotencyKey"])
    intake = stack.staff("taian-intake-1")
    case, key = ask_for(applicant, "370902", "ASSIST", "SCJG-01"), uuid4().hex
    intake.case("respondCase", case, channel="PHONE", content="已联系", idempotencyKey=key)
    refused = intake.refused("acceptCase", "case { id }", caseId=case, idempotencyKey=key)
    assert refused[0]["code"] == "IDEMPOTENCY_MISMATCH", "another mutation is another intent"


def test_the_header_is_the_key_where_the_input_has_none(stack: Stack) -> None:
    key = uuid4().hex
    applicant = stack.portal("taian-applicant-1")
    applicant.headers["Idempotency-Key"] = key
    first = applicant.do("createRequest", "case { id }", **ASKED, text="请帮忙", idempotencyKey=None)
    again = applicant.do("createRequest", "case { id }", **ASKED, text="请帮忙", idempotencyKey=None)
    assert first == again
    refused = applicant.refused("createRequest", "case { id }", **ASKED, text="别的", idempotencyKey=None)
    assert refused[0]["code"] == "IDEMPOTENCY_MISMATCH"
    other = applicant.do("createRequest", "case { id }", **ASKED, text="别的", idempotencyKey=uuid4().hex)
    assert other != first, "the input's own key counts before the header"


@pytest.mark.parametrize("callers", [2, 6])
def test_the_same_key_at_the_same_moment_makes_one_case(stack: Stack, callers: int) -> None:
    applicant, key = stack.portal("taian-applicant-1"), uuid4().hex

    def ask() -> dict[str, Any]:
        return applicant.do("createRequest", "case { id caseNo }", **ASKED, text="请帮忙", idempotencyKey=key)

    told = together(*[ask] * callers)
    assert len({(case["id"], case["caseNo"]) for case in told}) == 1
    assert events_of(stack, told[0]["id"]) == 1
    records = stack.sql("taian", "SELECT answer_id FROM idempotency_record WHERE key = %s", key)
    assert [str(row[0]) for row in records] == [uuid_of(told[0]["id"])]
    requests = stack.sql("taian", "SELECT count(*) FROM audit_entry WHERE action = 'request.received' AND object_id = %s",
                         uuid_of(told[0]["id"]))  # fmt: skip
    assert requests == [(1,)]


def test_the_same_key_with_two_inputs_at_the_same_moment_keeps_one(stack: Stack) -> None:
    applicant, key = stack.portal("taian-applicant-1"), uuid4().hex

    def ask(text: str) -> Callable[[], dict[str, Any]]:
        return lambda: applicant.act("createRequest", "case { id }", **ASKED, text=text, idempotencyKey=key)

    told = together(ask("一"), ask("二"))
    assert sorted(bool(answer["case"]) for answer in told) == [False, True]
    refused = next(answer["userErrors"] for answer in told if not answer["case"])
    assert refused[0]["code"] == "IDEMPOTENCY_MISMATCH"
    assert len(stack.sql("taian", "SELECT 1 FROM idempotency_record WHERE key = %s", key)) == 1


def test_a_refused_request_leaves_its_key_free(stack: Stack) -> None:
    applicant, key = stack.portal("taian-applicant-1"), uuid4().hex
    applicant.refused("createRequest", "case { id }", **{**ASKED, "unitCode": "nowhere"}, text="x", idempotencyKey=key)
    assert applicant.do("createRequest", "case { id }", **ASKED, text="x", idempotencyKey=key)["id"]


def test_the_first_request_of_an_applicant_twice_at_once_enters_him_once(stack: Stack) -> None:
    newcomer = f"taian-newcomer-{uuid4().hex[:8]}"
    applicant = {"subjectType": "NATURAL_PERSON", "name": "赵虚构"}

    def ask() -> dict[str, Any]:
        return stack.portal(newcomer).act("createRequest", "case { id }", **ASKED, text="x", applicant=applicant)

    told = together(ask, ask)
    granted = [answer for answer in told if answer["case"]]
    assert granted
    for answer in told:
        assert answer["case"] or answer["userErrors"][0]["code"] == "CONFLICT"
    known = stack.sql("taian", "SELECT count(*) FROM applicant WHERE portal_subject = %s", newcomer)
    assert known == [(1,)]


def responded(stack: Stack) -> str:
    case = ask_for(stack.portal("taian-applicant-1"), "370902", "ASSIST", "SCJG-01")
    parts = ("policies", "materials", "process")
    notice = [{"key": key, "value": "已说明"} for key in parts]
    stack.staff("taian-intake-1").case("respondCase", case, channel="PHONE", content="已联系", notice=notice)
    return case


@pytest.mark.parametrize("with_version", [True, False])
def test_of_two_helpers_who_accept_at_once_one_wins(stack: Stack, with_version: bool) -> None:
    for _ in range(3):
        case = responded(stack)
        helpers = [stack.staff("taian-helper-1"), stack.staff("taian-helper-2")]
        version = helpers[0].ask("query($id: ID!) { case(id: $id) { version } }", id=case)["case"]["version"]
        expected = version if with_version else None

        def accept(helper: Caller, case: str = case, expected: int | None = expected) -> dict[str, Any]:
            return helper.act("acceptCase", "case { state owner { code } }", caseId=case, expectedVersion=expected)

        told = together(*[lambda helper=helper: accept(helper) for helper in helpers])
        won = [answer for answer in told if not answer["userErrors"]]
        lost = [answer for answer in told if answer["userErrors"]]
        assert (len(won), len(lost)) == (1, 1)
        refusal = lost[0]["userErrors"][0]
        assert refusal["code"] == ("STALE_VERSION" if with_version else "ILLEGAL_TRANSITION")
        assert refusal["messageZh"]
        if with_version:
            assert lost[0]["case"] == won[0]["case"], "the loser is shown who has it now"
        steps = helpers[0].ask("query($id: ID!) { case(id: $id) { steps { trigger } } }", id=case)["case"]["steps"]
        assert [step["trigger"] for step in steps].count("ACCEPT") == 1
