"""What a guide must say: fields of the profiles, what counts as filled, and what the register fills in."""

from datetime import date
from uuid import uuid4

import pytest

from casework.catalogue.guide_text import (
    PUBLISHING_GUARDS,
    against_publishing,
    as_published,
    checked,
    entries_of,
    kind_named,
    missing,
)
from casework.catalogue.models import Guide, GuideState, LimitUnit, MaterialRequirement, ServiceItem, ServiceItemVersion
from casework.catalogue.prefill import Chapter, limits, prefilled
from casework.kernel.errors import Refusal
from casework.organisation.models import OrgUnit
from tests.casework.cities import shipped

HANDBOOK = kind_named(shipped("taian"), "handbook")
BUNDLE = kind_named(shipped("pingxiang"), "bundle_guide")
FULL = {
    "item_name": "公司变更登记", "committed_limit": "2个工作日", "process": "受理、办结", "materials": "1. 申请表",
    "address": "府前街1号", "phone": "0538-1234567",
}  # fmt: skip


def chapter(code: str, limit: int | None, unit: LimitUnit = LimitUnit.WORKING_DAYS, *papers: str) -> Chapter:
    """An item with a limit and papers."""
    item = ServiceItem(id=uuid4(), code=code, name_zh=f"{code}事项")
    version = ServiceItemVersion(
        id=uuid4(), version=1, valid_from=date(2024, 1, 1), limit_value=limit, limit_unit=unit, on_spot=limit is None,
        process_zh=f"受理、审查、{code}送达",
    )  # fmt: skip
    wanted = [
        MaterialRequirement(
            position=place, name_zh=name, original_needed=True, copies=1, deferrable=False, by_commitment=False,
            way_to_obtain_zh="自备",
        )
        for place, name in enumerate(papers, start=1)
    ]  # fmt: skip
    return Chapter(item, version, wanted)


@pytest.mark.rule("TA-11-1")
def test_a_handbook_has_five_fields_and_the_last_has_two_entries() -> None:
    assert [spec.key for spec in HANDBOOK.fields] == [
        "item_name", "committed_limit", "process", "materials", "address_phone",
    ]  # fmt: skip
    assert [entry.key for entry in entries_of(HANDBOOK)][-2:] == ["address", "phone"]
    assert missing(HANDBOOK, FULL) == ()
    for key in FULL:
        (lacking,) = missing(HANDBOOK, {**FULL, key: " "})
        assert lacking.key == key


@pytest.mark.parametrize("empty", ["", "  ", "-", "——", "……", "/", "无电话"])
def test_a_telephone_has_a_digit(empty: str) -> None:
    assert [entry.key for entry in missing(HANDBOOK, {**FULL, "phone": empty})] == ["phone"]


@pytest.mark.parametrize(("fee", "filled"), [("", False), ("——", False), ("不收费", True), ("每件10元", True)])
def test_a_fee_is_said_in_words(fee: str, filled: bool) -> None:
    text = {"basis": "法", "conditions": "无", "materials": "申请表", "time_limit": "3日", "flowchart": "受理 → 办结"}
    assert (missing(BUNDLE, {**text, "fees": fee}) == ()) is filled


def test_a_flowchart_is_demanded_where_the_text_publishes_one() -> None:
    text = {"basis": "法", "conditions": "无", "materials": "申请表", "time_limit": "3日", "fees": "不收费"}
    assert [entry.key for entry in missing(BUNDLE, text)] == ["flowchart"]


def test_entries_of_one_field_are_published_together() -> None:
    published = as_published(HANDBOOK, FULL)
    assert published[-1] == {
        "key": "address_phone", "zh": "事项办理单位地址和咨询电话", "text": "地址：府前街1号\n咨询电话：0538-1234567",
    }  # fmt: skip


def test_what_the_text_does_not_ask_for_is_refused() -> None:
    with pytest.raises(Refusal, match="colour"):
        checked(HANDBOOK, {"colour": "红"})
    with pytest.raises(Refusal, match="longer"):
        checked(HANDBOOK, {"process": "长" * 20_001})
    with pytest.raises(Refusal, match="leaflet"):
        kind_named(shipped("taian"), "leaflet")


@pytest.mark.parametrize("city", ["taian", "pingxiang", "neixiang"])
def test_the_guard_of_a_kind_holds_even_where_no_gate_stands(city: str) -> None:
    profile = shipped(city)
    bare = profile.model_copy(update={"gates": ()})
    for kind in profile.catalogue.guides:
        assert kind.publish_guard in PUBLISHING_GUARDS
        guide = Guide(kind=kind.code, contents={}, state=GuideState.REVIEWED)
        for each in (profile, bare):
            (refusal,) = against_publishing(each, kind, guide)
            assert (refusal.guard, bool(refusal.rules)) == ("GUIDE_FIELDS_FILLED", True)


@pytest.mark.rule("PX-A-3.3-1")
def test_papers_of_several_items_are_listed_once_and_limits_are_the_longest() -> None:
    unit = OrgUnit(name_zh="大厅", phone=None, address=None)
    one = chapter("A", 2, LimitUnit.WORKING_DAYS, "申请表", "执照")
    two = chapter("B", 10, LimitUnit.WORKING_DAYS, "执照", "布局图")
    filled = prefilled(BUNDLE, unit, [one, two])
    assert [line.partition("（")[0] for line in filled["materials"].splitlines()] == [
        "1. 申请表",
        "2. 执照",
        "3. 布局图",
    ]
    assert filled["time_limit"] == "10个工作日"
    assert filled["flowchart"] == "受理 → 审查 → A送达 → B送达"
    assert "fees" not in filled, "only people know what costs something"


def test_limits_that_cannot_be_compared_are_told_one_by_one() -> None:
    unit = OrgUnit(name_zh="大厅")
    days = chapter("A", 2)
    assert limits(unit, [chapter("B", None)]) == "当场办结"
    assert limits(unit, [days, chapter("B", None)]) == "2个工作日"
    assert limits(unit, [days, chapter("B", 15, LimitUnit.CALENDAR_DAYS)]) == "A事项：2个工作日\nB事项：15日"
