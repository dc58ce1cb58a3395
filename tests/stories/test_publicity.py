"""Publicity: what a city must show is read without a token, by the API, as a page and as a PDF, and nothing else is."""

import json
import re
from typing import Any

import httpx
import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLList,
    get_named_type,
    is_composite_type,
    is_required_argument,
    is_required_input_field,
)

from schema.build import PUBLIC_META_FIELDS
from schema.roots import office_schema
from tests.stories.stack import CLIENT, Caller, Stack
from tests.stories.strangers import PLAIN, plain
from tests.stories.test_guides import GUIDE, made_public, parts, reviewed

OPEN = {"about", "publicService", "publicUnits", "publicUnit", "publicGuides", "publicGuide"}
"""All that is read without a token."""
UNIT = (
    "query($tenant: String!, $code: String!) { publicUnit(tenant: $tenant, code: $code) { code nameZh tier typeZh phone"
    " address dutiesZh staff { name rolesZh workPhone serviceScopeZh }"
    " lists { code nameZh version publishedAt items { code nameZh } rules { id } } } }"
)
UNITS = (
    "query($tenant: String!, $below: String, $after: String, $limit: Int = 100) {"
    " publicUnits(tenant: $tenant, below: $below, after: $after, limit: $limit) { code nameZh tier phone } }"
)
GUIDES = (
    "query($tenant: String!, $unit: String) { publicGuides(tenant: $tenant, unitCode: $unit, limit: 100)"
    " { code titleZh version page pdf } }"
)
PUBLIC_GUIDE = (
    "query($tenant: String!, $code: String!) { publicGuide(tenant: $tenant, code: $code)"
    " { code version publishedAt unitZh authorsZh page pdf fields { key nameZh text } rules { id } } }"
)
SERVICE = "query($tenant: String!) { publicService(tenant: $tenant) { nameZh processes { nameZh stagesZh } dutiesZh rules { id } } }"


def unit_of(caller: Caller, tenant: str, code: str) -> Any:
    """Read a unit as the public does."""
    return caller.ask(UNIT, tenant=tenant, code=code)["publicUnit"]


def get(stack: Stack, address: str, **headers: str) -> httpx.Response:
    """Read an address without a token."""
    return CLIENT.get(f"{stack.url}{address}", headers=headers)


@pytest.mark.rule("TA-5-7", "TA-6-27")
def test_taian_the_staff_of_townships_and_villages_are_published(stack: Stack) -> None:
    """Name, role, work telephone and for whom they are there: 服务有人可找. The city's own desks are not in it."""
    stack.at("2024-09-16 09:00")
    anybody = stack.nobody()
    village = unit_of(anybody, "taian", "370902001001")
    assert village["tier"] == "VILLAGE"
    assert village["dutiesZh"] == ["对上协调", "信息统计报送"]
    assert village["staff"]
    for person in village["staff"]:
        assert person["name"]
        assert person["rolesZh"]
        assert re.fullmatch(r"0538-0\d{6}", person["workPhone"]), "the number of a desk"
        assert person["serviceScopeZh"] == village["nameZh"]
    assert unit_of(anybody, "taian", "370902001")["staff"]
    county = unit_of(anybody, "taian", "370902")
    assert (county["staff"], county["dutiesZh"]) == ([], []), "the text publishes staff of townships and villages"
    assert county["phone"]


def test_taian_a_post_that_has_ended_is_no_longer_published(stack: Stack) -> None:
    stack.at("2024-09-16 10:00")
    anybody, admin = stack.nobody(), stack.staff("taian-admin-1")
    newcomer = stack.staff("taian-guide-1").ask("{ me { staff { id name } } }")["me"]["staff"]
    place = admin.ask('{ unit(code: "370902001002") { id } }')["unit"]["id"]
    given = admin.do(
        "assignRole", "roleAssignment { id }",
        staffId=newcomer["id"], unitId=place, roleCode="helper", engagement="PART_TIME",
    )  # fmt: skip
    assert newcomer["name"] in {each["name"] for each in unit_of(anybody, "taian", "370902001002")["staff"]}
    admin.do("endRole", "roleAssignment { validTo }", roleAssignmentId=given["id"], reason="轮岗")
    assert newcomer["name"] not in {each["name"] for each in unit_of(anybody, "taian", "370902001002")["staff"]}


