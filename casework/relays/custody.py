"""The chain of custody: papers change hands only when the receiver confirms them (材料交接)."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from casework.cases.advance import CASE
from casework.cases.models import Case, HolderKind, MaterialItem, MaterialState
from casework.kernel.errors import Code, Refusal, invalid, not_found
from casework.kernel.events import Event
from casework.kernel.work import Work
from casework.relays.models import CustodyItem, CustodyMethod, CustodyTransfer

HERE = frozenset({MaterialState.RECEIVED, MaterialState.REVIEWED, MaterialState.REJECTED})


@dataclass(frozen=True)
class Party:
    """Somebody who can hold papers."""

    kind: HolderKind
    id: UUID | None
    unit_path: str | None = None


async def hand_over(
    work: Work,
    case: Case,
    materials: Iterable[UUID],
    giver: Party,
    taker: Party,
    method: CustodyMethod,
    leg_id: UUID | None = None,
) -> CustodyTransfer | None:
    """Send papers on their way; until the taker confirms, the giver answers for them."""
    papers = [await _held_by(work, case, material_id, giver) for material_id in materials]
    if not papers:
        return None
    transfer = work.add(
        CustodyTransfer(
            case_id=case.id,
            leg_id=leg_id,
            from_kind=giver.kind.value,
            from_id=giver.id,
            to_kind=taker.kind.value,
            to_id=taker.id,
            to_unit_path=taker.unit_path,
            method=method,
            handed_at=work.now,
            handed_by=work.actor.key,
        )
    )
    await work.session.flush()
    for paper in papers:
        work.add(CustodyItem(transfer_id=transfer.id, material_id=paper.id, arrived=None))
    await work.session.flush()
    work.emit(Event("custody.handed_over", CASE, case.id, {"transferId": str(transfer.id), "papers": len(papers)}))
    return transfer


async def _held_by(work: Work, case: Case, material_id: UUID, giver: Party) -> MaterialItem:
    paper = await work.load(MaterialItem, material_id, "paper", "材料", "materialIds", lock=True)
    if paper.case_id != case.id:
        raise not_found("paper", "材料", ("materialIds",), material_id)
    if paper.state not in HERE or paper.holder_kind != giver.kind or paper.holder_id != giver.id:
        raise Refusal(
            Code.CUSTODY_BROKEN,
            f"The paper {paper.name_zh} is not in the hands of whoever hands it over.",
            f"材料“{paper.name_zh}”不在移交方手中。",
            ("materialIds",),
        )
    if await is_in_transit(work, paper.id):
        raise Refusal(
            Code.CUSTODY_BROKEN, f"The paper {paper.name_zh} is on its way already.", f"材料“{paper.name_zh}”已在移交途中。",
            ("materialIds",),
        )  # fmt: skip
    return paper


async def is_in_transit(work: Work, material_id: UUID) -> bool:
    """Say whether a paper was handed over and nobody has confirmed it yet."""
    query = (
        select(CustodyItem.id)
        .join(
            CustodyTransfer,
            (CustodyTransfer.tenant_id == CustodyItem.tenant_id) & (CustodyTransfer.id == CustodyItem.transfer_id),
        )
        .where(
            CustodyItem.tenant_id == work.tenant,
            CustodyItem.material_id == material_id,
            CustodyTransfer.received_at.is_(None),
        )
        .limit(1)
    )
    return (await work.session.scalars(query)).first() is not None


async def receive(
    work: Work, transfer: CustodyTransfer, arrived: frozenset[UUID] | None, discrepancy: str | None
) -> None:
    """Confirm what arrived (None: everything); what did not arrive stays charged to the giver (S-PX-05)."""
    if transfer.received_at is not None:
        raise Refusal(Code.CONFLICT, "These papers were received already.", "该批材料已签收。", ("transferId",))
    items = await items_of(work, transfer)
    present = {item.material_id for item in items} if arrived is None else arrived
    foreign = present - {item.material_id for item in items}
    if foreign:
        raise invalid("The list names papers that were not handed over.", "签收清单含未移交的材料。", "arrived")
    complete = len(present) == len(items)
    if not complete and not (discrepancy or "").strip():
        raise invalid("Say what is missing or damaged.", "材料不符时请填写差异说明。", "discrepancy")
    transfer.received_at = work.now
    transfer.received_by = work.actor.key
    transfer.discrepancy_zh = None if complete else discrepancy
    for item in items:
        item.arrived = item.material_id in present
        if item.arrived:
            await _move(work, item.material_id, transfer)
    name = "custody.transferred" if complete else "custody.discrepancy"
    payload = {"transferId": str(transfer.id), "arrived": len(present), "handed": len(items)}
    work.emit(Event(name, CASE, transfer.case_id, payload))
    await work.session.flush()


async def _move(work: Work, material_id: UUID, transfer: CustodyTransfer) -> None:
    paper = await work.load(MaterialItem, material_id, "paper", "材料", "arrived", lock=True)
    paper.holder_kind = HolderKind(transfer.to_kind)
    paper.holder_id = transfer.to_id
    if paper.holder_kind is HolderKind.APPLICANT:
        paper.state = MaterialState.RETURNED


async def items_of(work: Work, transfer: CustodyTransfer) -> list[CustodyItem]:
    """The papers of a transfer."""
    query = select(CustodyItem).where(CustodyItem.tenant_id == work.tenant, CustodyItem.transfer_id == transfer.id)
    return list((await work.session.scalars(query.order_by(CustodyItem.id))).all())


async def open_transfers(work: Work, leg_id: UUID) -> list[CustodyTransfer]:
    """The transfers of a leg that nobody has confirmed yet."""
    query = select(CustodyTransfer).where(
        CustodyTransfer.tenant_id == work.tenant,
        CustodyTransfer.leg_id == leg_id,
        CustodyTransfer.received_at.is_(None),
    )
    return list((await work.session.scalars(query.order_by(CustodyTransfer.id))).all())
