"""Is this item within the service of this unit? The city's profile names the rule, this room knows how to apply it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from casework.catalogue.models import ServiceItem, ServiceItemVersion
from casework.catalogue.queries import is_handled_at, is_listed
from casework.kernel.work import Work
from casework.organisation.models import OrgUnit
from tenants.profile import Basis, Profile, Scope


@dataclass(frozen=True)
class ScopeFacts:
    """What the rules look at: the item, the tier of the unit, and what the applicant asked for."""

    settled: bool
    handled_here: bool
    in_force: bool
    listed: bool
    scope_code: str | None = None


@dataclass(frozen=True)
class ScopeDecision:
    """Whether the item is within the service, under which rule of the profile, and what that rests on."""

    allowed: bool
    rule: str
    basis: Basis


ScopeRule = Callable[[Scope, ScopeFacts], bool]


def is_settled(scope: Scope, facts: ScopeFacts) -> bool:
    """Every item settled in the hall is within the service (TA-9-1, ZZ-5-1)."""
    return facts.in_force and facts.settled


def is_on_a_list(scope: Scope, facts: ScopeFacts) -> bool:
    """Only an item on the unit's published list is within the service (TA-9-2, NX-2-1)."""
    return facts.in_force and facts.listed


def is_settled_here(scope: Scope, facts: ScopeFacts) -> bool:
    """Only an item settled in the hall of the unit's own tier is within the service (CH-3.2-1)."""
    return facts.in_force and facts.settled and facts.handled_here


def is_of_a_named_kind(scope: Scope, facts: ScopeFacts) -> bool:
    """The service is one of the named kinds; an open-ended list of kinds excludes none (PX-B-2.3-1)."""
    return facts.in_force and (scope.open_ended or facts.scope_code in scope.codes)


def is_relevant(scope: Scope, facts: ScopeFacts) -> bool:
    """Any government service item in force is within the service; no list is needed (PX-B-2.1-1)."""
    return facts.in_force


SCOPE_RULES: Mapping[str, ScopeRule] = MappingProxyType(
    {
        "ALL_SETTLED_ITEMS": is_settled,
        "LISTED_ITEMS_ONLY": is_on_a_list,
        "SETTLED_AT_OWN_TIER": is_settled_here,
        "SCOPE_CODES": is_of_a_named_kind,
        "ANY_RELEVANT_ITEM": is_relevant,
    }
)
"""The rules a profile may name for its scope, one implementation each."""

LISTING_PURPOSE: Mapping[str, str] = MappingProxyType({"AGENCY": "AGENCY"})
"""Kinds of service whose list has a purpose of its own; every other kind is asked for as assistance."""


def scope_of(profile: Profile, service_kind: str) -> Scope:
    """Give the scope that the profile draws for a kind of service."""
    catalogue = profile.catalogue
    return catalogue.agency_scope if service_kind == "AGENCY" else catalogue.assist_scope


def decide_scope(scope: Scope, facts: ScopeFacts) -> ScopeDecision:
    """Apply the profile's rule to the facts; pure."""
    return ScopeDecision(SCOPE_RULES[scope.rule](scope, facts), scope.rule, scope.basis)


async def item_in_scope(
    work: Work,
    profile: Profile,
    unit: OrgUnit,
    item: ServiceItem,
    version: ServiceItemVersion | None,
    service_kind: str,
    scope_code: str | None = None,
) -> ScopeDecision:
    """Decide for one item and unit under the profile revision that judges the case (ITEM_IN_SCOPE)."""
    scope = scope_of(profile, service_kind)
    facts = ScopeFacts(
        settled=item.settled,
        handled_here=is_handled_at(version, unit.tier),
        in_force=version is not None,
        listed=await is_listed(work, unit, item.id, LISTING_PURPOSE.get(service_kind, "ASSIST")),
        scope_code=scope_code,
    )
    return decide_scope(scope, facts)
