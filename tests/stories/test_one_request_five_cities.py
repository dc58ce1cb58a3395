"""Story 6: "register a shop" with one missing paper, in five cities, through one API (S-X-01)."""

import pytest

from tests.stories.stack import Caller, Stack
from tests.stories.walk import ask_for, bring, guards, profile, requirements, review, signed_form, state

ITEM = "SCJG-01"
STAGE = "query($id: ID!) { case(id: $id) { state serviceKind stage { code nameZh } gapNotices { defect items { missing way } } } }"


def begun(stack: Stack, tenant: str, unit: str, staff: Caller) -> tuple[str, Caller]:
    """Ask for agency and let the unit accept the matter; one required paper is missing."""
    stack.at("2024-09-12 09:30")
    applicant = stack.portal(f"{tenant}-applicant-1")
    case = ask_for(applicant, unit, "AGENCY", ITEM)
    notices = [form for form in profile(tenant).forms if form.id == "one_time_notice"]
    parts = [{"key": spec.key, "value": "已说明"} for form in notices for spec in form.fields]
    staff.case("respondCase", case, channel="WINDOW", content="已说明", notice=parts)
    staff.case("acceptCase", case)
    for requirement in requirements(staff, ITEM)[1:]:
        review(staff, bring(staff, case, requirement, medium="ELECTRONIC"))
    return case, applicant


@pytest.mark.rule("TA-18-2", "TA-18-8")
def test_taian_agreement_first_and_the_missing_paper_blocks_the_filing(stack: Stack) -> None:
    intake, chief, agent = (stack.staff(f"taian-{who}-1") for who in ("intake", "chief", "agent"))
    case, applicant = begun(stack, "taian", "370902", intake)
    chief.case("assignCase", case, staffId=agent.ask("{ me { staff { id } } }")["me"]["staff"]["id"])
    signed_form(applicant, agent, "taian", case, "commission_agreement")
    agent.case("commissionCase", case)
    agent.case("writePlan", case, milestones=[{"step": "递交", "dueOn": "2024-09-13"}])
    agent.case("prepareCase", case)
    refused = guards(agent.refused("fileCase", "case { id }", caseId=case))
    assert refused["MATERIALS_COMPLETE"]["rule"]["id"] == "TA-18-8"
    assert state(applicant, case) == "PREPARING"


@pytest.mark.rule("ZZ-7.2-1", "ZZ-7.2-2", "ZZ-7.2-3")
def test_zaozhuang_no_mandate_but_one_notice_and_help(stack: Stack) -> None:
    specialist = stack.staff("zaozhuang-specialist-1")
    case, applicant = begun(stack, "zaozhuang", "3704", specialist)
    refused = guards(specialist.refused("commissionCase", "case { id }", caseId=case))
    assert refused["MATERIALS_COMPLETE"]["rule"]["id"].startswith("ZZ-7.2-")
    specialist.case("issueGapNotice", case)
    specialist.case("convertCase", case, reason="材料不齐,转为帮办")
    found = applicant.ask(STAGE, id=case)["case"]
    assert (found["serviceKind"], len(found["gapNotices"]), found["gapNotices"][0]["defect"]) == ("ASSIST", 1, False)
    assert found["gapNotices"][0]["items"][0]["way"], "the notice says how to get the paper"


@pytest.mark.rule("PX-B-4.2-2", "PX-B-4.2-3")
def test_pingxiang_no_mandate_one_notice_and_the_case_stays(stack: Stack) -> None:
    specialist = stack.staff("pingxiang-specialist-1")
    case, applicant = begun(stack, "pingxiang", "360302", specialist)
    refused = guards(specialist.refused("commissionCase", "case { id }", caseId=case))
    assert refused["MATERIALS_COMPLETE"]["rule"]["id"] == "PX-B-4.2-2"
    specialist.case("issueGapNotice", case)
    found = applicant.ask(STAGE, id=case)["case"]
    assert (found["state"], found["serviceKind"], found["stage"]["code"]) == ("ACCEPTED", "AGENCY", "P2b")


@pytest.mark.rule("NX-5-2", "NX-A5.1-3")
def test_neixiang_commission_class_and_the_agent_completes_the_papers(stack: Stack) -> None:
    agent = stack.staff("neixiang-agent-1")
    case, applicant = begun(stack, "neixiang", "411325100", agent)
    agent.do("triageCase", "case { triageClass }", caseId=case, triageClass="ORDINARY", reason="单部门、非当天")
    signed_form(applicant, agent, "neixiang", case, "mandate")
    agent.case("commissionCase", case)
    agent.case("prepareCase", case)
    bring(agent, case, requirements(agent, ITEM)[0], medium="ELECTRONIC")
    agent.case("fileCase", case)
    assert state(applicant, case) == "FILED"


@pytest.mark.rule("CH-3.3.4-2", "CH-3.3.4-3", "CH-3.3.4-4", "CH-3.3.4-5")
def test_chaonan_three_forms_then_help_to_prepare(stack: Stack) -> None:
    agent = stack.staff("chaonan-agent-1")
    case, applicant = begun(stack, "chaonan", "440514", agent)
    wanted = ["application_form", "undertaking", "commission_agreement"]
    for form in wanted:
        missing = {error["rule"]["id"] for error in agent.refused("commissionCase", "case { id }", caseId=case)}
        assert f"CH-3.3.4-{2 + wanted.index(form)}" in missing
        signed_form(applicant, agent, "chaonan", case, form)
    agent.case("commissionCase", case)
    agent.case("prepareCase", case)
    assert state(applicant, case) == "PREPARING"
