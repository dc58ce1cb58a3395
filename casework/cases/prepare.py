"""Starting to prepare: papers are collected and checked from now on (T11)."""

from dataclasses import dataclass
from uuid import UUID

from casework.cases.access import join, load_case
from casework.cases.advance import advance, facts_of
from casework.cases.models import Case
from casework.kernel.work import Work

PREPARE = "material.review"


@dataclass(frozen=True)
class PrepareCase:
    """Which case is being prepared."""

    case_id: UUID
    expected_version: int | None = None


async def prepare_case(work: Work, intent: PrepareCase) -> Case:
    """Start preparing the papers of a case."""
    case = await load_case(work, intent.case_id, PREPARE, expected_version=intent.expected_version)
    await join(work, case, work.actor.staff_id, "HANDLER")
    await advance(await facts_of(work, case), "PREPARE")
    return case
