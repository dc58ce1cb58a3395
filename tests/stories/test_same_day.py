"""Story 3: Neixiang's instant matters end the same day, or are explained (S-NX-01, S-NX-02)."""

import pytest

from tests.stories.stack import Caller, Stack
from tests.stories.walk import ask_for, guards, signed_form, state

TOWNSHIP, VILLAGE, ITEM = "411325100", "411325100001", "RLSB-01"
TIMERS = "query($id: ID!) { case(id: $id) { timers { code state dueAt breachedAt legalStatus rule { id } } } }"


def commission(stack: Stack, at: str) -> tuple[str, Caller, Caller]:
    """Take an instant matter on commission and start on it."""
    stack.at(at)
    applicant, agent = stack.portal("neixiang-applicant-1"), stack.staff("neixiang-agent-1")
    case = ask_for(applicant, TOWNSHIP, "AGENCY", ITEM)
    agent.case("respondCase", case, channel="WINDOW", content="当面说明")
    agent.case("acceptCase", case)
    assert "TRIAGE_SET" in guards(agent.refused("commissionCase", "case { id }", caseId=case))
    agent.do("triageCase", "case { triageClass }", caseId=case, triageClass="INSTANT", reason="程序简单,当天可办结")
    signed_form(applicant, agent, "neixiang", case, "mandate")
    agent.case("commissionCase", case)
    agent.case("prepareCase", case)
    return case, applicant, agent


def finish(agent: Caller, case: str) -> None:
    """Settle the matter at the counter."""
    agent.case("recordDecision", case, decision="ISSUED")
    agent.case("deliverResult", case, method="PICKUP_ON_BEHALF", chosenByApplicant=True)
    agent.case("completeCase", case)


def same_day(caller: Caller, case: str) -> dict[str, object]:
    """Read the clock of the day."""
    timers = caller.ask(TIMERS, id=case)["case"]["timers"]
    return next(timer for timer in timers if timer["code"] == "same_day")


@pytest.mark.rule("NX-5-3", "NX-5-2", "NX-A5.2-1")
def test_an_instant_matter_is_finished_the_same_day(stack: Stack) -> None:
    case, applicant, agent = commission(stack, "2024-09-04 10:00")
    assert same_day(applicant, case)["dueAt"] == "2024-09-04T17:00:00+08:00"
    stack.at("2024-09-04 16:40")
    finish(agent, case)
    assert same_day(applicant, case)["state"] == "MET"


@pytest.mark.rule("NX-5-3", "NX-5-4", "NX-5-1")
def test_a_missed_day_is_a_breach_that_must_be_explained_before_the_archive(stack: Stack) -> None:
    case, applicant, agent = commission(stack, "2024-09-04 10:00")
    stack.at("2024-09-04 17:01")
    breached = stack.eventually(
        lambda: (timer := same_day(applicant, case))["state"] == "BREACHED" and timer, "the worker breaches the day"
    )
    assert breached["breachedAt"] == "2024-09-04T17:00:00+08:00"
    assert (breached["legalStatus"], breached["rule"]) == ("REGULATION", {"id": "NX-5-3"})
    stack.at("2024-09-05 09:30")
    finish(agent, case)
    signed_form(applicant, agent, "neixiang", case, "handover_record")
    refused = guards(agent.refused("archiveCase", "case { id }", caseId=case))
    assert refused["EXPLANATION_GIVEN"]["rule"]["id"] == "NX-5-4"
    assert refused["EXPLANATION_GIVEN"]["lawfulNext"][0]["mutation"] == "explainCase"
    agent.case(
        "explainCase", case,
        explanation={"ground": "SYSTEM_DOWN", "text": "当日系统维护,次日办结", "givenTo": "申请人"},
    )  # fmt: skip
    agent.case("archiveCase", case)
    assert state(applicant, case) == "ARCHIVED"
    assert same_day(applicant, case)["state"] == "BREACHED", "finishing late does not undo it"


@pytest.mark.rule("NX-5-1", "NX-A5.4-2", "NX-A5.4-4", "NX-A5.1-6", "NX-2-5")
def test_a_villager_is_served_from_the_grid_to_the_archive(stack: Stack) -> None:
    stack.at("2024-09-18 09:30")
    grid, agent = stack.staff("neixiang-grid-1"), stack.staff("neixiang-agent-1")
    applicant = stack.portal("neixiang-applicant-2")
    case = ask_for(applicant, VILLAGE, "AGENCY", ITEM)
    grid.case("respondCase", case, channel="HOME_VISIT", content="上门了解情况,说明材料")
    grid.case("acceptCase", case)
    grid.do("triageCase", "case { triageClass }", caseId=case, triageClass="INSTANT", reason="当天可办结")
    signed_form(applicant, grid, "neixiang", case, "mandate")
    agent_id = agent.ask("{ me { staff { id } } }")["me"]["staff"]["id"]
    grid.case("commissionCase", case, agentId=agent_id)
    agent.case("prepareCase", case)
    agent.case("recordDecision", case, decision="ISSUED")
    grid.case("deliverResult", case, method="PICKUP_ON_BEHALF", chosenByApplicant=True)
    agent.case("completeCase", case)
    signed_form(applicant, agent, "neixiang", case, "handover_record")
    agent.case("archiveCase", case)
    assert state(applicant, case) == "ARCHIVED"
    assert same_day(applicant, case)["state"] == "MET"
    given = applicant.do("submitEvaluation", "evaluation { score afterArchive }", caseId=case, score=5)
    assert given == {"score": 5, "afterArchive": True}, "the archive stays sealed and gets an addendum (S-NX-14)"
