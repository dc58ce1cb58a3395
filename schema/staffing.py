"""Mutations of posts: giving one and ending one."""

from datetime import datetime
from uuid import UUID

import strawberry
from strawberry import relay

from casework.organisation.assign_role import AssignRoleInput as AssignRole
from casework.organisation.assign_role import assign_role
from casework.organisation.end_role import EndRoleInput as EndRole
from casework.organisation.end_role import end_role
from casework.organisation.models import Engagement, RoleAssignment
from casework.organisation.queries import visible_posts
from schema.cases.inputs import KEY, VERSION
from schema.context import Info
from schema.enums import described_enum
from schema.fields import mutation
from schema.ids import row_id
from schema.perform import Payload, perform
from schema.shown import Shown, shows

described_enum(
    Engagement,
    "How a post is held (专兼职).",
    {"FULL_TIME": "Full time (专职).", "PART_TIME": "Part time (兼职).", "CONCURRENT": "Beside another post (兼任)."},
)


@shows(
    RoleAssignment,
    name="RoleAssignment",
    description="One post of one person in one unit for a period (任职).",
    seen=visible_posts,
)
class PostNode(Shown, relay.Node):
    """One post of one person in one unit for a period."""

    id: relay.NodeID[UUID]
    role_code: str = strawberry.field(description="Role code of the city's profile (岗位).")
    engagement: Engagement = strawberry.field(description="How it is held (专兼职).")
    valid_from: datetime = strawberry.field(description="From when (起始).")
    valid_to: datetime | None = strawberry.field(description="Until when, not included; null while open (截止).")
    put_off_from: datetime | None = strawberry.field(
        description="The planned end that was put off because something was in hand; null if none was (离任顺延)."
    )
    end_reason: str | None = strawberry.field(description="Why it ended (离任原因).")


@strawberry.type(description="What a mutation of a post answers.")
class PostPayload(Payload):
    """What a mutation of a post answers."""

    role_assignment: PostNode | None = strawberry.field(default=None, description="The post; null when refused (任职).")


@strawberry.input(description="A post to give (任职).")
class AssignRoleInput:
    """A post to give."""

    staff_id: strawberry.ID = strawberry.field(description="Who (工作人员).")
    unit_id: strawberry.ID = strawberry.field(description="Where (机构).")
    role_code: str = strawberry.field(description="Role code of the city's profile (岗位).")
    engagement: Engagement = strawberry.field(default=Engagement.FULL_TIME, description="How it is held (专兼职).")
    valid_from: datetime | None = strawberry.field(default=None, description="From when; now if absent (起始).")
    valid_to: datetime | None = strawberry.field(default=None, description="Until when, not included (截止).")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="A post to end (离任).")
class EndRoleInput:
    """A post to end."""

    role_assignment_id: strawberry.ID = strawberry.field(description="Which post (任职).")
    reason: str = strawberry.field(description="Why (离任原因).")
    ends_at: datetime | None = strawberry.field(default=None, description="When; now if absent (离任时间).")
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.type
class StaffingMutation:
    """Mutations of posts."""

    @mutation
    async def assign_role(self, info: Info, input: AssignRoleInput) -> PostPayload:
        """Give somebody a post; it counts from its first instant in every process (任职)."""
        return await perform(
            info, PostPayload, assign_role,
            lambda: AssignRole(row_id(input.staff_id, "StaffMember", "staffId"), row_id(input.unit_id, "Unit", "unitId"),
                               input.role_code, input.engagement, input.valid_from, input.valid_to),
            input.idempotency_key,
        )  # fmt: skip

    @mutation
    async def end_role(self, info: Info, input: EndRoleInput) -> PostPayload:
        """End somebody's post; from that instant nothing more can be done with it (离任)."""
        return await perform(
            info, PostPayload, end_role,
            lambda: EndRole(row_id(input.role_assignment_id, "RoleAssignment", "roleAssignmentId"), input.reason,
                            input.ends_at, input.expected_version),
            input.idempotency_key,
        )  # fmt: skip
