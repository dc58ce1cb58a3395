"""The profile of one tenant: its whole regulation as one object that cannot be changed."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field

from tenants.model import bundles as bundling
from tenants.model import catalogue as items
from tenants.model import ending, feedback, identity, organisation, workflow
from tenants.model import oversight as watching
from tenants.model.node import Declares, FrozenMap, Node

FORMAT = "assist-profile/2"


class Profile(Node):
    """Everything that one tenant's regulation fixes, with the rules it rests on."""

    format: Literal["assist-profile/2"]
    tenant: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,39}$")]
    rule_prefix: Annotated[str, Field(pattern=r"^[A-Z]{2,4}$")]
    revision: Annotated[int, Field(ge=1)]
    names: identity.Names
    root: identity.Root
    province: identity.Province
    sources: tuple[identity.Source, ...]
    validity: identity.Validity
    calendar: identity.Calendar
    invariants: tuple[identity.Invariant, ...]
    tiers: tuple[organisation.Tier, ...]
    unit_types: tuple[organisation.UnitType, ...]
    service_points: tuple[organisation.ServicePoint, ...] = ()
    facilities: tuple[organisation.Facility, ...] = ()
    roles: tuple[organisation.Role, ...]
    role_duties: tuple[organisation.RoleDuty, ...] = ()
    role_conditions: organisation.RoleConditions | None = None
    staffing: tuple[organisation.StaffingRule, ...] = ()
    teams: tuple[organisation.Team, ...] = ()
    team_members: organisation.TeamMembers | None = None
    registers: tuple[organisation.Register, ...] = ()
    applicants: items.Applicants
    catalogue: items.Catalogue
    bundles: bundling.Bundles
    modes: tuple[items.Mode, ...] = ()
    mode_choice: items.ModeChoice
    variants: tuple[items.Variant, ...] = ()
    policy_push: items.PolicyPush | None = None
    coverage_goal: items.CoverageGoal | None = None
    triage: workflow.Triage
    workflows: FrozenMap[Annotated[str, Declares("workflow")], workflow.Workflow]
    gates: tuple[workflow.Gate, ...] = ()
    forms: tuple[workflow.Form, ...]
    timers: tuple[workflow.Timer, ...]
    escalation: workflow.Escalation
    programme: workflow.Programme | None = None
    relay: tuple[ending.Relay, ...]
    green_channel: ending.GreenChannel
    delivery: ending.Delivery
    termination: ending.Termination
    evaluation: feedback.Evaluation
    satisfaction_goal: feedback.SatisfactionGoal | None = None
    callback: feedback.Callback
    complaints: feedback.Complaints
    demand: feedback.Demand
    handover: watching.Handover
    archive: watching.Archive
    oversight: watching.Oversight
    training: watching.Training
    publicity: watching.Publicity
    conduct: tuple[watching.Fault, ...] = ()
    applicant_fault: tuple[watching.Fault, ...] = ()
    privacy: watching.Privacy
    text_only: tuple[identity.TextOnly, ...] = ()
    silences: tuple[identity.Silence, ...]

    @cached_property
    def _forms(self) -> dict[str, workflow.Form]:
        return {form.id: form for form in self.forms}

    @cached_property
    def _timers(self) -> dict[str, workflow.Timer]:
        return {timer.id: timer for timer in self.timers}

    @cached_property
    def _roles(self) -> dict[str, organisation.Role]:
        return {role.code: role for role in self.roles}

    @cached_property
    def _unit_types(self) -> dict[str, organisation.UnitType]:
        return {unit_type.code: unit_type for unit_type in self.unit_types}

    def form(self, form_id: str) -> workflow.Form:
        """The form of this id; a KeyError means the code asked for a form the city does not have."""
        return self._forms[form_id]

    def timer(self, timer_id: str) -> workflow.Timer:
        """The timer of this id."""
        return self._timers[timer_id]

    def role(self, code: str) -> organisation.Role:
        """The role of this code."""
        return self._roles[code]

    def unit_type(self, code: str) -> organisation.UnitType:
        """The kind of unit of this code."""
        return self._unit_types[code]

    def gates_at(self, transition: str) -> tuple[workflow.Gate, ...]:
        """The gates before something that happens outside the path of a case."""
        return tuple(gate for gate in self.gates if gate.transition == transition)

    def workflow_for(self, service_kind: str, mode: str | None = None) -> str | None:
        """The workflow a new case takes: the mode's own if it has one, else the default of the service kind."""
        for entry in self.modes:
            if entry.code == mode and entry.workflow is not None:
                return entry.workflow
        return next((key for key, flow in self.workflows.items() if flow.default_for == service_kind), None)
