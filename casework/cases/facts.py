"""What is known of a case at the moment of a step: the material that guards judge."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from casework.cases.models import (
    ArchiveRecord,
    Case,
    ContactRecord,
    Delivery,
    ExplanationNotice,
    GapNotice,
    MaterialItem,
    OneTimeNotice,
    ServicePlan,
    ServiceRequest,
)
from casework.catalogue.models import MaterialRequirement, ServiceItem, ServiceItemVersion
from casework.catalogue.queries import is_listed
from casework.catalogue.scope import ScopeDecision, item_in_scope
from casework.deadlines.models import Timer, TimerState
from casework.kernel.models import TenantRow
from casework.kernel.work import Work
from casework.mandates.documents import SignedForm, forms_of
from casework.mandates.models import Mandate
from casework.organisation.models import OrgUnit
from tenants.profile import Profile, Workflow


@dataclass
class Facts:
    """One case under one profile, one attempt at a step, and the parts that the guards of this step asked for."""

    work: Work
    case: Case
    profile: Profile
    attempt: Mapping[str, Any]
    parts: dict[str, Any] = field(default_factory=dict)

    @property
    def workflow(self) -> Workflow:
        """The path that the case takes under its profile."""
        return self.profile.workflows[self.case.workflow]

    async def gather(self, names: frozenset[str]) -> None:
        """Read the named parts that are not known yet."""
        for name in sorted(names - self.parts.keys()):
            self.parts[name] = await PARTS[name](self)

    def forget(self, name: str) -> None:
        """Let a part be read again after the verb has changed it."""
        self.parts.pop(name, None)


Part = Callable[[Facts], Awaitable[Any]]


async def _rows(facts: Facts, kind: type[Any]) -> list[Any]:
    query = select(kind).where(kind.tenant_id == facts.work.tenant, kind.case_id == facts.case.id).order_by(kind.id)
    return list((await facts.work.session.scalars(query)).all())


def _all_of(kind: type[TenantRow]) -> Part:
    async def read(facts: Facts) -> list[Any]:
        return await _rows(facts, kind)

    return read


async def _optional(facts: Facts, kind: type[Any], row_id: UUID | None) -> Any:
    return None if row_id is None else await facts.work.find(kind, row_id)


async def _request(facts: Facts) -> ServiceRequest | None:
    return await facts.work.find(ServiceRequest, facts.case.request_id)


async def _unit(facts: Facts) -> OrgUnit | None:
    return await facts.work.find(OrgUnit, facts.case.unit_id)


async def _item(facts: Facts) -> ServiceItem | None:
    found: ServiceItem | None = await _optional(facts, ServiceItem, facts.case.item_id)
    return found


async def _item_version(facts: Facts) -> ServiceItemVersion | None:
    found: ServiceItemVersion | None = await _optional(facts, ServiceItemVersion, facts.case.item_version_id)
    return found


async def _requirements(facts: Facts) -> list[MaterialRequirement]:
    query = (
        select(MaterialRequirement)
        .where(
            MaterialRequirement.tenant_id == facts.work.tenant,
            MaterialRequirement.item_version_id == facts.case.item_version_id,
        )
        .order_by(MaterialRequirement.position)
    )
    return list((await facts.work.session.scalars(query)).all())


async def _scope(facts: Facts) -> ScopeDecision | None:
    await facts.gather(frozenset({"unit", "item", "item_version"}))
    unit, item = facts.parts["unit"], facts.parts["item"]
    if unit is None or item is None:
        return None
    version = facts.parts["item_version"]
    return await item_in_scope(facts.work, facts.profile, unit, item, version, facts.case.service_kind.value)


async def _listed(facts: Facts) -> dict[str, bool]:
    await facts.gather(frozenset({"unit", "item"}))
    unit, item = facts.parts["unit"], facts.parts["item"]
    purposes = {str(gate.params["list"]) for gate in facts.workflow.gates if "list" in gate.params}
    if unit is None or item is None:
        return dict.fromkeys(purposes, False)
    return {purpose: await is_listed(facts.work, unit, item.id, purpose) for purpose in sorted(purposes)}


async def _forms(facts: Facts) -> dict[str, SignedForm]:
    return await forms_of(facts.work, facts.case.id, facts.profile)


async def _mandate(facts: Facts) -> Mandate | None:
    query = select(Mandate).where(Mandate.tenant_id == facts.work.tenant, Mandate.case_id == facts.case.id)
    return (await facts.work.session.scalars(query)).one_or_none()


async def _breached(facts: Facts) -> frozenset[str]:
    query = select(Timer.code).where(
        Timer.tenant_id == facts.work.tenant, Timer.subject_id == facts.case.id, Timer.state == TimerState.BREACHED
    )
    return frozenset((await facts.work.session.scalars(query)).all())


async def _human_contacts(facts: Facts) -> int:
    query = select(func.count()).where(
        ContactRecord.tenant_id == facts.work.tenant,
        ContactRecord.case_id == facts.case.id,
        ContactRecord.automatic.is_(False),
        ContactRecord.addresses_content.is_(True),
    )
    return int(await facts.work.session.scalar(query) or 0)


PARTS: dict[str, Part] = {
    "request": _request,
    "unit": _unit,
    "item": _item,
    "item_version": _item_version,
    "requirements": _requirements,
    "scope": _scope,
    "listed": _listed,
    "materials": _all_of(MaterialItem),
    "forms": _forms,
    "mandate": _mandate,
    "plans": _all_of(ServicePlan),
    "notices": _all_of(OneTimeNotice),
    "gap_notices": _all_of(GapNotice),
    "explanations": _all_of(ExplanationNotice),
    "deliveries": _all_of(Delivery),
    "archives": _all_of(ArchiveRecord),
    "breached": _breached,
    "human_contacts": _human_contacts,
}


def add_part(name: str, part: Part) -> None:
    """Let a higher room contribute what it knows of a case; import arrows stay downward."""
    PARTS[name] = part
