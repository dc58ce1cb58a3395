"""What is foreseen of a document: its cost, and what of it plans answer."""

from __future__ import annotations

from functools import cache

import pytest

from authz.actor import Actor, ActorKind
from authz.table import compile_table
from schema.build import DoorSchema
from schema.foreseen import Foreseen, foresee
from schema.roots import office_schema
from tenants.loader import load_profile, shipped_profiles


@cache
def office() -> DoorSchema:
    return office_schema()


def foreseen(document: str) -> list[Foreseen]:
    profile = load_profile(shipped_profiles()[0])
    prepared = office().documents.read(document)
    assert prepared.errors == ()
    actor = Actor(ActorKind.APPLICANT, profile.tenant, "documents")
    return list(foresee(office(), prepared, compile_table(profile), actor))


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ("{ __typename }", Foreseen("(unnamed)", "query", 0, 0, ())),
        ("query A($n: Int!) { cases(first: $n) { nodes { caseNo } } }", Foreseen("A", "query", 1, 100, ())),
        ("query B($i: ID!) { node(id: $i) { ... on Case { caseNo } } }", Foreseen("B", "query", 1, 1, ())),
        ("{ __schema { queryType { name } } }", Foreseen("(unnamed)", "query", 0, 0, ("__schema",))),
    ],
)
def test_cost_and_plan_of_an_operation(document: str, expected: Foreseen) -> None:
    assert foreseen(document) == [expected]


def test_every_operation_is_told_and_a_mutation_is_never_planned() -> None:
    document = (
        "query A { about { __typename } } mutation B($i: TriageCaseInput!) { triageCase(input: $i) { case { id } } }"
    )
    first, second = foreseen(document)
    assert (first.name, second.name, second.kind, second.unplanned) == ("A", "B", "mutation", None)
