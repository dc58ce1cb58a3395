"""The permissions of one city, compiled from the policy rows and the city's own roles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from authz.actor import Actor, ActorKind
from authz.policy.text import Policy, Prohibition, read_policy
from authz.scope import ORDER, Scope

STAFF = "STAFF"
"""The group that every neutral role of staff belongs to; prohibitions are written for it."""

PLATFORM_STAFF_ROLES = frozenset({"TENANT_ADMIN"})
"""Neutral roles that staff may hold although no regulation names them; held under their neutral name."""


class CityRole(Protocol):
    """What permissions read of a role of a city's profile."""

    @property
    def code(self) -> str:
        """The city's own code of the role."""

    @property
    def neutral(self) -> tuple[str, ...]:
        """The neutral roles it stands for."""

    @property
    def inherits(self) -> tuple[str, ...]:
        """The city's roles whose permissions it has too, in the same unit."""


class Province(Protocol):
    """What permissions read of the province of a city."""

    @property
    def code(self) -> str:
        """The two-digit code of the province."""


class CityProfile(Protocol):
    """What permissions read of a city's profile."""

    @property
    def tenant(self) -> str:
        """The code of the tenant."""

    @property
    def revision(self) -> int:
        """The revision of the profile."""

    @property
    def province(self) -> Province:
        """The province the city belongs to."""

    @property
    def roles(self) -> Iterable[CityRole]:
        """The roles of the city's regulation."""


class UnknownRoleError(ValueError):
    """A profile names a neutral role or an inherited role that does not exist."""


class UnknownActionError(ValueError):
    """The code asked for an action that stands in no policy row."""


@dataclass(frozen=True, slots=True)
class RolePermissions:
    """One role as compiled: the neutral roles it amounts to, and its scopes per action."""

    neutral: tuple[str, ...]
    grants: Mapping[str, tuple[Scope, ...]]


@dataclass(frozen=True, slots=True)
class PermissionTable:
    """Who may do what in one city, under one revision of its profile."""

    tenant: str
    revision: int
    province: str
    actions: frozenset[str]
    city: Mapping[str, RolePermissions]
    neutral: Mapping[str, RolePermissions]
    object_roles: Mapping[str, frozenset[str]]
    prohibitions: Mapping[tuple[str, str], tuple[Prohibition, ...]]

    def require_known(self, action: str) -> None:
        """Refuse an action nobody wrote a row for: that is a mistake in the code, not a refusal to a person."""
        if action not in self.actions:
            raise UnknownActionError(f"no policy row names the action {action!r}")

    def admits(self, actor: Actor) -> bool:
        """Say whether the actor belongs to this city, or supervises its province."""
        if actor.kind is ActorKind.PROVINCE:
            return actor.tenant is None and actor.province == self.province
        return actor.tenant == self.tenant

    def staff_role(self, role_code: str) -> RolePermissions | None:
        """Look up a role held by staff; a role this revision does not know permits nothing."""
        found = self.city.get(role_code)
        if found is None and role_code in PLATFORM_STAFF_ROLES:
            return self.neutral[role_code]
        return found

    def scopes(self, role_code: str, action: str) -> tuple[Scope, ...]:
        """List how far a role of staff reaches under an action."""
        role = self.staff_role(role_code)
        return () if role is None else role.grants.get(action, ())


def compile_table(profile: CityProfile, policy: Policy | None = None) -> PermissionTable:
    """Compile the policy rows for one city; the caller keeps the result per profile revision."""
    rules = policy if policy is not None else read_policy()
    neutral = {name: _permissions({name}, rules) for name in rules.roles}
    city = {code: _permissions(names, rules) for code, names in _city_roles(profile, rules).items()}
    return PermissionTable(
        tenant=profile.tenant,
        revision=profile.revision,
        province=profile.province.code,
        actions=rules.actions,
        city=city,
        neutral=neutral,
        object_roles=_object_roles(neutral, rules),
        prohibitions=_prohibitions(rules),
    )


def _city_roles(profile: CityProfile, rules: Policy) -> dict[str, set[str]]:
    """Map each role of the city to all neutral roles it amounts to, its own and the inherited ones."""
    by_code = {role.code: role for role in profile.roles}
    for role in by_code.values():
        for name in role.neutral:
            if STAFF not in rules.closure({name}):
                raise UnknownRoleError(f"role {role.code!r} of {profile.tenant}: {name!r} is no neutral role of staff")
        for code in role.inherits:
            if code not in by_code:
                raise UnknownRoleError(f"role {role.code!r} of {profile.tenant} inherits the unknown role {code!r}")
    return {code: _inherited_neutral(code, by_code) for code in by_code}


def _inherited_neutral(code: str, by_code: Mapping[str, CityRole]) -> set[str]:
    seen: set[str] = set()
    waiting = [code]
    while waiting:
        current = waiting.pop()
        if current not in seen:
            seen.add(current)
            waiting.extend(by_code[current].inherits)
    return {name for current in seen for name in by_code[current].neutral}


def _permissions(names: set[str], rules: Policy) -> RolePermissions:
    closure = rules.closure(names)
    scopes: dict[str, set[Scope]] = {}
    for grant in rules.grants:
        if grant.role in closure:
            scopes.setdefault(grant.action, set()).add(grant.scope)
    ordered = {action: tuple(sorted(found, key=ORDER.__getitem__)) for action, found in sorted(scopes.items())}
    return RolePermissions(neutral=tuple(sorted(closure - {STAFF})), grants=ordered)


def _object_roles(neutral: Mapping[str, RolePermissions], rules: Policy) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for name, role in neutral.items():
        if STAFF in rules.closure({name}):
            for action, scopes in role.grants.items():
                if any(scope.holds_on_object for scope in scopes):
                    found.setdefault(action, set()).add(name)
    return {action: frozenset(names) for action, names in found.items()}


def _prohibitions(rules: Policy) -> dict[tuple[str, str], tuple[Prohibition, ...]]:
    found: dict[tuple[str, str], tuple[Prohibition, ...]] = {}
    for prohibition in rules.prohibitions:
        key = (prohibition.kind, prohibition.action)
        found[key] = (*found.get(key, ()), prohibition)
    return found
