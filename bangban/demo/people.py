"""The well-known people of the demonstration: stable codes that exist at every scale, for tokens, tests and stories.

A code such as `taian-intake-1` names the same person in the same post of the same unit for every seed; the ids follow
from the seed. Applicants with an account are known by a code too, which is the subject their portal vouches for.
"""

from uuid import UUID

from bangban.demo.blueprint import Person, PortalApplicant, blueprint_of, tenants_planned
from bangban.demo.identity import DEFAULT_SEED, Source


def people_of(tenant: str) -> tuple[Person, ...]:
    """List the well-known staff of a city."""
    return blueprint_of(tenant).people


def portal_of(tenant: str) -> tuple[PortalApplicant, ...]:
    """List the well-known applicants of a city."""
    return blueprint_of(tenant).portal


def by_neutral_role(tenant: str) -> dict[str, Person]:
    """Give one well-known person for each neutral role a city has: the first one named."""
    found: dict[str, Person] = {}
    for person in people_of(tenant):
        found.setdefault(person.neutral, person)
    return found


def person(code: str) -> Person:
    """Find a well-known member of staff; a KeyError means there is none of this code."""
    for tenant in tenants_planned():
        for one in people_of(tenant):
            if one.code == code:
                return one
    raise KeyError(code)


def tenant_of(code: str) -> str:
    """Tell which city a well-known person or applicant belongs to."""
    for tenant in tenants_planned():
        staff = {one.code for one in people_of(tenant)}
        if code in staff or code in {one.code for one in portal_of(tenant)}:
            return tenant
    raise KeyError(code)


def staff_id(code: str, seed: int = DEFAULT_SEED) -> UUID:
    """Give the id of a well-known member of staff."""
    return Source(seed, tenant_of(code)).id("staff", code)


def applicant_id(code: str, seed: int = DEFAULT_SEED) -> UUID:
    """Give the id of a well-known applicant."""
    return Source(seed, tenant_of(code)).id("applicant", code)


def unit_id(tenant: str, code: str, seed: int = DEFAULT_SEED) -> UUID:
    """Give the id of a unit by its code, which is that of its division, with a suffix for departments."""
    return Source(seed, tenant).id("unit", code)


def item_id(tenant: str, code: str, seed: int = DEFAULT_SEED) -> UUID:
    """Give the id of a service item by its code, which is the same in every city."""
    return Source(seed, tenant).id("item", code)
