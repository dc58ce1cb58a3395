"""Whom a profile serves, with which items, lists, guides and bundles, and in which ways."""

from __future__ import annotations

from typing import Annotated, Literal

from tenants.model.names import (
    FormRef,
    GuardCode,
    ListPurpose,
    ListRef,
    RoleRef,
    ScopeRule,
    TagRef,
    TierRef,
    UnitTypeRef,
    Words,
    WorkflowRef,
)
from tenants.model.node import CodedZh, Declares, DurationText, FrozenMap, Node, RuleNode


class Tag(CodedZh):
    """A group of applicants or projects that gets special attention."""

    code: Annotated[str, Declares("tag")]
    proof: str | None = None
    causes_zh: Words = ()
    effect: Literal["EARLY_INTERVENTION"] | None = None


class QueuePriority(RuleNode):
    """Who is served first."""

    rule: Literal["GREEN_CHANNEL_FIRST", "PROACTIVE_OFFER", "TAGGED_FIRST", "NONE_STATED"]
    zh: str | None = None


class Applicants(RuleNode):
    """Who may ask for service."""

    subject_types: tuple[Literal["NATURAL_PERSON", "LEGAL_PERSON", "OTHER_ORGANISATION"], ...]
    eligibility: Literal["OPEN"]
    enterprise_agent_zh: str | None = None
    priority_tags: tuple[Tag, ...] = ()
    project_tags: tuple[Tag, ...] = ()
    queue_priority: QueuePriority


class ItemTypes(RuleNode):
    """The kinds of government service items in the catalogue."""

    values: Words
    values_zh: Words = ()
    source_zh: str | None = None


class Scope(RuleNode):
    """Which items a service covers."""

    rule: ScopeRule
    zh: str | None = None
    codes: Words = ()
    open_ended: bool = False
    includes_related_services: bool = False
    note: str | None = None


class CatalogueList(CodedZh):
    """A list of items; a limiting list refuses what is not on it."""

    code: Annotated[str, Declares("list")]
    tier: TierRef
    purpose: ListPurpose
    limiting: bool
    compiled_by: tuple[UnitTypeRef, ...] = ()
    compiled_by_zh: str | None = None
    published_by: UnitTypeRef | None = None
    drawn_from: Words = ()
    subset_of: str | None = None
    formed_by: Literal["CLAIM"] | None = None
    claimed_by: UnitTypeRef | None = None
    claims_from: ListRef | None = None
    focus_zh: str | None = None
    form: FormRef | None = None
    categories_zh: Words = ()
    choose_by_zh: Words = ()
    adjusted: Literal["AS_APPROPRIATE"] | None = None


class ListReview(RuleNode):
    """How often the lists are looked through again."""

    rule: Literal["REGULAR", "AS_APPROPRIATE", "NONE_STATED"]
    zh: str | None = None
    interval: DurationText | None = None


class FieldSpec(Node):
    """A field of a form or guide."""

    key: str
    zh: str
    required: bool


class Guide(CodedZh):
    """A guide or handbook for applicants and the fields it must have."""

    code: Annotated[str, Declares("guide")]
    tiers: tuple[TierRef, ...] = ()
    compiled_by: tuple[UnitTypeRef, ...] = ()
    compiled_by_lead: bool = False
    co_authors: FrozenMap[TierRef, str] = FrozenMap({})
    publish_guard: GuardCode
    flowchart: bool = False
    quality_zh: Words = ()
    fields: tuple[FieldSpec, ...]


class AgencyFocus(RuleNode):
    """Fields and groups where agency is offered most."""

    areas_zh: Words
    groups_zh: Words
    tiers: tuple[TierRef, ...]


class Encouraged(RuleNode):
    """Items for which applicants are encouraged to use the service."""

    tags_zh: Words


class Catalogue(Node):
    """Items, lists and guides of the tenant."""

    item_types: ItemTypes
    assist_scope: Scope
    agency_scope: Scope
    lists: tuple[CatalogueList, ...] = ()
    review: ListReview
    guides: tuple[Guide, ...] = ()
    agency_focus: AgencyFocus | None = None
    encouraged: Encouraged | None = None

    def lists_for(self, service_kind: str) -> tuple[CatalogueList, ...]:
        """The limiting lists that say which items this kind of service may take on."""
        purposes = {"AGENCY": {"AGENCY", "ASSIST_AND_AGENCY"}, "BUNDLE": {"BUNDLE"}}.get(
            service_kind, {"ASSIST_AND_AGENCY"}
        )
        return tuple(entry for entry in self.lists if entry.limiting and entry.purpose in purposes)


class Eligibility(Node):
    """Conditions for a way of service: any one of them, or all of them."""

    any: Words = ()
    all: Words = ()


class Mode(CodedZh):
    """A way in which the service is given."""

    code: Annotated[str, Declares("mode")]
    workflow: WorkflowRef | None = None
    tiers: tuple[TierRef, ...] = ()
    channels: Words = ()
    channels_zh: Words = ()
    content: str | None = None
    content_zh: Words = ()
    intake: bool = False
    steps: Words = ()
    eligibility: Eligibility | None = None
    brand_zh: str | None = None
    when: Words = ()
    serves: tuple[TagRef, ...] = ()
    serves_zh: Words = ()
    tools_zh: Words = ()
    appointment: bool = False
    on_request_of: Literal["ENTERPRISE"] | None = None
    materials_in: Literal["MAIL"] | None = None
    result_out: Literal["MAIL"] | None = None
    filing_by: Literal["APPLICANT"] | None = None
    discretionary: bool = False
    by: RoleRef | None = None
    status: str | None = None


class ModeChoice(RuleNode):
    """Who chooses the way of service."""

    rule: Literal["UNIT_CHOOSES_BY_NEED", "BY_NEED"]
    record_reason: bool = False
    note: str | None = None


class Variant(CodedZh):
    """A variation of the service, such as an appointment or extended hours."""

    offered_on: Literal["NON_WORKING_DAYS"] | None = None
    mandatory_booking: bool = False


class PolicyPush(RuleNode):
    """News of policies sent to those they concern."""

    enabled: bool
    to: Literal["ENTERPRISES"]
    zh: str
    consent: bool


class CoverageGoal(RuleNode):
    """A goal for how near the next service point is."""

    zh: str
    kind: Literal["GEOGRAPHIC_INDICATOR"]
    case_timer: bool
