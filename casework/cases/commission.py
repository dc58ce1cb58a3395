"""Taking the commission: the mandate comes into force when the city's conditions hold (T8)."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from casework.cases.access import join, load_case
from casework.cases.advance import advance, facts_of
from casework.cases.models import Case
from casework.kernel.errors import invalid, not_found
from casework.kernel.work import Work
from casework.mandates.models import Mandate, MandateStatus
from casework.organisation.handover import put_in_hands
from casework.organisation.models import StaffMember
from tenants.profile import Workflow

COMMISSION = "mandate.sign_service_side"


@dataclass(frozen=True)
class CommissionCase:
    """Who acts for the applicant, in how much of the matter and with which powers."""

    case_id: UUID
    agent_id: UUID | None = None
    extent: str = "FULL"
    powers: tuple[str, ...] = ()
    expected_version: int | None = None


async def commission_case(work: Work, intent: CommissionCase) -> Case:
    """Take the commission; exactly one agent acts for the applicant from now on (TA-18-2, ZZ-7.2-1, CH-3.3.4-4 …)."""
    case = await load_case(work, intent.case_id, COMMISSION, expected_version=intent.expected_version)
    facts = await facts_of(work, case, agent_id=intent.agent_id or work.actor.staff_id)
    powers = _checked(facts.workflow, intent)
    agent_id = await _agent(work, intent)
    await put_in_hands(work, agent_id, "agentId")
    await advance(facts, "COMMISSION", {"agentId": str(agent_id)})
    await _sign(work, case, agent_id, intent.extent, powers)
    case.owner_staff_id = agent_id
    await join(work, case, agent_id, "AGENT")
    await work.session.flush()
    return case


def _checked(workflow: Workflow, intent: CommissionCase) -> tuple[str, ...]:
    known = tuple(power.code for power in workflow.powers)
    unknown = sorted(set(intent.powers) - set(known))
    if unknown:
        raise invalid(
            f"Unknown powers {', '.join(unknown)}; this service knows {', '.join(known)}.", "委托权限不在制度列明范围内。",
            "powers", rules=workflow.basis.rules,
        )  # fmt: skip
    if workflow.extent and intent.extent not in workflow.extent:
        raise invalid(
            f"The extent is one of {', '.join(workflow.extent)}.", "委托范围须为制度列明的范围。", "extent",
            rules=workflow.basis.rules,
        )  # fmt: skip
    return intent.powers or known


async def _agent(work: Work, intent: CommissionCase) -> UUID:
    agent_id = intent.agent_id or work.actor.staff_id
    agent = await work.find(StaffMember, agent_id) if agent_id else None
    if agent is None or not agent.active:
        raise not_found("member of staff", "工作人员", ("agentId",), agent_id)
    return agent.id


async def _sign(work: Work, case: Case, agent_id: UUID, extent: str, powers: tuple[str, ...]) -> None:
    query = select(Mandate).where(Mandate.tenant_id == work.tenant, Mandate.case_id == case.id)
    mandate = (await work.session.scalars(query)).one_or_none()
    if mandate is None:
        mandate = work.add(Mandate(case_id=case.id))
    mandate.extent = extent
    mandate.powers = list(powers)
    mandate.agent_id = agent_id
    mandate.status = MandateStatus.SIGNED
    mandate.signed_at = work.now
    mandate.ended_at = None
