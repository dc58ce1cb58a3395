"""Guides and handbooks as their writers read them: the text in the making, its reviews, and what was published."""

from datetime import datetime
from typing import Any
from uuid import UUID

import strawberry
from strawberry import relay

from casework.catalogue.guide_text import entries_of, is_filled, kind_or_none
from casework.catalogue.guides import visible_guides
from casework.catalogue.models import Guide, GuideItem, GuideReview, GuideState, GuideVersion
from schema.catalogue import ItemNode, ItemVersionNode
from schema.enums import described_enum
from schema.ids import global_id
from schema.organisation import StaffNode, UnitNode
from schema.reading.declare import column, computed, many, one
from schema.reading.lens import Lens
from schema.refusals import RuleReference
from schema.regulation import Coded, rules_of
from schema.shown import Shown, shows

described_enum(
    GuideState,
    "How far the text of a guide is; what was published before stays in force meanwhile (指南状态).",
    {
        "DRAFT": "Being written (编制中).",
        "IN_REVIEW": "With the reviewer (审核中).",
        "REVIEWED": "Approved, waiting to be published (待公布).",
        "PUBLISHED": "Published; nothing newer is being written (已公布).",
        "WITHDRAWN": "No longer shown to the public (已撤回).",
    },
)


@strawberry.type(description="One field that the city's text demands of a guide (指南要素).")
class GuideField:
    """One field that the city's text demands of a guide."""

    key: str = strawberry.field(description="Key of the field in the city's profile (要素代码).")
    name_zh: str = strawberry.field(description="Its name (要素名称).")
    required: bool = strawberry.field(description="Whether the guide is refused without it (是否必填).")
    filled: bool = strawberry.field(description="Whether it says something (是否已填).")
    text: str = strawberry.field(description="What it says; empty while it is not filled in (内容).")


@strawberry.type(description="One field of a published guide, as the public reads it (指南内容).")
class GuideText:
    """One field of a published guide."""

    key: str = strawberry.field(description="Key of the field in the city's profile (要素代码).")
    name_zh: str = strawberry.field(description="Its name on the day of publishing (要素名称).")
    text: str = strawberry.field(description="What it says, in lines (内容).")


@strawberry.type(description="One quality that the text wants of a guide, as the reviewer found it (质量要求).")
class GuideQuality:
    """One quality that the text wants of a guide."""

    quality_zh: str = strawberry.field(description="The quality, in the words of the text (要求).")
    met: bool = strawberry.field(description="Whether the reviewer found it (是否符合).")


def kind_of(lens: Lens, code: str) -> Coded | None:
    """Show which kind of guide the city's regulation makes it."""
    found = kind_or_none(lens.in_force.profile, code)
    return Coded.made(found.code, found.zh, None, found.basis) if found else None


def fields_of(lens: Lens, code: str, contents: dict[str, str]) -> list[GuideField]:
    """Show every field that the regulation in force demands, with what is filled in."""
    kind = kind_or_none(lens.in_force.profile, code)
    return [
        GuideField(
            key=each.key,
            name_zh=each.field_zh if each.key == each.field else f"{each.field_zh}（{each.zh}）",
            required=each.required,
            filled=is_filled(each, contents.get(each.key, "")),
            text=contents.get(each.key, ""),
        )
        for each in (entries_of(kind) if kind else ())
    ]


def texts_of(_lens: Lens, contents: list[Any]) -> list[GuideText]:
    """Show a published text."""
    return [GuideText(key=each["key"], name_zh=each["zh"], text=each["text"]) for each in contents]


def qualities_of(_lens: Lens, qualities: list[Any]) -> list[GuideQuality]:
    """Show the qualities that a reviewer looked at."""
    return [GuideQuality(quality_zh=each["quality"], met=each["met"]) for each in qualities]


def units_of(_lens: Lens, ids: list[Any]) -> list[strawberry.ID]:
    """Show units by their global ids."""
    return [global_id("Unit", UUID(each)) for each in ids]


