"""From a mutation to a verb and back: payloads, refusals with their rules, failures."""

from typing import Any
from uuid import UUID

import httpx
import pytest
import strawberry

from casework.kernel.errors import Code
from schema.enums import described_enum
from schema.ids import global_id
from schema.perform import Payload
from schema.refusals import RuleForce, RuleReference
from tenants.rules import RULES
from tests.schema.doors import PaperOffice

THING = global_id("Thing", UUID(int=5))
RENAME = """mutation($i: RenameInput!) { rename(input: $i) { thing { name version } userErrors {
  code message messageZh path guard rule { id article force legalStatus source { titleZh docNo issuerZh issued } }
  rules { id } lawfulNext { mutation label labelZh } } } }"""


async def rename(clerk: httpx.AsyncClient, **given: Any) -> Any:
    sent = {"query": RENAME, "variables": {"i": {"id": THING, **given}}}
    answer = (await clerk.post("/graphql", json=sent, headers={"X-Correlation-Id": "perform-1"})).json()
    assert "errors" not in answer or answer["data"] is None, answer
    return answer["data"] and answer["data"]["rename"]


async def test_what_was_done_is_shown(clerk: httpx.AsyncClient, office: PaperOffice) -> None:
    assert await rename(clerk, name="new", idempotencyKey="k") == {
        "thing": {"name": "new", "version": 1},
        "userErrors": [],
    }
    asked = office.asked[0]
    assert (asked["intent"].thing_id, asked["key"], asked["correlation_id"]) == (UUID(int=5), "k", "perform-1")


@pytest.mark.rule("TA-9-1", "TA-9-2")
async def test_a_refusal_names_its_rule_and_what_is_lawful(clerk: httpx.AsyncClient) -> None:
    answer = await rename(clerk, name="rule")
    assert answer["thing"] is None
    assert answer["userErrors"] == [
        {
            "code": "GUARD_REFUSED",
            "message": "Not on the list.",
            "messageZh": "不在清单内。",
            "path": ["name"],
            "guard": "ITEM_ON_LIST",
            "rule": {
                "id": "TA-9-1",
                "article": "Art.9",
                "force": "MUST",
                "legalStatus": "REGULATION",
                "source": {
                    "titleZh": "泰安市政务服务帮办代办工作实施细则",
                    "docNo": None,
                    "issuerZh": "泰安市政务服务管理办公室",
                    "issued": "2024-08-28",
                },
            },
            "rules": [{"id": "TA-9-1"}, {"id": "TA-9-2"}],
            "lawfulNext": [{"mutation": "createAssist", "label": "Ask for assistance", "labelZh": "申请帮办"}],
        }
    ]


async def test_a_refusal_of_the_platform_has_no_rule(clerk: httpx.AsyncClient) -> None:
    error = (await rename(clerk, name="forbidden"))["userErrors"][0]
    assert (error["code"], error["rule"], error["rules"]) == ("FORBIDDEN", None, [])


async def test_a_stale_decision_gets_the_present_object(clerk: httpx.AsyncClient) -> None:
    answer = await rename(clerk, name="stale")
    assert answer["thing"] == {"name": "as it is", "version": 7}
    assert answer["userErrors"][0]["code"] == "STALE_VERSION"


@pytest.mark.parametrize("given", ["junk", "", "VGhpbmc6eA==", global_id("Case", UUID(int=5)), "中文"])
async def test_an_id_that_cannot_be_used_is_a_refusal(
    clerk: httpx.AsyncClient, office: PaperOffice, given: str
) -> None:
    answer = await rename(clerk, id=given, name="new")
    error = answer["userErrors"][0]
    assert (error["code"], error["path"]) == ("INVALID_INPUT", ["id"])
    assert office.asked == []


async def test_a_failure_is_not_a_refusal(clerk: httpx.AsyncClient) -> None:
    assert await rename(clerk, name="broken") is None


def test_every_rule_can_be_shown() -> None:
    shown = [RuleReference.of(rule_id) for rule_id in RULES]
    assert {rule.force for rule in shown} <= set(RuleForce)
    assert all(rule.article and rule.source.title_zh and rule.source.issuer_zh for rule in shown)


def test_a_payload_that_shows_nothing_clear_is_noticed() -> None:
    @strawberry.type
    class TwoPayload(Payload):
        one: RuleReference | None = None
        two: RuleReference | None = None

    @strawberry.type
    class TextPayload(Payload):
        text: str | None = None

    with pytest.raises(TypeError, match="exactly one"):
        TwoPayload.changed_object()
    with pytest.raises(TypeError, match="class method"):
        TextPayload.changed_object()


def test_an_enum_member_without_a_meaning_is_noticed() -> None:
    with pytest.raises(ValueError, match="NOT_FOUND"):
        described_enum(Code, "x", {})
