"""Objects by global ids that stand in the document, through fragments on the interface and on types, by whole plans."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson
import pytest

from bench.equality.comparing import compare
from bench.equality.doors import Caller, callers, open_doors
from bench.equality.question import Written
from schema.ids import global_id
from tests.schema.reading.conftest import Scene

SELECTED = """
  __typename
  id
  ... on Node { nodeId: id kind: __typename ... on Unit { path } }
  ... on Case { caseNo unit { __typename ... on Node { id } } }
  ...OfUnit
  ... { again: id }
"""
FRAGMENT = "fragment OfUnit on Unit { __typename code ...OfNode } fragment OfNode on Node { __typename id }"
ONE = "query Q { node(id: %s) { " + SELECTED + " } } " + FRAGMENT
SEVERAL = "query Q%s { nodes(ids: %s) { " + SELECTED + " } } " + FRAGMENT


def ids(scene: Scene) -> dict[str, str]:
    rows = scene.towns[0].rows
    named = {"Unit": "org_unit", "Case": "service_case", "StaffMember": "staff_member"}
    return {kind: str(global_id(kind, rows[table][1]["id"])) for kind, table in named.items()}


def staff(scene: Scene) -> Caller:
    return next(caller for caller in callers(scene.towns) if caller.token.startswith("staff/"))


async def asked(scene: Scene, document: str, variables: dict[str, Any]) -> tuple[str | None, dict[str, Any]]:
    async with open_doors(scene.connections) as doors:
        answer = await compare(doors, Written(document, variables), staff(scene), "no-number", smallest=False)
    return answer.seen.plan, orjson.loads(answer.body)


@pytest.mark.parametrize("kind", ["Unit", "Case", "StaffMember"])
async def test_one_by_an_id_in_the_document(scene: Scene, kind: str) -> None:
    plan, found = await asked(scene, ONE % f'"{ids(scene)[kind]}"', {})
    node = found["data"]["node"]
    assert plan == "whole"
    if kind == "Unit":
        assert node == {
            **dict.fromkeys(("id", "nodeId", "again"), ids(scene)["Unit"]),
            **dict.fromkeys(("__typename", "kind"), "Unit"),
            "path": scene.towns[0].rows["org_unit"][1]["path"],
            "code": "u1",
        }


@pytest.mark.parametrize(
    ("head", "given"),
    [
        ("", '["{Unit}", "{Case}", "{Unit}"]'),
        ("($a: ID!, $b: ID!)", '["{Unit}", $a, $b]'),
        ("", '"{Unit}"'),
        ("", "[]"),
    ],
    ids=["literals", "mixed", "one for a list", "none"],
)
async def test_several_by_ids_in_the_document(scene: Scene, head: str, given: str) -> None:
    known = ids(scene)
    variables = {"a": known["Case"], "b": known["Unit"]} if head else {}
    plan, found = await asked(scene, SEVERAL % (head, given.format(**known)), variables)
    assert plan == "whole"
    assert [node["id"] for node in found["data"]["nodes"] if node][:1] == ([] if given == "[]" else [known["Unit"]])


@pytest.mark.parametrize("wrong", ["nonsense", str(global_id("Nothing", UUID(int=1)))])
async def test_what_is_no_id_is_refused_in_the_words_of_the_executor(scene: Scene, wrong: str) -> None:
    _, found = await asked(scene, SEVERAL % ("", f'["{ids(scene)["Unit"]}", "{wrong}"]'), {})
    assert found["errors"][0]["extensions"]["code"] == "BAD_INPUT"


async def test_what_the_api_is_is_planned_for_who_has_a_token(scene: Scene) -> None:
    plan, found = await asked(scene, "{ about { name release now } __typename }", {})
    assert plan == "whole"
    assert found["data"]["about"]["name"] == "Bangban 帮办"
