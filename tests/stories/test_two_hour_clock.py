"""Story 1: the two-hour clock of Taian's assistance (S-TA-01, 02, 04, 05, 07)."""

from typing import Any

import pytest

from tests.stories.stack import Caller, Stack

COUNTY = "370902"
TIMERS = """query($id: ID!) { case(id: $id) { state timers {
  code state dueAt legalStatus breachedAt metAt elapsedWorkingSeconds remainingWorkingSeconds lateWorkingSeconds
  rule { id article } proof { from to countedSeconds reason } } } }"""


def request(applicant: Caller, unit: str = COUNTY, **more: Any) -> str:
    """Ask for assistance through the city's mini-programme."""
    case = applicant.do(
        "createRequest", "case { id state }", unitCode=unit, serviceKind="ASSIST", channel="MINI_PROGRAM",
        text="想开一家小店,请帮忙", itemCode="SCJG-01", **more,
    )  # fmt: skip
    assert case["state"] == "RECEIVED"
    return str(case["id"])


def response_timer(caller: Caller, case: str) -> dict[str, Any]:
    """Read the clock of the response."""
    timers = caller.ask(TIMERS, id=case)["case"]["timers"]
    return next(timer for timer in timers if timer["code"] == "assist_response")


def respond(helper: Caller, case: str) -> None:
    """Answer by telephone and name what is needed."""
    helper.case("respondCase", case, channel="PHONE", content="已电话说明所需材料和流程")


@pytest.mark.rule("TA-15-2", "TA-12-2")
def test_a_reply_after_1h59_of_working_time_is_in_time(stack: Stack) -> None:
    stack.at("2024-09-03 10:30")
    applicant, intake = stack.portal("taian-applicant-1"), stack.staff("taian-intake-1")
    case = request(applicant)
    stack.at("2024-09-03 13:59")
    respond(intake, case)
    timer = response_timer(applicant, case)
    assert timer["state"] == "MET"
    assert timer["dueAt"] == "2024-09-03T14:00:00+08:00"
    assert timer["elapsedWorkingSeconds"] == 119 * 60
    assert [part["countedSeconds"] for part in timer["proof"]] == [90 * 60, 29 * 60]
    assert timer["rule"]["id"] == "TA-15-2"
    assert timer["rule"]["article"] == "Art.15(1)"


@pytest.mark.rule("TA-15-2")
def test_exactly_two_hours_is_in_time(stack: Stack) -> None:
    stack.at("2024-09-03 10:30")
    applicant = stack.portal("taian-applicant-1")
    case = request(applicant)
    stack.at("2024-09-03 14:00")
    respond(stack.staff("taian-intake-1"), case)
    assert response_timer(applicant, case)["state"] == "MET"


@pytest.mark.rule("TA-15-2")
def test_one_minute_late_is_a_breach_that_the_chief_helper_hears_of(stack: Stack) -> None:
    stack.at("2024-09-03 10:30")
    applicant, chief = stack.portal("taian-applicant-1"), stack.staff("taian-chief-1")
    case = request(applicant)
    stack.at("2024-09-03 14:01")
    breached = stack.eventually(
        lambda: (timer := response_timer(applicant, case))["state"] == "BREACHED" and timer,
        "the worker breaches the clock",
    )
    assert breached["legalStatus"] == "REGULATION"
    assert breached["breachedAt"] == "2024-09-03T14:00:00+08:00"
    row = stack.sql("taian", "SELECT id FROM service_case WHERE id = (SELECT subject_id FROM timer WHERE id IN "
                    "(SELECT timer_id FROM timer_breach) AND subject_id = %s)", uuid_of(case))  # fmt: skip
    assert len(row) == 1
    stack.eventually(
        lambda: any(
            note["template"] == "timer.escalated"
            for note in chief.ask("{ myNotifications { template } }")["myNotifications"]
        ),
        "the chief helper is told",
    )
    respond(stack.staff("taian-intake-1"), case)
    after = applicant.ask(TIMERS, id=case)["case"]
    assert after["state"] == "RESPONDED", "the case goes on"
    timer = next(timer for timer in after["timers"] if timer["code"] == "assist_response")
    assert timer["state"] == "BREACHED"
    assert timer["lateWorkingSeconds"] == 60


@pytest.mark.rule("TA-15-2")
@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2024-09-06 16:30", "2024-09-09T10:30:00+08:00"),
        ("2024-09-30 16:00", "2024-10-08T10:00:00+08:00"),
        ("2024-10-11 16:00", "2024-10-12T10:00:00+08:00"),
    ],
    ids=["weekend", "National Day", "make-up day"],
)
def test_nights_weekends_and_holidays_do_not_count(stack: Stack, received: str, due: str) -> None:
    stack.at(received)
    applicant = stack.portal("taian-applicant-1")
    assert response_timer(applicant, request(applicant))["dueAt"] == due


