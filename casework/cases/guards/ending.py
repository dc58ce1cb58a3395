"""Guards of the way out: result told, delivered, evaluated, terminated with a cause, archived."""

from casework.cases.facts import Facts
from casework.cases.guards.mandate import forms_filled, forms_named
from casework.cases.guards.registry import guard
from casework.kernel.errors import Next
from casework.kernel.gates import Unmet
from tenants.profile import Gate, TerminationCause

DELIVER = Next("deliverResult", "Deliver the result", "结果交付")
TELL = Next("tellResult", "Tell the applicant the result", "告知审批结果")


@guard("ITEM_ON_SPOT", "item_version")
def item_on_spot(facts: Facts, _gate: Gate) -> Unmet | None:
    """The item can be settled on the spot."""
    version = facts.parts["item_version"]
    if version is not None and version.on_spot:
        return None
    return Unmet("This item cannot be settled on the spot; file it.", "该事项不能当场办结,请申报。")


@guard("DELIVERY_CHOSEN_BY_APPLICANT")
def delivery_chosen(facts: Facts, _gate: Gate) -> Unmet | None:
    """The applicant chose the way of delivery."""
    if facts.attempt.get("chosen_by_applicant"):
        return None
    return Unmet("Ask the applicant which way of delivery he chooses.", "送达方式应由申请人选择。")


@guard("RESULT_TOLD")
def result_told(facts: Facts, _gate: Gate) -> Unmet | None:
    """The applicant was told the result; a result given on the spot is told by being given."""
    if facts.case.result_told_at is not None:
        return None
    return Unmet("Tell the applicant the result first.", "请先将审批结果告知服务对象。", lawful_next=(TELL,))


@guard("RESULT_HANDED_OVER", "deliveries", "forms")
def result_handed_over(facts: Facts, gate: Gate) -> Unmet | None:
    """The result and the papers were handed to the applicant."""
    if forms_named(gate):
        return forms_filled(facts, gate)
    if facts.parts["deliveries"]:
        return None
    return Unmet("Hand the result to the applicant first.", "请先移交办理结果。", lawful_next=(DELIVER,))


@guard("DELIVERY_PROOF", "deliveries", "forms")
def delivery_proof(facts: Facts, gate: Gate) -> Unmet | None:
    """The record that proves the delivery exists."""
    return result_handed_over(facts, gate)


@guard("RECEIPT_CONFIRMED", "deliveries")
def receipt_confirmed(facts: Facts, _gate: Gate) -> Unmet | None:
    """The applicant confirmed receipt; a carrier's "delivered" is evidence, not the confirmation (Q42)."""
    deliveries = facts.parts["deliveries"]
    if deliveries and deliveries[-1].confirmed_at is not None:
        return None
    return Unmet(
        "The applicant has not confirmed receipt; the service does not end before.", "申请人尚未确认签收,服务不能结束。",
        lawful_next=(Next("confirmReceipt", "Record the applicant's confirmation", "登记签收确认"),),
    )  # fmt: skip


@guard("EVALUATION_INVITED")
def evaluation_invited(facts: Facts, _gate: Gate) -> Unmet | None:
    """The applicant was invited to evaluate the service."""
    if facts.case.evaluation_invited_at is not None:
        return None
    return Unmet(
        "Invite the applicant to evaluate the service first.", "请先邀请服务对象评价。",
        lawful_next=(Next("inviteEvaluation", "Invite the evaluation", "邀请评价"),),
    )  # fmt: skip


def cause_of(facts: Facts) -> TerminationCause | None:
    """The cause of termination that the caller names, if the profile has it."""
    named = facts.attempt.get("cause")
    return next((cause for cause in facts.profile.termination.causes if cause.code == named), None)


@guard("CAUSE_IN_LIST")
def cause_in_list(facts: Facts, _gate: Gate) -> Unmet | None:
    """The cause is one of the profile's."""
    if cause_of(facts) is not None:
        return None
    known = [cause.code for cause in facts.profile.termination.causes]
    return Unmet(
        f"A service ends early only for one of these causes: {', '.join(known)}.", "终止原因须属于制度列明的情形。",
        details={"causes": known},
    )  # fmt: skip


@guard("EVIDENCE", "explanations")
def evidence(facts: Facts, _gate: Gate) -> Unmet | None:
    """Everything that the cause requires is on file: reason, evidence, statement, a second person's approval."""
    cause = cause_of(facts)
    if cause is None:
        return None
    given = {
        "REASON": bool(facts.attempt.get("statement")),
        "CANNOT_PROCEED_STATEMENT": bool(facts.attempt.get("statement")),
        "EVIDENCE": bool(facts.attempt.get("evidence")),
        "FEE_NOTICE": bool(facts.attempt.get("fee_notice_due")),
        "DUE_DATE_PASSED": bool(
            facts.attempt.get("fee_notice_due") and facts.attempt["fee_notice_due"] < facts.work.now
        ),
        "EXPLANATION": bool(facts.parts["explanations"]),
        "APPROVAL": bool(facts.attempt.get("approved_by")),
    }
    wanted = [*cause.requires, *(["EVIDENCE"] if cause.evidence and "EVIDENCE" not in cause.requires else [])]
    missing = [name for name in wanted if not given[name]]
    if not missing:
        return None
    return Unmet(
        f"This cause also needs: {', '.join(missing)}.", "该终止原因所需的依据不完整。", details={"missing": missing}
    )


@guard("ARCHIVE_CONTENTS", "forms", "human_contacts")
def archive_contents(facts: Facts, gate: Gate) -> Unmet | None:
    """The file holds everything the profile asks for."""
    codes = forms_named(gate)
    if not codes:
        return None
    return forms_filled(facts, gate)
