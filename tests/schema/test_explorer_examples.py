"""The examples that the explorer opens with are valid documents of the real schemas."""

import re
from functools import cache

import pytest

from bangban.graphiql_build import SOURCES
from schema.build import DoorSchema
from schema.roots import office_schema, province_schema

TEXT = (SOURCES / "src" / "examples.js").read_text(encoding="utf-8")
EXAMPLES = dict(re.findall(r"const (\w+) = \{\s*query: `(.*?)`", TEXT, re.DOTALL))


@cache
def schema_of(reader: str) -> DoorSchema:
    return province_schema() if reader == "supervisor" else office_schema()


@pytest.mark.parametrize("reader", ["integrator", "portal", "clerk", "lead", "supervisor"])
def test_an_example_is_valid(reader: str) -> None:
    prepared = schema_of(reader).documents.prepare(EXAMPLES[reader])
    assert [error.message for error in prepared.errors] == []


def test_the_first_example_needs_no_token() -> None:
    schema = schema_of("integrator")
    assert schema.is_public(schema.documents.prepare(EXAMPLES["integrator"]).operation("WhatIsThis"))


def test_every_example_has_a_reader() -> None:
    assert set(EXAMPLES) == {"integrator", "portal", "clerk", "lead", "supervisor"}
