"""Isolation at the doors: other cities (S-X-02), other offices of one city, the province (S-X-04), ended roles (S-X-13),
new revisions of a profile (S-X-10), one person in two cities (S-X-16)."""

from typing import Any
from uuid import uuid4

import pytest

from schema.ids import global_id
from tests.isolation.rows import row_id, settle
from tests.stories.stack import Caller, Stack
from tests.stories.strangers import Attempt, asked, attempts, kinds_of_node, never_was, seen, tried
from tests.stories.test_two_hour_clock import uuid_of
from tests.stories.walk import ask_for

CASE = "query($id: ID!) { case(id: $id) { id caseNo state applicant { name } } }"
NODE = "query($id: ID!) { node(id: $id) { __typename id } }"
ELSEWHERE = "elsewhere"
TABLES = {
    "Case": "service_case", "Document": "document", "Material": "material_item", "RelayLeg": "relay_leg",
    "CustodyTransfer": "custody_transfer", "Callback": "callback", "Unit": "org_unit", "StaffMember": "staff_member",
    "RoleAssignment": "role_assignment", "MaterialRequirement": "material_requirement", "ServiceItem": "service_item",
    "Evaluation": "evaluation", "ExtraShift": "extra_shift", "CalendarDay": "calendar_day",
}  # fmt: skip
"""The tables behind the kinds of objects."""

OF_CASES = [attempt for attempt in attempts() if attempt.field == "caseId"]
AUDITED = "SELECT action, object_id, actor FROM audit_entry WHERE correlation_id = %s"


def audited(stack: Stack, tenant: str, correlation_id: str) -> list[tuple[Any, ...]]:
    return stack.sql(tenant, AUDITED, correlation_id)


@pytest.fixture(scope="module")
def foreign_case(stack: Stack) -> str:
    """Open a case in Zaozhuang."""
    stack.at("2024-09-10 09:30")
    return ask_for(stack.portal("zaozhuang-applicant-1"), "3704", "ASSIST", "SCJG-01")


@pytest.fixture(scope="module")
def elsewhere(stack: Stack) -> str:
    """Give a tenant that no worker knows a row in every table."""
    settle(stack.connections.dsn("app"), ELSEWHERE)
    return ELSEWHERE


@pytest.fixture(scope="module")
def own(stack: Stack) -> dict[str, str]:
    """Objects of Taian that its people do see."""
    stack.at("2024-09-10 09:30")
    caller = stack.staff("taian-lead-1")
    told = caller.ask('{ me { staff { id } } unit(code: "370902") { id } }')
    case = ask_for(stack.portal("taian-applicant-2"), "370902", "ASSIST", "SCJG-01")
    return {"Case": case, "StaffMember": told["me"]["staff"]["id"], "Unit": told["unit"]["id"]}


def callers(stack: Stack) -> dict[str, Caller]:
    names = ("taian-helper-1", "taian-lead-1", "taian-supervisor-1")
    return {name: stack.staff(name) for name in names} | {"portal": stack.portal("taian-applicant-1")}


# S-X-02: another city


@pytest.mark.parametrize("document", [CASE, NODE], ids=["case", "node"])
def test_a_case_of_another_city_answers_like_one_that_never_was(stack: Stack, foreign_case: str, document: str) -> None:
    stack.at("2024-09-10 10:00")
    for caller in callers(stack).values():
        trace = uuid4().hex
        answer = asked(caller, document, trace, id=foreign_case)
        assert seen(answer) == seen(asked(caller, document, trace, id=never_was("Case")))
        assert set(answer.json()["data"].values()) == {None}
        assert "errors" not in answer.json()
        targets = {target for action, target, _ in audited(stack, "taian", trace) if action == "attempt.read_case"}
        assert str(uuid_of(foreign_case)) in targets
        assert audited(stack, "zaozhuang", trace) == [], "the other city's trail stays its own"


