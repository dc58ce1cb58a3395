"""Evaluations and callbacks."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import strawberry
from strawberry import relay

from casework.cases.queries import of_visible_case
from casework.feedback.assign_callback import AssignCallback, assign_callback
from casework.feedback.models import Callback, CallbackState, Evaluation
from casework.feedback.perform_callback import CallOutcome, PerformCallback, perform_callback
from casework.feedback.queries import callbacks_to_make
from casework.feedback.submit_evaluation import EvaluationSource, SubmitEvaluation, submit_evaluation
from schema.cases.inputs import KEY, VERSION
from schema.cases.types import CaseNode
from schema.connections import Connection, connect
from schema.context import Info
from schema.cursors import OrderColumn, page_request
from schema.enums import described_enum
from schema.fields import mutation, planned_field
from schema.filters import EnumFilter
from schema.ids import row_id
from schema.organisation import StaffNode
from schema.perform import Payload, perform
from schema.reading.declare import computed, one
from schema.reading.sources import Paged
from schema.refusals import RuleReference
from schema.regulation import rules_of
from schema.shown import Shown, shows

described_enum(
    CallbackState,
    "Where a callback stands; one that was given up stays visible (回访状态).",
    {
        "PLANNED": "Planned, nobody named yet (待指派).",
        "ASSIGNED": "Somebody is named (已指派).",
        "UNREACHED": "Called without reaching anybody (未接通).",
        "DONE": "Done (已回访).",
        "GAVE_UP": "Given up with a reason (放弃).",
    },
)
described_enum(
    CallOutcome,
    "What came of a call (回访结果).",
    {
        "REACHED": "The applicant answered (已接通).",
        "UNREACHED": "Nobody was reached (未接通).",
        "REFUSED": "The applicant did not want to answer (拒访).",
        "GAVE_UP": "Given up after several tries (放弃).",
    },
)
described_enum(
    EvaluationSource,
    "Where an evaluation comes from (评价渠道).",
    {
        "PORTAL": "The portal (门户).",
        "FORM": "A form (评价表).",
        "GOOD_BAD_REVIEW": "The good/bad review system (好差评).",
        "PAPER": "On paper (纸质).",
    },
)


@shows(
    Evaluation,
    name="Evaluation",
    description="What the applicant thinks of the service (满意度评价).",
    seen=of_visible_case(Evaluation.case_id),
    noted="read_evaluation",
)
class EvaluationNode(Shown, relay.Node):
    """What the applicant thinks of the service."""

    id: relay.NodeID[UUID]
    source: str = strawberry.field(description="Where it comes from (渠道).")
    score: int = strawberry.field(description="Score, 1 is the worst (得分).")
    given_at: datetime = strawberry.field(description="When (评价时间).")
    bad: bool = strawberry.field(description="Whether it counts as a bad review (差评).")
    after_archive: bool = strawberry.field(description="Added after the file was sealed (归档后补充).")


@shows(
    Callback,
    name="Callback",
    description="A call to the applicant after the service (回访).",
    seen=of_visible_case(Callback.case_id),
    noted="read_callback",
)
class CallbackNode(Shown, relay.Node):
    """A call to the applicant after the service."""

    id: relay.NodeID[UUID]
    reason: str = strawberry.field(description="Why it was planned (回访原因).")
    state: CallbackState = strawberry.field(description="Where it stands (状态).")
    planned_at: datetime = strawberry.field(description="When it was planned (计划时间).")
    due_at: datetime | None = strawberry.field(description="Until when (期限).")
    attempts: int = strawberry.field(description="Calls made (次数).")
    done_at: datetime | None = strawberry.field(description="When it was done (完成时间).")
    outcome: str | None = strawberry.field(description="What came of it (结果).")
    satisfaction: int | None = strawberry.field(description="How satisfied the applicant is, 1 to 5 (满意度).")

    rules: list[RuleReference] = computed(
        rules_of, Callback.rules, description="The rules that demand the callback (依据)."
    )
    assignee: StaffNode | None = one(Callback.assignee_id, "Who calls; null while nobody is named (回访人).")
    case: CaseNode | None = one(Callback.case_id, "The case that was handled (办件).")


@strawberry.type(description="What a mutation of a callback answers.")
class CallbackPayload(Payload):
    """What a mutation of a callback answers."""

    callback: CallbackNode | None = strawberry.field(
        default=None, description="The callback; null when refused (回访)."
    )


@strawberry.type(description="What submitEvaluation answers.")
class EvaluationPayload(Payload):
    """What submitEvaluation answers."""

    evaluation: EvaluationNode | None = strawberry.field(default=None, description="It; null when refused (评价).")


@strawberry.input(description="Who shall call (指派回访).")
class AssignCallbackInput:
    """Who shall call."""

    callback_id: strawberry.ID = strawberry.field(description="Global id of the callback (回访).")
    staff_id: strawberry.ID = strawberry.field(description="Who did not handle the case (回访人).")
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="A call that was made (回访登记).")
class PerformCallbackInput:
    """A call that was made."""

    callback_id: strawberry.ID = strawberry.field(description="Global id of the callback (回访).")
    outcome: CallOutcome = strawberry.field(description="What came of it (结果).")
    satisfaction: int | None = strawberry.field(default=None, description="1 to 5 (满意度).")
    comment: str | None = strawberry.field(default=None, description="What was said (内容).")
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="The applicant's evaluation (评价).")
class SubmitEvaluationInput:
    """The applicant's evaluation."""

    case_id: strawberry.ID = strawberry.field(description="Global id of the case (办件).")
    score: int = strawberry.field(description="From 1 to the highest of the city's scale (得分).")
    source: EvaluationSource = strawberry.field(default=EvaluationSource.PORTAL, description="Where from (渠道).")
    comment: str | None = strawberry.field(default=None, description="In the applicant's words; sealed (意见).")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="Narrows a list of callbacks.")
