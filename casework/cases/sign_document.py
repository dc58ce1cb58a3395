"""Signing a document: each party for itself; staff never sign for the applicant (SOD3)."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from authz.actor import ActorKind
from casework.cases.access import load_case
from casework.cases.advance import CASE, facts_of, turn_clocks
from casework.cases.draft_document import form_of
from casework.kernel.errors import Code, Refusal, invalid, not_found
from casework.kernel.events import Event
from casework.kernel.work import Work
from casework.mandates.documents import missing_keys, required_parties
from casework.mandates.models import Document, Signature, SignatureMethod
from tenants.profile import Form

APPLICANT = "APPLICANT"
SIGN_APPLICANT = "mandate.sign_applicant"
SIGN_SERVICE = "mandate.sign_service_side"
SIGN_COMPLETION = "completion.sign"
AT_THE_END = frozenset({"DECIDED", "DELIVERING", "COMPLETED", "TERMINATED"})


@dataclass(frozen=True)
class SignDocument:
    """Which document is signed, under which name and how.

    `witnessed_paper` is for a paper that the applicant signed by hand at the desk: staff record the scan, they do
    not sign it themselves.
    """

    document_id: UUID
    party: str
    signer_name: str
    method: SignatureMethod
    witnessed_paper: bool = False


async def sign_document(work: Work, intent: SignDocument) -> Document:
    """Add one party's signature; complete once every required party has signed."""
    hidden = not_found("document", "文书", ("documentId",), intent.document_id)
    document = await work.find(Document, intent.document_id, lock=True)
    if document is None:
        raise hidden
    case = await load_case(work, document.case_id, _action(work, intent), lock=False, hidden=hidden)
    facts = await facts_of(work, case)
    form = form_of(facts.profile, document.form_code)
    signed = await _parties(work, document)
    _check(work, intent, document, form, signed)
    work.add(
        Signature(
            document_id=document.id,
            party=intent.party,
            signer_name=intent.signer_name,
            method=intent.method,
            signed_at=work.now,
            actor=work.actor.key,
        )
    )
    if required_parties(form) <= signed | {intent.party}:
        document.complete_at = work.now
    work.emit(Event("document.signed", CASE, case.id, {"form": form.id, "party": intent.party}, form.basis.rules))
    await work.session.flush()
    if document.complete_at is not None and case.state.value in AT_THE_END:
        await turn_clocks(facts, "COMPLETION_SIGNED")
    return document


def _action(work: Work, intent: SignDocument) -> str:
    if intent.party != APPLICANT or work.actor.kind is ActorKind.STAFF:
        return SIGN_SERVICE
    return SIGN_APPLICANT


async def _parties(work: Work, document: Document) -> set[str]:
    query = select(Signature.party).where(Signature.tenant_id == work.tenant, Signature.document_id == document.id)
    return set((await work.session.scalars(query)).all())


def _check(work: Work, intent: SignDocument, document: Document, form: Form, signed: set[str]) -> None:
    parties = {signer.party for signer in form.signers}
    if intent.party not in parties:
        raise invalid(
            f"{form.en} is signed by: {', '.join(sorted(parties)) or 'nobody'}.", "该方无须签署此文书。", "party",
            rules=form.basis.rules,
        )  # fmt: skip
    if intent.party in signed:
        raise Refusal(Code.CONFLICT, "This party has signed already.", "该方已签署。", ("party",))
    if not intent.signer_name.strip():
        raise invalid("Name the person who signs.", "请填写签署人姓名。", "signerName")
    if intent.method is SignatureMethod.ORAL_CONFIRMED:
        raise invalid("An oral confirmation carries no document (Q41).", "口头确认不能代替签字。", "method")
    if missing_keys(form, document.data):
        raise invalid("Fill in the document before it is signed.", "请先填写完整再签署。", "documentId")
    _check_hand(work, intent)


def _check_hand(work: Work, intent: SignDocument) -> None:
    staff = work.actor.kind is ActorKind.STAFF
    if (
        intent.party == APPLICANT
        and staff
        and not (intent.witnessed_paper and intent.method is SignatureMethod.PAPER_SCAN)
    ):
        raise Refusal(
            Code.SEPARATION_OF_DUTIES,
            "Staff never sign for the applicant; record the scan of the paper that the applicant signed.",
            "工作人员不得代申请人签字,可登记申请人亲笔签署的纸质扫描件。",
            ("party",),
        )
    if intent.party != APPLICANT and not staff:
        raise Refusal(
            Code.SEPARATION_OF_DUTIES,
            "The service side signs through its staff.",
            "服务方须由工作人员签署。",
            ("party",),
        )