@pytest.mark.parametrize("attempt", OF_CASES, ids=[attempt.mutation for attempt in OF_CASES])
def test_no_mutation_tells_a_case_of_another_city_from_none(
    stack: Stack, foreign_case: str, own: dict[str, str], attempt: Attempt
) -> None:
    stack.at("2024-09-10 10:00")
    unknown = never_was("Case")
    for name, caller in callers(stack).items():
        trace = uuid4().hex
        answer = tried(caller, attempt.mutation, trace, attempt.values(foreign_case, own))
        assert seen(answer) == seen(tried(caller, attempt.mutation, trace, attempt.values(unknown, own)))
        refusal = answer.json()["data"][attempt.mutation]["userErrors"][0]
        trail = audited(stack, "taian", trace)
        assert len(trail) == 2, "both attempts are in the trail"
        assert {action.partition(".")[0] for action, _, _ in trail} == {"attempt"}
        if refusal["code"] == "NOT_FOUND":
            assert {target for _, target, _ in trail} == {str(uuid_of(foreign_case)), str(uuid_of(unknown))}, name
        assert audited(stack, "zaozhuang", trace) == []


@pytest.mark.parametrize(
    "header", ["X-Tenant", "X-Tenant-Id", "Tenant", "X-Bangban-Tenant", "X-Forwarded-Host", "Cookie"]
)
def test_a_forged_tenant_header_changes_nothing(stack: Stack, foreign_case: str, header: str) -> None:
    stack.at("2024-09-10 10:00")
    trace = uuid4().hex
    honest, forged = stack.staff("taian-helper-1"), stack.staff("taian-helper-1", **{header: "zaozhuang"})
    assert seen(asked(forged, CASE, trace, id=foreign_case)) == seen(asked(honest, CASE, trace, id=foreign_case))
    assert forged.ask("{ me { tenant } profile { tenant } }") == {
        "me": {"tenant": "taian"},
        "profile": {"tenant": "taian"},
    }
    assert len(audited(stack, "taian", trace)) == 2


def test_filters_and_numbers_of_another_city_find_nothing(stack: Stack, foreign_case: str) -> None:
    stack.at("2024-09-10 10:00")
    theirs = stack.staff("zaozhuang-specialist-1")
    told = theirs.ask(
        'query($id: ID!) { case(id: $id) { caseNo } me { staff { id } } unit(code: "3704") { id } }', id=foreign_case
    )
    ours = stack.staff("taian-supervisor-1")
    listed = "query($f: CaseFilter) { cases(first: 5, filter: $f) { totalCount nodes { id } } }"
    for narrowed in (
        {"unit": {"eq": told["unit"]["id"]}},
        {"owner": {"eq": told["me"]["staff"]["id"]}},
        {"caseNo": {"eq": told["case"]["caseNo"]}},
    ):
        assert ours.ask(listed, f=narrowed)["cases"] == {"totalCount": 0, "nodes": []}
    assert ours.ask("query($n: String) { case(caseNo: $n) { id } }", n=told["case"]["caseNo"]) == {"case": None}
    assert ours.ask('{ unit(code: "3704") { id } }') == {"unit": None}


@pytest.mark.parametrize("kind", kinds_of_node())
def test_no_node_of_another_tenant_is_told_from_none(stack: Stack, elsewhere: str, kind: str) -> None:
    stack.at("2024-09-10 10:00")
    theirs = str(global_id(kind, row_id(elsewhere, TABLES[kind], 1)))
    for caller in callers(stack).values():
        trace = uuid4().hex
        answer = asked(caller, NODE, trace, id=theirs)
        assert answer.json()["data"] == {"node": None}
        assert seen(answer) == seen(asked(caller, NODE, trace, id=never_was(kind)))


@pytest.mark.parametrize("attempt", attempts(), ids=lambda attempt: f"{attempt.mutation}-{attempt.field}")
def test_no_mutation_tells_an_id_of_another_tenant_from_none(
    stack: Stack, elsewhere: str, own: dict[str, str], attempt: Attempt
) -> None:
    stack.at("2024-09-10 10:00")
    theirs = row_id(elsewhere, TABLES[attempt.kind], 1)
    for name, caller in callers(stack).items():
        trace = uuid4().hex
        answer = tried(caller, attempt.mutation, trace, attempt.values(str(global_id(attempt.kind, theirs)), own))
        unknown = attempt.values(never_was(attempt.kind), own)
        assert seen(answer) == seen(tried(caller, attempt.mutation, trace, unknown)), name
        refusals = answer.json()["data"][attempt.mutation]["userErrors"]
        assert refusals, f"{name} was let through with an id of another tenant"
        if refusals[0]["code"] == "NOT_FOUND":
            assert str(theirs) in {target for _, target, _ in audited(stack, "taian", trace)}, name
