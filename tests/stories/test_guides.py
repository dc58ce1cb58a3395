"""Guides and handbooks: written with the departments, reviewed by somebody else, refused while a demanded field is empty."""

from typing import Any

import psycopg
import pytest

from tests.stories.stack import Caller, Stack
from tests.stories.walk import ask_for

GUIDE = (
    "guide { id code titleZh state publishedVersion version kind { code rule { id } } coAuthorIds"
    " fields { key filled required text } items { item { code } writtenFrom { version } }"
    " reviews { approved note qualities { qualityZh met } }"
    " versions { version publishedAt authorsZh fields { key nameZh text } rules { id } } }"
)
QUALITIES = [{"qualityZh": quality, "met": True} for quality in ("全面详实", "准确易懂", "操作便捷")]


def texts(guide: dict[str, Any]) -> dict[str, str]:
    """Give the text in the making by the keys of its fields."""
    return {field["key"]: field["text"] for field in guide["fields"]}


def parts(**fields: str) -> list[dict[str, str]]:
    """Fill in fields."""
    return [{"key": key, "value": value} for key, value in fields.items()]


def reviewed(writer: Caller, reviewer: Caller, guide: str, **more: Any) -> dict[str, Any]:
    """Submit a guide and have it approved."""
    writer.do("submitGuide", GUIDE, guideId=guide)
    return reviewer.do("reviewGuide", GUIDE, guideId=guide, approved=True, **more)


@pytest.mark.rule("TA-10-2", "TA-11-1")
def test_taian_a_handbook_without_telephone_is_refused(stack: Stack) -> None:
    """S-TA-28: the missing field is named; with all five fields it is published with version and date."""
    published_at = stack.at("2024-09-12 09:00").isoformat()
    chief, lead = stack.staff("taian-chief-1"), stack.staff("taian-lead-1")
    draft = {"unitCode": "370902", "kind": "handbook", "itemCodes": ["SCJG-04"]}
    (refused,) = stack.staff("taian-helper-1").refused("draftGuide", GUIDE, **draft)
    assert (refused["code"], refused["path"]) == ("FORBIDDEN", ["unitCode"])
    (refused,) = chief.refused("draftGuide", GUIDE, **{**draft, "kind": "leaflet"})
    assert refused["path"] == ["kind"]
    (refused,) = chief.refused("draftGuide", GUIDE, **draft, fields=parts(colour="红"))
    assert (refused["path"], refused["rule"]["id"]) == (["fields"], "TA-10-2")
    guide = chief.do("draftGuide", GUIDE, **draft, fields=parts(phone=""))
    assert (guide["code"], guide["state"], guide["kind"]["code"]) == ("370902-SCJG-04", "DRAFT", "handbook")
    known = texts(guide)
    assert known["item_name"] == "内资公司变更登记"
    assert known["committed_limit"] == "2个工作日"
    assert known["materials"].splitlines()[0].startswith("1. 申请表（原件，1份；")
    assert known["process"] == "受理、审查、决定、制证、送达"
    assert known["address"].endswith("号")
    assert len(guide["coAuthorIds"]) == 1, "the business department writes with the unit"
    assert chief.refused("draftGuide", GUIDE, **draft)[0]["code"] == "CONFLICT"

    key = guide["id"]
    (refused,) = lead.refused("publishGuide", GUIDE, guideId=key)
    assert refused["code"] == "ILLEGAL_TRANSITION"
    chief.do("submitGuide", GUIDE, guideId=key)
    (refused,) = chief.refused("reviewGuide", GUIDE, guideId=key, approved=True)
    assert (refused["code"], refused["rule"]["id"]) == ("SEPARATION_OF_DUTIES", "TA-10-2")
    assert lead.refused("reviewGuide", GUIDE, guideId=key, approved=False)[0]["path"] == ["note"]
    assert lead.do("reviewGuide", GUIDE, guideId=key, approved=True)["state"] == "REVIEWED"
    (refused,) = lead.refused("publishGuide", GUIDE, guideId=key)
    assert (refused["code"], refused["guard"], refused["rule"]["id"]) == (
        "GUARD_REFUSED", "GUIDE_FIELDS_FILLED", "TA-11-1",
    )  # fmt: skip
    assert "咨询电话" in refused["messageZh"]
    assert [step["mutation"] for step in refused["lawfulNext"]] == ["reviseGuide"]

    chief.do("reviseGuide", GUIDE, guideId=key, fields=parts(phone="0538-0123456"))
    found = reviewed(chief, lead, key)
    assert [review["approved"] for review in found["reviews"]] == [True, True]
    (refused,) = chief.refused("publishGuide", GUIDE, guideId=key)
    assert refused["code"] == "FORBIDDEN", "who writes does not publish"
    found = lead.do("publishGuide", GUIDE, guideId=key, expectedVersion=found["version"])
    (version,) = found["versions"]
    assert (found["state"], version["version"], version["publishedAt"]) == ("PUBLISHED", 1, published_at)
    assert [field["key"] for field in version["fields"]] == [
        "item_name", "committed_limit", "process", "materials", "address_phone",
    ]  # fmt: skip
    assert version["fields"][4]["text"].endswith("咨询电话：0538-0123456")
    assert {rule["id"] for rule in version["rules"]} >= {"TA-10-2", "TA-11-1"}
    assert version["authorsZh"]
    assert lead.refused("publishGuide", GUIDE, guideId=key)[0]["code"] == "ILLEGAL_TRANSITION"


