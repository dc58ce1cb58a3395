"""Values that no form would send, in every field of every mutation: refused or taken, never an error of ours."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from graphql import GraphQLInputObjectType, GraphQLList, get_named_type

from tests.stories.stack import Caller, Stack, input_type
from tests.stories.strangers import KIND_OF, input_of, plain, schema, some_value
from tests.stories.walk import ask_for

NASTY: dict[str, list[Any]] = {
    "String": ["\x00", "", "🎎' \" %s {} ; -- \\\u202e" * 1000],
    "Int": [-2_147_483_648, 2_147_483_647],
    "DateTime": ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59+08:00"],
    "LocalDate": ["0001-01-01", "9999-12-31"],
    "PhoneNumber": ["\x00"],
}  # fmt: skip
OF_APPLICANTS = {"createRequest", "submitEvaluation", "confirmReceipt", "withdrawCase"}
OF_STAFF = {"setCalendarDay": "taian-admin-1", "draftDocument": "taian-agent-1", "writePlan": "taian-agent-1"}
"""Who gets furthest with a mutation; for the rest that is the head of the unit."""

KEYS = ["x" * 201, "\x00", "键" * 200]


def mutations() -> list[str]:
    root = schema().mutation_type
    assert root is not None
    return list(root.fields)


def scalars(kind: GraphQLInputObjectType, prefix: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Walk to every plain value of an input, through inputs inside it."""
    for name, field in kind.fields.items():
        found = get_named_type(field.type)
        if isinstance(found, GraphQLInputObjectType):
            yield from scalars(found, (*prefix, name))
        elif found.name in NASTY and name != "idempotencyKey":
            yield (*prefix, name), found.name


def filled(kind: GraphQLInputObjectType, own: dict[str, str], place: tuple[str, ...], value: Any) -> dict[str, Any]:
    """Fill in an input with one value at one place."""
    values: dict[str, Any] = {}
    for name, field in kind.fields.items():
        inner = get_named_type(field.type)
        is_list = isinstance(plain(field.type), GraphQLList)
        if place[:1] == (name,):
            held = filled(inner, own, place[1:], value) if isinstance(inner, GraphQLInputObjectType) else value
            values[name] = [held] if is_list else held
        elif name in KIND_OF and KIND_OF[name] in own and not is_list:
            values[name] = own[KIND_OF[name]]
        elif str(field.type).endswith("!") and field.default_value is None:
            values[name] = some_value(field.type)
    return values


@pytest.fixture(scope="module")
def own(stack: Stack) -> dict[str, str]:
    """Objects that the callers see, so that a value is looked at and not only the id before it."""
    stack.at("2024-09-13 09:30")
    lead = stack.staff("taian-lead-1")
    told = lead.ask('{ me { staff { id } } unit(code: "370902") { id } }')
    case = ask_for(stack.portal("taian-applicant-2"), "370902", "AGENCY", "SCJG-02")
    agent = stack.staff("taian-agent-1").ask("{ me { staff { id } } }")["me"]["staff"]["id"]
    stack.staff("taian-chief-1").case("assignCase", case, staffId=agent)
    return {"Case": case, "Unit": told["unit"]["id"], "StaffMember": told["me"]["staff"]["id"]}


def try_values(caller: Caller, mutation: str, own: dict[str, str]) -> Iterator[tuple[str, Any, dict[str, Any]]]:
    document = f"mutation($i: {input_type(mutation)}!) {{ {mutation}(input: $i) {{ __typename userErrors {{ code path message }} }} }}"
    for place, kind in scalars(input_of(mutation)):
        for value in NASTY[kind]:
            answer = caller.post(document, {"i": filled(input_of(mutation), own, place, value)})
            yield ".".join(place), value, answer.json()


@pytest.mark.parametrize("mutation", mutations())
def test_no_value_makes_the_office_fail(stack: Stack, own: dict[str, str], mutation: str) -> None:
    stack.at("2024-09-13 09:30")
    caller = (
        stack.portal("taian-applicant-2")
        if mutation in OF_APPLICANTS
        else stack.staff(OF_STAFF.get(mutation, "taian-lead-1"))
    )
    for place, value, answer in try_values(caller, mutation, own):
        codes = {error["extensions"]["code"] for error in answer.get("errors", [])}
        assert codes <= {"BAD_INPUT"}, (place, value, answer)
        for refusal in ((answer.get("data") or {}).get(mutation) or {}).get("userErrors", []):
            assert refusal["message"]


@pytest.mark.parametrize("key", KEYS, ids=["too long", "with a null", "of many bytes"])
def test_an_idempotency_key_is_checked(stack: Stack, key: str) -> None:
    stack.at("2024-09-13 09:30")
    applicant = stack.portal("taian-applicant-2")
    answer = applicant.act(
        "createRequest", "case { id }", unitCode="370902", serviceKind="ASSIST", channel="WINDOW", text="x",
        idempotencyKey=key,
    )  # fmt: skip
    if key == KEYS[2]:
        assert answer["userErrors"] == []
    else:
        assert answer["userErrors"][0]["code"] == "INVALID_INPUT"


@pytest.mark.parametrize("document", [
    "query($x: String!) { unit(code: $x) { id } }",
    "query($x: String!) { item(code: $x) { id } }",
    "query($x: String!) { case(caseNo: $x) { id } }",
    "query($x: String!) { rule(id: $x) { kind } }",
    "query($x: String!) { units(first: 1, below: $x) { totalCount } }",
    "query($x: String!) { units(first: 1, filter: {code: {eq: $x}}) { totalCount } }",
    "query($x: String!) { cases(first: 1, filter: {caseNo: {startsWith: $x}}) { totalCount } }",
])  # fmt: skip
def test_no_argument_of_a_query_makes_the_office_fail(stack: Stack, document: str) -> None:
    stack.at("2024-09-13 09:30")
    for value in NASTY["String"]:
        trace = uuid4().hex
        caller = stack.staff("taian-lead-1", **{"X-Correlation-Id": trace})
        codes = {error["extensions"]["code"] for error in caller.post(document, {"x": value}).json().get("errors", [])}
        assert codes <= {"BAD_INPUT", "INVALID_INPUT"}, value


def test_extreme_instants_in_filters_are_answered(stack: Stack) -> None:
    stack.at("2024-09-13 09:30")
    document = "query($x: DateTime!) { cases(first: 1, filter: {receivedAt: {lt: $x}}) { totalCount } }"
    for value in NASTY["DateTime"]:
        answer = stack.staff("taian-lead-1").post(document, {"x": value}).json()
        assert {error["extensions"]["code"] for error in answer.get("errors", [])} <= {"BAD_INPUT"}, value
