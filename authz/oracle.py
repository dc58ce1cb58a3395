"""casbin itself, asked row by row: slow, and therefore only the oracle against which the compiled table is tested."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import casbin
from casbin.model import Model

from authz.actor import Actor, ActorKind
from authz.decide import Resource
from authz.policy.text import MODEL_FILE, ROWS_FILE
from authz.table import CityProfile

_KIND_ROLE = {
    ActorKind.APPLICANT: "APPLICANT",
    ActorKind.INTEGRATOR: "INTEGRATOR",
    ActorKind.PROVINCE: "PROVINCE_SUPERVISOR",
    ActorKind.SYSTEM: "SYSTEM_WORKER",
}


@dataclass(frozen=True, slots=True)
class _Source:
    """A role from which the actor may draw, the unit in which it is held, or the object itself."""

    role: str
    unit_path: str | None = None
    on_the_object: bool = False


class Oracle:
    """Answers permission questions of one city by `casbin.Enforcer.enforce` over the policy rows."""

    def __init__(self, profile: CityProfile, rows: str | None = None) -> None:
        self._profile = profile
        self._rows = ROWS_FILE.read_text(encoding="utf-8") if rows is None else rows
        self._own = frozenset(role.code for role in profile.roles)
        self._neutral = frozenset(name for role in profile.roles for name in role.neutral)
        self._enforcers: dict[str, casbin.Enforcer] = {}
        self._links: dict[tuple[str, str], bool] = {}

    def allows(self, actor: Actor, action: str, resource: Resource) -> bool:
        """Ask casbin whether the actor may do the action to the object."""
        obj, _, act = action.partition(".")
        if action not in self._enforcers:
            self._enforcers[action] = self.enforcer([obj, act])
        return bool(self._enforcers[action].enforce(actor, self._profile.tenant, resource, obj, act))

    def enforcer(self, only: list[str] | None = None) -> casbin.Enforcer:
        """Load casbin with all rows, or only those of one family and act: rows of others cost time and never match."""
        model = Model()
        model.load_model(str(MODEL_FILE))
        enforcer = casbin.Enforcer(model)
        for line in self._rows.splitlines():
            cells = [cell.strip() for cell in line.split(",")]
            if cells[0] == "p" and only in (None, cells[2:4]):
                enforcer.add_named_policy("p", cells[1:])
            elif cells[0] == "g":
                enforcer.add_named_grouping_policy("g", cells[1:])
        for role in self._profile.roles:
            for other in (*role.neutral, *role.inherits):
                enforcer.add_named_grouping_policy("g2", [role.code, other, self._profile.tenant])
        enforcer.fm.add_function("reaches", partial(self._reaches, enforcer))
        return enforcer

    def _reaches(
        self,
        enforcer: casbin.Enforcer,
        actor: Actor,
        tenant: str,
        resource: Resource,
        role: str,
        scope: str,
        eft: str,
    ) -> bool:
        if actor.kind is ActorKind.PROVINCE:
            if actor.tenant is not None or actor.province != self._profile.province.code:
                return False
        elif actor.tenant != tenant:
            return False
        return any(
            self._linked(enforcer, source.role, role) and _in_scope(scope, eft, source, actor, resource)
            for source in self._sources(actor, resource)
        )

    def _linked(self, enforcer: casbin.Enforcer, held: str, wanted: str) -> bool:
        """Ask casbin's role managers, once per pair of roles, whether the role held amounts to the role of a row."""
        if (held, wanted) not in self._links:
            contains = enforcer.get_named_role_manager("g").has_link
            city = enforcer.get_named_role_manager("g2").has_link
            tenant = self._profile.tenant
            self._links[held, wanted] = (
                any(city(held, name, tenant) and contains(name, wanted) for name in self._neutral)
                if held in self._own
                else contains(held, wanted)
            )
        return self._links[held, wanted]

    def _sources(self, actor: Actor, resource: Resource) -> Iterator[_Source]:
        if actor.kind is not ActorKind.STAFF:
            yield _Source(_KIND_ROLE[actor.kind])
            return
        for held in actor.roles:
            if held.role_code in self._own or held.role_code == "TENANT_ADMIN":
                yield _Source(held.role_code, held.unit_path)
        for staff_id, names in resource.object_roles.items():
            if staff_id == actor.staff_id:
                yield from (_Source(name, on_the_object=True) for name in names)


def _in_scope(scope: str, eft: str, source: _Source, actor: Actor, resource: Resource) -> bool:
    """Measure a scope the plain way: unit paths code by code, people one by one."""
    if source.on_the_object and eft == "allow":
        return scope in ("c", "u", "t")
    if scope.startswith("a"):
        reason = bool((actor.reason or "").strip())
        second = bool(actor.approved_by) and actor.approved_by != actor.key
        return {"a": True, "a*": reason, "a**": reason and second}[scope]
    if scope == "s":
        return actor.applicant_id is not None and resource.applicant_id == actor.applicant_id
    if scope == "c":
        return any(person == actor.staff_id for person in resource.participants)
    if scope == "p":
        return resource == Resource()
    return _in_unit(scope, source.unit_path, resource.unit_path)


def _in_unit(scope: str, held: str | None, wanted: str | None) -> bool:
    if held is None or wanted is None:
        return False
    upper, lower = held.split(".")[:-1], wanted.split(".")[:-1]
    return upper == lower if scope == "u" else upper == lower[: len(upper)]
