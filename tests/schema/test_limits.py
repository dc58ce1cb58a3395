"""Documents that would cost too much are refused with little work, by name of the limit, before the specification's rules run."""

from __future__ import annotations

from functools import partial
from typing import Any

import httpx
import pytest
from graphql import get_introspection_query, parse, validate

from schema.documents import Documents
from schema.errors import DoorError
from schema.limits import Limits, Measure
from schema.roots import office_schema
from schema.validity import RULES
from tests.effort import calls
from tests.schema.small import small_schema

SCHEMA = small_schema()
CALLS = 400_000
"""What the longest document within the limits may cost to read: 15 KB of tokens are about 75,000 calls, and the
rules of the specification need some 220,000 for the worst that passes."""


def doubling(levels: int) -> str:
    chain = "".join(f"fragment f{i} on Query{{...f{i + 1} ...f{i + 1}}}" for i in range(levels))
    return f"query{{...f0 ...f0}} {chain} fragment f{levels} on Query{{a:thing{{name}}}}"


def nested(depth: int) -> str:
    return "{ thing " + "{ child " * depth + "{ name }" + " }" * depth + " }"


BOMBS = {
    "doubling fragments": (doubling(18), "rootFields"),
    "many doubling fragments": (doubling(49), "rootFields"),
    "too many fragments": (doubling(80), "fragments"),
    "overlapping fields": ("{" + "things{name version} " * 160 + "}", "fields"),
    "overlapping arguments": ("{" + "things(first:1){name} " * 150 + "}", "fields"),
    "overlapping nests": ("{" + "thing{child{child{name}}} " * 110 + "}", "fields"),
    "one field 900 times": ("{thing{" + "name " * 900 + "}}", "fields"),
    "directives": ("{ __typename " + "@skip(if:false)" * 180 + "}", "directives"),
    "aliases": ("{" + "".join(f"a{i}:__typename " for i in range(200)) + "}", "aliases"),
    "root fields": ("{" + "ping " * 21 + "}", "rootFields"),
    "deep": (nested(30), "depth"),
    "deep through fragments": (
        "{thing{...a}}"
        + "".join(
            f"fragment {x} on Thing{{child{{child{{...{y}}}}}}}" for x, y in zip("abcdefgh", "bcdefghi", strict=True)
        )
        + "fragment i on Thing{name}",
        "depth",
    ),
    "nested inline fragments": ("{" + "...{" * 70 + "ping" + "}" * 70 + "}", "nesting"),
    "nested past the parser": ("{" + "...{" * 250 + "ping" + "}" * 250 + "}", "nesting"),
    "unused fragments": ("{ping}" + "".join(f"fragment u{i} on Query{{{'ping ' * 10}}}" for i in range(40)), "fields"),
    "tokens": ("{" + "ping " * 3000 + "}", "tokens"),
    "comments": ("#\n" * 600 + "{ping}", "comments"),
    "characters": ("{ping}" + " " * 60_000, "characters"),
    "introspection circle": (
        "{__schema{types{" + "fields{type{" * 9 + "name" + "}}" * 9 + "}}}",
        "introspectionDepth",
    ),
    "nested input": ("{things(filter:" + "{not:" * 15 + "{}" + "}" * 15 + "){name}}", "inputDepth"),
    "pages in pages": ("{things(first:100){children(first:100){name}}}", "cost"),
    "pages in variables": ("query($n:Int=100){things(first:$n){children(last:$n){name}}}", "cost"),
    "pages in a circle of fragments": (
        "{things(first:50){...a}} fragment a on Thing{children(first:50){...b}} fragment b on Thing{children(first:9){name}}",
        "cost",
    ),
}


def refusal(document: str, variables: dict[str, Any] | None = None) -> DoorError:
    documents = Documents(SCHEMA._schema, Limits())
    try:
        prepared = documents.prepare(document)
        prepared.cost(prepared.operation(None), variables or {})
    except DoorError as error:
        return error
    pytest.fail("nothing was refused")


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_by_the_limit_it_passes(name: str) -> None:
    document, limit = BOMBS[name]
    errors: list[DoorError] = []
    assert calls(lambda: errors.append(refusal(document))) < CALLS / 4
    (error,) = errors
    told = error.extensions or {}
    assert told["limit"] == limit
    assert told["code"] == ("DOCUMENT_TOO_COSTLY" if limit == "cost" else "DOCUMENT_TOO_LARGE")
    assert told["allowed"] > 0
    assert told["found"] is None or told["found"] > told["allowed"]


@pytest.mark.parametrize("name", sorted(BOMBS.keys() - {"characters"}))
async def test_a_bomb_is_refused_over_http(clerk: httpx.AsyncClient, name: str) -> None:
    headers = {"Accept": "application/graphql-response+json"}
    body = {"query": BOMBS[name][0]}
    response = await clerk.post("/graphql", json=body, headers=headers)
    assert response.status_code == 400
    assert response.json()["errors"][0]["extensions"]["limit"] == BOMBS[name][1]


def test_measuring_a_bomb_costs_a_fraction_of_validating_it() -> None:
    document = parse(BOMBS["overlapping arguments"][0])

    def measure() -> None:
        with pytest.raises(DoorError):
            Measure(document, Limits())

    assert calls(measure) * 10 < calls(lambda: validate(SCHEMA._schema, document))