@pytest.mark.rule("TA-10-4")
def test_taian_townships_write_handbooks_and_villages_need_none(stack: Stack) -> None:
    """Q83: a guide is compiled at the township and above."""
    stack.at("2024-09-12 09:30")
    supervisor = stack.staff("taian-supervisor-1")
    draft = {"kind": "handbook", "itemCodes": ["MZJ-03"]}
    guide = supervisor.do("draftGuide", GUIDE, unitCode="370902001", **draft)
    assert guide["code"] == "370902001-MZJ-03"
    (refused,) = supervisor.refused("draftGuide", GUIDE, unitCode="370902001001", **draft)
    assert (refused["path"], "TA-10-4" in {rule["id"] for rule in refused["rules"]}) == (["unitCode"], True)


@pytest.mark.rule("PX-A-3.3-1", "PX-A-3.3-2", "PX-A-2-2")
def test_pingxiang_a_bundle_guide_without_the_fee_standard_is_refused(stack: Stack) -> None:
    """S-PX-14: with "no fee" said in words it passes; several items become one guide, what they share is said once."""
    stack.at("2024-09-12 10:00")
    writer, lead = stack.staff("pingxiang-dept-helper-1"), stack.staff("pingxiang-lead-officer-1")
    draft = {"unitCode": "360302-SCJG", "kind": "bundle_guide", "code": "KFD", "title": "我要开饭店办事指南"}
    (refused,) = writer.refused("draftGuide", GUIDE, **draft, itemCodes=["SCJG-02", "SCJG-03"])
    assert (refused["path"], refused["rule"]["id"]) == (["itemCodes"], "PX-A-2-1")
    known = parts(basis="《食品安全法》《消防法》", conditions="具有与经营规模相适应的场所")
    guide = writer.do("draftGuide", GUIDE, **draft, itemCodes=["SCJG-02", "SCJG-03", "XFJY-01"], fields=known)
    text = texts(guide)
    assert text["time_limit"] == "10个工作日", "the longest of those handled side by side"
    assert text["materials"].count("申请表") == 1, "a paper that several items ask for is listed once"
    assert "→" in text["flowchart"]
    assert text["fees"] == ""
    key = guide["id"]
    reviewed(writer, lead, key)
    (refused,) = lead.refused("publishGuide", GUIDE, guideId=key)
    assert (refused["guard"], refused["rule"]["id"]) == ("GUIDE_FIELDS_FILLED", "PX-A-3.3-1")
    assert refused["messageZh"] == "尚未填写:收费标准。"
    writer.do("reviseGuide", GUIDE, guideId=key, fields=parts(fees="——"))
    reviewed(writer, lead, key)
    assert lead.refused("publishGuide", GUIDE, guideId=key)[0]["guard"] == "GUIDE_FIELDS_FILLED", "a dash says nothing"
    writer.do("reviseGuide", GUIDE, guideId=key, fields=parts(fees="不收费"))
    reviewed(writer, lead, key)
    found = lead.do("publishGuide", GUIDE, guideId=key)
    shown = {field["key"]: field["text"] for field in found["versions"][0]["fields"]}
    assert (shown["fees"], "flowchart" in shown) == ("不收费", True)
    assert stack.staff("pingxiang-guide-1").ask('{ guide(code: "KFD") { id } }') == {"guide": None}


