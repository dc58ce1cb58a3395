"""Callbacks in a person's hands; importing this module tells the organisation, which knows no callbacks."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from authz.decide import Resource
from casework.cases.models import Case
from casework.feedback.models import Callback, CallbackState
from casework.feedback.queries import OFFICER
from casework.kernel.errors import Next
from casework.kernel.work import Work
from casework.organisation.handover import Holding, Matter, add_holding

TO_DO = (CallbackState.ASSIGNED, CallbackState.UNREACHED)


async def _callbacks(work: Work, staff_id: UUID) -> Sequence[Matter]:
    query = (
        select(Callback, Case.case_no)
        .join(Case, (Case.tenant_id == Callback.tenant_id) & (Case.id == Callback.case_id))
        .where(Callback.tenant_id == work.tenant, Callback.assignee_id == staff_id, Callback.state.in_(TO_DO))
    )
    found = (await work.session.execute(query.order_by(Case.case_no))).all()
    return [
        Matter(case_no, Resource(callback.unit_path, object_roles={staff_id: (OFFICER,)}))
        for callback, case_no in found
    ]


CALLBACKS = add_holding(
    Holding(
        "callback", "回访", ("callback.perform",),
        Next("assignCallback", "Let somebody else call back", "转派回访"), _callbacks,
    )
)  # fmt: skip
