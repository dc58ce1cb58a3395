"""What a city's regulation demands of the staff of a unit: one requirement for each number or condition (配备要求)."""

from dataclasses import dataclass
from functools import cached_property

from tenants.profile import Basis, Profile, StaffingRule

WINDOW_HEADCOUNT = "WINDOW_HEADCOUNT"
BINDING = frozenset({None, "MUST"})
"""Wordings that oblige; "by reference", "encouraged" and "may" only advise (Q24)."""


@dataclass(frozen=True)
class Span:
    """How many persons are wanted: at least, at most (None: no limit), and what is advised beyond the least.

    `defined` is false for a size of window about which the text says nothing: only the lower band may be enforced (Q20).
    """

    least: int
    most: int | None = None
    advised: int | None = None
    defined: bool = True
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Requirement:
    """One number of persons that a kind of unit must have in a role, as one rule of the profile puts it."""

    code: str
    rule: StaffingRule
    numbers: StaffingRule
    """The rule that states the numbers: the rule itself, or the one whose bands it refers to."""
    role_code: str
    role_zh: str
    roles: frozenset[str]
    """Every role whose holders count."""
    least: int | None = None
    most: int | None = None

    @cached_property
    def binding(self) -> bool:
        """Tell whether the wording obliges."""
        return self.rule.force in BINDING

    @cached_property
    def engagement(self) -> str | None:
        """Say how the persons must be engaged; None when the text leaves it open."""
        return self.rule.engagement or self.numbers.engagement

    @cached_property
    def has_conditions(self) -> bool:
        """Tell whether the text demands something of the persons beside their number."""
        return self.rule.must_hold_post is not None or self.rule.also_role is not None

    @property
    def basis(self) -> Basis:
        """Give what the requirement rests on."""
        return self.rule.basis

    @cached_property
    def stated(self) -> bool:
        """Tell whether the text itself states the number, so that falling short is a breach of the regulation (Q25)."""
        open_numbers = {"min", "max", "exact"}.intersection(self.basis.default_fields)
        return self.binding and not self.basis.default and not open_numbers

    @cached_property
    def by_headcount(self) -> bool:
        """Tell whether the number depends on how many persons the window has."""
        return self.numbers.measure == WINDOW_HEADCOUNT

    def applies_to(self, unit_type: str, tier: str) -> bool:
        """Tell whether a kind of unit at a tier has to meet it."""
        return unit_type in self.rule.unit_types and self.rule.of_tier in (None, tier)

    def span(self, headcount: int | None) -> Span | None:
        """Say how many are wanted in a window of this size; None when the size is needed and not known."""
        if not self.by_headcount:
            return Span(self.least or 0, self.most, rules=self.basis.rules)
        return None if headcount is None else banded(self.numbers, headcount)


def banded(rule: StaffingRule, headcount: int) -> Span | None:
    """Say what the bands of a rule want of a window of this size; the bounds of a band lie outside it (TA-6-5 to TA-6-7).

    A size between two bands is undefined: the lower band is enforced, the upper one advised (Q20).
    """
    for gap in rule.gaps:
        if headcount == gap.at:
            return Span(gap.enforce_min, None, gap.advise, defined=False, rules=nearest_rules(rule, headcount))
    for band in rule.bands:
        if (band.over is None or headcount > band.over) and (band.under is None or headcount < band.under):
            return Span(band.min, band.max, rules=band.basis.rules)
    return None


def nearest_rules(rule: StaffingRule, headcount: int) -> tuple[str, ...]:
    """Name the rules of the two bands between which a size lies."""
    beside = [band for band in rule.bands if headcount in (band.over, band.under)]
    return tuple(dict.fromkeys(each for band in beside for each in band.basis.rules))


def requirements(profile: Profile) -> tuple[Requirement, ...]:
    """List what the regulation demands of the staff of units, in the order of the profile."""
    return tuple(found for rule in profile.staffing if rule.unit_types for found in requirements_of(profile, rule))


def requirements_of(profile: Profile, rule: StaffingRule) -> list[Requirement]:
    """Read one rule: each position that it names is a requirement of its own (Q26), and so is the number as a whole."""
    numbers = rule if rule.same_as is None else next(each for each in profile.staffing if each.id == rule.same_as)
    names = {role.code: role.zh for role in profile.roles}
    found = [
        Requirement(rule.id, rule, rule, place.role, names[place.role], frozenset({place.role}), place.exact)
        for place in rule.positions
    ]
    if rule.role is not None:
        counted = frozenset({rule.role, *rule.also_counts})
        least, most = (rule.exact, rule.exact) if rule.exact is not None else (rule.min, rule.max)
        found.append(Requirement(rule.id, rule, numbers, rule.role, names[rule.role], counted, least, most))
    return found