class CallbackFilter:
    """Narrows a list of callbacks."""

    state: EnumFilter[CallbackState] | None = strawberry.field(default=None, description="By state.")


class CallbackOrder(StrEnum):
    """By what a list of callbacks is ordered."""

    PLANNED_AT_ASC = "PLANNED_AT_ASC"


CALLBACKS = Paged(
    Callback,
    seen=callbacks_to_make,
    orders={CallbackOrder.PLANNED_AT_ASC: OrderColumn("plannedAt", Callback.planned_at.expression)},
    default=(CallbackOrder.PLANNED_AT_ASC,),
    filters={"state": Callback.state.expression},
)


@strawberry.type
class FeedbackQuery:
    """Reading callbacks."""

    @planned_field(CALLBACKS)
    async def callbacks(
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
        filter: CallbackFilter | None = None,
    ) -> Connection[CallbackNode]:
        """Callbacks of the caller's units and those assigned to the caller, oldest first (回访列表)."""
        return await connect(info, CALLBACKS, page_request(first, after, last, before), CallbackNode.of, filter=filter)


@strawberry.type
class FeedbackMutation:
    """Mutations of evaluations and callbacks."""

    @mutation
    async def assign_callback(self, info: Info, input: AssignCallbackInput) -> CallbackPayload:
        """Name who calls the applicant; never somebody who handled the case (指派回访)."""
        return await perform(
            info, CallbackPayload, assign_callback,
            lambda: AssignCallback(row_id(input.callback_id, "Callback", "callbackId"),
                                   row_id(input.staff_id, "StaffMember", "staffId"), input.expected_version),
            input.idempotency_key,
        )  # fmt: skip

    @mutation
    async def perform_callback(self, info: Info, input: PerformCallbackInput) -> CallbackPayload:
        """Record a call that was made (登记回访)."""
        return await perform(
            info, CallbackPayload, perform_callback,
            lambda: PerformCallback(row_id(input.callback_id, "Callback", "callbackId"), input.outcome,
                                    input.satisfaction, input.comment, input.expected_version),
            input.idempotency_key,
        )  # fmt: skip

    @mutation
    async def submit_evaluation(self, info: Info, input: SubmitEvaluationInput) -> EvaluationPayload:
        """Evaluate the service as its applicant; staff never do (评价服务)."""
        return await perform(
            info, EvaluationPayload, submit_evaluation,
            lambda: SubmitEvaluation(row_id(input.case_id, "Case", "caseId"), input.score, input.source, input.comment),
            input.idempotency_key,
        )  # fmt: skip