def test_a_document_at_every_limit_is_validated_with_bounded_work() -> None:
    worst = [
        "{" + "things(first:1){children{name version}} " * 20 + "}",
        "{thing{" + "name " * 248 + "}}",
        "{"
        + "".join(f"...f{i} " for i in range(50))
        + "}"
        + "".join(f"fragment f{i} on Query{{thing{{name}}}}" for i in range(50)),
        "{"
        + "".join(f"...{{...f{i}}} " for i in range(20))
        + "}"
        + "".join(f"fragment f{i} on Query{{thing{{child{{child{{name version}}}}}}}}" for i in range(20)),
    ]
    for document in worst:
        assert calls(partial(Documents(SCHEMA._schema, Limits(root_fields=60)).prepare, document)) < CALLS


@pytest.mark.parametrize(
    "name", ["overlapping fields", "overlapping arguments", "overlapping nests", "one field 900 times"]
)
def test_the_bound_on_work_is_passed_without_the_limits(name: str) -> None:
    document = parse(BOMBS[name][0])
    assert calls(lambda: validate(SCHEMA._schema, document, RULES)) > 1.5 * CALLS


def test_a_circle_of_fragments_ends_and_is_refused_by_the_specification() -> None:
    documents = Documents(SCHEMA._schema, Limits())
    prepared = documents.prepare("{thing{...a}} fragment a on Thing{child{...b}} fragment b on Thing{child{...a}}")
    assert any("within itself" in error.message for error in prepared.errors)


def test_tools_may_introspect() -> None:
    query = get_introspection_query(
        descriptions=True,
        specified_by_url=True,
        directive_is_repeatable=True,
        schema_description=True,
        input_value_deprecation=True,
    )
    prepared = Documents(SCHEMA._schema, Limits()).prepare(query)
    assert prepared.errors == ()
    assert prepared.cost(prepared.operation(None), {}) == 0


@pytest.mark.parametrize(
    ("document", "variables", "cost"),
    [
        ("{ping}", {}, 0),
        ("{thing{name child{name}}}", {}, 2),
        ("{things(first:50){name child{name}}}", {}, 100),
        ("query($n:Int){things(first:$n){child{name}}}", {"n": 7}, 14),
        ("query($n:Int=3){things(first:$n){child{name}}}", {}, 6),
        ("query($n:Int){things(last:$n){child{name}}}", {}, 200),
        ("{things(first:10){...a ...a}} fragment a on Thing{child{name}}", {}, 30),
        ("query A{thing{name}} query B{things(first:9){child{name}}}", {}, 18),
    ],
)
def test_the_cost_follows_pages_and_variables(document: str, variables: dict[str, Any], cost: int) -> None:
    prepared = Documents(SCHEMA._schema, Limits()).prepare(document)
    assert prepared.errors == ()
    operation = prepared.operation("B" if "query B" in document else None)
    assert prepared.cost(operation, variables) == cost
    assert prepared.cost(operation, variables) == cost


def test_a_mutation_costs_more_than_a_read() -> None:
    document = 'mutation{rename(input:{id:"a",name:"b"}){thing{name}}}'
    prepared = Documents(SCHEMA._schema, Limits()).prepare(document)
    assert prepared.cost(prepared.operation(None), {}) == 12


def test_deep_variables_are_refused() -> None:
    deep: Any = {}
    for _ in range(20):
        deep = {"not": deep}
    error = refusal("query($f:ThingFilter){things(filter:$f){name}}", {"f": deep})
    assert (error.extensions or {})["limit"] == "inputDepth"


def test_a_repeated_document_is_read_once_and_the_oldest_is_forgotten() -> None:
    documents = Documents(SCHEMA._schema, Limits(), most=2)
    first = documents.prepare("{ping}")
    assert documents.prepare("{ping}") is first
    documents.prepare("{ping ping}")
    documents.prepare("{ping}")
    documents.prepare("{ping ping ping}")
    assert documents.prepare("{ping}") is first
    assert len(documents) == 2
    small = Documents(SCHEMA._schema, Limits(), most_characters=20)
    small.prepare("{ping}" + " " * 10)
    small.prepare("{ping ping}")
    assert len(small) == 1


def test_thousands_of_distinct_documents_leave_no_more_than_the_limit() -> None:
    documents = Documents(SCHEMA._schema, Limits(), most=200, most_characters=4_000)
    for number in range(2_000):
        documents.prepare(f"{{ a{number}: ping }}")
        assert len(documents) <= 200
    assert sum(map(len, documents._kept)) == documents._characters <= 4_000
    assert 150 < len(documents) <= 200


def test_junk_is_not_remembered() -> None:
    documents = Documents(SCHEMA._schema, Limits())
    documents.prepare("{nothing}")
    for junk in ("{", "{" + "ping " * 30 + "}"):
        with pytest.raises(DoorError):
            documents.prepare(junk)
    assert len(documents) == 0


def test_a_limit_counts_like_a_page() -> None:
    schema = office_schema()
    few, many = (
        schema.documents.prepare(f'{{ publicGuides(tenant: "taian", limit: {limit}) {{ rules {{ id }} }} }}')
        for limit in (1, 100)
    )
    costs = [each.cost(each.operation(None), {}) for each in (few, many)]
    assert costs[1] > 50 * costs[0]
