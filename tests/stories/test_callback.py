"""Story 5: after the archive a worker plans a callback; somebody who did not handle the case makes it (S-TA-25)."""

from typing import Any

import pytest

from tests.stories.stack import Caller, Stack
from tests.stories.walk import ask_for, fill_in, state

COUNTY, ITEM = "370902", "RLSB-01"
CALLBACKS = """{ callbacks(first: 100) { nodes {
  id state reason dueAt rules { id } assignee { code } case { id } satisfaction } } }"""


def archived_case(stack: Stack, applicant: Caller, helper: Caller) -> str:
    """Help with a matter that is settled at once, and seal the file."""
    case = ask_for(applicant, COUNTY, "ASSIST", ITEM)
    notice = [{"key": key, "value": "已说明"} for key in ("policies", "materials", "process")]
    helper.case("respondCase", case, channel="WINDOW", content="当面说明", notice=notice)
    intake = stack.staff("taian-intake-1")
    intake.case("acceptCase", case)
    helper.case("prepareCase", case)
    helper.case("recordDecision", case, decision="ISSUED")
    helper.case("deliverResult", case, method="ON_SITE", chosenByApplicant=True)
    helper.case("inviteEvaluation", case)
    helper.case("completeCase", case)
    for form in ("assist_record", "archive_record"):
        fill_in(helper, "taian", case, form)
    helper.case("archiveCase", case)
    return case


def callback_of(caller: Caller, case: str) -> dict[str, Any] | None:
    """Find the callback planned for a case."""
    found = [node for node in caller.ask(CALLBACKS)["callbacks"]["nodes"] if node["case"]["id"] == case]
    return found[0] if found else None


@pytest.mark.rule("TA-15-8", "TA-15-12", "TA-15-13", "TA-25-1")
def test_a_callback_is_planned_by_a_worker_and_made_by_somebody_else(stack: Stack) -> None:
    # The first file that a unit archives in a month is always in the sample.
    stack.at("2024-11-04 09:30")
    applicant, helper = stack.portal("taian-applicant-4"), stack.staff("taian-helper-1")
    chief = stack.staff("taian-chief-1")
    case = archived_case(stack, applicant, helper)
    assert state(applicant, case) == "ARCHIVED"
    planned = stack.eventually(lambda: callback_of(chief, case), "the worker plans the callback")
    assert planned["state"] == "PLANNED"
    assert planned["dueAt"].startswith("2024-12-04")
    assert "TA-15-13" in {rule["id"] for rule in planned["rules"]}

    def staff_id(caller: Caller) -> str:
        return str(caller.ask("{ me { staff { id } } }")["me"]["staff"]["id"])

    refused = chief.refused("assignCallback", "callback { id }", callbackId=planned["id"], staffId=staff_id(helper))
    assert refused[0]["code"] == "SEPARATION_OF_DUTIES"
    other = stack.staff("taian-helper-2")
    assigned = chief.do(
        "assignCallback", "callback { state assignee { code } }", callbackId=planned["id"], staffId=staff_id(other)
    )
    assert assigned == {"state": "ASSIGNED", "assignee": {"code": "taian-helper-2"}}
    stack.at("2024-11-20 10:00")
    not_his = helper.refused("performCallback", "callback { id }", callbackId=planned["id"], outcome="REACHED")
    assert not_his[0]["code"] in {"FORBIDDEN", "SEPARATION_OF_DUTIES"}
    done = other.do(
        "performCallback",
        "callback { state satisfaction }",
        callbackId=planned["id"],
        outcome="REACHED",
        satisfaction=5,
    )
    assert done == {"state": "DONE", "satisfaction": 5}
    given = applicant.do("submitEvaluation", "evaluation { score bad afterArchive }", caseId=case, score=5)
    assert given == {"score": 5, "bad": False, "afterArchive": True}