@pytest.mark.rule("TA-9-3", "TA-5-5")
def test_taian_lists_structure_and_process_are_published(stack: Stack) -> None:
    """Lists with version and date; the tree of units; the ways of the services with their stages."""
    stack.at("2024-09-16 09:30")
    anybody = stack.nobody()
    lists = unit_of(anybody, "taian", "370902")["lists"]
    assert lists
    for each in lists:
        assert each["version"] >= 1
        assert each["publishedAt"]
        assert each["items"]
        assert each["rules"]
    (top, *_) = anybody.ask(UNITS, tenant="taian")["publicUnits"]
    below = anybody.ask(UNITS, tenant="taian", below=top["code"])["publicUnits"]
    codes = [each["code"] for each in below]
    assert ("370902" in codes, codes) == (True, sorted(codes))
    (one,) = anybody.ask(UNITS, tenant="taian", below=top["code"], limit=1, after=codes[0])["publicUnits"]
    assert one["code"] == codes[1]
    for wrong in (0, 101):
        told = anybody.post(UNITS, {"tenant": "taian", "limit": wrong}).json()
        assert told["errors"][0]["extensions"]["code"] == "BAD_INPUT"
    service = anybody.ask(SERVICE, tenant="taian")["publicService"]
    assert all(each["stagesZh"] for each in service["processes"])
    assert service["dutiesZh"]
    assert {rule["id"] for rule in service["rules"]} >= {"TA-5-5", "TA-6-27", "TA-9-3"}


def test_a_city_publishes_what_its_own_text_says_and_no_more(stack: Stack) -> None:
    """Zaozhuang's text opens no directory; Neixiang's the channels of supervision; nobody knows other cities."""
    stack.at("2024-09-16 11:00")
    anybody = stack.nobody()
    assert unit_of(anybody, "zaozhuang", "3704") is None
    assert anybody.ask(UNITS, tenant="zaozhuang")["publicUnits"] == []
    service = anybody.ask(SERVICE, tenant="zaozhuang")["publicService"]
    assert (service["processes"], service["dutiesZh"]) == ([], [])
    assert unit_of(anybody, "neixiang", "411325100") is None, "a township is no channel of supervision"
    for unknown in ("nowhere", "Taian", "taian'; --", ""):
        assert anybody.ask(SERVICE, tenant=unknown) == {"publicService": None}
        assert anybody.ask(GUIDES, tenant=unknown) == {"publicGuides": []}
        assert unit_of(anybody, unknown, "370902") is None