@pytest.mark.rule("NX-3-1", "NX-3-2", "NX-3-3", "NX-3-4")
def test_neixiang_a_guide_has_instructions_and_a_sample_and_is_looked_through(stack: Stack) -> None:
    """The department writes it item by item; there is one guide for the hall and the network."""
    stack.at("2024-09-12 11:00")
    writer, leader = stack.staff("neixiang-dept-helper-1"), stack.staff("neixiang-leader-1")
    draft = {"unitCode": "411325-SCJG", "kind": "service_guide", "itemCodes": ["SCJG-03"]}
    (refused,) = stack.staff("neixiang-supervisor-1").refused("draftGuide", GUIDE, **{**draft, "unitCode": "411325100"})
    assert (refused["path"], refused["rule"]["id"]) == (["unitCode"], "NX-3-1")
    guide = writer.do("draftGuide", GUIDE, **draft)
    key = guide["id"]
    (refused,) = writer.refused("draftGuide", GUIDE, **draft, code="SECOND")
    assert (refused["code"], "NX-3-4" in {rule["id"] for rule in refused["rules"]}) == ("CONFLICT", True)
    writer.do("submitGuide", GUIDE, guideId=key)
    (refused,) = leader.refused("reviewGuide", GUIDE, guideId=key, approved=True, qualities=QUALITIES[:2])
    assert ("操作便捷" in refused["messageZh"], refused["path"]) == (True, ["qualities"])
    returned = leader.do("reviewGuide", GUIDE, guideId=key, approved=False, note="缺示范文本", qualities=QUALITIES[:2])
    assert (returned["state"], returned["reviews"][0]["note"]) == ("DRAFT", "缺示范文本")
    assert [each["met"] for each in returned["reviews"][0]["qualities"]] == [True, True, False]
    reviewed(writer, leader, key, qualities=QUALITIES)
    (refused,) = leader.refused("publishGuide", GUIDE, guideId=key)
    assert (refused["messageZh"], refused["rules"][1]["id"]) == ("尚未填写:填写说明、示范文本。", "NX-3-2")
    writer.do(
        "reviseGuide", GUIDE, guideId=key,
        fields=parts(filling_instructions="用黑色签字笔填写", sample_text="经营者名称：示例餐馆"),
    )  # fmt: skip
    reviewed(writer, leader, key, qualities=QUALITIES)
    assert leader.do("publishGuide", GUIDE, guideId=key)["publishedVersion"] == 1


DRIFT = (
    "query($code: String) { guideDrift(unitCode: $code) { moreCases"
    " guides { guideCode publishedVersion itemCode restsOn { version limitValue } inForce { version limitValue } }"
    " cases { caseId caseNo itemCode promised { version limitValue limitUnit } inForce { version limitValue } } } }"
)
PAPERS = "query($code: String!) { item(code: $code) { id currentVersion { version requirements { id nameZh } } } }"
NEXT_VERSION = """
WITH ended AS (
  UPDATE service_item_version v SET valid_to = %(day)s::date - 1, row_version = v.row_version + 1
  FROM service_item i
  WHERE i.id = v.item_id AND i.code = %(code)s AND i.tenant_id = %(tenant)s AND v.tenant_id = i.tenant_id RETURNING v.*
), begun AS (
  INSERT INTO service_item_version (tenant_id, id, item_id, version, valid_from, limit_value, limit_unit, on_spot,
    handled_at, process_zh, created_at, updated_at, row_version)
  SELECT tenant_id, gen_random_uuid(), item_id, version + 1, %(day)s, %(limit)s, limit_unit, on_spot, handled_at,
    '受理、办结', created_at, updated_at, 1 FROM ended RETURNING id, tenant_id, created_at
)
INSERT INTO material_requirement (tenant_id, id, item_version_id, position, name_zh, original_needed, copies, "deferrable",
  by_commitment, way_to_obtain_zh, created_at, updated_at, row_version)
SELECT tenant_id, gen_random_uuid(), id, 1, '新版承诺书', true, 1, false, false, '窗口领取', created_at, created_at, 1
FROM begun RETURNING id
"""
"""How the register of items, which other systems keep, gets the next version of an item."""


def next_version(stack: Stack, tenant: str, code: str, day: str, limit: int) -> None:
    """Let an item ask and promise something else from a day on."""
    with psycopg.connect(stack.connections.dsn("app")) as connection:
        connection.execute(f"SET LOCAL app.tenant_id = '{tenant}'")
        assert connection.execute(NEXT_VERSION, {"tenant": tenant, "code": code, "day": day, "limit": limit}).fetchall()


def made_public(writer: Caller, lead: Caller, **draft: Any) -> str:
    """Write, review and publish a guide, and give its id."""
    guide = writer.do("draftGuide", GUIDE, **draft)
    reviewed(writer, lead, guide["id"])
    return str(lead.do("publishGuide", GUIDE, guideId=guide["id"])["id"])


