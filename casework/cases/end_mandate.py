"""Ending a mandate with its case: normally, or revoked at once when the service ends early (TA-20-0)."""

from sqlalchemy import select

from casework.cases.advance import CASE
from casework.cases.models import Case
from casework.kernel.events import Event
from casework.kernel.work import Work
from casework.mandates.models import Mandate, MandateStatus


async def end_mandate(work: Work, case: Case, status: MandateStatus) -> None:
    """End the powers of the agent, if there are any."""
    query = select(Mandate).where(
        Mandate.tenant_id == work.tenant, Mandate.case_id == case.id, Mandate.status == MandateStatus.SIGNED
    )
    mandate = (await work.session.scalars(query)).one_or_none()
    if mandate is None:
        return
    mandate.status = status
    mandate.ended_at = work.now
    name = "mandate.revoked" if status is MandateStatus.REVOKED else "mandate.ended"
    work.emit(Event(name, CASE, case.id, {"mandateId": str(mandate.id)}))
