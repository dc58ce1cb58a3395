"""Tiers, kinds of units, service points, roles, staffing, teams and registers of a profile."""

from __future__ import annotations

from typing import Annotated, Literal

from tenants.model.names import (
    DutyScope,
    FormRef,
    NeutralRole,
    RoleRef,
    ServicePointRef,
    StaffingRef,
    TierRef,
    UnitKind,
    UnitTypeRef,
    Words,
)
from tenants.model.node import CodedZh, Declares, Node, RuleNode

Engagement = Literal["FULL_TIME", "PART_TIME"]


class Tier(CodedZh):
    """A level of the tenant; order 1 is the top."""

    code: Annotated[str, Declares("tier")]
    order: int
    includes_zh: Words = ()
    kind: Literal["GRID_NODE_ONLY"] | None = None


class UnitType(CodedZh):
    """A kind of unit and the tiers it stands at."""

    code: Annotated[str, Declares("unit_type")]
    tiers: tuple[TierRef, ...]
    kind: UnitKind


class ServicePoint(CodedZh):
    """A desk, window, zone or board that units keep."""

    code: Annotated[str, Declares("service_point")]
    required: bool
    tiers: tuple[TierRef, ...] = ()
    at: tuple[UnitTypeRef, ...] = ()
    per: UnitTypeRef | None = None
    owner: Literal["LEAD_DEPARTMENT"] | None = None
    staffed: bool = False
    responsible_person: bool = False
    accepts: Words = ()
    accepts_zh: Words = ()
    publishes: Words = ()
    extend_to: tuple[UnitTypeRef, ...] = ()
    extension_force: Literal["GRADUAL"] | None = None


class Facility(CodedZh):
    """Equipment that service points must have."""

    at: tuple[ServicePointRef, ...] = ()
    contents_zh: Words = ()


class Role(CodedZh):
    """A role of the city and the neutral roles whose permissions it carries."""

    code: Annotated[str, Declares("role")]
    neutral: tuple[NeutralRole, ...]
    tiers: tuple[TierRef, ...]
    inherits: tuple[RoleRef, ...] = ()
    power: Literal["AGENCY"] | None = None
    engagement: Engagement | None = None
    restricted: bool = False
    same_person_as: RoleRef | None = None
    also: str | None = None
    functions: Words = ()
    functions_zh: Words = ()
    conditions_zh: Words = ()


class RoleDuty(RuleNode):
    """Duties that the text gives a group of staff, and how far they reach."""

    role_group: str
    duties_zh: Words
    scope: DutyScope


class RoleConditions(RuleNode):
    """What a person must bring to be chosen for a role."""

    applies_to: tuple[RoleRef, ...]
    applies_note: str | None = None
    checklist_zh: Words
    selection_zh: Words = ()


class StaffBand(RuleNode):
    """How many helpers a window of a given size needs; the bounds themselves are outside the band."""

    over: int | None = None
    under: int | None = None
    min: int
    max: int


class StaffGap(RuleNode):
    """A window size that no band covers, the minimum that may be enforced there, and what is advised."""

    at: int
    enforce_min: int
    advise: int


class Position(Node):
    """A post that must be filled within a count."""

    role: RoleRef
    exact: int


class StaffingRule(RuleNode):
    """How many people of which role a kind of unit must have."""

    id: Annotated[str, Declares("staffing rule")]
    zh: str | None = None
    unit_types: tuple[UnitTypeRef, ...] = ()
    of_tier: TierRef | None = None
    role: RoleRef | None = None
    also_counts: tuple[RoleRef, ...] = ()
    also_role: RoleRef | None = None
    exact: int | None = None
    min: int | None = None
    max: int | None = None
    engagement: Engagement | None = None
    measure: Literal["WINDOW_HEADCOUNT", "TURNOVER"] | None = None
    bands: tuple[StaffBand, ...] = ()
    gaps: tuple[StaffGap, ...] = ()
    positions: tuple[Position, ...] = ()
    same_as: StaffingRef | None = None
    must_hold_post: str | None = None
    must_hold_post_zh: Words = ()
    report: bool = False
    end_reason_required: bool = False
    handover_required: bool = False
    note: str | None = None


class Team(CodedZh):
    """A group of staff formed for a purpose."""

    code: Annotated[str, Declares("team")]
    unit_types: tuple[UnitTypeRef, ...] = ()
    min: int | None = None
    max: int | None = None
    case_file: FormRef | None = None
    serves: Words = ()
    per: Literal["PROJECT_ACCOUNT"] | None = None
    exact_per_project: int | None = None
    handbook_per_project: int | None = None
    topics_zh: Words = ()
    activities_zh: Words = ()
    functions_zh: Words = ()


class TeamMembers(RuleNode):
    """Where the members of teams mainly come from; `sources` are the codes of the register of staff."""

    sources_zh: Words
    sources: tuple[Literal["OWN", "DEPARTMENT", "VOLUNTEER", "PARTNER"], ...] = ()


class Register(RuleNode):
    """A list of staff that some unit keeps, confirms or publishes."""

    id: Annotated[str, Declares("register")]
    zh: str
    kept_by: UnitTypeRef | None = None
    covers: tuple[UnitTypeRef, ...] = ()
    reported_by: tuple[UnitTypeRef, ...] = ()
    roles: tuple[RoleRef, ...] = ()
    reported_to: UnitTypeRef | None = None
    confirmed_by: UnitTypeRef | None = None
    confirmed_at: Literal["SAME_TIER", "COUNTY"] | None = None
    activates_role: bool = False
    published_for: tuple[UnitTypeRef, ...] = ()
    fields: Words = ()
    on_vacancy: Literal["FILL_TASK"] | None = None
    form: FormRef | None = None
