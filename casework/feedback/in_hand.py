"""Callbacks in a person's hands; importing this module tells the organisation, which knows no callbacks."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, select

from authz.decide import Resource
from casework.cases.in_hand import counted
from casework.cases.models import Case
from casework.feedback.assign_callback import refuse_handler
from casework.feedback.events import CallbackAssigned
from casework.feedback.models import Callback, CallbackState
from casework.feedback.queries import OFFICER, handlers_of
from casework.kernel.errors import Next
from casework.kernel.work import Work
from casework.organisation.handover import Holding, Matter, add_holding

TO_DO = (CallbackState.ASSIGNED, CallbackState.UNREACHED)


def _to_do(work: Work) -> tuple[ColumnElement[bool], ...]:
    return (Callback.tenant_id == work.tenant, Callback.state.in_(TO_DO))


async def _callbacks(work: Work, staff_id: UUID) -> Sequence[Matter]:
    query = (
        select(Callback, Case.case_no)
        .join(Case, (Case.tenant_id == Callback.tenant_id) & (Case.id == Callback.case_id))
        .where(*_to_do(work), Callback.assignee_id == staff_id)
    )
    found = (await work.session.execute(query.order_by(Case.case_no))).all()
    return [
        Matter(
            callback.id, callback.case_id, case_no, Resource(callback.unit_path, object_roles={staff_id: (OFFICER,)})
        )
        for callback, case_no in found
    ]


async def _loads(work: Work, people: Sequence[UUID]) -> Mapping[UUID, int]:
    holder = Callback.assignee_id.expression
    return await counted(work, holder, *_to_do(work), holder.in_(people))


async def _move(work: Work, callback_id: UUID, leaver: UUID, successor: UUID) -> bool:
    callback = await work.find(Callback, callback_id, lock=True)
    if callback is None or callback.assignee_id != leaver or callback.state not in TO_DO:
        return False
    case = await work.load(Case, callback.case_id, "case", "办件")
    await refuse_handler(work, case, successor)
    callback.assignee_id = successor
    callback.assigned_at = work.now
    work.emit(CallbackAssigned(callback, successor).told())
    return True


async def _no_handler(work: Work, matter: Matter, staff_id: UUID) -> bool:
    case = await work.load(Case, matter.case_id, "case", "办件")
    return staff_id not in await handlers_of(work, case)


CALLBACKS = add_holding(
    Holding(
        "callback", "回访", ("callback.perform",),
        Next("assignCallback", "Let somebody else call back", "转派回访"), _callbacks, _loads, _move, _no_handler,
        apart=True,
    )
)  # fmt: skip
