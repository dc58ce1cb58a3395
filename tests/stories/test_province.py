"""Story 7, S-X-04 and S-X-05: a Shandong supervisor compares Taian and Zaozhuang, and sees nothing else."""

from typing import Any

import pytest

from tests.stories.stack import Caller, Stack
from tests.stories.walk import ask_for, profile

SHANDONG, JIANGXI = "37", "36"
MARCH = {"first": "2025-03-01", "last": "2025-03-31"}
COMPARE = """query($metrics: [String!]!, $period: MonthInput!) { compareCities(metrics: $metrics, period: $period) {
  metric { code } comparable cities { tenant value n suppressed noRule computedAt legalStatus rules { id article } } } }"""
CELLS = """query($tenant: String!, $metric: String!, $dimension: Dimension!, $period: MonthInput!) {
  cells(tenant: $tenant, metric: $metric, dimension: $dimension, period: $period) { cell value n suppressed } }"""


def answered(stack: Stack, tenant: str, unit: str, staff: str, count: int, day: str) -> None:
    """Let a city answer requests after half an hour."""
    applicant, helper = stack.portal(f"{tenant}-applicant-2"), stack.staff(staff)
    notices = [form for form in profile(tenant).forms if form.id == "one_time_notice"]
    parts = [{"key": spec.key, "value": "已说明"} for form in notices for spec in form.fields]
    stack.at(f"{day} 09:30")
    cases = [ask_for(applicant, unit, "ASSIST", "SCJG-01") for _ in range(count)]
    stack.at(f"{day} 10:00")
    for case in cases:
        helper.case("respondCase", case, channel="PHONE", content="已答复", notice=parts)


def compared(supervisor: Caller, *metrics: str) -> dict[str, dict[str, Any]]:
    """Compare the cities of the supervisor's province in March."""
    found = supervisor.ask(COMPARE, metrics=list(metrics), period=MARCH)["compareCities"]
    return {each["metric"]["code"]: {city["tenant"]: city for city in each["cities"]} for each in found}


def final(figures: dict[str, dict[str, Any]]) -> bool:
    """Say whether both cities have published the month after its end."""
    cities = figures["cases_received"].values()
    return len(cities) == 2 and all((city["computedAt"] or "").startswith("2025-04-01") for city in cities)


@pytest.mark.timeout(180)
@pytest.mark.rule("TA-15-2", "ZZ-7.1-1")
def test_two_cities_side_by_side(stack: Stack) -> None:
    answered(stack, "taian", "370902", "taian-intake-1", 12, "2025-03-05")
    applicant = stack.portal("taian-applicant-2")
    for unit, count in (("370911", 4), ("370921", 11), ("370923", 13)):
        for _ in range(count):
            ask_for(applicant, unit, "ASSIST", "SCJG-01")
    answered(stack, "zaozhuang", "3704", "zaozhuang-specialist-1", 11, "2025-03-06")
    stack.at("2025-04-01 09:30")
    supervisor = stack.province(SHANDONG)
    metrics = ("cases_received", "median_response", "response_within_limit")
    stack.eventually(lambda: final(compared(supervisor, *metrics)), "March is published after its end", patience=60)
    figures = compared(supervisor, *metrics)
    assert {name: city["value"] for name, city in figures["cases_received"].items()} == {"taian": 40, "zaozhuang": 11}
    assert set(figures["cases_received"]) == {"taian", "zaozhuang"}, "cities of other provinces never appear"
    assert figures["median_response"]["zaozhuang"]["value"] == 30
    within = figures["response_within_limit"]
    assert within["taian"]["legalStatus"] == "REGULATION"
    assert "TA-15-2" in {rule["id"] for rule in within["taian"]["rules"]}
    assert within["zaozhuang"]["noRule"] is True
    assert within["zaozhuang"]["value"] is None, "neither 0 % nor 100 % where a text is silent"

    cells = supervisor.ask(CELLS, tenant="taian", metric="cases_received", dimension="COUNTY", period=MARCH)["cells"]
    by_cell = {cell["cell"]: cell for cell in cells}
    assert by_cell["370911"]["suppressed"] is True
    assert by_cell["370911"]["value"] is None
    hidden = [cell for cell in cells if cell["suppressed"]]
    assert len(hidden) >= 2, "a neighbour is hidden too, or the total would give the small cell away"
    shown = [cell["value"] for cell in cells if not cell["suppressed"]]
    assert 40 - sum(shown) > 4

    other = stack.province(JIANGXI)
    assert {city["tenant"] for city in other.ask("{ cities { tenant } }")["cities"]} == {"pingxiang"}
    denied = other.post(CELLS, {"tenant": "taian", "metric": "cases_received", "dimension": "COUNTY", "period": MARCH})
    (error,) = denied.json()["errors"]
    assert (error["extensions"]["code"], error["extensions"]["where"]) == ("NOT_FOUND", "tenant")


@pytest.mark.parametrize(
    "document",
    [
        "{ cases(first: 1) { nodes { caseNo } } }",
        '{ case(caseNo: "2024-000001") { applicant { name } } }',
        "{ callbacks(first: 1) { nodes { id } } }",
        '{ __type(name: "Applicant") { name } }',
        'mutation { archiveCase(input: {caseId: "x"}) { case { id } } }',
        "{ me { kind } }",
    ],
)
def test_the_province_has_no_field_for_any_person(stack: Stack, document: str) -> None:
    answer = stack.province(SHANDONG).post(document).json()
    assert answer.get("errors") or answer["data"] == {"__type": None}


def test_no_type_of_the_province_knows_a_person(stack: Stack) -> None:
    types = stack.province(SHANDONG).ask("{ __schema { types { name } mutationType { name } } }")["__schema"]
    assert types["mutationType"] is None
    names = {entry["name"] for entry in types["types"]}
    assert not names & {"Applicant", "Case", "Evaluation", "Complaint", "Callback", "Material", "Document"}
