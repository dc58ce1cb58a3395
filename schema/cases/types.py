"""The case as callers read it."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import strawberry
from strawberry import relay

from casework.cases.models import (
    Case,
    CaseState,
    CaseStep,
    Delivery,
    ExplanationNotice,
    Filing,
    GapNotice,
    MaterialItem,
    OneTimeNotice,
    ServiceKind,
)
from casework.cases.queries import visible_cases
from casework.deadlines.models import Timer
from casework.mandates.models import Document, Mandate
from schema.cases.applicants import ApplicantView, applicant_of
from schema.cases.lists import STEPS_OF_CASE, StepFilter, StepOrder
from schema.cases.records import (
    DeliveryView,
    DocumentNode,
    ExplanationView,
    FilingView,
    GapNoticeView,
    MandateView,
    MaterialNode,
    NoticeView,
    StepView,
    TimerView,
)
from schema.catalogue import ItemNode
from schema.connections import Connection
from schema.context import Info
from schema.cursors import page_request
from schema.fields import planned_field
from schema.nesting import connect_below
from schema.organisation import StaffNode, UnitNode
from schema.reading.declare import column, computed, first, many, one, one_unless_asked
from schema.reading.lens import Lens
from schema.reading.sources import SEVERAL
from schema.regulation import Coded, ProfileRevisionView
from schema.shown import Shown, shows

Unmasked = Annotated[
    bool, strawberry.argument(description="Ask for the full data; recorded when granted (查看完整信息).")
]


def stage_of(lens: Lens, revision_id: UUID | None, workflow: str, state: CaseState) -> Coded | None:
    """Show the city's own stage over a state."""
    found = lens.regulation(revision_id).profile.workflows[workflow].stage_at(state)
    return Coded.stage(found) if found else None


def profile_of(lens: Lens, revision_id: UUID | None) -> ProfileRevisionView:
    """Show the profile revision that judges a case."""
    return ProfileRevisionView.of(lens.regulation(revision_id))


async def filing_party(root: Any, info: Info, unmasked: Unmasked = False) -> Any:
    """Show the applicant, in full where that is asked for and allowed."""
    return await applicant_of(info, root.row, unmasked)


@shows(
    Case,
    name="Case",
    description="The unit of work opened for a request (帮办件/代办件).",
    seen=visible_cases,
    noted="read_case",
)
class CaseNode(Shown, relay.Node):
    """The unit of work opened for a request."""

    id: relay.NodeID[UUID]
    case_no: str = strawberry.field(description="Number inside the city (编号).")
    service_kind: ServiceKind = strawberry.field(description="Kind of service (服务类型).")
    workflow: str = strawberry.field(description="Path of the city's profile that the case takes (适用流程).")
    state: CaseState = strawberry.field(description="Neutral state (状态).")
    triage_class: str | None = strawberry.field(description="Class, where the city sorts matters (分类).")
    received_at: datetime = strawberry.field(description="When the request came in; the clock starts here (收到时间).")
    responded_at: datetime | None = strawberry.field(description="First human contact on the content (响应时间).")
    accepted_at: datetime | None = strawberry.field(description="When the unit took the matter (受理时间).")
    filed_at: datetime | None = strawberry.field(description="When it was filed (申报时间).")
    decided_at: datetime | None = strawberry.field(description="When the result was known (审批时间).")
    result_told_at: datetime | None = strawberry.field(description="When the applicant was told (告知时间).")
    evaluation_invited_at: datetime | None = strawberry.field(description="When evaluation was invited (邀请评价时间).")
    ended_at: datetime | None = strawberry.field(description="When the service ended (结束时间).")
    archived_at: datetime | None = strawberry.field(description="When the file was sealed (归档时间).")
    notices_issued: int = strawberry.field(description="One-time notices issued (一次性告知次数).")
    gap_notices_issued: int = strawberry.field(
        description="Gap notices issued; more than one is a defect (补齐告知次数)."
    )
    version: int = column(Case.row_version, "Version of the object, for `expectedVersion` (版本).")
    stage: Coded | None = computed(
        stage_of,
        Case.revision_id,
        Case.workflow,
        Case.state,
        description="The city's own stage over the state; null when its profile names none here (环节).",
    )
    profile: ProfileRevisionView = computed(
        profile_of,
        Case.revision_id,
        description="The profile revision that judges this case; pinned at acceptance (适用配置).",
    )
    unit: UnitNode | None = one(Case.unit_id, "The unit that handles it now (承办机构).")
    owner: StaffNode | None = one(Case.owner_staff_id, "Who handles it; null while nobody does (承办人).")
    item: ItemNode | None = one(Case.item_id, "The service item; null while it is not named (事项).")
    applicant: ApplicantView | None = one_unless_asked(
        Case.applicant_id,
        {"unmasked": False},
        filing_party,
        "The applicant; masked, unless `unmasked` is asked for and allowed, which is recorded (服务对象).",
    )
    timers: list[TimerView] = many(
        Timer.subject_id,
        Timer.started_at.expression,
        Timer.id.expression,
        description="The clocks of the case, in the order in which they started (计时器).",
    )
    steps: list[StepView] = many(
        CaseStep.case_id,
        CaseStep.id.expression,
        description="The steps of the case's life, oldest first (办理轨迹).",
        usual=SEVERAL,
    )

    @planned_field(STEPS_OF_CASE)
    async def timeline(
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
        filter: StepFilter | None = None,
        order_by: list[StepOrder] | None = None,
    ) -> Connection[StepView]:
        """The steps of the case's life page by page, oldest first unless ordered otherwise (办理轨迹分页)."""
        page = page_request(first, after, last, before)
        return await connect_below(self, info, STEPS_OF_CASE, page, filter=filter, order_by=order_by)

    materials: list[MaterialNode] = many(
        MaterialItem.case_id, MaterialItem.id.expression, description="The papers of the case (材料).", usual=SEVERAL
    )
    documents: list[DocumentNode] = many(
        Document.case_id, Document.id.expression, description="The forms filled in for the case (文书)."
    )
    mandate: MandateView | None = first(
        Mandate.case_id, Mandate.id.expression, description="The mandate; null while there is none (委托)."
    )
    notices: list[NoticeView] = many(
        OneTimeNotice.case_id, OneTimeNotice.id.expression, description="One-time notices, oldest first (一次性告知)."
    )
    gap_notices: list[GapNoticeView] = many(
        GapNotice.case_id, GapNotice.id.expression, description="Gap notices, oldest first (补齐告知)."
    )
    filings: list[FilingView] = many(
        Filing.case_id, Filing.id.expression, description="Submissions to the department, oldest first (申报)."
    )
    deliveries: list[DeliveryView] = many(
        Delivery.case_id, Delivery.id.expression, description="Deliveries of results, oldest first (结果交付)."
    )
    explanations: list[ExplanationView] = many(
        ExplanationNotice.case_id,
        ExplanationNotice.id.expression,
        description="Explanations given, oldest first (解释).",
    )


CASE = "Case"
