"""The case as callers read it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import strawberry
from strawberry import relay

from casework.cases.models import (
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
from casework.catalogue.models import ServiceItem
from casework.deadlines.models import Timer
from casework.mandates.models import Document, Mandate
from casework.organisation.models import OrgUnit, StaffMember
from schema.cases.applicants import ApplicantView, applicant_of
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
from schema.cases.seeing import cases_by_id
from schema.catalogue import ItemNode
from schema.context import Info
from schema.fields import field
from schema.organisation import StaffNode, UnitNode
from schema.regulation import Coded, ProfileRevisionView
from schema.rows import by_id, by_owner, regulations
from schema.shown import Shown


@strawberry.type(name="Case", description="The unit of work opened for a request (帮办件/代办件).")
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

    @field
    def version(self) -> int:
        """Version of the object, for `expectedVersion` (版本)."""
        return int(self.row.row_version)

    @field
    async def stage(self, info: Info) -> Coded | None:
        """The city's own stage over the state; null when its profile names none here (环节)."""
        profile = (await regulations(info.context).load(self.row.revision_id)).profile
        found = profile.workflows[self.row.workflow].stage_at(self.row.state)
        return Coded.stage(found) if found else None

    @field
    async def profile(self, info: Info) -> ProfileRevisionView:
        """The profile revision that judges this case; pinned at acceptance (适用配置)."""
        return ProfileRevisionView.of(await regulations(info.context).load(self.row.revision_id))

    @field
    async def unit(self, info: Info) -> UnitNode | None:
        """The unit that handles it now (承办机构)."""
        return UnitNode.maybe(await by_id(info.context, OrgUnit).load(self.row.unit_id))

    @field
    async def owner(self, info: Info) -> StaffNode | None:
        """Who handles it; null while nobody does (承办人)."""
        if self.row.owner_staff_id is None:
            return None
        return StaffNode.maybe(await by_id(info.context, StaffMember).load(self.row.owner_staff_id))

    @field
    async def item(self, info: Info) -> ItemNode | None:
        """The service item; null while it is not named (事项)."""
        return (
            ItemNode.maybe(await by_id(info.context, ServiceItem).load(self.row.item_id)) if self.row.item_id else None
        )

    @field
    async def applicant(
        self,
        info: Info,
        unmasked: Annotated[
            bool, strawberry.argument(description="Ask for the full data; recorded when granted (查看完整信息).")
        ] = False,
    ) -> ApplicantView | None:
        """The applicant; masked, unless `unmasked` is asked for and allowed, which is recorded (服务对象)."""
        return await applicant_of(info, self.row, unmasked)

    @field
    async def timers(self, info: Info) -> list[TimerView]:
        """The clocks of the case, in the order in which they started (计时器)."""
        rows = await by_owner(info.context, Timer, "subject_id").load(self.row.id)
        return TimerView.every(sorted(rows, key=lambda row: (row.started_at, row.id)))

    @field
    async def steps(self, info: Info) -> list[StepView]:
        """The steps of the case's life, oldest first (办理轨迹)."""
        return StepView.every(await by_owner(info.context, CaseStep).load(self.row.id))

    @field
    async def materials(self, info: Info) -> list[MaterialNode]:
        """The papers of the case (材料)."""
        return MaterialNode.every(await by_owner(info.context, MaterialItem).load(self.row.id))

    @field
    async def documents(self, info: Info) -> list[DocumentNode]:
        """The forms filled in for the case (文书)."""
        return DocumentNode.every(await by_owner(info.context, Document).load(self.row.id))

    @field
    async def mandate(self, info: Info) -> MandateView | None:
        """The mandate; null while there is none (委托)."""
        rows = await by_owner(info.context, Mandate).load(self.row.id)
        return MandateView.of(rows[0]) if rows else None

    @field
    async def notices(self, info: Info) -> list[NoticeView]:
        """One-time notices, oldest first (一次性告知)."""
        return NoticeView.every(await by_owner(info.context, OneTimeNotice).load(self.row.id))

    @field
    async def gap_notices(self, info: Info) -> list[GapNoticeView]:
        """Gap notices, oldest first (补齐告知)."""
        return GapNoticeView.every(await by_owner(info.context, GapNotice).load(self.row.id))

    @field
    async def filings(self, info: Info) -> list[FilingView]:
        """Submissions to the department, oldest first (申报)."""
        return FilingView.every(await by_owner(info.context, Filing).load(self.row.id))

    @field
    async def deliveries(self, info: Info) -> list[DeliveryView]:
        """Deliveries of results, oldest first (结果交付)."""
        return DeliveryView.every(await by_owner(info.context, Delivery).load(self.row.id))

    @field
    async def explanations(self, info: Info) -> list[ExplanationView]:
        """Explanations given, oldest first (解释)."""
        return ExplanationView.every(await by_owner(info.context, ExplanationNotice).load(self.row.id))

    @classmethod
    async def resolve_nodes(cls, *, info: Info, node_ids: Iterable[str], required: bool = False) -> Any:
        """Load cases by id, as far as the caller sees them."""
        return [cls.maybe(row) for row in await cases_by_id(info, node_ids)]


CASE = "Case"
