"""May this actor do this to that object? The one question every verb asks before it changes anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from uuid import UUID

from authz.actor import Actor, check_unit_path
from authz.reach import Reach, object_role_reaches, prohibitions, reaches
from authz.scope import ORDER, Scope
from authz.table import PermissionTable

_NO_OBJECT_ROLES: Mapping[UUID, tuple[str, ...]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Resource:
    """What permissions need to know of the object acted on.

    `unit_path`: the unit that keeps the object. `participants`: the staff who take part in this very object (case,
    leg, complaint ...; for a spot check or an assessment those of the case examined, for a misconduct report the
    accused). `applicant_id`: whose data it is. `object_roles`: neutral roles somebody holds by virtue of this object,
    for instance the assignee of a callback is CALLBACK_OFFICER of it. An object that names nobody is an aggregate.
    """

    unit_path: str | None = None
    participants: frozenset[UUID] = frozenset()
    applicant_id: UUID | None = None
    object_roles: Mapping[UUID, tuple[str, ...]] = field(default_factory=lambda: _NO_OBJECT_ROLES)

    def __post_init__(self) -> None:
        if self.unit_path is not None:
            check_unit_path(self.unit_path)

    @property
    def names_nobody(self) -> bool:
        """Say whether the object is a figure only, without unit, person or applicant."""
        return self.unit_path is None and self.applicant_id is None and not self.participants and not self.object_roles


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer, with the reach that carried it and what is still missing.

    `scope` is the letter of the scope that reaches the object, also when only the reason or the second approver is
    missing. `barred_by` names the separation of duties that forbids it whatever roles are held.
    """

    allowed: bool
    scope: str | None
    reason_required: bool
    second_approver: bool = False
    barred_by: str | None = None


REFUSED = Decision(allowed=False, scope=None, reason_required=False)
"""The plain refusal: no permission of the actor reaches the object."""


def decide(table: PermissionTable, actor: Actor, action: str, resource: Resource) -> Decision:
    """Decide whether the actor may do the action to the object, under the city's table; pure, no clock, no I/O."""
    table.require_known(action)
    if not table.admits(actor):
        return REFUSED
    for bar, basis in prohibitions(table, actor, action):
        if covers(bar, actor, resource):
            return Decision(allowed=False, scope=None, reason_required=False, barred_by=basis)
    reached = min(_scopes_reaching(table, actor, action, resource), key=ORDER.__getitem__, default=None)
    return REFUSED if reached is None else _conditions_met(reached, actor)


def _scopes_reaching(table: PermissionTable, actor: Actor, action: str, resource: Resource) -> Iterator[Scope]:
    for reach in reaches(table, actor, action):
        if covers(reach, actor, resource):
            yield reach.scope
    if actor.staff_id is not None:
        held = resource.object_roles.get(actor.staff_id, ())
        if object_role_reaches(table, actor, action).intersection(held):
            yield Scope.PARTICIPANT


def _conditions_met(scope: Scope, actor: Actor) -> Decision:
    second = scope is Scope.TENANT_WITH_APPROVER
    allowed = (actor.has_reason or not scope.reason_required) and (actor.has_second_approver or not second)
    return Decision(allowed, scope.letter, scope.reason_required, second)


def covers(reach: Reach, actor: Actor, resource: Resource) -> bool:
    """Say whether one reach of the actor covers the object."""
    match reach.scope:
        case Scope.OWN_DATA:
            return actor.applicant_id is not None and actor.applicant_id == resource.applicant_id
        case Scope.PARTICIPANT:
            return actor.staff_id is not None and actor.staff_id in resource.participants
        case Scope.UNIT:
            return reach.unit_path is not None and reach.unit_path == resource.unit_path
        case Scope.SUBTREE:
            # Every code ends with a dot, so "a1." is never the beginning of "a10.".
            inside = reach.unit_path is not None and resource.unit_path is not None
            return inside and str(resource.unit_path).startswith(str(reach.unit_path))
        case Scope.PROVINCE:
            return resource.names_nobody
        case Scope.TENANT | Scope.TENANT_WITH_REASON | Scope.TENANT_WITH_APPROVER:
            return True
