"""Work shared with other offices, how results reach the applicant, and how a service ends early."""

from __future__ import annotations

from typing import Annotated, Literal

from tenants.model.names import CauseRequirement, FormRef, ModeRef, Party, RoleRef, TierRef, UnitTypeRef, Words
from tenants.model.node import CodedZh, Declares, RuleNode


class Relay(RuleNode):
    """A way in which part of a case goes to another tier, department, city or authority."""

    type: Annotated[str, Declares("relay")]
    zh: str
    enabled: bool = True
    custody: bool = False
    parallel: bool = False
    leg_modes: tuple[Literal["SERIAL", "PARALLEL"], ...] = ()
    lead_department: Literal["REQUIRED", "OPTIONAL"] | None = None
    inter_tenant: Literal["REQUIRES_AGREEMENT"] | None = None
    from_tiers: tuple[TierRef, ...] = ()
    to_tiers: tuple[TierRef, ...] = ()
    from_kind: Literal["DEPARTMENT"] | None = None
    to_kind: Literal["DEPARTMENT", "EXTERNAL_AUTHORITY"] | None = None
    external_leg: bool = False
    when: Words = ()
    accepted_by: RoleRef | None = None
    contact_by: Literal["AGENT"] | None = None
    coordinated_by: tuple[UnitTypeRef, ...] = ()


class GreenChannel(RuleNode):
    """A path ahead of the queue for matters that need it."""

    enabled: bool
    zh: str | None = None
    opened_by: tuple[RoleRef, ...] = ()
    jointly_with: Literal["DEPARTMENT_WINDOWS"] | None = None
    when_zh: Words = ()
    effects: Words = ()


class DeliveryMethod(CodedZh):
    """A way a result reaches the applicant, and the form that proves it."""

    code: Annotated[str, Declares("delivery method")]
    proof: FormRef | None = None
    paid_by: Literal["SERVICE_UNIT"] | None = None
    by: RoleRef | None = None
    serves: tuple[ModeRef, ...] = ()


class DeliveryRule(RuleNode):
    """When or where results are delivered."""

    rule: Literal["ON_REQUEST", "ONE_WINDOW"]


class MailConfirmation(RuleNode):
    """Whether a mailed result counts as delivered only when the applicant confirms."""

    required: bool
    effect: Literal["NATURAL_END"] | None = None


class Delivery(RuleNode):
    """How results reach the applicant."""

    methods: tuple[DeliveryMethod, ...]
    chosen_by: Literal["APPLICANT"] | None = None
    assist_delivery: DeliveryRule | None = None
    bundle_output: DeliveryRule | None = None
    mail_confirmation: MailConfirmation


class TerminationCause(CodedZh):
    """A cause for ending a service early, and what must be on file for it."""

    code: Annotated[str, Declares("cause")]
    requires: tuple[CauseRequirement, ...] = ()
    evidence: bool = False
    approved_by: RoleRef | None = None
    bulk: bool = False
    grounds: Literal["SAME_AS_TRIAGE_DECLINED"] | None = None


class UnsignedClosing(RuleNode):
    """What happens when the applicant will not or cannot sign."""

    action: Literal["RECORD_REFUSAL_AND_CLOSE"]


class TerminationProcedure(RuleNode):
    """The papers and signatures of an early end."""

    form: FormRef | None = None
    signers: tuple[Party, ...] = ()
    record: Literal["TERMINATION_RECORD"] | None = None
    reason_required: bool = False
    return_materials: bool = False
    with_applicant: bool = False
    if_applicant_will_not_sign: UnsignedClosing | None = None


class SuspendState(RuleNode):
    """Whether a service can pause."""

    enabled: bool
    note: str | None = None


class NaturalEnd(RuleNode):
    """An event that ends a service without a signature."""

    on: Literal["RECEIPT_CONFIRMED"]


class Termination(RuleNode):
    """When and how a service ends early."""

    when: Literal["IMMEDIATE", "ON_CAUSE"] | None = None
    precondition: str | None = None
    causes: tuple[TerminationCause, ...]
    procedure: TerminationProcedure
    suspend_state: SuspendState | None = None
    natural_end: NaturalEnd | None = None
