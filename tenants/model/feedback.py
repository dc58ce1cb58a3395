"""Evaluation, callback, complaints and demands."""

from __future__ import annotations

from typing import Literal

from tenants.model.names import (
    CallbackEvent,
    FormRef,
    GuardCode,
    InvitationEvent,
    ServiceKind,
    StageRef,
    TimerRef,
    UnitTypeRef,
    Words,
)
from tenants.model.node import FrozenMap, RuleNode


class Invitation(RuleNode):
    """When the applicant of one kind of service is invited to evaluate it."""

    service_kind: ServiceKind
    on: InvitationEvent
    on_spot: bool | None = None


class Scale(RuleNode):
    """The highest score and the scores that count as a bad review."""

    value: int
    bad: tuple[int, ...] = ()


class SecondChannel(RuleNode):
    """Another system through which applicants evaluate."""

    zh: str


class Evaluation(RuleNode):
    """How applicants evaluate the service."""

    enabled: bool = True
    by: Literal["APPLICANT"]
    mandatory: bool = False
    invitations: tuple[Invitation, ...]
    scale: Scale
    form: FormRef | None = None
    stage: StageRef | None = None
    after: Literal["ARCHIVED", "SERVICE_END"] | None = None
    second_channel: SecondChannel | None = None


class SatisfactionGoal(RuleNode):
    """A goal for how satisfied applicants are."""

    zh: str
    method: str


class CallbackTrigger(RuleNode):
    """An event after which the applicant is called back."""

    on: CallbackEvent
    timer: TimerRef | None = None
    when: Literal["PROMPTLY"] | None = None
    mandatory: bool = False


class CallbackBy(RuleNode):
    """Who calls back."""

    rule: Literal["NOT_THE_HANDLER", "NAMED_PERSON"]
    unit: Literal["HANDLING_UNIT"] | None = None
    not_the_handler: bool = True


class ReportBack(RuleNode):
    """Whether the applicant must be told what came of it."""

    mandatory: bool


class Callback(RuleNode):
    """Whether, after what, and by whom applicants are called back."""

    enabled: bool
    policy_owner: UnitTypeRef | None = None
    inherited_by: FrozenMap[UnitTypeRef, Literal["BY_REFERENCE"]] = FrozenMap({})
    triggers: tuple[CallbackTrigger, ...] = ()
    by: CallbackBy | None = None
    report_back_to_applicant: ReportBack | None = None


class Rectification(RuleNode):
    """Who orders a unit to put something right, and how long it is watched."""

    ordered_by: UnitTypeRef
    to: tuple[UnitTypeRef, ...]
    supervised_until: Literal["VERIFIED"]


class Unresolved(RuleNode):
    """What becomes of a complaint that cannot be solved yet."""

    state: Literal["UNDER_WATCH"]
    timer: TimerRef
    close_allowed: bool


class Founded(RuleNode):
    """What a founded complaint requires."""

    requires: Literal["RECTIFICATION_MEASURES"]


class ComplaintAnalysis(RuleNode):
    """Platforms on which complaints are analysed."""

    platforms_zh: Words


class Complaints(RuleNode):
    """Where complaints come from and which steps they take."""

    principle_zh: str | None = None
    sources_zh: Words = ()
    steps: Words
    processing_duty: Literal["NONE_STATED"] | None = None
    first_response_timer: TimerRef | None = None
    close_guard: GuardCode | None = None
    rectification: Rectification | None = None
    unresolved: Unresolved | None = None
    founded: Founded | None = None
    analysis: ComplaintAnalysis | None = None
    feeds: Literal["ANNUAL_ASSESSMENT"] | None = None


class Demand(RuleNode):
    """How wishes for service are collected and ordered."""

    enabled: bool
    zh: str | None = None
    channels: Words = ()
    priority_factors_zh: Words = ()
    form: FormRef | None = None
    first_handled: Literal["IMPORTANT_AND_URGENT"] | None = None
    analysis: Literal["REGULAR"] | None = None
