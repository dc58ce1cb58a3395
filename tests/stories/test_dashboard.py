"""The dashboard: live figures of cases for whoever leads a unit, right at every instant (TA-21-2, CH-4.3-0)."""

from collections import Counter
from typing import Any

import pytest

from tests.stories.stack import Caller, Stack
from tests.stories.test_two_hour_clock import request, respond

ROWS = "query($below: String, $from: LocalDate, $to: LocalDate) { dashboard(below: $below, from: $from, to: $to) {"
DASHBOARD = ROWS + " unit { code path } unitPath state overdue count } }"
DAY = {"from": "2024-11-05", "to": "2024-11-05"}


def figures(caller: Caller, **variables: Any) -> Counter[tuple[str, bool]]:
    """Read the dashboard as figures by state and overdue."""
    rows = caller.ask(DASHBOARD, **variables)["dashboard"]
    assert all(row["unit"]["path"] == row["unitPath"] for row in rows)
    found: Counter[tuple[str, bool]] = Counter()
    for row in rows:
        found[row["state"], row["overdue"]] += row["count"]
    return found


@pytest.mark.rule("TA-21-2", "TA-15-2")
def test_the_window_sees_at_once_what_came_in_and_what_is_late(stack: Stack) -> None:
    stack.at("2024-11-05 10:30")
    applicant, intake = stack.portal("taian-applicant-1"), stack.staff("taian-intake-1")
    ever = figures(intake)
    case, other = request(applicant), request(applicant)
    assert figures(intake, **DAY) == {("RECEIVED", False): 2}
    assert figures(intake) - ever == {("RECEIVED", False): 2}
    respond(intake, case)
    stack.at("2024-11-05 14:00")
    assert figures(intake, **DAY) == {("RECEIVED", False): 1, ("RESPONDED", False): 1}
    late = {("RECEIVED", True): 1, ("RESPONDED", False): 1}
    stack.at("2024-11-05 14:01")
    assert figures(intake, **DAY) == late, "the same before the worker fires the clock"
    query = "SELECT 1 FROM service_case WHERE overdue_clocks > 0 AND received_at >= '2024-11-05'"
    stack.eventually(lambda: stack.sql("taian", query), "the clock has fired")
    assert figures(intake, **DAY) == late, "and after it"
    respond(intake, other)
    assert figures(intake, **DAY) == {("RESPONDED", False): 2}


def test_figures_go_no_further_than_the_units_one_reaches(stack: Stack) -> None:
    stack.at("2024-11-06 10:30")
    applicant, intake = stack.portal("taian-applicant-1"), stack.staff("taian-intake-1")
    request(applicant)
    day = {"from": "2024-11-06", "to": "2024-11-06"}
    (row,) = intake.ask(DASHBOARD, **day)["dashboard"]
    assert figures(intake, below=row["unitPath"], **day).total() == 1
    assert figures(intake, below="elsewhere.", **day) == {}
    assert figures(applicant, **day) == {}
    assert figures(stack.staff("zaozhuang-specialist-1"), **day) == {}


def test_a_path_that_is_none_is_refused(stack: Stack) -> None:
    answer = stack.staff("taian-intake-1").post(DASHBOARD, {"below": "3709"}).json()
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["INVALID_INPUT"]
