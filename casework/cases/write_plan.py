"""The service plan: procedure, papers and policies with milestones, given to the applicant (TA-18-5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from casework.cases.access import load_case
from casework.cases.advance import advance, facts_of
from casework.cases.models import Case, ServicePlan
from casework.kernel.errors import Code, Refusal, invalid
from casework.kernel.work import Work

WRITE = "plan.write"


@dataclass(frozen=True)
class WritePlan:
    """The milestones (`step`, `dueOn`), the papers and the policies that matter."""

    case_id: UUID
    milestones: tuple[Mapping[str, str], ...]
    materials: tuple[str, ...]
    policies: str
    expected_version: int | None = None


async def write_plan(work: Work, intent: WritePlan) -> Case:
    """Write the agent's plan and give it to the applicant."""
    case = await load_case(work, intent.case_id, WRITE, expected_version=intent.expected_version)
    if not intent.milestones:
        raise invalid("A plan has at least one milestone.", "服务方案至少应有一个进度节点。", "milestones")
    if work.actor.staff_id is None:
        raise Refusal(Code.FORBIDDEN, "A plan is written by a member of staff.", "服务方案应由工作人员制定。")
    work.add(
        ServicePlan(
            case_id=case.id,
            milestones=[dict(milestone) for milestone in intent.milestones],
            materials_zh=list(intent.materials),
            policies_zh=intent.policies,
            written_by=work.actor.staff_id,
            written_at=work.now,
        )
    )
    await advance(await facts_of(work, case, plan=True, agreed_at=_agreed_at(work, intent)), "PLAN")
    return case


def _agreed_at(work: Work, intent: WritePlan) -> datetime:
    """Read the end of the first milestone's day; its clock starts with the plan (TA-18-9)."""
    try:
        first = min(date.fromisoformat(milestone["dueOn"]) for milestone in intent.milestones)
    except (KeyError, ValueError):
        raise invalid("A milestone has a step and a day (dueOn).", "进度节点应写明内容和日期。", "milestones") from None
    if first < work.today:
        raise invalid("A milestone lies in the past.", "进度节点日期不得早于今天。", "milestones")
    return datetime.combine(first, time.max, ZoneInfo(work.profile.calendar.timezone))
