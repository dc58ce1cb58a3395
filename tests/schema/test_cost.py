"""The cost is reckoned from pages, from declared sizes of lists without an end, and from a price for counting."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from schema.build import DoorSchema
from schema.cost import COUNTED, COUNTED_BELOW
from schema.reading.reader import LIGHT_COST
from schema.reading.sources import FEW, MANY, SEVERAL
from schema.roots import office_schema

LIST_OF_WORK = """
{ cases(first: 50, filter: { state: { eq: ACCEPTED } }) {
    nodes { caseNo unit { code } owner { code } item { code } timers { code } notices { issuedAt } } } }
"""


@cache
def office() -> DoorSchema:
    return office_schema()


def cost(document: str, **variables: Any) -> int:
    prepared = office().documents.read(document)
    assert prepared.errors == ()
    return prepared.reckoned(prepared.operation(None), variables)


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ("{ cases(first: 20) { nodes { caseNo } } }", 20),
        ("{ cases(first: 20) { totalCount nodes { caseNo } } }", 20 + COUNTED),
        (
            "{ cases(first: 20) { ...Page } } fragment Page on CaseConnection { ... { totalCount } nodes { id } }",
            20 + COUNTED,
        ),
        ("{ cases(first: 20) { totalCount again: totalCount } }", 20 + 2 * COUNTED),
        (
            "{ units(first: 3) { totalCount nodes { cases(first: 4) { totalCount } } } }",
            3 * (1 + 4 + COUNTED_BELOW) + COUNTED,
        ),
    ],
)
def test_counting_a_list_has_a_price_for_each_time_that_it_is_counted(document: str, expected: int) -> None:
    assert cost(document) == expected


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ('{ case(caseNo: "x") { caseNo unit { code } } }', 2),
        ('{ case(caseNo: "x") { timers { code } } }', 1 + FEW),
        ('{ case(caseNo: "x") { steps { at } materials { id } } }', 1 + 2 * SEVERAL),
        ('{ case(caseNo: "x") { steps(first: 2) { at } } }', 1 + 2),
        ('{ case(caseNo: "x") { ...Lists } } fragment Lists on Case { steps(first: null) { at } }', 1 + SEVERAL),
        ('{ node(id: "x") { ... on Case { documents { signatures { __typename } } } } }', 1 + FEW * (1 + FEW)),
        ("{ dashboard { count unit { code } } }", MANY * 2),
        ("{ myNotifications { __typename } }", 20),
        ("{ myNotifications(limit: 7) { __typename } }", 7),
    ],
)
def test_a_list_without_an_end_has_its_usual_size(document: str, expected: int) -> None:
    assert cost(document) == expected


def test_a_list_of_variable_length_has_its_usual_size_until_the_variable_is_given() -> None:
    document = 'query Q($n: Int) { case(caseNo: "x") { steps(first: $n) { at } } }'
    assert (cost(document), cost(document, n=3)) == (1 + SEVERAL, 1 + 3)


def test_a_list_of_work_is_no_heavy_reading() -> None:
    assert cost(LIST_OF_WORK) == 50 * (1 + 3 + 2 * FEW) <= LIGHT_COST


def test_a_list_of_work_that_is_counted_is_heavy_reading() -> None:
    assert cost(LIST_OF_WORK.replace("nodes", "totalCount nodes")) > LIGHT_COST
