"""The API is a promise to portals: explained word by word, written down in git, and never broken in silence."""

import os
import re
import subprocess
from collections.abc import Iterator, Mapping

import pytest
from graphql import GraphQLSchema, build_schema, get_named_type, is_input_object_type, is_non_null_type
from graphql.utilities import find_breaking_changes

from schema.descriptions import undescribed
from schema.roots import office_schema, province_schema
from schema.sdl import FOLDER, difference, sdl_of
from tests.house.tree import ROOT, nothing

FILES = {"schema.graphql": office_schema, "province.graphql": province_schema}
KNOWN_BREAKS = FOLDER / "breaking.txt"
"""What was broken on purpose, one line for each change as this guard words it, under a comment that says why."""


@pytest.fixture(scope="module")
def schemas() -> Mapping[str, GraphQLSchema]:
    return {name: make()._schema for name, make in FILES.items()}


@pytest.mark.parametrize("name", FILES)
def test_every_word_of_the_schema_is_explained(name: str, schemas: Mapping[str, GraphQLSchema]) -> None:
    nothing(undescribed(schemas[name]))


def test_every_mutation_takes_one_input_with_an_idempotency_key(schemas: Mapping[str, GraphQLSchema]) -> None:
    nothing(unrepeatable(schemas["schema.graphql"]))


def unrepeatable(schema: GraphQLSchema) -> Iterator[str]:
    """Name the mutations that a portal could not safely send twice, or that could not say why they were refused."""
    assert schema.mutation_type is not None
    for name, field in schema.mutation_type.fields.items():
        kinds = [get_named_type(argument.type) for argument in field.args.values()]
        if list(field.args) != ["input"] or not is_input_object_type(kinds[0]):
            yield f"{name}: takes something else than one input"
        elif "idempotencyKey" not in kinds[0].fields:
            yield f"{name}: its input has no idempotencyKey"
        if "userErrors" not in get_named_type(field.type).fields:
            yield f"{name}: its payload has no userErrors"
        if not is_non_null_type(field.type):
            yield f"{name}: its payload may be null"


def test_the_guard_sees_a_mutation_that_cannot_be_repeated() -> None:
    planted = build_schema(
        "type Query { x: Int } type P { x: Int } input I { x: Int } type Mutation { a(x: Int): P b(input: I!): P! }"
    )
    assert list(unrepeatable(planted)) == [
        "a: takes something else than one input",
        "a: its payload has no userErrors",
        "a: its payload may be null",
        "b: its input has no idempotencyKey",
        "b: its payload has no userErrors",
    ]


def test_a_province_has_nothing_to_do(schemas: Mapping[str, GraphQLSchema]) -> None:
    """Supervisors of the province read figures; nothing of theirs changes a case (SOD11)."""
    assert schemas["province.graphql"].mutation_type is None


@pytest.mark.parametrize("name", FILES)
def test_the_schema_in_git_is_the_schema_of_the_code(name: str) -> None:
    drift = difference(FOLDER / name, sdl_of(FILES[name]()))
    assert not drift, f"run `python -m schema.sdl --write` and look at the difference\n{drift[:4000]}"


def git(*arguments: str) -> str:
    """Ask git; a tree without its history has nothing to say."""
    try:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        done = subprocess.run(
            ["git", *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=20
        )
    except FileNotFoundError:
        return ""
    return done.stdout if done.returncode == 0 else ""


def promised(name: str) -> Iterator[str]:
    """Give the texts that portals may have read: the last two that were committed.

    Before a commit the last one is compared with the code; after it the one before, so that CI sees the change too.
    """
    for commit in git("log", "-2", "--format=%H", "--", f"schema/{name}").split():
        text = git("show", f"{commit}:schema/{name}")
        if text:
            yield text


def broken(name: str, before: str, now: str) -> list[str]:
    """Word what a portal can no longer do that it could before."""
    changes = find_breaking_changes(build_schema(before), build_schema(now))
    return [f"{name} {change.type.name}: {change.description}" for change in changes]


@pytest.mark.parametrize("name", FILES)
def test_no_promise_is_broken_in_silence(name: str) -> None:
    now = sdl_of(FILES[name]())
    found = {change for before in promised(name) for change in broken(name, before, now)}
    nothing(sorted(found - listed(KNOWN_BREAKS.read_text(encoding="utf-8"))))


def listed(text: str) -> set[str]:
    return {line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")}


def test_every_listed_break_says_why() -> None:
    """A group of breaks stands under a comment with the day and the reason; the list is what portals are told."""
    groups = re.split(r"\n\s*\n", KNOWN_BREAKS.read_text(encoding="utf-8").strip())
    nothing(group for group in groups if not re.match(r"# \d{4}-\d{2}-\d{2}: \S.{15,}", group) and listed(group))


def test_the_guard_sees_a_broken_promise() -> None:
    before = "type Query { case(id: ID!): String old: Int }"
    assert broken("x", before, "type Query { case(id: ID!, by: Int!): String }") == [
        "x FIELD_REMOVED: Field Query.old was removed.",
        "x REQUIRED_ARG_ADDED: A required argument Query.case(by:) was added.",
    ]
    assert broken("x", before, "type Query { case(id: ID!, by: Int): String old: Int new: Int }") == []
