"""Legs in a person's hands; importing this module tells the organisation, which knows no legs."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from authz.decide import Resource
from casework.cases.models import Case
from casework.kernel.errors import Next
from casework.kernel.work import Work
from casework.organisation.handover import Holding, Matter, add_holding
from casework.relays.access import COMPLETE, FINISH
from casework.relays.models import LegState, RelayLeg


async def _legs(work: Work, staff_id: UUID) -> Sequence[Matter]:
    query = (
        select(RelayLeg, Case.case_no)
        .join(Case, (Case.tenant_id == RelayLeg.tenant_id) & (Case.id == RelayLeg.case_id))
        .where(RelayLeg.tenant_id == work.tenant, RelayLeg.claimed_by == staff_id, RelayLeg.state == LegState.IN_HAND)
    )
    found = (await work.session.execute(query.order_by(Case.case_no))).all()
    return [Matter(case_no, Resource(leg.to_unit_path, frozenset({staff_id}))) for leg, case_no in found]


LEGS = add_holding(
    Holding("leg", "接力环节", (COMPLETE, FINISH), Next("returnLeg", "Give the part back", "退回环节"), _legs)
)
