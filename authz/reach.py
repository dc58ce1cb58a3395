"""What an actor's roles reach under one action; the common ground of single decisions and row filters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from authz.actor import Actor, ActorKind
from authz.scope import Scope
from authz.table import STAFF, PermissionTable

ROLE_OF_KIND = {
    ActorKind.APPLICANT: "APPLICANT",
    ActorKind.INTEGRATOR: "INTEGRATOR",
    ActorKind.PROVINCE: "PROVINCE_SUPERVISOR",
    ActorKind.SYSTEM: "SYSTEM_WORKER",
}
"""The one neutral role of everybody who is not staff; roles held in units never add to it."""


@dataclass(frozen=True, slots=True)
class Reach:
    """One scope, and the unit from which it is measured (none for people who hold no unit)."""

    scope: Scope
    unit_path: str | None = None


def reaches(table: PermissionTable, actor: Actor, action: str) -> Iterator[Reach]:
    """List how far the actor's roles carry under this action."""
    if actor.kind is not ActorKind.STAFF:
        for scope in table.neutral[ROLE_OF_KIND[actor.kind]].grants.get(action, ()):
            yield Reach(scope)
        return
    for held in actor.roles:
        role = table.staff_role(held.role_code)
        if role is not None:
            for scope in role.grants.get(action, ()):
                yield Reach(scope, held.unit_path)


def object_role_reaches(table: PermissionTable, actor: Actor, action: str) -> frozenset[str]:
    """List the neutral roles that, held on the very object, let a member of staff do this to it.

    Whatever its reach in a unit, a role held on one object reaches that object only; powers over a whole
    tenant and over applicants' own data are never held that way.
    """
    if actor.kind is not ActorKind.STAFF or actor.staff_id is None:
        return frozenset()
    return table.object_roles.get(action, frozenset())


def prohibitions(table: PermissionTable, actor: Actor, action: str) -> Iterator[tuple[Reach, str]]:
    """List what separation of duties forbids this kind of actor, with the name of the duty."""
    kind = STAFF if actor.kind is ActorKind.STAFF else ROLE_OF_KIND[actor.kind]
    for prohibition in table.prohibitions.get((kind, action), ()):
        if prohibition.scope in (Scope.UNIT, Scope.SUBTREE):
            for held in actor.roles:
                if table.staff_role(held.role_code) is not None:
                    yield Reach(prohibition.scope, held.unit_path), prohibition.basis
        else:
            yield Reach(prohibition.scope), prohibition.basis