@pytest.mark.rule("PX-A-3.3-2", "PX-A-2-2", "NX-3-4")
def test_a_published_guide_is_one_text_for_the_api_the_page_and_the_paper(stack: Stack) -> None:
    """The public reads the newest version until it is withdrawn; no draft is ever shown."""
    stack.at("2024-09-16 14:00")
    chief, lead, anybody = stack.staff("taian-chief-1"), stack.staff("taian-lead-1"), stack.nobody()
    code = "370902-FGW-01"
    secret = "未经审核的草稿"
    draft = chief.do(
        "draftGuide", GUIDE, unitCode="370902", kind="handbook", itemCodes=["FGW-01"],
        fields=parts(process=f"<script>alert(1)</script> & {secret}"),
    )  # fmt: skip
    assert anybody.ask(PUBLIC_GUIDE, tenant="taian", code=code)["publicGuide"] is None
    assert get(stack, f"/guides/taian/{code}").status_code == 404
    reviewed(chief, lead, draft["id"])
    lead.do("publishGuide", GUIDE, guideId=draft["id"])

    shown = anybody.ask(PUBLIC_GUIDE, tenant="taian", code=code)["publicGuide"]
    assert (shown["version"], shown["page"], shown["pdf"]) == (1, f"/guides/taian/{code}", f"/guides/taian/{code}.pdf")
    page = get(stack, shown["page"])
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp;" in page.text
    assert "<script" not in page.text
    for field in shown["fields"]:
        assert field["nameZh"] in page.text
    assert all(f"{line}</p>" in page.text for line in ("编号：370902-FGW-01", "版本：第1版", "公布日期：2024年9月16日"))
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "set-cookie" not in page.headers
    again = get(stack, shown["page"], **{"If-None-Match": page.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")

    paper = get(stack, shown["pdf"])
    assert (paper.status_code, paper.headers["content-type"]) == (200, "application/pdf")
    assert paper.content.startswith(b"%PDF-")
    assert get(stack, shown["pdf"]).content == paper.content
    assert get(stack, shown["pdf"], **{"If-None-Match": paper.headers["etag"]}).status_code == 304
    assert CLIENT.post(f"{stack.url}{shown['page']}").status_code == 405

    chief.do("reviseGuide", GUIDE, guideId=draft["id"], fields=parts(process="受理、办结"))
    assert secret in get(stack, shown["page"]).text, "what is published stays until the next version is"
    reviewed(chief, lead, draft["id"])
    lead.do("publishGuide", GUIDE, guideId=draft["id"])
    newer = get(stack, shown["page"], **{"If-None-Match": page.headers["etag"]})
    assert (newer.status_code, secret in newer.text, "第2版" in newer.text) == (200, False, True)

    assert lead.refused("withdrawGuide", GUIDE, guideId=draft["id"], reason=" ")[0]["path"] == ["reason"]
    lead.do("withdrawGuide", GUIDE, guideId=draft["id"], reason="事项取消")
    assert get(stack, shown["page"]).status_code == get(stack, shown["pdf"]).status_code == 404
    assert anybody.ask(PUBLIC_GUIDE, tenant="taian", code=code)["publicGuide"] is None


def test_guides_of_a_unit_are_listed_for_the_public(stack: Stack) -> None:
    stack.at("2024-09-16 15:00")
    chief, lead = stack.staff("taian-chief-1"), stack.staff("taian-lead-1")
    made_public(chief, lead, unitCode="370902", kind="handbook", itemCodes=["SWJ-02"])
    listed = stack.nobody().ask(GUIDES, tenant="taian", unit="370902")["publicGuides"]
    assert "370902-SWJ-02" in {each["code"] for each in listed}
    assert stack.nobody().ask(GUIDES, tenant="taian", unit="370902001")["publicGuides"] == []
    assert get(stack, "/guides/zaozhuang/370902-SWJ-02").status_code == 404, "another city does not have it"
    assert get(stack, "/guides/%27%3B--/370902-SWJ-02").status_code == 404


def call_of(name: str, field: GraphQLField) -> str:
    """Write a root field with values for what it must be given."""
    given = {key: each for key, each in field.args.items() if is_required_argument(each)}
    values = ", ".join(f"{key}: {literal(each.type)}" for key, each in given.items())
    below = " { __typename }" if is_composite_type(get_named_type(field.type)) else ""
    return f"{name}{f'({values})' if values else ''}{below}"


def literal(kind: Any) -> str:
    """Write some value of a type into a document."""
    kind = plain(kind)
    if isinstance(kind, GraphQLList):
        return "[]"
    if isinstance(kind, GraphQLEnumType):
        return str(next(iter(kind.values)))
    if isinstance(kind, GraphQLInputObjectType):
        needed = {key: each for key, each in kind.fields.items() if is_required_input_field(each)}
        return "{" + ", ".join(f"{key}: {literal(each.type)}" for key, each in needed.items()) + "}"
    return json.dumps(PLAIN.get(kind.name, "x"))


def test_every_other_root_refuses_whoever_has_no_token(stack: Stack) -> None:
    """Each field of both roots is asked without a token, alone and beside one that is open."""
    stack.at("2024-09-16 16:00")
    anybody, schema = stack.nobody(), office_schema()._schema
    assert schema.query_type is not None
    assert schema.mutation_type is not None
    opened = set()
    for kind, root in (("query", schema.query_type), ("mutation", schema.mutation_type)):
        for name, field in root.fields.items():
            beside = "about { name } " if kind == "query" else ""
            for document in (f"{kind} {{ {call_of(name, field)} }}", f"{kind} {{ {beside}{call_of(name, field)} }}"):
                told = anybody.post(document).json()
                refused = [error["extensions"]["code"] for error in told.get("errors", [])]
                if refused != ["UNAUTHENTICATED"]:
                    assert not refused, (name, told)
                    opened.add(name)
    assert opened == OPEN
    assert not OPEN & PUBLIC_META_FIELDS
