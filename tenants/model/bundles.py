"""Several items of several departments served as one thing (一件事一次办)."""

from __future__ import annotations

from typing import Literal

from tenants.model.names import Words
from tenants.model.node import CodedZh, RuleNode


class BundleDefinition(RuleNode):
    """What makes a bundle."""

    min_items: int
    min_departments: int


class FiveOne(CodedZh):
    """One of the simplifications every bundle must bring."""

    elements_zh: Words = ()


class LeadDepartment(RuleNode):
    """Which department leads a bundle and what it must do."""

    named_for: tuple[Literal["CORE_STEP", "FIRST_STEP"], ...]
    accepts: bool
    duties: Words


class AssociatedDepartments(RuleNode):
    """What the other departments of a bundle do."""

    handle: Literal["SEPARATELY"]
    duty: Literal["COOPERATE"]


class Reengineering(RuleNode):
    """What is recorded before and after a bundle is streamlined."""

    records: Words


class BundleLegs(RuleNode):
    """How the parts of a bundle run and where the results come out."""

    mode: Literal["PARALLEL"]
    output: Literal["ONE_WINDOW"]


class WindowModel(RuleNode):
    """Who does what at front, back and output of the window."""

    front: str
    back: str
    out: str


class BundleAid(CodedZh):
    """A relief offered at the bundle window."""


class BundleChannels(RuleNode):
    """Where bundles can be handled online."""

    portals_zh: Words
    platform_zh: str
    single_sign_on: bool
    mobile: bool
    e_signature: bool
    e_certificate: bool


class Rollout(RuleNode):
    """In which order bundles are introduced."""

    order_zh: Words


class Bundles(RuleNode):
    """Whether the tenant serves bundles, and how."""

    enabled: bool
    zh: str | None = None
    definition: BundleDefinition | None = None
    five_ones: tuple[FiveOne, ...] = ()
    lead_department: LeadDepartment | None = None
    associated_departments: AssociatedDepartments | None = None
    reengineering: Reengineering | None = None
    legs: BundleLegs | None = None
    window_model: WindowModel | None = None
    aids: tuple[BundleAid, ...] = ()
    channels: BundleChannels | None = None
    rollout: Rollout | None = None
