"""Small cities made by hand: a role tree is all that permissions read of a profile."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from authz.actor import Actor, ActorKind, RoleHeld

PEOPLE = tuple(UUID(int=number) for number in range(1, 5))
APPLICANTS = tuple(UUID(int=number) for number in range(101, 104))
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Role:
    code: str
    neutral: tuple[str, ...]
    inherits: tuple[str, ...] = ()


@dataclass(frozen=True)
class Province:
    code: str = "37"


@dataclass(frozen=True)
class City:
    tenant: str
    roles: tuple[Role, ...]
    revision: int = 1
    province: Province = field(default_factory=Province)


TALL = City(
    tenant="tall",
    roles=(
        Role("lead", ("UNIT_LEAD",), ("chief",)),
        Role("chief", ("CHIEF_HELPER",), ("liaison", "helper")),
        Role("liaison", ("LIAISON",)),
        Role("helper", ("CASE_WORKER",), ("guide",)),
        Role("guide", ("GUIDE",)),
        Role("intake", ("INTAKE_OFFICER",), ("guide",)),
        Role("rep", ("CHIEF_REP",), ("dept",)),
        Role("dept", ("DEPT_HELPER",), ("helper",)),
        Role("bundle_lead", ("LEAD_DEPARTMENT_OFFICER",), ("dept",)),
        Role("partner", ("PARTNER_HELPER",)),
        Role("volunteer", ("VOLUNTEER",)),
        Role("data_centre", ("DATA_CENTRE_OPERATOR",)),
        Role("supervisor", ("TENANT_SUPERVISOR",)),
        Role("watcher", ("SUPERVISOR",)),
        Role("coordinator", ("CENTRE_COORDINATOR",)),
        Role("caller", ("CALLBACK_OFFICER",)),
        Role("grid", ("GRID_AGENT",)),
        Role("project", ("PROJECT_OFFICER",)),
    ),
)
"""A city with every neutral role of staff and chains of inheritance."""

FLAT = City(tenant="flat", roles=(Role("specialist", ("CASE_WORKER", "DEPT_HELPER")),))
"""A city where one role stands for two neutral ones."""


def held(role_code: str, unit_path: str = "c.k.") -> RoleHeld:
    return RoleHeld(role_code, UUID(int=900), unit_path, LONG_AGO)


def staff(*roles: RoleHeld, tenant: str = "tall", staff_id: UUID = PEOPLE[0], reason: str | None = None) -> Actor:
    return Actor(ActorKind.STAFF, tenant, "li", staff_id=staff_id, roles=roles, reason=reason)


def applicant(applicant_id: UUID = APPLICANTS[0], tenant: str = "tall") -> Actor:
    return Actor(ActorKind.APPLICANT, tenant, "portal-user", applicant_id=applicant_id)


def integrator(applicant_id: UUID | None = APPLICANTS[0], tenant: str = "tall") -> Actor:
    return Actor(ActorKind.INTEGRATOR, tenant, "client", applicant_id=applicant_id, client_id="client")


def province(code: str = "37") -> Actor:
    return Actor(ActorKind.PROVINCE, None, "inspector", province=code)
