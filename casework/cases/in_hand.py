"""What of cases lies in a person's hands; importing this module tells the organisation, which knows no cases."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, select

from authz.decide import Resource
from casework.cases.models import Case, HolderKind, MaterialItem, MaterialState
from casework.catalogue.models import ServiceItem
from casework.kernel.errors import Next
from casework.kernel.work import Work
from casework.organisation.handover import Holding, Matter, add_holding

GO_ON = ("material.review", "case.complete")
"""Whoever may do one of these can go on with a case that is in his hands."""


async def _cases(work: Work, staff_id: UUID) -> Sequence[Matter]:
    query = _with_department().where(
        Case.tenant_id == work.tenant, Case.owner_staff_id == staff_id, Case.archived_at.is_(None)
    )
    return await _matters(work, query, staff_id)


async def _papers(work: Work, staff_id: UUID) -> Sequence[Matter]:
    query = (
        _with_department()
        .join(MaterialItem, (MaterialItem.tenant_id == Case.tenant_id) & (MaterialItem.case_id == Case.id))
        .where(
            Case.tenant_id == work.tenant,
            MaterialItem.holder_kind == HolderKind.STAFF,
            MaterialItem.holder_id == staff_id,
            MaterialItem.state != MaterialState.RETURNED,
        )
    )
    return await _matters(work, query, staff_id)


def _with_department() -> Select[Case, UUID]:
    return select(Case, ServiceItem.department_id).outerjoin(
        ServiceItem, (ServiceItem.tenant_id == Case.tenant_id) & (ServiceItem.id == Case.item_id)
    )


async def _matters(work: Work, query: Select[Case, UUID], staff_id: UUID) -> Sequence[Matter]:
    found = (await work.session.execute(query.order_by(Case.case_no))).all()
    return [
        Matter(case.case_no, Resource(case.unit_path, frozenset({staff_id})), department) for case, department in found
    ]


CASES = add_holding(
    Holding("case", "办件", GO_ON, Next("assignCase", "Assign the case to somebody else", "转派办件"), _cases)
)
PAPERS = add_holding(
    Holding("paper", "材料", GO_ON, Next("handOverPapers", "Hand the papers over", "移交材料"), _papers)
)
