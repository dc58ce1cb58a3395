"""Validation says of every document what the library's own says, for thousands of documents that are a little wrong."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from random import Random

import pytest
from graphql import DocumentNode, GraphQLSyntaxError, Lexer, Source, TokenKind, parse, validate

from schema.build import DoorSchema
from schema.roots import office_schema
from schema.validity import MOST_ERRORS, RULES, errors_in
from tests.schema.test_explorer_examples import EXAMPLES

DOCUMENTS = [
    *(EXAMPLES[reader] for reader in ("integrator", "portal", "clerk")),
    """query A($no: String!, $with: Boolean = true, $first: Int) {
      case(caseNo: $no) { ...Numbers @include(if: $with) ... on Case { timers(first: $first) { code } } again: caseNo }
      node(id: "x") { id ... on Case { state } ...Numbers }
    }
    fragment Numbers on Case { caseNo unit { ...Unit } } fragment Unit on Unit { code nameZh }""",
    """query B($filter: CaseFilter, $order: [CaseOrder!], $after: String) {
      cases(first: 3, after: $after, filter: $filter, orderBy: $order) { nodes { id } totalCount }
      other: cases(first: 2, filter: {state: {in: [ACCEPTED, FILED]}, receivedAt: {gte: "2024-01-01T00:00:00+08:00"}}) {
        edges { cursor node { caseNo unit { code } steps(first: 2) { at trigger } } } pageInfo { hasNextPage }
      }
    }""",
    """query C { __schema { types { name fields { name type { name ofType { name } } } } } __type(name: "Case") { name } }""",
    """mutation D($input: TriageCaseInput!) { triageCase(input: $input) { case { id } } }
    query E { me { __typename } }""",
]
OTHERS = [
    "$no",
    "@skip(if: true)",
    "null",
    "1",
    '"x"',
    "true",
    "[1]",
    "{a: 1}",
    "on",
    "...",
    "Unit",
    "caseNo",
    "!",
    "input X { a: Int }",
]
DAMAGED = 500


@cache
def office() -> DoorSchema:
    return office_schema()


def tokens_of(text: str) -> list[str]:
    lexer, found = Lexer(Source(text)), []
    while lexer.advance().kind is not TokenKind.EOF:
        found.append(text[lexer.token.start : lexer.token.end])
    return found


def damaged(chance: Random) -> str:
    """Write a document in which a few words are missing, doubled or others."""
    words = tokens_of(chance.choice(DOCUMENTS))
    for _ in range(chance.choice((1, 1, 2, 3))):
        place = chance.randrange(len(words))
        match chance.randrange(4):
            case 0:
                del words[place]
            case 1:
                words.insert(place, words[chance.randrange(len(words))])
            case 2:
                words[place] = words[chance.randrange(len(words))]
            case _:
                words.insert(place, chance.choice(OTHERS))
    return " ".join(words)


def readable(number: int) -> Iterator[tuple[str, DocumentNode]]:
    chance = Random(number)
    for _ in range(DAMAGED):
        text = damaged(chance)
        try:
            yield text, parse(text)
        except GraphQLSyntaxError:
            continue


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_valid_document_has_no_errors(document: str) -> None:
    assert validate(office()._schema, parse(document), RULES) == []
    assert errors_in(office()._schema, parse(document), document) == []


@pytest.mark.parametrize("number", range(3))
def test_what_the_library_finds_is_found(number: int) -> None:
    inner = office()._schema
    wrong = 0
    for text, document in readable(number):
        expected = validate(inner, document, RULES, max_errors=MOST_ERRORS)
        found = errors_in(inner, document, text)
        assert [str(error) for error in found] == [str(error) for error in expected], text
        wrong += bool(expected)
    assert wrong > DAMAGED / 20


def test_every_rule_is_asked() -> None:
    """A rule without methods of its own, or with a way to break off, would need another walk."""
    inner = office()._schema
    for rule in RULES:
        assert any(name.startswith(("enter", "leave")) for name in dir(rule)), rule
    document = parse("{ about { nothing } }")
    assert [error.message for error in errors_in(inner, document, "{ about { nothing } }")]
