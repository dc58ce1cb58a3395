"""Writing guides through the API: drafting, revising, submitting, reviewing, publishing and withdrawing."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

import strawberry

from casework.catalogue.draft_guide import DraftGuide, draft_guide
from casework.catalogue.guides import visible_guide, visible_guides
from casework.catalogue.models import Guide, GuideState
from casework.catalogue.publish_guide import PublishGuide, WithdrawGuide, publish_guide, withdraw_guide
from casework.catalogue.review_guide import ReviewGuide, review_guide
from casework.catalogue.revise_guide import ReviseGuide, revise_guide
from casework.catalogue.submit_guide import SubmitGuide, submit_guide
from schema.cases.inputs import KEY, VERSION, PartInput, parts_of
from schema.connections import Connection, connect
from schema.context import Info
from schema.cursors import OrderColumn, page_request
from schema.fields import mutation, planned_field
from schema.filters import Column, EnumFilter, IDColumn, IDFilter, StringFilter
from schema.guides.types import GuideNode
from schema.ids import row_id
from schema.perform import Payload, perform
from schema.reading.sources import Keyed, Paged


@strawberry.type(description="What a mutation of a guide answers.")
class GuidePayload(Payload):
    """What a mutation of a guide answers."""

    guide: GuideNode | None = strawberry.field(default=None, description="The guide; null when refused (服务指南).")


@strawberry.input(description="A guide to begin (编制指南).")
class DraftGuideInput:
    """A guide to begin."""

    unit_code: str = strawberry.field(description="The unit that writes it (编制机构).")
    kind: str = strawberry.field(description="Kind of guide of the city's profile, such as handbook (种类).")
    item_codes: list[str] = strawberry.field(description="The item, or the items of a bundle (事项编码).")
    code: str | None = strawberry.field(default=None, description="Its code; made of unit and item if absent (编号).")
    title: str | None = strawberry.field(default=None, description="Its title; made of the item if absent (标题).")
    fields: list[PartInput] = strawberry.field(
        default_factory=list, description="What is filled in by hand; the rest comes from the register (要素)."
    )
    co_author_codes: list[str] = strawberry.field(
        default_factory=list,
        description="Departments that write with the unit; those of the items if empty (联合编制部门).",
    )
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)

    def intent(self) -> DraftGuide:
        """Give the office's form of it."""
        return DraftGuide(
            self.unit_code,
            self.kind,
            tuple(self.item_codes),
            self.code,
            self.title,
            parts_of(self.fields),
            tuple(self.co_author_codes),
        )


@strawberry.input(description="A step of a guide (指南操作).")
class GuideActInput:
    """A step of a guide."""

    guide_id: strawberry.ID = strawberry.field(description="Which guide (服务指南).")
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)

    def guide(self) -> UUID:
        """Read the id of the guide."""
        return row_id(self.guide_id, "Guide", "guideId")


@strawberry.input(description="What is written anew (修订指南).")
class ReviseGuideInput(GuideActInput):
    """What is written anew."""

    fields: list[PartInput] = strawberry.field(default_factory=list, description="Fields that change (要素).")
    title: str | None = strawberry.field(default=None, description="Another title; the old one if absent (标题).")
    co_author_codes: list[str] | None = strawberry.field(
        default=None, description="Other departments that write with the unit; null leaves them (联合编制部门)."
    )

    def intent(self) -> ReviseGuide:
        """Give the office's form of it."""
        authors = None if self.co_author_codes is None else tuple(self.co_author_codes)
        return ReviseGuide(self.guide(), parts_of(self.fields), self.title, authors, self.expected_version)


@strawberry.input(description="Whether one quality that the text wants is met (质量要求).")
class GuideQualityInput:
    """Whether one quality is met."""

    quality_zh: str = strawberry.field(description="The quality, in the words of the text (要求).")
    met: bool = strawberry.field(description="Whether it is met (是否符合).")


@strawberry.input(description="What the reviewer found (审核指南).")
class ReviewGuideInput(GuideActInput):
    """What the reviewer found."""

    approved: bool = strawberry.field(description="Whether it may be published; false returns it (是否通过).")
    qualities: list[GuideQualityInput] = strawberry.field(
        default_factory=list, description="Every quality that the city wants, as looked at (质量要求)."
    )
    note: str | None = strawberry.field(default=None, description="What is noted; needed to return it (意见).")

    def intent(self) -> ReviewGuide:
        """Give the office's form of it."""
        qualities = {each.quality_zh: each.met for each in self.qualities}
        return ReviewGuide(self.guide(), self.approved, qualities, self.note, self.expected_version)


