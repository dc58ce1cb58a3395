"""Handover, archive, supervision, training, publicity, conduct and privacy."""

from __future__ import annotations

from typing import Literal

from tenants.model.names import FormRef, RoleRef, TagRef, TierRef, UnitTypeRef, Words, WorkflowRef
from tenants.model.node import CodedZh, DurationText, Node, RuleNode


class OnCompletion(RuleNode):
    """Handover of papers when the service is done."""

    required: bool
    form: FormRef


class StaffChange(RuleNode):
    """Handover of open work when a person leaves a role."""

    required: bool
    blocks_role_end: bool = False


class HandoverFailure(RuleNode):
    """Who answers for a handover that went wrong."""

    responsible_units: tuple[UnitTypeRef, ...]
    record: Literal["HANDOVER_INCIDENT"]


class Handover(Node):
    """When papers or open work change hands."""

    on_completion: OnCompletion | None = None
    staff_change: StaffChange
    failure: HandoverFailure | None = None


class ArchiveFile(RuleNode):
    """What the file of one workflow must hold and who makes it."""

    workflow: WorkflowRef
    form: FormRef
    by: RoleRef | None = None


class Retention(RuleNode):
    """How long files are kept."""

    value: DurationText


class Archive(RuleNode):
    """Whether cases are archived, by whom, and for how long."""

    required: bool
    by: RoleRef | None = None
    files: tuple[ArchiveFile, ...] = ()
    retention: Retention


class SupervisorUnit(RuleNode):
    """The unit that supervises the service and what it may do."""

    unit_type: UnitTypeRef
    functions: Words
    jointly_with: UnitTypeRef | None = None


class Operator(RuleNode):
    """The unit that keeps the service running day by day."""

    unit_type: UnitTypeRef
    function: Literal["DAILY_COORDINATION"]


class Standards(RuleNode):
    """Who sets the standards and for whom they bind."""

    owner: UnitTypeRef
    binding_on: Literal["SUBTREE"]


class Meeting(RuleNode):
    """A meeting that solves what one unit cannot."""

    zh: str
    convened_by: UnitTypeRef | None = None
    at_tiers: tuple[TierRef, ...] = ()
    at: tuple[UnitTypeRef, ...] = ()
    scope: Words = ()
    occasions: Words = ()
    when: Literal["PROMPTLY"] | None = None
    output: Literal["SOLUTION_PROPOSAL", "WAY_TO_SOLVE"]


class Statistics(RuleNode):
    """Which tiers send figures upward, and how often."""

    submit_up: tuple[TierRef, ...]
    interval: DurationText


class Guidance(RuleNode):
    """Which unit guides which others."""

    given_by: UnitTypeRef
    given_to: tuple[UnitTypeRef, ...]


class Assessment(RuleNode):
    """A judgement of how units or people work."""

    zh: str | None = None
    use_zh: str | None = None
    includes: Words = ()
    inputs_zh: Words = ()
    by: RoleRef | None = None
    of_roles: tuple[RoleRef, ...] = ()


class Notice(RuleNode):
    """A public criticism and its grounds."""

    zh: str
    grounds: tuple[CriticismGround, ...] = ()
    grounds_zh: Words = ()
    of: tuple[Literal["UNIT", "PERSON"], ...] = ()


class CriticismGround(Node):
    """A ground for criticism."""

    code: str
    zh: str


class ProgressReports(RuleNode):
    """Reports on how the programme goes."""

    from_tiers: tuple[TierRef, ...] = ()
    from_units: tuple[UnitTypeRef, ...] = ()
    to: UnitTypeRef
    when: Literal["PROMPTLY"]
    content: Words


class GoodPractice(RuleNode):
    """Whether good practice is recorded and spread."""

    record: bool


class InformationTechnology(RuleNode):
    """Who answers for the information systems."""

    responsible: UnitTypeRef


class DifficultyEscalation(RuleNode):
    """Who is told when somebody cannot solve a difficulty."""

    from_role: RoleRef
    to_role: RoleRef
    when: Literal["UNSOLVABLE"]


class ProjectWatch(RuleNode):
    """Projects that a supervisor keeps an eye on."""

    by: RoleRef
    tags: tuple[TagRef, ...]


class ProcessImprovement(RuleNode):
    """A duty to streamline the process."""

    zh: str


class Oversight(Node):
    """Who supervises, meets, assesses, criticises and reports."""

    supervisor_unit: SupervisorUnit
    operator: Operator | None = None
    standards: Standards | None = None
    joint_conference: Meeting | None = None
    coordination_meeting: Meeting | None = None
    statistics: Statistics | None = None
    guidance: Guidance | None = None
    progress_reports: ProgressReports | None = None
    assessment: Assessment | None = None
    special_assessment: Assessment | None = None
    annual_assessment: Assessment | None = None
    criticism: Notice | None = None
    notice: Notice | None = None
    escalation: DifficultyEscalation | None = None
    project_watch: ProjectWatch | None = None
    good_practice: GoodPractice | None = None
    information_technology: InformationTechnology | None = None
    process_improvement: ProcessImprovement | None = None


class Training(RuleNode):
    """How staff are trained."""

    by: tuple[UnitTypeRef, ...] = ()
    plan: bool = False
    plan_per_unit: bool = False
    interval: Literal["IRREGULAR"] | None = None
    topics_zh: Words = ()
    methods_zh: Words = ()
    evaluation_zh: Words = ()
    scope_zh: Words = ()
    rewards: bool = False
    bundle: bool = False
    specialists: bool = False
    service_language: bool = False


class Publicity(RuleNode):
    """What is open to the public, and where it is made known."""

    public_queries: Words = ()
    media_zh: Words = ()
    bundle_interpretation: bool = False


class Fault(CodedZh):
    """Something staff or applicants must not do."""


class Privacy(RuleNode):
    """How personal data and small figures are protected."""

    case_materials: Literal["NEED_TO_KNOW", "STRICT"]
    cross_tenant: Literal["AGGREGATES_ONLY"]
    small_cell_threshold: int
    remote_session_consent: bool = False