@pytest.mark.rule("TA-12-7", "TA-15-2")
def test_weekend_and_extended_service_count_where_they_are_offered(stack: Stack) -> None:
    stack.at("2024-09-02 09:00")
    lead, applicant = stack.staff("taian-lead-1"), stack.portal("taian-applicant-1")
    unit = lead.ask('{ unit(code: "370902") { id } }')["unit"]["id"]
    for kind, start, end in (
        ("WEEKEND", "2024-09-21T09:00:00+08:00", "2024-09-21T11:30:00+08:00"),
        ("EXTENDED_HOURS", "2024-09-24T17:00:00+08:00", "2024-09-24T19:00:00+08:00"),
    ):
        shift = lead.do("addShift", "shift { counts }", unitId=unit, kind=kind, startsAt=start, endsAt=end)
        assert shift["counts"] is True
    stack.at("2024-09-21 09:30")
    assert response_timer(applicant, request(applicant))["dueAt"] == "2024-09-21T11:30:00+08:00"
    assert response_timer(applicant, request(applicant, "370911"))["dueAt"] == "2024-09-23T11:00:00+08:00"
    stack.at("2024-09-24 16:30")
    assert response_timer(applicant, request(applicant))["dueAt"] == "2024-09-24T18:30:00+08:00"


@pytest.mark.rule("TA-15-1", "TA-15-2", "TA-15-3")
def test_only_a_person_who_addresses_the_content_stops_the_clock(stack: Stack) -> None:
    start = stack.at("2024-09-04 09:30")
    applicant, intake = stack.portal("taian-applicant-2"), stack.staff("taian-intake-1")
    case = request(applicant)
    stack.eventually(
        lambda: any(
            note["template"] == "request.received" and note["automatic"]
            for note in applicant.ask("{ myNotifications { template automatic } }")["myNotifications"]
        ),
        "the automatic message is sent",
    )
    assert response_timer(applicant, case)["state"] == "RUNNING"
    chief = stack.staff("taian-chief-1")
    chief.case("assignCase", case, unitCode="370902001")
    timer = response_timer(applicant, case)
    assert (timer["state"], timer["dueAt"]) == ("RUNNING", "2024-09-04T11:30:00+08:00")
    assert start.isoformat() == "2024-09-04T09:30:00+08:00"
    intake = stack.staff("taian-township-intake-1")
    stack.at("2024-09-04 10:00")
    intake.case(
        "respondCase", case, channel="PHONE", content="说明政策、材料和流程",
        notice=[
            {"key": "policies", "value": "个体工商户登记政策"},
            {"key": "materials", "value": "申请表、身份证、场所证明"},
            {"key": "process", "value": "窗口受理,当场办结"},
        ],
    )  # fmt: skip
    assert response_timer(applicant, case)["state"] == "MET"
    notices = applicant.ask("query($id: ID!) { case(id: $id) { noticesIssued } }", id=case)["case"]
    assert notices["noticesIssued"] == 1


def uuid_of(global_id: str) -> str:
    """Read the row id out of a global id."""
    from strawberry.relay.utils import from_base64

    return from_base64(global_id)[1]


@pytest.mark.rule("TA-13-1")
def test_a_new_portal_account_says_once_who_it_is(stack: Stack) -> None:
    stack.at("2024-09-03 09:30")
    newcomer = stack.portal("taian-newcomer-7")
    asked: dict[str, Any] = {"unitCode": COUNTY, "serviceKind": "ASSIST", "channel": "WEB_PORTAL", "text": "咨询办证"}
    assert newcomer.refused("createRequest", "case { id }", **asked)[0]["path"] == ["applicant"]
    who = {"subjectType": "NATURAL_PERSON", "name": "孙新来", "idNo": "690000199001019999", "phone": "15400009999"}
    first = newcomer.do("createRequest", "case { id }", applicant=who, **asked)["id"]
    second = newcomer.do("createRequest", "case { id applicant { name maskedFields } }", **asked)
    assert second["id"] != first
    assert second["applicant"]["name"] == "孙**"
    assert len(newcomer.ask("{ cases(first: 10) { nodes { id } } }")["cases"]["nodes"]) == 2
    stranger = stack.portal("taian-applicant-5")
    assert stranger.ask("query($id: ID!) { case(id: $id) { id } }", id=first)["case"] is None


@pytest.mark.rule("TA-15-2")
def test_a_later_correction_of_the_calendar_does_not_rewrite_what_was_judged(stack: Stack) -> None:
    stack.at("2024-08-06 09:30")
    applicant = stack.portal("taian-applicant-1")
    case = request(applicant)
    stack.at("2024-08-06 10:00")
    respond(stack.staff("taian-intake-1"), case)
    before = response_timer(applicant, case)
    assert [part["countedSeconds"] for part in before["proof"]] == [30 * 60]
    stack.staff("taian-admin-1").do("setCalendarDay", "calendarDay { isWorkday }", day="2024-08-06", isWorkday=False)
    assert response_timer(applicant, case) == before
