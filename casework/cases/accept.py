"""Accepting: the unit takes the matter, and the case is pinned to the profile in force (T4)."""

from dataclasses import dataclass
from uuid import UUID

from casework.cases.access import join, load_case
from casework.cases.advance import advance, facts_of
from casework.cases.models import Case
from casework.kernel.work import Work
from casework.organisation.handover import put_in_hands

ACCEPT = "case.accept"


@dataclass(frozen=True)
class AcceptCase:
    """Which case is accepted."""

    case_id: UUID
    expected_version: int | None = None


async def accept_case(work: Work, intent: AcceptCase) -> Case:
    """Accept a case; from now on this revision of the profile judges it, whatever is published later (S-X-10)."""
    case = await load_case(work, intent.case_id, ACCEPT, expected_version=intent.expected_version)
    case.revision_id = work.regulation.revision_id
    case.accepted_at = work.now
    if work.actor.staff_id is not None:
        await put_in_hands(work, work.actor.staff_id)
        case.owner_staff_id = case.owner_staff_id or work.actor.staff_id
        await join(work, case, work.actor.staff_id, "HANDLER")
    await advance(await facts_of(work, case), "ACCEPT")
    return case