@strawberry.input(description="A guide to take from the public (撤回指南).")
class WithdrawGuideInput(GuideActInput):
    """A guide to take from the public."""

    reason: str = strawberry.field(description="Why (撤回原因).")


@strawberry.type
class GuideMutation:
    """Mutations of guides."""

    @mutation
    async def draft_guide(self, info: Info, input: DraftGuideInput) -> GuidePayload:
        """Begin a guide or handbook, filled in with what items and unit already say (编制服务指南)."""
        return await perform(info, GuidePayload, draft_guide, input.intent, input.idempotency_key)

    @mutation
    async def revise_guide(self, info: Info, input: ReviseGuideInput) -> GuidePayload:
        """Write on a guide; what is published stays until the next version is (修订服务指南)."""
        return await perform(info, GuidePayload, revise_guide, input.intent, input.idempotency_key)

    @mutation
    async def submit_guide(self, info: Info, input: GuideActInput) -> GuidePayload:
        """Hand a text to its reviewer (送审服务指南)."""
        return await perform(
            info, GuidePayload, submit_guide,
            lambda: SubmitGuide(input.guide(), input.expected_version), input.idempotency_key,
        )  # fmt: skip

    @mutation
    async def review_guide(self, info: Info, input: ReviewGuideInput) -> GuidePayload:
        """Approve a text or return it; nobody reviews what he wrote himself (审核服务指南)."""
        return await perform(info, GuidePayload, review_guide, input.intent, input.idempotency_key)

    @mutation
    async def publish_guide(self, info: Info, input: GuideActInput) -> GuidePayload:
        """Publish a reviewed text as the next version, unless a demanded field is empty (公布服务指南)."""
        return await perform(
            info, GuidePayload, publish_guide,
            lambda: PublishGuide(input.guide(), input.expected_version), input.idempotency_key,
        )  # fmt: skip

    @mutation
    async def withdraw_guide(self, info: Info, input: WithdrawGuideInput) -> GuidePayload:
        """Take a guide from the public; its versions are kept (撤回服务指南)."""
        return await perform(
            info, GuidePayload, withdraw_guide,
            lambda: WithdrawGuide(input.guide(), input.reason, input.expected_version), input.idempotency_key,
        )  # fmt: skip


@strawberry.input(description="Narrows a list of guides; the conditions given must all hold.")
class GuideFilter:
    """Narrows a list of guides."""

    code: StringFilter | None = strawberry.field(default=None, description="By code.")
    kind: StringFilter | None = strawberry.field(default=None, description="By kind.")
    state: EnumFilter[GuideState] | None = strawberry.field(default=None, description="By state.")
    unit: IDFilter | None = strawberry.field(default=None, description="By the unit whose guide it is.")


class GuideOrder(StrEnum):
    """By what a list of guides is ordered."""

    CODE_ASC = "CODE_ASC"


COLUMNS: dict[str, Column] = {
    "code": Guide.code.expression,
    "kind": Guide.kind.expression,
    "state": Guide.state.expression,
    "unit": IDColumn(Guide.unit_id.expression, "Unit"),
}
GUIDES = Paged(
    Guide,
    seen=visible_guides,
    orders={GuideOrder.CODE_ASC: OrderColumn("code", Guide.code.expression)},
    default=(GuideOrder.CODE_ASC,),
    filters=COLUMNS,
)


@strawberry.type
class GuideQuery:
    """Reading guides as their writers do."""

    @planned_field(Keyed({"code": Guide.code}))
    async def guide(
        self, info: Info, code: Annotated[str, strawberry.argument(description="Code of the guide (编号).")]
    ) -> GuideNode | None:
        """One guide by its code, for those who write it; null when there is none they may see (按编号查指南)."""
        async with info.context.office.open(info.context.whose(), info.context.correlation_id) as work:
            return GuideNode.maybe(await visible_guide(work, code))

    @planned_field(GUIDES)
    async def guides(
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
        filter: Annotated[GuideFilter | None, strawberry.argument(description="Narrows the list.")] = None,
    ) -> Connection[GuideNode]:
        """Guides of the units for which the caller writes, by code (指南列表)."""
        page = page_request(first, after, last, before)
        return await connect(info, GUIDES, page, GuideNode.of, filter=filter)
