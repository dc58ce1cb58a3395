"""Teams through the API: forming one, who belongs to it, and whether a unit has the teams that the text wants."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import strawberry
from strawberry import relay

from casework.teams.disband_team import DisbandTeam, disband_team
from casework.teams.form_team import FormTeam, form_team
from casework.teams.join_team import JoinTeam, LeaveTeam, join_team, leave_team
from casework.teams.kinds import kind_or_none
from casework.teams.models import MemberSource, Team, TeamMember
from casework.teams.queries import visible_members, visible_teams
from schema.cases.inputs import KEY, VERSION
from schema.connections import Connection, connect
from schema.context import Info
from schema.cursors import OrderColumn, page_request
from schema.enums import described_enum
from schema.fields import mutation, planned_field
from schema.filters import Column, IDColumn, IDFilter, StringFilter
from schema.ids import row_id, row_id_or_none
from schema.organisation import StaffNode, UnitNode
from schema.perform import Payload, perform
from schema.reading.declare import computed, many, one
from schema.reading.lens import Lens
from schema.reading.sources import Paged
from schema.regulation import Coded
from schema.shown import Shown, shows

TEAM = "Team"
"""Name of the type, as global ids carry it."""

described_enum(
    MemberSource,
    "Where a member of a team comes from (人员来源).",
    {
        "OWN": "The unit's own staff (本机构人员).",
        "DEPARTMENT": "Staff of a business department (业务部门人员).",
        "VOLUNTEER": "A volunteer; belonging to a team gives no powers (志愿者).",
        "PARTNER": "Staff of a partner outlet (合作网点人员).",
    },
)


def kind_of(lens: Lens, code: str) -> Coded | None:
    """Show what kind of team of the city's regulation a team is."""
    found = kind_or_none(lens.in_force.profile, code)
    return Coded.made(found.code, found.zh, None, found.basis) if found else None


@shows(
    TeamMember,
    name="TeamMember",
    description="One person in one team for a period (队员).",
    seen=visible_members,
)
class TeamMemberNode(Shown, relay.Node):
    """One person in one team for a period."""

    id: relay.NodeID[UUID]
    source: MemberSource = strawberry.field(description="Where the person came from when joining (人员来源).")
    joined_at: datetime = strawberry.field(description="From when (入队时间).")
    left_at: datetime | None = strawberry.field(description="Until when; null while the person belongs (离队时间).")
    leave_reason: str | None = strawberry.field(description="Why the person left (离队原因).")
    staff: StaffNode | None = one(TeamMember.staff_id, "Who (工作人员).")


@shows(
    Team,
    name=TEAM,
    description="A group of staff formed for a purpose that the city's text knows (队伍).",
    seen=visible_teams,
)
class TeamNode(Shown, relay.Node):
    """A group of staff formed for a purpose."""

    id: relay.NodeID[UUID]
    name_zh: str = strawberry.field(description="Name (名称).")
    subject: str = strawberry.field(
        description="The project, enterprise or matter that it serves; empty for a standing team (服务对象)."
    )
    duties_zh: str = strawberry.field(description="What it is for (职责).")
    formed_at: datetime = strawberry.field(description="When it was formed (组建时间).")
    disbanded_at: datetime | None = strawberry.field(
        description="When it was disbanded; null while it stands (解散时间)."
    )
    disband_reason: str | None = strawberry.field(description="Why it was disbanded (解散原因).")

    kind: Coded | None = computed(
        kind_of,
        Team.code,
        description="Which kind of team; null when the present profile no longer knows it (队伍类型).",
    )
    unit: UnitNode | None = one(Team.unit_id, "The unit that formed it (所属机构).")
    parent: Annotated["TeamNode", strawberry.lazy("schema.teams")] | None = one(
        Team.parent_id, "The team of the same kind in a unit above; null without one (上级队伍)."
    )
    members: list[TeamMemberNode] = many(
        TeamMember.team_id,
        TeamMember.joined_at.expression,
        TeamMember.id.expression,
        description="Everybody who belongs or belonged to it, by the time of joining (队员).",
    )


@strawberry.type(description="What a mutation of a team answers.")
class TeamPayload(Payload):
    """What a mutation of a team answers."""

    team: TeamNode | None = strawberry.field(default=None, description="The team; null when refused (队伍).")


@strawberry.type(description="What a mutation of a membership answers.")
class TeamMemberPayload(Payload):
    """What a mutation of a membership answers."""

    member: TeamMemberNode | None = strawberry.field(
        default=None, description="The membership; null when refused (队员)."
    )


