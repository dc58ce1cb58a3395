"""Who may see and touch a case: its resource for permissions, and the one way to load it."""

from uuid import UUID

from sqlalchemy import bindparam, or_, select

from authz.decide import Resource
from casework.cases.models import Case, CaseParticipant
from casework.kernel.errors import Refusal, not_found
from casework.kernel.wire import Sentence
from casework.kernel.work import Work, check_version

SEE = ("case.list_masked", "case.read_personal")
"""Whoever may list a case or read its personal data sees that it exists; participants read what they work on."""

PARTICIPANTS = Sentence.of(
    select(CaseParticipant.staff_id).where(
        CaseParticipant.tenant_id == bindparam("tenant"),
        CaseParticipant.case_id == bindparam("case"),
        or_(CaseParticipant.until.is_(None), CaseParticipant.until > bindparam("now")),
    )
)


async def participants_of(work: Work, case_id: UUID) -> frozenset[UUID]:
    """The staff who work on the case now."""
    if work.waits(CaseParticipant):
        await work.session.flush()
    found = await work.ask(PARTICIPANTS, tenant=work.tenant, case=case_id, now=work.now)
    return frozenset(UUID(str(staff_id, "ascii")) for (staff_id,) in found if staff_id)


async def resource_of(work: Work, case: Case) -> Resource:
    """What permissions need to know of a case."""
    return Resource(case.unit_path, await participants_of(work, case.id), case.applicant_id)


async def load_case(
    work: Work,
    case_id: UUID,
    action: str,
    *,
    expected_version: int | None = None,
    lock: bool = True,
    hidden: Refusal | None = None,
) -> Case:
    """Load a case for an action; what the actor may not even see answers like what does not exist (S-X-02).

    `hidden` is that answer for a caller who asked for something of the case, such as a paper, and not for the case.
    """
    case = await work.find(Case, case_id, lock=lock)
    if case is None:
        raise hidden or missing(case_id)
    resource = await resource_of(work, case)
    if not work.decide(action, resource).allowed and not sees(work, resource):
        raise work.unregistered(action, resource) or hidden or missing(case_id)
    work.require(action, resource)
    check_version(case, expected_version)
    return case


def sees(work: Work, resource: Resource) -> bool:
    """Say whether the actor may know that this case exists."""
    return any(work.decide(action, resource).allowed for action in SEE)


def missing(case_id: UUID) -> Refusal:
    """The one answer for a case that does not exist here."""
    return not_found("case", "办件", ("caseId",), case_id)


async def join(work: Work, case: Case, staff_id: UUID | None, role: str) -> None:
    """Make a member of staff a participant of the case, once."""
    if staff_id is None or staff_id in await participants_of(work, case.id):
        return
    work.add(CaseParticipant(case_id=case.id, staff_id=staff_id, role=role, since=work.now, until=None))
