"""Bad input gets a clear answer: tokens, ids, documents, bodies, values. Nothing of it is ever an error of ours."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest

from authz.tokens import DevelopmentIssuer, TokenKind
from tests.stories.stack import CLIENT, Caller, Stack
from tests.stories.strangers import Attempt, attempts, never_was, schema, tried
from tests.stories.walk import ask_for

WHO = "{ me { tenant } }"
CASE = "query($id: ID!) { case(id: $id) { id state version } }"
NODE = "query($id: ID!) { node(id: $id) { id } }"
CHECKED = attempts()
"""Every id of every mutation."""


@pytest.fixture(autouse=True)
def morning(stack: Stack) -> None:
    stack.at("2024-09-13 09:30")


@pytest.fixture
def intake(stack: Stack) -> Caller:
    return stack.staff("taian-intake-1")


@pytest.fixture
def case(stack: Stack) -> str:
    return ask_for(stack.portal("taian-applicant-1"), "370902", "ASSIST", "SCJG-01")


def errors_of(answer: httpx.Response) -> list[dict[str, Any]]:
    """The top-level errors; each has a code, a message in two languages and the correlation id."""
    errors: list[dict[str, Any]] = answer.json()["errors"]
    for error in errors:
        assert error["message"]
        assert error["extensions"]["messageZh"]
        assert error["extensions"]["correlationId"] == answer.headers["X-Correlation-Id"]
    return errors


def code_of(answer: httpx.Response) -> str:
    codes = {error["extensions"]["code"] for error in errors_of(answer)}
    assert len(codes) == 1, codes
    return str(codes.pop())


def post(stack: Stack, content: bytes, **headers: str) -> httpx.Response:
    sent = {"Content-Type": "application/json", **headers}
    return CLIENT.post(f"{stack.url}/graphql", content=content, headers=sent)


# Tokens


def minted(stack: Stack, minutes: int = 0, **claims: Any) -> str:
    """Sign a token of the development issuer, some minutes from now."""
    now = int(stack.clock.now().timestamp()) + minutes * 60
    told = {"tenant": "taian", "lifetime_seconds": 3600, **claims}
    return DevelopmentIssuer.open(stack.home).mint(TokenKind.STAFF, "taian-intake-1", now, **told)


def tampered(stack: Stack) -> str:
    head, body, signature = minted(stack).split(".")
    return ".".join((head, body, signature[:-4] + ("AAAA" if signature[-4:] != "AAAA" else "BBBB")))


TOKENS: dict[str, tuple[Callable[[Stack], str], str]] = {
    "garbage": (lambda _: "garbage", "TOKEN_MALFORMED"),
    "three parts of garbage": (lambda _: "a.b.c", "TOKEN_MALFORMED"),
    "very long": (lambda _: "a" * 7000 + "." + "b" * 2000 + ".c", "TOKEN_TOO_LONG"),
    "expired": (lambda stack: minted(stack, minutes=-61), "TOKEN_EXPIRED"),
    "not valid yet": (lambda stack: minted(stack, minutes=5), "TOKEN_NOT_YET_VALID"),
    "tampered": (tampered, "TOKEN_SIGNATURE_INVALID"),
    "of another key": (
        lambda stack: DevelopmentIssuer.temporary().mint(
            TokenKind.STAFF, "taian-intake-1", int(stack.clock.now().timestamp()), tenant="taian"
        ),
        "TOKEN_KEY_UNKNOWN",
    ),
    "without a city": (lambda stack: minted(stack, tenant=None), "TOKEN_CLAIM_MISSING"),
    "of no city code": (lambda stack: minted(stack, tenant="x'; DROP TABLE tenant"), "TOKEN_CLAIM_INVALID"),
    "staff of a province": (lambda stack: minted(stack, province="37"), "TOKEN_CLAIM_INVALID"),
    "that lives too long": (lambda stack: minted(stack, lifetime_seconds=400 * 86_400), "TOKEN_LIFETIME_TOO_LONG"),
}


@pytest.mark.parametrize(("make", "reason"), TOKENS.values(), ids=TOKENS.keys())
def test_a_token_that_is_not_good_is_401_and_says_why(stack: Stack, make: Callable[[Stack], str], reason: str) -> None:
    token = make(stack)
    answer = Caller(stack.url, lambda: token).post(WHO)
    assert answer.status_code == 401
    assert code_of(answer) == "UNAUTHENTICATED"
    assert errors_of(answer)[0]["extensions"]["reason"] == reason
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert "data" not in answer.json()
    assert token not in answer.text


@pytest.mark.parametrize("header", ["Basic dXNlcjpwYXNz", "Bearer", "token", "Bearer a b c"])
def test_a_header_that_is_no_bearer_token_is_401(stack: Stack, header: str) -> None:
    answer = post(stack, json.dumps({"query": WHO}).encode(), Authorization=header)
    assert (answer.status_code, code_of(answer)) == (401, "UNAUTHENTICATED")


def test_without_a_token_only_the_public_field_is_open(stack: Stack) -> None:
    answer = stack.nobody().post(WHO)
    assert (answer.status_code, code_of(answer)) == (401, "UNAUTHENTICATED")
    assert stack.nobody().ask("{ about { name } }")["about"]["name"]
    mixed = stack.nobody().post("{ about { name } me { tenant } }")
    assert (mixed.status_code, code_of(mixed)) == (401, "UNAUTHENTICATED")


@pytest.mark.parametrize(("tenant", "subject"), [("taian", "nobody-here"), ("atlantis", "taian-intake-1")])
def test_a_good_token_of_nobody_in_the_register_is_403(stack: Stack, tenant: str, subject: str) -> None:
    token = DevelopmentIssuer.open(stack.home).mint(
        TokenKind.STAFF, subject, int(stack.clock.now().timestamp()), tenant=tenant
    )
    answer = Caller(stack.url, lambda: token).post(WHO)
    assert (answer.status_code, code_of(answer)) == (403, "FORBIDDEN")


# Ids


def test_an_id_that_nobody_has_is_null_to_read_and_not_found_to_act_on(intake: Caller) -> None:
    assert intake.ask(CASE, id=never_was("Case")) == {"case": None}
    assert intake.ask(NODE, id=never_was("Case")) == {"node": None}
    refused = intake.refused("acceptCase", "case { id }", caseId=never_was("Case"))
    assert (refused[0]["code"], refused[0]["path"]) == ("NOT_FOUND", ["caseId"])
    assert refused[0]["messageZh"] == "找不到该办件。"


def test_an_id_of_another_type_is_named_as_such(intake: Caller) -> None:
    unit = intake.ask('{ unit(code: "370902") { id } }')["unit"]["id"]
    refused = intake.refused("acceptCase", "case { id }", caseId=unit)
    assert (refused[0]["code"], refused[0]["path"]) == ("INVALID_INPUT", ["caseId"])
    assert "Case" in refused[0]["message"]
    assert code_of(intake.post(CASE, {"id": unit})) == "INVALID_INPUT"
    filtered = intake.post(
        "query($id: ID!) { cases(first: 1, filter: {unit: {eq: $id}}) { totalCount } }", {"id": never_was("Case")}
    )
    assert code_of(filtered) == "BAD_INPUT"
    assert errors_of(filtered)[0]["extensions"]["where"] == "filter.unit.eq"


MALFORMED = [
    "",
    "x",
    "é",
    "Q2FzZQ==",
    "Q2FzZTo=",
    "Q2FzZTp4",
    "Q2FzZTpcdTAwMDA=",
    "OjEyMw==",
    "%00",
    "\x00",
    "9" * 5000,
]


@pytest.mark.parametrize("malformed", MALFORMED, ids=range(len(MALFORMED)))
def test_a_malformed_id_is_refused_where_it_stands(intake: Caller, malformed: str) -> None:
    refused = intake.refused("acceptCase", "case { id }", caseId=malformed)
    assert (refused[0]["code"], refused[0]["path"]) == ("INVALID_INPUT", ["caseId"])
    assert code_of(intake.post(CASE, {"id": malformed})) == "INVALID_INPUT"
    assert code_of(intake.post(NODE, {"id": malformed})) == "BAD_INPUT"


@pytest.mark.parametrize("attempt", CHECKED, ids=lambda attempt: f"{attempt.mutation}-{attempt.field}")
def test_every_id_of_every_mutation_is_checked(stack: Stack, attempt: Attempt) -> None:
    """A malformed id and one of another type are refused at their place in the input, like everything else."""
    lead = stack.staff("taian-lead-1")
    for wrong in ("x", never_was("ServiceItem")):
        answer = tried(lead, attempt.mutation, uuid4().hex, attempt.values(wrong, {})).json()
        refusal = answer["data"][attempt.mutation]["userErrors"][0]
        assert (refusal["code"], refusal["path"]) == ("INVALID_INPUT", [attempt.field])


@pytest.mark.parametrize("kind", ["Query", "Mutation", "Timer", "UserError", "String", "Nothing", "__Type"])
def test_node_gives_only_what_has_an_identity(intake: Caller, kind: str) -> None:
    assert code_of(intake.post(NODE, {"id": never_was(kind)})) == "BAD_INPUT"


def test_a_cursor_of_another_list_or_none_is_refused(intake: Caller) -> None:
    after = "query($after: String) { cases(first: 1, after: $after) { totalCount } }"
    unit = intake.ask("{ units(first: 1) { pageInfo { endCursor } } }")["units"]["pageInfo"]["endCursor"]
    for cursor in (unit, "x", "é", "\x00", "9" * 3000):
        assert code_of(intake.post(after, {"after": cursor})) == "BAD_INPUT"


@pytest.mark.parametrize("page", ["first: 0", "first: -1", "first: 101", "first: 1, last: 1", 'last: 1, after: "x"'])
def test_a_page_that_makes_no_sense_is_refused(intake: Caller, page: str) -> None:
    answer = intake.post(f"{{ cases({page}) {{ totalCount }} }}")
    assert code_of(answer) == "BAD_INPUT"


# Versions and steps


@pytest.mark.parametrize(
    ("mutation", "values"),
    [
        ("respondCase", {"channel": "PHONE", "content": "已联系"}),
        ("issueNotice", {"parts": []}),
        ("acceptCase", {}),
        ("prepareCase", {}),
    ],
)
def test_a_stale_version_is_refused_with_the_present_case(
    intake: Caller, case: str, mutation: str, values: dict[str, Any]
) -> None:
    version = intake.ask(CASE, id=case)["case"]["version"]
    changed = intake.case("respondCase", case, channel="PHONE", content="已联系", expectedVersion=version)
    answer = intake.act(mutation, "case { id state version }", caseId=case, expectedVersion=version, **values)
    refusal = answer["userErrors"][0]
    assert (refusal["code"], refusal["path"]) == ("STALE_VERSION", ["expectedVersion"])
    assert str(changed["version"]) in refusal["message"]
    assert answer["case"] == {"id": case, "state": "RESPONDED", "version": changed["version"]}


def test_a_version_of_the_future_is_as_stale_as_an_old_one(intake: Caller, case: str) -> None:
    refused = intake.refused("acceptCase", "case { id }", caseId=case, expectedVersion=2_000_000_000)
    assert refused[0]["code"] == "STALE_VERSION"


def test_an_illegal_step_names_the_lawful_ones(intake: Caller, case: str) -> None:
    refused = intake.refused("acceptCase", "case { id }", caseId=case)
    assert (refused[0]["code"], refused[0]["path"]) == ("ILLEGAL_TRANSITION", ["caseId"])
    onward = {step["mutation"] for step in refused[0]["lawfulNext"]}
    assert {"respondCase", "withdrawCase"} <= onward
    root = schema().mutation_type
    assert root is not None
    assert onward <= root.fields.keys(), "every lawful step is a mutation that there is"
    assert intake.ask(CASE, id=case)["case"]["state"] == "RECEIVED", "nothing was changed"


@pytest.mark.rule("TA-15-3", "TA-18-2")
def test_a_missing_key_of_a_form_is_named(stack: Stack, intake: Caller, case: str) -> None:
    intake.case("respondCase", case, channel="PHONE", content="已联系")
    refused = intake.refused("issueNotice", "case { id }", caseId=case, parts=[{"key": "policies", "value": "政策"}])
    assert (refused[0]["code"], refused[0]["path"]) == ("INVALID_INPUT", ["parts"])
    assert "materials" in refused[0]["message"]
    assert refused[0]["rule"]["id"] == "TA-15-3"
    agency = ask_for(stack.portal("taian-applicant-1"), "370902", "AGENCY", "SCJG-02")
    intake.case("respondCase", agency, channel="PHONE", content="已联系")
    intake.case("acceptCase", agency)
    agent = stack.staff("taian-agent-1")
    agent_id = agent.ask("{ me { staff { id } } }")["me"]["staff"]["id"]
    stack.staff("taian-chief-1").case("assignCase", agency, staffId=agent_id)
    refused = agent.refused("draftDocument", "document { id }", caseId=agency, form="commission_agreement", fields=[])
    assert (refused[0]["code"], refused[0]["path"]) == ("INVALID_INPUT", ["fields"])
    assert "principal" in refused[0]["message"]
    assert "has no field" not in refused[0]["message"]
    odd = [{"key": "colour", "value": "红"}]
    refused = agent.refused("draftDocument", "document { id }", caseId=agency, form="commission_agreement", fields=odd)
    assert "has no field colour; it has principal" in refused[0]["message"]
    assert "没有以下栏目:colour" in refused[0]["messageZh"]
    unsigned = agent.refused("commissionCase", "case { id }", caseId=agency)
    assert "(commission_agreement)" in unsigned[0]["message"], "what has to be drafted can be copied from the refusal"
    refused = agent.refused("draftDocument", "document { id }", caseId=agency, form="no_such_form", fields=[])
    assert (refused[0]["code"], refused[0]["path"]) == ("INVALID_INPUT", ["form"])
    assert "commission_agreement" in refused[0]["message"], "the answer names what there is"


# Documents and bodies


def test_a_body_that_is_too_large_is_413(stack: Stack, intake: Caller) -> None:
    answer = intake.post(WHO, {"filler": "x" * 1_100_000})
    assert (answer.status_code, code_of(answer)) == (413, "BODY_TOO_LARGE")
    assert errors_of(answer)[0]["extensions"]["allowed"] == 1_048_576
    assert intake.ask(WHO) == {"me": {"tenant": "taian"}}, "the door stays open"


def test_a_large_body_without_a_length_is_413_too(stack: Stack) -> None:
    def endless() -> Any:
        for _ in range(40):
            yield b" " * 65_536

    answer = CLIENT.post(f"{stack.url}/graphql", content=endless(), headers={"Content-Type": "application/json"})
    assert (answer.status_code, code_of(answer)) == (413, "BODY_TOO_LARGE")


@pytest.mark.parametrize(
    ("document", "limit"),
    [
        ('{ unit(code: "x") ' + "{ parent " * 15 + "{ id }" + " }" * 15 + " }", "depth"),
        ("{ " + "profile { tenant } " * 21 + "}", "rootFields"),
        ("{ profile { " + " ".join(f"a{n}: tenant" for n in range(31)) + " } }", "aliases"),
        ("{ profile { " + "tenant " * 300 + "} }", "fields"),
        ("{ " + "#" * 60_000 + "\n profile { tenant } }", "characters"),
        ("{ profile { tenant " + "@include(if: true) " * 21 + "} }", "directives"),
    ],
)
def test_a_document_that_is_too_large_is_refused_by_its_limit(intake: Caller, document: str, limit: str) -> None:
    answer = intake.post(document)
    assert code_of(answer) == "DOCUMENT_TOO_LARGE"
    assert errors_of(answer)[0]["extensions"]["limit"] == limit


def test_a_document_that_fetches_too_much_is_refused_with_its_cost(intake: Caller) -> None:
    nested = "{ cases(first: 100) { nodes { timers { code } materials { id } steps { at } documents { signatures { party } } "
    nested += " ".join(f"t{n}: timers {{ rules {{ id }} }}" for n in range(25)) + " } } }"
    answer = intake.post(nested)
    assert code_of(answer) == "DOCUMENT_TOO_COSTLY"
    told = errors_of(answer)[0]["extensions"]
    assert told["found"] > told["allowed"]


def test_variables_nested_without_end_are_refused(intake: Caller) -> None:
    filled: dict[str, Any] = {}
    for _ in range(20):
        filled = {"not": filled}
    answer = intake.post("query($f: CaseFilter) { cases(first: 1, filter: $f) { totalCount } }", {"f": filled})
    assert code_of(answer) == "DOCUMENT_TOO_LARGE"


@pytest.mark.parametrize(
    "document",
    [
        "{", "}", "query", "{ me { tenant }", "{ noSuchField }", "{ me }", "{ me { tenant { x } } }", "query($x: Nope) { me { tenant } }",
        "{ me { tenant } ...missing }", "fragment a on Query { ...a } { ...a }", "{ case(id: 5.5) { id } }", "{ unit { id } }",
        'mutation { acceptCase { case { id } } }',
        "mutation { acceptCase(input: {}) { case { id } } }", "{ \x07 }", '{ unit(code: "\\ud83d") { id } }',
    ],
)  # fmt: skip
def test_malformed_graphql_is_refused_with_its_place(intake: Caller, document: str) -> None:
    answer = intake.post(document)
    assert answer.status_code == 200
    assert "data" not in answer.json()
    assert {error["extensions"]["code"] for error in errors_of(answer)} <= {"DOCUMENT_INVALID"}
    modern = Caller(intake.url, intake.token, {"Accept": "application/graphql-response+json"}).post(document)
    assert modern.status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"null", b"[]", b"[{}]", b'"x"', b"{}", b'{"query": null}', b'{"query": 5}', b'{"query": ""}',
        b'{"query": "{ me { tenant } }", "variables": "x"}', b'{"query": "{ me { tenant } }", "variables": [1]}',
        b'{"query": "{ me { tenant } }", "operationName": 5}', b"\xff\xfe\x00", b'{"query": "\\ud800"}', b"[" * 100_000,
        b'{"query": "{ me { tenant } }"} trailing', b'{"query": "{ me { tenant } }", "variables": {"x": NaN}}',
    ],
)  # fmt: skip
def test_malformed_json_is_400(stack: Stack, body: bytes) -> None:
    answer = post(stack, body)
    assert answer.status_code == 400
    assert code_of(answer) in {"BAD_REQUEST", "BATCHING_NOT_SUPPORTED"}


@pytest.mark.parametrize(
    ("wanted", "variables"),
    [
        ("$k: ServiceKind!", {"k": "DOMESTIC"}),
        ("$k: ServiceKind!", {"k": "assist"}),
        ("$k: ServiceKind!", {"k": 1}),
        ("$k: ServiceKind!", {"k": None}),
        ("$k: ServiceKind!", {}),
    ],
)
def test_an_unknown_value_of_a_closed_set_is_refused(stack: Stack, wanted: str, variables: dict[str, Any]) -> None:
    document = (
        f'mutation({wanted}) {{ createRequest(input: {{unitCode: "370902", serviceKind: $k, channel: "WINDOW", text: "x"}}) '
        "{ userErrors { code } } }"
    )
    answer = stack.portal("taian-applicant-1").post(document, variables)
    assert code_of(answer) == "BAD_INPUT"
    assert answer.json()["errors"][0]["message"], "what is expected is told"


def test_an_unknown_value_written_in_the_document_is_refused(intake: Caller) -> None:
    answer = intake.post("{ cases(first: 1, filter: {state: {eq: NOWHERE}}) { totalCount } }")
    assert code_of(answer) == "DOCUMENT_INVALID"


def test_an_unknown_field_of_an_input_is_refused(intake: Caller, case: str) -> None:
    document = "mutation($i: CaseActInput!) { acceptCase(input: $i) { case { id } } }"
    answer = intake.post(document, {"i": {"caseId": case, "tenantId": "zaozhuang"}})
    assert code_of(answer) == "BAD_INPUT"
    assert intake.ask(CASE, id=case)["case"]["state"] == "RECEIVED"


def test_codes_that_the_city_does_not_know_are_named(stack: Stack, intake: Caller) -> None:
    applicant = stack.portal("taian-applicant-1")
    asked = {"channel": "WINDOW", "text": "x", "serviceKind": "ASSIST"}
    for values, expected in (
        ({"unitCode": "nowhere"}, ("NOT_FOUND", ["unitCode"])),
        ({"unitCode": "370902", "itemCode": "NO-1"}, ("NOT_FOUND", ["itemCode"])),
        ({"unitCode": "370902", "text": "  "}, ("INVALID_INPUT", ["text"])),
        ({"unitCode": "370902", "text": "x" * 4001}, ("INVALID_INPUT", ["text"])),
    ):
        refused = applicant.refused("createRequest", "case { id }", **{**asked, **values})
        assert (refused[0]["code"], refused[0]["path"]) == expected


def test_a_wrong_method_media_type_or_address_is_told(stack: Stack) -> None:
    assert CLIENT.put(f"{stack.url}/graphql").status_code == 405
    assert CLIENT.get(f"{stack.url}/graphql", params={"query": "mutation { x }"}).status_code in {200, 405}
    assert CLIENT.get(f"{stack.url}/nowhere").status_code == 404
    answer = post(stack, b"{}", **{"Content-Type": "text/plain"})
    assert (answer.status_code, code_of(answer)) == (415, "UNSUPPORTED_MEDIA_TYPE")


def test_a_correlation_id_finds_the_request_again(stack: Stack, intake: Caller) -> None:
    trace = uuid4().hex
    tracked = Caller(intake.url, intake.token, {"X-Correlation-Id": trace})
    assert tracked.post("{ nonsense }").headers["X-Correlation-Id"] == trace
    stack.eventually(lambda: trace in (stack.home / "serve.log").read_text(), "the log names the request")
