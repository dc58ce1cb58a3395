"""The names parts of a profile call each other by, and the closed lists of the program as types."""

from __future__ import annotations

from typing import Annotated

from tenants import vocabulary
from tenants.guards import GUARDS
from tenants.model.node import OneOf, Refers

TierRef = Annotated[str, Refers(("tier",))]
UnitTypeRef = Annotated[str, Refers(("unit_type",))]
ServicePointRef = Annotated[str, Refers(("service_point",))]
RoleRef = Annotated[str, Refers(("role",))]
ActorRef = Annotated[str, Refers(("role", "team"), also=("applicant",))]
FormRef = Annotated[str, Refers(("form",))]
EvidenceRef = Annotated[str, Refers(("form", "guide", "team"), also=vocabulary.STAGE_OBJECTS)]
TimerRef = Annotated[str, Refers(("timer",))]
StageRef = Annotated[str, Refers(("stage",))]
WorkflowRef = Annotated[str, Refers(("workflow",))]
FormScopeRef = Annotated[str, Refers(("workflow",), also=vocabulary.FORM_SCOPES)]
TimerScopeRef = Annotated[str, Refers(("workflow",), also=vocabulary.TIMER_SCOPES)]
ModeRef = Annotated[str, Refers(("mode",))]
DeliveryRef = Annotated[str, Refers(("delivery method",))]
ListRef = Annotated[str, Refers(("list",))]
StaffingRef = Annotated[str, Refers(("staffing rule",))]
TriageRef = Annotated[str, Refers(("triage class",))]
TagRef = Annotated[str, Refers(("tag",))]

State = Annotated[str, OneOf("state", tuple(vocabulary.STATES))]
Transition = Annotated[str, OneOf("transition", (*vocabulary.TRANSITIONS, *vocabulary.OFFICE_TRANSITIONS))]
GuardCode = Annotated[str, OneOf("guard", tuple(GUARDS))]
ServiceKind = Annotated[str, OneOf("service kind", vocabulary.SERVICE_KINDS)]
MaterialsGate = Annotated[str, OneOf("materials gate", vocabulary.MATERIALS_GATES)]
Clock = Annotated[str, OneOf("clock", vocabulary.CLOCKS)]
LegalStatus = Annotated[str, OneOf("legal status", vocabulary.LEGAL_STATUSES)]
TimerEvent = Annotated[str, OneOf("timer event", vocabulary.TIMER_EVENTS)]
BreachAction = Annotated[str, OneOf("breach action", vocabulary.BREACH_ACTIONS)]
NeutralRole = Annotated[str, OneOf("neutral role", vocabulary.NEUTRAL_ROLES)]
UnitKind = Annotated[str, OneOf("unit kind", vocabulary.UNIT_KINDS)]
DutyScope = Annotated[str, OneOf("duty scope", vocabulary.DUTY_SCOPES)]
ScopeRule = Annotated[str, OneOf("scope rule", vocabulary.SCOPE_RULES)]
ListPurpose = Annotated[str, OneOf("list purpose", vocabulary.LIST_PURPOSES)]
Party = Annotated[str, OneOf("party", vocabulary.PARTIES)]
CallbackEvent = Annotated[str, OneOf("callback event", vocabulary.CALLBACK_EVENTS)]
InvitationEvent = Annotated[str, OneOf("invitation event", vocabulary.INVITATION_EVENTS)]
CauseRequirement = Annotated[str, OneOf("requirement of a cause", vocabulary.CAUSE_REQUIREMENTS)]

Words = tuple[str, ...]
