"""What of cases lies in a person's hands; importing this module tells the organisation, which knows no cases."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, or_, select, update

from authz.decide import Resource
from casework.cases.access import join
from casework.cases.advance import CASE
from casework.cases.models import Case, CaseParticipant
from casework.catalogue.models import ServiceItem
from casework.kernel.errors import Next
from casework.kernel.events import Event
from casework.kernel.work import Work
from casework.mandates.models import Mandate, MandateStatus
from casework.organisation.handover import Holding, Matter, add_holding

GO_ON = ("material.review", "case.complete")
"""Whoever may do one of these can go on with a case that is in his hands."""
ACT = ("mandate.sign_service_side", "delivery.record")
"""Whoever may do one of these can act for the applicant under a mandate."""


def with_department(row_id: ColumnElement[UUID]) -> Select[UUID, Case, UUID]:
    """Select cases with the row in hand and the department whose item they are about."""
    return select(row_id, Case, ServiceItem.department_id).outerjoin(
        ServiceItem, (ServiceItem.tenant_id == Case.tenant_id) & (ServiceItem.id == Case.item_id)
    )


async def matters_of_cases(work: Work, query: Select[UUID, Case, UUID], staff_id: UUID) -> Sequence[Matter]:
    """Give what a query of `with_department` finds as matters in a person's hands."""
    found = (await work.session.execute(query.order_by(Case.case_no))).all()
    return [
        Matter(row_id, case.id, case.case_no, Resource(case.unit_path, frozenset({staff_id})), department)
        for row_id, case, department in found
    ]


async def counted(work: Work, holder: ColumnElement[Any], *where: ColumnElement[bool]) -> Mapping[UUID, int]:
    """Count rows by who has them in hand."""
    query = select(holder, func.count()).where(*where).group_by(holder)
    return {row[0]: row[1] for row in (await work.session.execute(query)).all()}


def _open_cases(work: Work) -> tuple[ColumnElement[bool], ...]:
    return (Case.tenant_id == work.tenant, Case.archived_at.is_(None))


async def _cases(work: Work, staff_id: UUID) -> Sequence[Matter]:
    query = with_department(Case.id.expression).where(*_open_cases(work), Case.owner_staff_id == staff_id)
    return await matters_of_cases(work, query, staff_id)


async def _case_loads(work: Work, people: Sequence[UUID]) -> Mapping[UUID, int]:
    holder = Case.owner_staff_id.expression
    return await counted(work, holder, *_open_cases(work), holder.in_(people))


async def move_case(work: Work, case_id: UUID, leaver: UUID, successor: UUID) -> bool:
    """Let a successor have a case; the leaver takes no part in it any more, and no clock is stopped by it (Q8)."""
    case = await work.find(Case, case_id, lock=True)
    if case is None or case.owner_staff_id != leaver or case.archived_at is not None:
        return False
    case.owner_staff_id = successor
    await join(work, case, successor, "HANDLER")
    await _part(work, case, leaver)
    payload = {"fromUnitId": str(case.unit_id), "toUnitId": str(case.unit_id), "staffId": str(successor)}
    work.emit(Event("case.assigned", CASE, case.id, {**payload, "fromStaffId": str(leaver)}))
    return True


async def _part(work: Work, case: Case, leaver: UUID) -> None:
    """End the leaver's part in a case, unless he still answers for it or acts under its mandate."""
    if case.owner_staff_id == leaver:
        return
    await work.session.flush()
    acts = select(Mandate.id).where(*_in_force(work), Mandate.case_id == case.id, Mandate.agent_id == leaver)
    await work.session.execute(
        update(CaseParticipant)
        .where(
            CaseParticipant.tenant_id == work.tenant,
            CaseParticipant.case_id == case.id,
            CaseParticipant.staff_id == leaver,
            or_(CaseParticipant.until.is_(None), CaseParticipant.until > work.now),
            ~exists(acts),
        )
        .values(until=work.now, updated_at=work.now, row_version=CaseParticipant.row_version + 1)
        .execution_options(synchronize_session=False)
    )


def _in_force(work: Work) -> tuple[ColumnElement[bool], ...]:
    return (Mandate.tenant_id == work.tenant, Mandate.status == MandateStatus.SIGNED)


async def _mandates(work: Work, staff_id: UUID) -> Sequence[Matter]:
    query = (
        with_department(Mandate.id.expression)
        .join(Mandate, (Mandate.tenant_id == Case.tenant_id) & (Mandate.case_id == Case.id))
        .where(*_in_force(work), *_open_cases(work), Mandate.agent_id == staff_id)
    )
    return await matters_of_cases(work, query, staff_id)


async def _mandate_loads(work: Work, people: Sequence[UUID]) -> Mapping[UUID, int]:
    return {}  # whoever acts under a mandate has its case as well, and that counts


async def _move_mandate(work: Work, mandate_id: UUID, leaver: UUID, successor: UUID) -> bool:
    query = select(Mandate.case_id).where(Mandate.tenant_id == work.tenant, Mandate.id == mandate_id)
    case = await work.load(Case, (await work.session.scalars(query)).one(), "case", "办件", lock=True)
    mandate = await work.find(Mandate, mandate_id, lock=True)
    if mandate is None or mandate.agent_id != leaver or mandate.status is not MandateStatus.SIGNED:
        return False
    mandate.agent_id = successor
    await join(work, case, successor, "AGENT")
    await _part(work, case, leaver)
    work.emit(Event("mandate.agent_changed", CASE, case.id, {"fromStaffId": str(leaver), "agentId": str(successor)}))
    return True


ASSIGN = Next("assignCase", "Assign the case to somebody else", "转派办件")
CASES = add_holding(Holding("case", "办件", GO_ON, ASSIGN, _cases, _case_loads, move_case))
MANDATES = add_holding(
    Holding(
        "mandate", "委托", ACT, Next("startHandover", "Let somebody else act", "移交委托代理"),
        _mandates, _mandate_loads, _move_mandate,
    )
)  # fmt: skip
