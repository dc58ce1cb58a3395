"""What of cases lies in a person's hands; importing this module tells the organisation, which knows no cases."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from authz.decide import Resource
from casework.cases.models import Case, HolderKind, MaterialItem, MaterialState
from casework.kernel.errors import Next
from casework.kernel.work import Work
from casework.organisation.handover import Holding, Matter, add_holding

GO_ON = ("material.review", "case.complete")
"""Whoever may do one of these can go on with a case that is in his hands."""


async def _cases(work: Work, staff_id: UUID) -> Sequence[Matter]:
    query = select(Case).where(
        Case.tenant_id == work.tenant, Case.owner_staff_id == staff_id, Case.archived_at.is_(None)
    )
    found = (await work.session.scalars(query.order_by(Case.case_no))).all()
    return [Matter(case.case_no, Resource(case.unit_path, frozenset({staff_id}))) for case in found]


async def _papers(work: Work, staff_id: UUID) -> Sequence[Matter]:
    query = (
        select(Case)
        .join(MaterialItem, (MaterialItem.tenant_id == Case.tenant_id) & (MaterialItem.case_id == Case.id))
        .where(
            Case.tenant_id == work.tenant,
            MaterialItem.holder_kind == HolderKind.STAFF,
            MaterialItem.holder_id == staff_id,
            MaterialItem.state != MaterialState.RETURNED,
        )
    )
    found = (await work.session.scalars(query.order_by(Case.case_no))).all()
    return [Matter(case.case_no, Resource(case.unit_path, frozenset({staff_id}))) for case in found]


CASES = add_holding(
    Holding("case", "办件", GO_ON, Next("assignCase", "Assign the case to somebody else", "转派办件"), _cases)
)
PAPERS = add_holding(
    Holding("paper", "材料", GO_ON, Next("handOverPapers", "Hand the papers over", "移交材料"), _papers)
)