@strawberry.input(description="A team to form (组建队伍).")
class FormTeamInput:
    """A team to form."""

    unit_id: strawberry.ID = strawberry.field(description="The unit that forms it (机构).")
    code: str = strawberry.field(description="Code of the kind of team in the city's profile (队伍类型).")
    duties_zh: str = strawberry.field(description="What it is for (职责).")
    name_zh: str | None = strawberry.field(default=None, description="Name; that of the kind if absent (名称).")
    subject: str | None = strawberry.field(
        default=None, description="The project, enterprise or matter, for kinds that serve one (服务对象)."
    )
    parent_team_id: strawberry.ID | None = strawberry.field(
        default=None, description="The team of the same kind in a unit above (上级队伍)."
    )
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="Who joins a team (入队).")
class JoinTeamInput:
    """Who joins a team."""

    team_id: strawberry.ID = strawberry.field(description="Which team (队伍).")
    staff_id: strawberry.ID = strawberry.field(description="Who (工作人员).")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="Which membership ends (离队).")
class LeaveTeamInput:
    """Which membership ends."""

    member_id: strawberry.ID = strawberry.field(description="Which membership (队员).")
    reason: str = strawberry.field(description="Why (离队原因).")
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="A team to disband (解散队伍).")
class DisbandTeamInput:
    """A team to disband."""

    team_id: strawberry.ID = strawberry.field(description="Which team (队伍).")
    reason: str = strawberry.field(description="Why (解散原因).")
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


def to_form(given: FormTeamInput) -> FormTeam:
    """Read what is formed."""
    return FormTeam(
        row_id(given.unit_id, "Unit", "unitId"), given.code, given.duties_zh, given.name_zh, given.subject,
        row_id_or_none(given.parent_team_id, TEAM, "parentTeamId"),
    )  # fmt: skip


@strawberry.type
class TeamMutation:
    """Mutations of teams."""

    @mutation
    async def form_team(self, info: Info, input: FormTeamInput) -> TeamPayload:
        """Form a team of a kind that the city's text knows; one of a kind in a unit, or for a project (组建队伍)."""
        return await perform(info, TeamPayload, form_team, lambda: to_form(input), input.idempotency_key)

    @mutation
    async def join_team(self, info: Info, input: JoinTeamInput) -> TeamMemberPayload:
        """Take somebody into a team; powers come with posts alone (入队)."""
        return await perform(
            info, TeamMemberPayload, join_team,
            lambda: JoinTeam(row_id(input.team_id, TEAM, "teamId"),
                             row_id(input.staff_id, "StaffMember", "staffId")),
            input.idempotency_key,
        )  # fmt: skip

    @mutation
    async def leave_team(self, info: Info, input: LeaveTeamInput) -> TeamMemberPayload:
        """End a membership; it stays on record (离队)."""
        return await perform(
            info, TeamMemberPayload, leave_team,
            lambda: LeaveTeam(row_id(input.member_id, "TeamMember", "memberId"), input.reason,
                              input.expected_version),
            input.idempotency_key,
        )  # fmt: skip

    @mutation
    async def disband_team(self, info: Info, input: DisbandTeamInput) -> TeamPayload:
        """Disband a team; all its members leave it, and it stays on record (解散队伍)."""
        return await perform(
            info, TeamPayload, disband_team,
            lambda: DisbandTeam(row_id(input.team_id, TEAM, "teamId"), input.reason, input.expected_version),
            input.idempotency_key,
        )  # fmt: skip


@strawberry.input(description="Narrows a list of teams; the conditions given must all hold.")
class TeamFilter:
    """Narrows a list of teams."""

    code: StringFilter | None = strawberry.field(default=None, description="By code of the kind.")
    subject: StringFilter | None = strawberry.field(default=None, description="By what the team serves.")
    unit: IDFilter | None = strawberry.field(default=None, description="By the unit that formed it.")


class TeamOrder(StrEnum):
    """By what a list of teams is ordered."""

    FORMED_AT_DESC = "FORMED_AT_DESC"


COLUMNS: dict[str, Column] = {
    "code": Team.code.expression,
    "subject": Team.subject.expression,
    "unit": IDColumn(Team.unit_id.expression, "Unit"),
}
TEAMS = Paged(
    Team,
    seen=visible_teams,
    orders={TeamOrder.FORMED_AT_DESC: OrderColumn("formed_at", Team.formed_at.expression, descending=True)},
    default=(TeamOrder.FORMED_AT_DESC,),
    filters=COLUMNS,
)


@strawberry.type
class TeamQuery:
    """Reading teams."""

    @planned_field(TEAMS)
    async def teams(
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
        filter: Annotated[TeamFilter | None, strawberry.argument(description="Narrows the list.")] = None,
    ) -> Connection[TeamNode]:
        """Teams of units that the caller answers for or serves in, and those he belongs to, newest first (队伍列表)."""
        page = page_request(first, after, last, before)
        return await connect(info, TEAMS, page, TeamNode.of, filter=filter)