@pytest.mark.rule("TA-11-1", "TA-18-7")
def test_taian_a_changed_item_leaves_guides_behind_and_promises_kept(stack: Stack) -> None:
    """Guides and open cases that a change touches are listed; the case keeps its papers and its limit."""
    stack.at("2024-09-12 14:00")
    chief, lead = stack.staff("taian-chief-1"), stack.staff("taian-lead-1")
    item, unit = "WJW-02", {"code": "370902"}
    key = made_public(chief, lead, unitCode="370902", kind="handbook", itemCodes=[item])
    case = ask_for(stack.portal("taian-applicant-1"), "370902", "ASSIST", item)
    (old, *_) = chief.ask(PAPERS, code=item)["item"]["currentVersion"]["requirements"]
    before = chief.ask(DRIFT, **unit)["guideDrift"]
    assert item not in {each["itemCode"] for each in (*before["guides"], *before["cases"])}

    next_version(stack, "taian", item, "2024-09-18", 3)
    stack.at("2024-09-18 09:00")
    found = chief.ask(DRIFT, **unit)["guideDrift"]
    (guide,) = [each for each in found["guides"] if each["itemCode"] == item]
    assert guide == {
        "guideCode": f"370902-{item}", "publishedVersion": 1, "itemCode": item,
        "restsOn": {"version": 1, "limitValue": 5}, "inForce": {"version": 2, "limitValue": 3},
    }  # fmt: skip
    (kept,) = [each for each in found["cases"] if each["itemCode"] == item]
    assert (kept["caseId"], kept["promised"]["limitValue"], kept["inForce"]["limitValue"]) == (case, 5, 3)
    assert found["moreCases"] is False
    neighbour = stack.staff("taian-neighbour-intake-1").ask(DRIFT)["guideDrift"]
    assert neighbour["guides"] == []
    assert case not in {each["caseId"] for each in neighbour["cases"]}

    (new, *_) = chief.ask(PAPERS, code=item)["item"]["currentVersion"]["requirements"]
    assert new["nameZh"] == "新版承诺书"
    helper = stack.staff("taian-intake-1")
    helper.case("respondCase", case, channel="WINDOW", content="按原承诺办理")
    paper = {"caseId": case, "name": "材料", "medium": "PAPER"}
    (refused,) = helper.refused("recordMaterial", "material { id }", **paper, requirementId=new["id"])
    assert refused["path"] == ["requirementId"], "the paper is not one that this applicant was told of"
    brought = helper.do(
        "recordMaterial", "material { id reviewedAgainst { version } }", **paper, requirementId=old["id"]
    )
    assert brought["reviewedAgainst"] is None
    later = ask_for(stack.portal("taian-applicant-2"), "370902", "ASSIST", item)
    assert later not in {each["caseId"] for each in chief.ask(DRIFT, **unit)["guideDrift"]["cases"]}

    draft = chief.do("reviseGuide", GUIDE, guideId=key)
    assert (texts(draft)["committed_limit"], texts(draft)["process"]) == ("3个工作日", "受理、办结")
    assert "新版承诺书" in texts(draft)["materials"]
    (version,) = draft["versions"]
    assert version["fields"][1]["text"] == "5个工作日", "what was published does not change"
    reviewed(chief, lead, key)
    lead.do("publishGuide", GUIDE, guideId=key)
    after = chief.ask(DRIFT, **unit)["guideDrift"]
    assert item not in {each["itemCode"] for each in after["guides"]}
    assert case in {each["caseId"] for each in after["cases"]}, "the older promise still holds"
    looked_at = helper.do(
        "reviewMaterial", "material { state reviewedAgainst { version fields { text } } }",
        materialId=brought["id"], accepted=True, statutoryForm=True,
    )  # fmt: skip
    assert looked_at["reviewedAgainst"]["version"] == 1, "against the handbook that tells what was promised"
    assert "新版承诺书" not in looked_at["reviewedAgainst"]["fields"][3]["text"]


def test_taian_a_text_written_before_the_item_changed_is_not_published(stack: Stack) -> None:
    stack.at("2024-09-18 10:00")
    chief, lead = stack.staff("taian-chief-1"), stack.staff("taian-lead-1")
    guide = chief.do("draftGuide", GUIDE, unitCode="370902", kind="handbook", itemCodes=["SCJG-07"])
    reviewed(chief, lead, guide["id"])
    next_version(stack, "taian", "SCJG-07", "2024-09-18", 4)
    (refused,) = lead.refused("publishGuide", GUIDE, guideId=guide["id"])
    assert (refused["code"], refused["lawfulNext"]) == ("CONFLICT", [{"mutation": "reviseGuide"}])
    chief.do("reviseGuide", GUIDE, guideId=guide["id"])
    reviewed(chief, lead, guide["id"])
    found = lead.do("publishGuide", GUIDE, guideId=guide["id"])
    assert found["versions"][0]["fields"][1]["text"] == "4个工作日"
