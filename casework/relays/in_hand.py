"""Legs and papers in a person's hands; importing this module tells the organisation, which knows neither."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, select

from authz.decide import Resource
from casework.cases.access import join
from casework.cases.advance import CASE
from casework.cases.in_hand import GO_ON, counted, matters_of_cases, with_department
from casework.cases.models import Case, HolderKind, MaterialItem
from casework.kernel.errors import Next
from casework.kernel.events import Event
from casework.kernel.work import Work
from casework.organisation.handover import Holding, Matter, add_holding
from casework.relays.access import COMPLETE, FINISH
from casework.relays.custody import HERE, Party, hand_over, is_in_transit, receive
from casework.relays.models import CustodyMethod, LegState, RelayLeg


def _open_legs(work: Work) -> tuple[ColumnElement[bool], ...]:
    return (RelayLeg.tenant_id == work.tenant, RelayLeg.state == LegState.IN_HAND)


async def _legs(work: Work, staff_id: UUID) -> Sequence[Matter]:
    query = (
        select(RelayLeg, Case.case_no)
        .join(Case, (Case.tenant_id == RelayLeg.tenant_id) & (Case.id == RelayLeg.case_id))
        .where(*_open_legs(work), RelayLeg.claimed_by == staff_id)
    )
    found = (await work.session.execute(query.order_by(Case.case_no))).all()
    return [
        Matter(leg.id, leg.case_id, case_no, Resource(leg.to_unit_path, frozenset({staff_id})))
        for leg, case_no in found
    ]


async def _leg_loads(work: Work, people: Sequence[UUID]) -> Mapping[UUID, int]:
    holder = RelayLeg.claimed_by.expression
    return await counted(work, holder, *_open_legs(work), holder.in_(people))


async def _move_leg(work: Work, leg_id: UUID, leaver: UUID, successor: UUID) -> bool:
    leg = await work.find(RelayLeg, leg_id, lock=True)
    if leg is None or leg.claimed_by != leaver or leg.state is not LegState.IN_HAND:
        return False
    case = await work.load(Case, leg.case_id, "case", "办件", lock=True)
    leg.claimed_by = successor
    await join(work, case, successor, "RELAY")
    facts = {"legId": str(leg.id), "fromStaffId": str(leaver), "staffId": str(successor)}
    work.emit(Event("leg.passed_on", CASE, case.id, facts, tuple(leg.rules)))
    return True


def _held(work: Work) -> tuple[ColumnElement[bool], ...]:
    return (
        MaterialItem.tenant_id == work.tenant,
        MaterialItem.holder_kind == HolderKind.STAFF,
        MaterialItem.state.in_(HERE),
    )


async def _papers(work: Work, staff_id: UUID) -> Sequence[Matter]:
    query = (
        with_department(MaterialItem.id.expression)
        .join(MaterialItem, (MaterialItem.tenant_id == Case.tenant_id) & (MaterialItem.case_id == Case.id))
        .where(*_held(work), MaterialItem.holder_id == staff_id)
    )
    return await matters_of_cases(work, query, staff_id)


async def _paper_loads(work: Work, people: Sequence[UUID]) -> Mapping[UUID, int]:
    holder = MaterialItem.holder_id.expression
    return await counted(work, holder, *_held(work), holder.in_(people))


async def _move_paper(work: Work, material_id: UUID, leaver: UUID, successor: UUID) -> bool:
    """Let custody pass with a list that the successor confirms by accepting the hand-over."""
    query = select(MaterialItem.case_id).where(MaterialItem.tenant_id == work.tenant, MaterialItem.id == material_id)
    case = await work.load(Case, (await work.session.scalars(query)).one(), "case", "办件", lock=True)
    paper = await work.find(MaterialItem, material_id, lock=True)
    if paper is None or (paper.holder_kind, paper.holder_id) != (HolderKind.STAFF, leaver):
        return False
    if paper.state not in HERE or await is_in_transit(work, paper.id):
        return False
    giver, taker = Party(HolderKind.STAFF, leaver), Party(HolderKind.STAFF, successor)
    transfer = await hand_over(work, case, [paper.id], giver, taker, CustodyMethod.IN_PERSON)
    if transfer is not None:
        await receive(work, transfer, None, None)
    await join(work, case, successor, "HELPER")
    return True


PAPERS = add_holding(
    Holding(
        "paper", "材料", GO_ON, Next("handOverPapers", "Hand the papers over", "移交材料"),
        _papers, _paper_loads, _move_paper,
    )
)  # fmt: skip
LEGS = add_holding(
    Holding(
        "leg", "接力环节", (COMPLETE, FINISH), Next("returnLeg", "Give the part back", "退回环节"),
        _legs, _leg_loads, _move_leg,
    )
)  # fmt: skip
