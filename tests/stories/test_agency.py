"""Story 2: agency in Taian from the list to the archive, with the refusals on the way (S-TA-11, S-TA-13)."""

import pytest

from tests.stories.stack import Stack
from tests.stories.walk import (
    ask_for,
    bring,
    fill_in,
    guards,
    requirements,
    review,
    sign,
    signed_form,
    state,
)

COUNTY = "370902"
LISTED, UNLISTED = "SCJG-02", "SCJG-06"


@pytest.mark.rule("TA-9-1", "TA-9-2")
def test_agency_for_an_item_not_on_the_list_is_refused_and_help_offered(stack: Stack) -> None:
    stack.at("2024-09-05 09:30")
    applicant, intake = stack.portal("taian-applicant-3"), stack.staff("taian-intake-1")
    lead = stack.staff("taian-lead-1")
    case = ask_for(applicant, COUNTY, "AGENCY", UNLISTED)
    intake.case("respondCase", case, channel="PHONE", content="已联系并说明")
    intake.case("acceptCase", case)
    refused = guards(lead.refused("commissionCase", "case { id }", caseId=case))
    listed = refused["ITEM_ON_LIST"]
    assert listed["code"] == "OUT_OF_SCOPE"
    assert listed["rule"]["id"] == "TA-9-2"
    assert listed["rule"]["article"] == "Art.9"
    assert "泰安市" in listed["rule"]["source"]["titleZh"]
    assert {step["mutation"] for step in listed["lawfulNext"]} == {"convertCase"}
    converted = intake.do("convertCase", "case { serviceKind workflow state }", caseId=case, reason="清单外事项")
    assert converted == {"serviceKind": "ASSIST", "workflow": "assist", "state": "ACCEPTED"}
    intake.case("prepareCase", case)


@pytest.mark.rule(
    "TA-18-1", "TA-18-2", "TA-18-3", "TA-18-5", "TA-18-6", "TA-18-7", "TA-18-8", "TA-16-2", "TA-18-12", "TA-18-14",
    "TA-18-15", "TA-3-10",
)  # fmt: skip
def test_a_company_is_founded_under_a_mandate(stack: Stack) -> None:
    stack.at("2024-09-05 09:30")
    applicant, intake = stack.portal("taian-applicant-3"), stack.staff("taian-intake-1")
    chief, agent = stack.staff("taian-chief-1"), stack.staff("taian-agent-1")
    case = ask_for(applicant, COUNTY, "AGENCY", LISTED)
    intake.case("respondCase", case, channel="PHONE", content="已联系并说明代办流程")
    intake.case("acceptCase", case)
    agent_id = agent.ask("{ me { staff { id } } }")["me"]["staff"]["id"]
    chief.case("assignCase", case, staffId=agent_id)

    unsigned = guards(agent.refused("commissionCase", "case { id }", caseId=case))
    assert unsigned["FORMS_SIGNED"]["code"] == "MANDATE_MISSING"
    assert unsigned["FORMS_SIGNED"]["rule"]["id"] == "TA-18-2"
    agreement = fill_in(agent, "taian", case, "commission_agreement")
    refused = agent.refused(
        "signDocument", "document { id }", documentId=agreement, party="APPLICANT", signerName="某", method="E_SIGN"
    )
    assert refused[0]["code"] == "SEPARATION_OF_DUTIES"
    sign(applicant, agreement, "APPLICANT", "申请人")
    sign(agent, agreement, "SERVICE_UNIT", "代办员")
    commissioned = agent.do(
        "commissionCase", "case { state mandate { status powers } owner { code } }",
        caseId=case, powers=["PROXY_FILING", "PROXY_LIAISON"],
    )  # fmt: skip
    assert commissioned["state"] == "COMMISSIONED"
    assert commissioned["mandate"]["status"] == "SIGNED"
    assert commissioned["owner"]["code"] == "taian-agent-1"

    early = agent.refused("fileCase", "case { id }", caseId=case)
    assert early[0]["code"] == "ILLEGAL_TRANSITION"
    assert {step["mutation"] for step in early[0]["lawfulNext"]} >= {"writePlan", "terminateCase"}
    agent.case("writePlan", case, milestones=[{"step": "递交材料", "dueOn": "2024-09-06"}], materials=["章程"])
    agent.case("prepareCase", case)

    first, *others = requirements(agent, LISTED)
    for requirement in others:
        review(agent, bring(agent, case, requirement, medium="ELECTRONIC"))
    missing = guards(agent.refused("fileCase", "case { id mandate { status } }", caseId=case))
    assert missing["MATERIALS_COMPLETE"]["code"] == "MATERIALS_INCOMPLETE"
    assert missing["MATERIALS_COMPLETE"]["rule"]["id"] == "TA-18-8"
    assert first["nameZh"] in missing["MATERIALS_COMPLETE"]["messageZh"]
    kept = agent.ask("query($id: ID!) { case(id: $id) { state mandate { status } } }", id=case)["case"]
    assert kept == {"state": "PREPARING", "mandate": {"status": "SIGNED"}}, "the mandate stays valid"

    paper = bring(agent, case, first, original=True)
    review(agent, paper, statutory_form=False)
    assert set(guards(agent.refused("fileCase", "case { id }", caseId=case))) == {"STATUTORY_FORM"}
    review(agent, paper)
    agent.case("fileCase", case, receiptNo="泰岱2024-001")
    filed = agent.ask(
        "query($id: ID!) { case(id: $id) { stage { code nameZh rule { id } } filings { filedBy receiptNo } "
        "timers { code dueAt legalStatus state } } }", id=case
    )["case"]  # fmt: skip
    assert filed["filings"] == [{"filedBy": "AGENT", "receiptNo": "泰岱2024-001"}]
    limit = next(timer for timer in filed["timers"] if timer["code"] == "committed_limit")
    assert (limit["dueAt"], limit["legalStatus"]) == ("2024-09-09T17:00:00+08:00", "REGULATION")

    stack.at("2024-09-06 15:00")
    agent.case("recordDecision", case, decision="GRANTED")
    agent.refused("deliverResult", "case { id }", caseId=case, method="ON_SITE", chosenByApplicant=False)
    agent.case("deliverResult", case, method="ON_SITE", chosenByApplicant=True, items=["营业执照"])
    slip = guards(agent.refused("completeCase", "case { id }", caseId=case))
    assert slip["BOTH_SIGNED"]["rule"]["id"] == "TA-18-14"
    signed_form(applicant, agent, "taian", case, "termination_slip")
    agent.case("completeCase", case)
    agent.refused("archiveCase", "case { id }", caseId=case)
    fill_in(agent, "taian", case, "agency_file")
    archived = agent.do("archiveCase", "case { state archivedAt mandate { status } steps { trigger } }", caseId=case)
    assert archived["state"] == "ARCHIVED"
    assert archived["mandate"]["status"] == "ENDED"
    assert [step["trigger"] for step in archived["steps"]] == [
        "CREATE", "RESPOND", "ACCEPT", "COMMISSION", "PLAN", "PREPARE", "FILE", "DECIDE", "DELIVER", "COMPLETE", "ARCHIVE",
    ]  # fmt: skip
    assert agent.refused("prepareCase", "case { id }", caseId=case)[0]["code"] == "ILLEGAL_TRANSITION"
    assert state(applicant, case) == "ARCHIVED"
    limit = next(
        timer
        for timer in agent.ask("query($id: ID!) { case(id: $id) { timers { code state } } }", id=case)["case"]["timers"]
        if timer["code"] == "committed_limit"
    )
    assert limit["state"] == "MET"
