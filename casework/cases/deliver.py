"""Delivering the result by the applicant's choice, and the applicant's confirmation (T16, TA-18-12, ZZ-7.3-1)."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from authz.actor import ActorKind
from casework.cases.access import load_case
from casework.cases.advance import CASE, advance, facts_of, turn_clocks
from casework.cases.materials import materials_of
from casework.cases.models import Case, CaseState, Delivery, HolderKind, MaterialItem, MaterialState
from casework.kernel.errors import Code, Refusal, invalid
from casework.kernel.events import Event
from casework.kernel.work import Work
from tenants.profile import Profile

RECORD = "delivery.record"
SIGN_COMPLETION = "completion.sign"
BY_MAIL = "MAIL"


@dataclass(frozen=True)
class DeliverResult:
    """By which way the result goes, and what goes with it."""

    case_id: UUID
    method: str
    chosen_by_applicant: bool
    items: tuple[str, ...] = ()
    carrier: str | None = None
    tracking_no: str | None = None
    expected_version: int | None = None


@dataclass(frozen=True)
class ConfirmReceipt:
    """The applicant has it; `by_call` when a helper records a confirmed call (Q43)."""

    case_id: UUID
    by_call: bool = False


async def deliver_result(work: Work, intent: DeliverResult) -> Case:
    """Hand over or send the result; handing over the counter needs no further confirmation."""
    case = await load_case(work, intent.case_id, RECORD, expected_version=intent.expected_version)
    facts = await facts_of(work, case, delivery_method=intent.method, chosen_by_applicant=intent.chosen_by_applicant)
    methods = methods_of(facts.profile)
    if intent.method not in methods:
        raise invalid(f"Choose one of: {', '.join(methods)}.", "请选择可用的送达方式。", "method")
    by_mail = intent.method == BY_MAIL
    if by_mail and not intent.carrier:
        raise invalid("Name the carrier.", "请填写承运方。", "carrier")
    await advance(facts, "DELIVER", {"method": intent.method})
    work.add(
        Delivery(
            case_id=case.id,
            method=intent.method,
            chosen_by_applicant=intent.chosen_by_applicant,
            started_at=work.now,
            carrier=intent.carrier,
            tracking_no=intent.tracking_no,
            confirmed_at=None if by_mail else work.now,
            items=list(intent.items),
        )
    )
    if not by_mail:
        for paper in await materials_of(work, case.id):
            hand_back(paper, case)
    if case.result_told_at is None:
        # Whoever receives the result knows it.
        case.result_told_at = work.now
        await turn_clocks(facts, "RESULT_NOTIFIED")
    await work.session.flush()
    if by_mail:
        await turn_clocks(facts, "MAILED")
    return case


def methods_of(profile: Profile) -> tuple[str, ...]:
    """The ways of delivery that the profile knows."""
    return tuple(method.code for method in profile.delivery.methods)


def hand_back(paper: MaterialItem, case: Case) -> None:
    """An original that the office still holds goes back with the result."""
    if paper.holder_kind in {HolderKind.UNIT, HolderKind.STAFF}:
        paper.state = MaterialState.RETURNED
        paper.holder_kind = HolderKind.APPLICANT
        paper.holder_id = case.applicant_id


async def confirm_receipt(work: Work, intent: ConfirmReceipt) -> Case:
    """Record that the applicant received what was sent; a carrier's notice is not that (Q42)."""
    applicant = work.actor.kind is ActorKind.APPLICANT
    case = await load_case(work, intent.case_id, SIGN_COMPLETION if applicant else RECORD)
    if not applicant and not intent.by_call:
        raise Refusal(
            Code.SEPARATION_OF_DUTIES,
            "Only the applicant confirms; staff may record a confirmed call.",
            "须由申请人本人确认,工作人员可登记电话确认。",
            ("byCall",),
        )
    delivery = await last_delivery(work, case)
    if case.state is not CaseState.DELIVERING or delivery is None:
        raise invalid("Nothing is on its way.", "没有在途的送达。", "caseId")
    if delivery.confirmed_at is None:
        delivery.confirmed_at = work.now
        work.emit(Event("delivery.confirmed", CASE, case.id, {"byCall": intent.by_call}))
        await work.session.flush()
        await turn_clocks(await facts_of(work, case), "RECEIPT_CONFIRMED")
    return case


async def last_delivery(work: Work, case: Case) -> Delivery | None:
    """The latest delivery of a case."""
    query = (
        select(Delivery)
        .where(Delivery.tenant_id == work.tenant, Delivery.case_id == case.id)
        .order_by(Delivery.started_at.desc(), Delivery.id.desc())
        .limit(1)
    )
    return (await work.session.scalars(query)).one_or_none()
