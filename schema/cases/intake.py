"""Mutations of the way in: request, response, notice, acceptance, class, and turning away."""

import strawberry

from casework.cases.accept import AcceptCase, accept_case
from casework.cases.assign import AssignCase, assign_case
from casework.cases.convert import ConvertCase, convert_case
from casework.cases.explain import ExplainCase, explain_case
from casework.cases.issue_notice import IssueNotice, issue_notice
from casework.cases.models import ServiceKind
from casework.cases.receive import ReceiveRequest, receive_request
from casework.cases.respond import RespondCase, respond_case
from casework.cases.triage import TriageCase, triage_case
from casework.cases.turn_away import (
    DeclineCase,
    ReferCaseOut,
    WithdrawCase,
    decline_case,
    refer_case_out,
    withdraw_case,
)
from schema.cases.inputs import (
    KEY,
    ApplicantInput,
    CaseActInput,
    ExplanationInput,
    PartInput,
    parts_of,
    present_case,
)
from schema.cases.types import CaseNode
from schema.context import Info
from schema.fields import mutation
from schema.ids import row_id_or_none
from schema.perform import Payload, perform


@strawberry.type(description="What a mutation of a case answers.")
class CasePayload(Payload):
    """What a mutation of a case answers."""

    case: CaseNode | None = strawberry.field(
        default=None, description="The case after it; when refused as stale, as it is now; else null (办件)."
    )


@strawberry.input(description="A request for service (需求).")
class CreateRequestInput:
    """A request for service."""

    unit_code: str = strawberry.field(description="Code of the unit that is asked (机构代码).")
    service_kind: ServiceKind = strawberry.field(description="Kind of service asked for (服务类型).")
    channel: str = strawberry.field(description="Channel, such as WINDOW, PHONE, WEB_PORTAL, MINI_PROGRAM (渠道).")
    text: str = strawberry.field(description="What is needed, in the applicant's words (需求内容).")
    item_code: str | None = strawberry.field(default=None, description="Code of the service item, if known (事项).")
    applicant: ApplicantInput | None = strawberry.field(
        default=None, description="Who asks; for a first request (申请人)."
    )
    oral: bool = strawberry.field(default=False, description="Taken down from spoken words (口述办).")
    offered_by_staff: bool = strawberry.field(default=False, description="Offered by staff (主动服务).")
    offer_accepted: bool = strawberry.field(default=False, description="The applicant accepted the offer (已接受).")
    mode: str | None = strawberry.field(default=None, description="Way of service by the city's codes (服务方式).")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)

    def intent(self) -> ReceiveRequest:
        """Give the office's form of it."""
        return ReceiveRequest(
            unit_code=self.unit_code,
            service_kind=self.service_kind,
            channel=self.channel,
            text=self.text,
            item_code=self.item_code,
            applicant=self.applicant.details() if self.applicant else None,
            oral=self.oral,
            offered_by_staff=self.offered_by_staff,
            offer_accepted=self.offer_accepted,
            mode=self.mode,
        )


@strawberry.input(description="A contact with the applicant (响应).")
class RespondCaseInput(CaseActInput):
    """A contact with the applicant."""

    channel: str = strawberry.field(description="PHONE, WINDOW, ONLINE … (方式).")
    content: str = strawberry.field(description="What was said (沟通内容).")
    addresses_content: bool = strawberry.field(
        default=True, description="Whether it addresses what was asked (针对需求)."
    )
    notice: list[PartInput] = strawberry.field(
        default_factory=list, description="One-time notice told with it (一次性告知)."
    )


@strawberry.input(description="A one-time notice (一次性告知).")
class IssueNoticeInput(CaseActInput):
    """A one-time notice."""

    parts: list[PartInput] = strawberry.field(description="Every part that the city's form demands (告知要素).")


@strawberry.input(description="To whom a case goes (转派).")
class AssignCaseInput(CaseActInput):
    """To whom a case goes."""

    unit_code: str | None = strawberry.field(default=None, description="Code of the other unit (机构).")
    staff_id: strawberry.ID | None = strawberry.field(default=None, description="Member of staff (承办人).")


@strawberry.input(description="The class of a matter (分类).")
class TriageCaseInput(CaseActInput):
    """The class of a matter."""

    triage_class: str = strawberry.field(description="Class code of the city's profile (分类代码).")
    reason: str = strawberry.field(description="Why (理由).")


@strawberry.input(description="An explanation for a case (解释).")
class ExplainCaseInput(CaseActInput):
    """An explanation for a case."""

    explanation: ExplanationInput = strawberry.field(description="What was explained to whom (解释).")


@strawberry.input(description="Declining a matter (不予办理).")
class DeclineCaseInput(CaseActInput):
    """Declining a matter."""

    ground: str = strawberry.field(description="Ground from the regulation's closed list (情形).")
    explanation: ExplanationInput | None = strawberry.field(default=None, description="The explanation given (解释).")


