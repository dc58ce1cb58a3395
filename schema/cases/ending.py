"""Mutations of the way out: telling, delivering, evaluating, completing, ending early, archiving."""

from datetime import datetime

import strawberry

from casework.cases.archive import ArchiveCase, archive_case
from casework.cases.complete import (
    AnswerConsultation,
    CompleteCase,
    InviteEvaluation,
    answer_consultation,
    complete_case,
    invite_evaluation,
)
from casework.cases.decide import TellResult, tell_result
from casework.cases.deliver import ConfirmReceipt, DeliverResult, confirm_receipt, deliver_result
from casework.cases.terminate import TerminateCase, terminate_case
from schema.cases.inputs import CaseActInput, present_case
from schema.cases.intake import CasePayload
from schema.context import Info
from schema.fields import mutation
from schema.perform import perform


@strawberry.input(description="A delivery (结果交付).")
class DeliverResultInput(CaseActInput):
    """A delivery."""

    method: str = strawberry.field(description="Way of delivery by the city's codes (送达方式).")
    chosen_by_applicant: bool = strawberry.field(description="Whether the applicant chose it (申请人选择).")
    items: list[str] = strawberry.field(default_factory=list, description="What goes (交付内容).")
    carrier: str | None = strawberry.field(default=None, description="Carrier, for mail (承运方).")
    tracking_no: str | None = strawberry.field(default=None, description="Tracking number, for mail (邮寄单号).")


@strawberry.input(description="A confirmed receipt (签收确认).")
class ConfirmReceiptInput(CaseActInput):
    """A confirmed receipt."""

    by_call: bool = strawberry.field(default=False, description="Staff record a confirmed call (电话确认).")


@strawberry.input(description="An early end (终止).")
class TerminateCaseInput(CaseActInput):
    """An early end."""

    cause: str = strawberry.field(description="Cause of the city's list (终止原因).")
    statement: str | None = strawberry.field(default=None, description="Why the service cannot go on (说明).")
    evidence: list[str] = strawberry.field(default_factory=list, description="What proves it (证据).")
    fee_notice_due: datetime | None = strawberry.field(
        default=None, description="Due time of an unpaid fee (缴费期限)."
    )


@strawberry.type
class EndingMutation:
    """Mutations of the way out."""

    @mutation
    async def tell_result(self, info: Info, input: CaseActInput) -> CasePayload:
        """Record that the applicant was told the result (告知审批结果)."""
        return await perform(
            info, CasePayload, tell_result, lambda: TellResult(input.case(), input.expected_version),
            input.idempotency_key, present=present_case(input),
        )  # fmt: skip

    @mutation
    async def invite_evaluation(self, info: Info, input: CaseActInput) -> CasePayload:
        """Invite the applicant to evaluate the service; evaluating is voluntary (邀请评价)."""
        return await perform(
            info, CasePayload, invite_evaluation, lambda: InviteEvaluation(input.case()), input.idempotency_key
        )

    @mutation
    async def deliver_result(self, info: Info, input: DeliverResultInput) -> CasePayload:
        """Hand over or send the result by the applicant's choice (结果交付)."""
        return await perform(
            info, CasePayload, deliver_result,
            lambda: DeliverResult(input.case(), input.method, input.chosen_by_applicant, tuple(input.items),
                                  input.carrier, input.tracking_no, input.expected_version),
            input.idempotency_key, present=present_case(input),
        )  # fmt: skip

    @mutation
    async def confirm_receipt(self, info: Info, input: ConfirmReceiptInput) -> CasePayload:
        """Confirm that the result was received; a carrier's notice is not that (签收确认)."""
        return await perform(
            info, CasePayload, confirm_receipt, lambda: ConfirmReceipt(input.case(), input.by_call),
            input.idempotency_key,
        )  # fmt: skip

    @mutation
    async def complete_case(self, info: Info, input: CaseActInput) -> CasePayload:
        """End the case normally, as the city closes (办结)."""
        return await perform(
            info, CasePayload, complete_case, lambda: CompleteCase(input.case(), input.expected_version),
            input.idempotency_key, present=present_case(input),
        )  # fmt: skip

    @mutation
    async def answer_consultation(self, info: Info, input: CaseActInput) -> CasePayload:
        """End a consultation with its answer (答复咨询)."""
        return await perform(
            info, CasePayload, answer_consultation, lambda: AnswerConsultation(input.case(), input.expected_version),
            input.idempotency_key, present=present_case(input),
        )  # fmt: skip

    @mutation
    async def terminate_case(self, info: Info, input: TerminateCaseInput) -> CasePayload:
        """End the service early for a cause of the city's list (终止服务)."""
        return await perform(
            info, CasePayload, terminate_case,
            lambda: TerminateCase(input.case(), input.cause, input.statement, tuple(input.evidence),
                                  input.fee_notice_due, input.expected_version),
            input.idempotency_key, present=present_case(input),
        )  # fmt: skip

    @mutation
    async def archive_case(self, info: Info, input: CaseActInput) -> CasePayload:
        """Seal the file; no step leads back (归档)."""
        return await perform(
            info, CasePayload, archive_case, lambda: ArchiveCase(input.case(), input.expected_version),
            input.idempotency_key, present=present_case(input),
        )  # fmt: skip
