"""How a case runs: classes, stages, gates, forms and timers."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from tenants.duration import Duration, parse_duration
from tenants.model.catalogue import FieldSpec
from tenants.model.names import (
    ActorRef,
    BreachAction,
    Clock,
    DeliveryRef,
    EvidenceRef,
    FormRef,
    FormScopeRef,
    GuardCode,
    LegalStatus,
    MaterialsGate,
    Party,
    RoleRef,
    ServiceKind,
    StageRef,
    State,
    TimerEvent,
    TimerRef,
    TimerScopeRef,
    Transition,
    TriageRef,
    Words,
    WorkflowRef,
)
from tenants.model.node import CodedZh, Declares, DurationText, FrozenMap, Node, RuleNode, freeze


class Ground(Node):
    """A ground on which a matter is refused."""

    code: str
    zh: str


class TriageClass(CodedZh):
    """A class of matters and how it is handled; a terminal class ends the case with an explanation."""

    code: Annotated[str, Declares("triage class")]
    criteria: Words = ()
    handled_by: Literal["AGENT_DIRECT", "JOINT"] | None = None
    agent_duty: Literal["CONTACT_DEPARTMENTS"] | None = None
    grounds: tuple[Ground, ...] = ()
    requires: tuple[Literal["EXPLANATION", "HELP_CONTACT_DEPARTMENT"], ...] = ()
    timer: TimerRef | None = None
    terminal: bool = False


class Triage(RuleNode):
    """Whether matters are sorted into classes, and into which."""

    enabled: bool
    applies_to: WorkflowRef | None = None
    factors_zh: Words = ()
    classes: tuple[TriageClass, ...] = ()


class Power(CodedZh):
    """A power that a mandate of this workflow can give."""

    plan_change_needs_applicant: bool = False
    may_use: Words = ()


class ActivityRule(CodedZh):
    """A kind of help within a workflow."""

    includes: Words = ()
    extent: Words = ()
    reasons_zh: Words = ()


class IfIncomplete(RuleNode):
    """What happens at a stage when papers are missing."""

    issue: FormRef
    convert_to: WorkflowRef | None = None
    stay: bool = False


class Branch(Node):
    """What differs within a stage from case to case."""

    actions: Words = ()
    requires: tuple[EvidenceRef, ...] = ()
    ends: str | None = None


class Stage(RuleNode):
    """A step the regulation names, and the neutral states of a case it covers."""

    id: Annotated[str, Declares("stage", unique=False)]
    zh: str
    en: str
    states: tuple[State, ...]
    actors: tuple[ActorRef, ...] = ()
    requires: tuple[EvidenceRef, ...] = ()
    produces: tuple[EvidenceRef, ...] = ()
    timers: tuple[TimerRef, ...] = ()
    follow_up: tuple[TimerRef, ...] = ()
    actions: Words = ()
    branches: FrozenMap[str, Branch] = FrozenMap({})
    if_incomplete: IfIncomplete | None = None
    joint_when: Words = ()
    joint_mode: Literal["PARALLEL"] | None = None
    join: Literal["ALL_LEGS"] | None = None
    region: Literal["evaluation"] | None = None
    supervised_by: RoleRef | None = None
    relay: Literal["UPWARD"] | None = None
    custody: bool = False
    deferrable_gaps: bool = False
    timing_zh: str | None = None
    completion_slip_required: bool | None = None


class Gate(RuleNode):
    """One thing that must hold before one transition; a refusal quotes its basis."""

    transition: Transition
    guard: GuardCode
    params: Annotated[FrozenMap[str, Any], AfterValidator(freeze)] = FrozenMap({})


class Workflow(RuleNode):
    """The path of one kind of service, from the request to the archive."""

    zh: str
    en: str
    service_kind: ServiceKind
    default_for: ServiceKind | None = None
    converts_to: tuple[WorkflowRef, ...] = ()
    activities: Words = ()
    activity_rules: tuple[ActivityRule, ...] = ()
    powers: tuple[Power, ...] = ()
    extent: tuple[Literal["FULL", "PARTIAL"], ...] = ()
    materials_gate: MaterialsGate
    stages: tuple[Stage, ...]
    gates: tuple[Gate, ...]

    def gates_at(self, transition: str) -> tuple[Gate, ...]:
        """The gates before one transition, in the order in which they are tried."""
        return tuple(gate for gate in self.gates if gate.transition == transition)

    def stage_at(self, state: str) -> Stage | None:
        """The stage under which the regulation places a case in this state (the first that covers it)."""
        return next((stage for stage in self.stages if state in stage.states), None)


class Signer(Node):
    """Who signs a form."""

    party: Party
    required: bool


class Form(RuleNode):
    """A document of the service: its fields, and who signs it."""

    id: Annotated[str, Declares("form")]
    zh: str
    en: str
    workflow: FormScopeRef
    stage: StageRef | None = None
    body_in_source: bool
    filled_by: Literal["APPLICANT", "APPLICANT_OR_ENTERPRISE_AGENT"] | None = None
    signers: tuple[Signer, ...] = ()
    used_at: tuple[Literal["NORMAL_END", "EARLY_TERMINATION"], ...] = ()
    required_when: DeliveryRef | None = None
    inputs_zh: Words = ()
    fields: tuple[FieldSpec, ...] = ()


class Timer(RuleNode):
    """A limit, target or measure: what starts and stops it, how long, on which clock, with which legal status."""

    id: Annotated[str, Declares("timer")]
    zh: str
    workflow: TimerScopeRef
    triage: TriageRef | None = None
    starts_on: TimerEvent | None = None
    stops_on: TimerEvent | None = None
    duration: DurationText | None = None
    clock: Clock | None = None
    boundary: Literal["INCLUSIVE", "EXCLUSIVE"] = "INCLUSIVE"
    warn_at: tuple[DurationText, ...] = ()
    on_breach: tuple[BreachAction, ...] = ()
    repeat: bool = False
    auto_complete: bool = False
    sample: Annotated[float, Field(gt=0, le=1)] | None = None
    ends_at: Literal["OFFICE_CLOSE"] | None = None
    due: date | None = None
    legal_status: LegalStatus

    @cached_property
    def limit(self) -> Duration | None:
        """The duration as a typed length of time; none where the timer only measures or has a fixed date."""
        return parse_duration(self.duration) if self.duration else None

    @property
    def breach_status(self) -> str:
        """What a miss counts as: a breach of the regulation only where the text itself fixes the length."""
        if self.legal_status == "REGULATION" and "duration" in self.default_fields:
            return "OPERATIONAL"
        return self.legal_status


class Programme(RuleNode):
    """What follows the milestones of an introduction programme."""

    after_milestones: str


class Escalation(RuleNode):
    """Whom a missed limit is reported to: the first role of the chain that somebody holds, then further up."""

    chain: tuple[RoleRef, ...]