@shows(GuideItem, name="GuideItem", description="An item that a guide is about (指南所涉事项).")
class GuideItemView(Shown):
    """An item that a guide is about."""

    position: int = strawberry.field(description="Place in the guide, from 1 (序号).")
    item: ItemNode | None = one(GuideItem.item_id, "The item (事项).")
    written_from: ItemVersionNode | None = one(
        GuideItem.item_version_id, "The version that the present text was written from (依据版本)."
    )


@shows(GuideReview, name="GuideReview", description="What a reviewer found of a text (审核记录).")
class GuideReviewView(Shown):
    """What a reviewer found of a text."""

    approved: bool = strawberry.field(description="Whether it may be published (是否通过).")
    note: str | None = strawberry.field(description="What he noted; the reason of a return (意见).")
    reviewed_at: datetime = strawberry.field(description="When (审核时间).")
    qualities: list[GuideQuality] = computed(
        qualities_of, GuideReview.qualities, description="The qualities that he looked at (质量要求)."
    )
    reviewer: StaffNode | None = one(GuideReview.reviewer_id, "Who (审核人).")


@shows(GuideVersion, name="GuideVersion", description="A text as it was published; it never changes (公布版本).")
class GuideVersionView(Shown):
    """A text as it was published."""

    version: int = strawberry.field(description="Number of the version, from 1 (版本).")
    title_zh: str = strawberry.field(description="Title (标题).")
    published_at: datetime = strawberry.field(description="When it was published (公布时间).")
    authors_zh: list[str] = strawberry.field(description="Departments that wrote with the unit (联合编制部门).")
    fields: list[GuideText] = computed(texts_of, GuideVersion.contents, description="The text (内容).")
    rules: list[RuleReference] = computed(rules_of, GuideVersion.rules, description="What demands it (依据).")
    published_by: StaffNode | None = one(GuideVersion.published_by, "Who published it (公布人).")


@shows(
    Guide,
    name="Guide",
    description="A service guide or handbook of a unit, with the text in the making (服务指南、服务手册).",
    seen=visible_guides,
)
class GuideNode(Shown, relay.Node):
    """A service guide or handbook of a unit."""

    id: relay.NodeID[UUID]
    code: str = strawberry.field(description="Code in the city; it stands in the public address (编号).")
    title_zh: str = strawberry.field(description="Title (标题).")
    state: GuideState = strawberry.field(description="How far the text is (状态).")
    published_version: int = strawberry.field(
        description="Number of the newest published version; 0 before (公布版本)."
    )
    withdrawn_at: datetime | None = strawberry.field(description="When it was withdrawn; null while shown (撤回时间).")
    withdrawn_reason: str | None = strawberry.field(description="Why it was withdrawn (撤回原因).")

    version: int = column(Guide.row_version, "Version of the object, for `expectedVersion` (对象版本).")
    kind: Coded | None = computed(
        kind_of, Guide.kind, description="What kind; null when the present profile no longer knows it (种类)."
    )
    fields: list[GuideField] = computed(
        fields_of, Guide.kind, Guide.contents, description="What the city demands, and the text in the making (要素)."
    )
    co_author_ids: list[strawberry.ID] = computed(
        units_of, Guide.co_author_ids, description="Global ids of the departments that write with it (联合编制部门)."
    )
    unit: UnitNode | None = one(Guide.unit_id, "The unit whose guide it is (编制机构).")
    items: list[GuideItemView] = many(
        GuideItem.guide_id, GuideItem.position.expression, description="The items that it is about (所涉事项)."
    )
    reviews: list[GuideReviewView] = many(
        GuideReview.guide_id,
        GuideReview.reviewed_at.expression,
        GuideReview.id.expression,
        description="Its reviews, oldest first (审核记录).",
    )
    versions: list[GuideVersionView] = many(
        GuideVersion.guide_id, GuideVersion.version.desc(), description="What was published, newest first (公布版本)."
    )