@strawberry.input(description="Referring a matter out (引导转介).")
class ReferCaseOutInput(CaseActInput):
    """Referring a matter out."""

    explanation: ExplanationInput | None = strawberry.field(default=None, description="The explanation given (解释).")


@strawberry.input(description="Converting a case (转换服务类型).")
class ConvertCaseInput(CaseActInput):
    """Converting a case."""

    reason: str = strawberry.field(description="Why (理由).")


@strawberry.type
class IntakeMutation:
    """Mutations of the way in."""

    @mutation
    async def create_request(self, info: Info, input: CreateRequestInput) -> CasePayload:
        """Record a request and open its case; the clock of the response starts now (提出需求)."""
        return await perform(info, CasePayload, receive_request, input.intent, input.idempotency_key)

    @mutation
    async def respond_case(self, info: Info, input: RespondCaseInput) -> CasePayload:
        """Record a contact with the applicant; the first that addresses the content is the response (响应)."""
        return await perform(
            info, CasePayload, respond_case,
            lambda: RespondCase(input.case(), input.channel, input.content, input.addresses_content,
                                parts_of(input.notice), input.expected_version),
            input.idempotency_key, present=present_case(input),
        )  # fmt: skip

    @mutation
    async def issue_notice(self, info: Info, input: IssueNoticeInput) -> CasePayload:
        """Issue the one-time notice with every part that the city demands (一次性告知)."""
        return await perform(
            info, CasePayload, issue_notice,
            lambda: IssueNotice(input.case(), parts_of(input.parts), input.expected_version),
            input.idempotency_key, present=present_case(input),
        )  # fmt: skip

    @mutation
    async def assign_case(self, info: Info, input: AssignCaseInput) -> CasePayload:
        """Move a case to another unit or person; no clock is set back by it (转派)."""
        return await perform(
            info, CasePayload, assign_case,
            lambda: AssignCase(input.case(), input.unit_code,
                               row_id_or_none(input.staff_id, "StaffMember", "staffId"), input.expected_version),
            input.idempotency_key, present=present_case(input),
        )  # fmt: skip

    @mutation
    async def accept_case(self, info: Info, input: CaseActInput) -> CasePayload:
        """Accept the matter; the case is pinned to the profile in force (受理)."""
        return await perform(
            info, CasePayload, accept_case, lambda: AcceptCase(input.case(), input.expected_version),
            input.idempotency_key, present=present_case(input),
        )  # fmt: skip

    @mutation
    async def triage_case(self, info: Info, input: TriageCaseInput) -> CasePayload:
        """Put the matter into one of the city's classes (事项分类)."""
        return await perform(
            info, CasePayload, triage_case,
            lambda: TriageCase(input.case(), input.triage_class, input.reason, input.expected_version),
            input.idempotency_key, present=present_case(input),
        )  # fmt: skip

    @mutation
    async def explain_case(self, info: Info, input: ExplainCaseInput) -> CasePayload:
        """Record an explanation given to the applicant (解释说明)."""
        return await perform(
            info, CasePayload, explain_case,
            lambda: ExplainCase(input.case(), input.explanation.given(), input.expected_version),
            input.idempotency_key, present=present_case(input),
        )  # fmt: skip

    @mutation
    async def decline_case(self, info: Info, input: DeclineCaseInput) -> CasePayload:
        """Decline the matter on a ground of the closed list, with an explanation (不予办理)."""
        explanation = input.explanation.given() if input.explanation else None
        return await perform(
            info, CasePayload, decline_case,
            lambda: DeclineCase(input.case(), input.ground, explanation, input.expected_version),
            input.idempotency_key, present=present_case(input),
        )  # fmt: skip

    @mutation
    async def refer_case_out(self, info: Info, input: ReferCaseOutInput) -> CasePayload:
        """Explain that the matter lies elsewhere and make the contact (引导转介)."""
        explanation = input.explanation.given() if input.explanation else None
        return await perform(
            info, CasePayload, refer_case_out,
            lambda: ReferCaseOut(input.case(), explanation, input.expected_version),
            input.idempotency_key, present=present_case(input),
        )  # fmt: skip

    @mutation
    async def withdraw_case(self, info: Info, input: CaseActInput) -> CasePayload:
        """Take the request back; the service is voluntary (撤回)."""
        return await perform(
            info, CasePayload, withdraw_case, lambda: WithdrawCase(input.case(), input.expected_version),
            input.idempotency_key, present=present_case(input),
        )  # fmt: skip

    @mutation
    async def convert_case(self, info: Info, input: ConvertCaseInput) -> CasePayload:
        """Go on as another kind of service, where the city provides for it (转换服务类型)."""
        return await perform(
            info, CasePayload, convert_case,
            lambda: ConvertCase(input.case(), input.reason, input.expected_version),
            input.idempotency_key, present=present_case(input),
        )  # fmt: skip
