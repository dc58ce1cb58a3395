"""Reading teams: what the actor may see, and the statements behind the report on teams."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from casework.kernel.errors import not_found
from casework.kernel.replay import add_replay_check
from casework.kernel.sight import Sight
from casework.kernel.work import Work
from casework.organisation.census import reported
from casework.organisation.models import OrgUnit, StaffMember
from casework.organisation.queries import in_unit_answered_for, in_unit_served_in
from casework.teams.models import Team, TeamMember

TEAM_COLUMNS: tuple[InstrumentedAttribute[Any], ...] = (Team.id, Team.unit_id, Team.code, Team.name_zh, Team.subject)
"""What the report needs of a team."""
MEMBER_COLUMNS: tuple[InstrumentedAttribute[Any], ...] = (TeamMember.team_id, TeamMember.staff_id, TeamMember.source)
"""What the report needs of a member; no name of a person."""


def visible_teams(sight: Sight) -> ColumnElement[bool]:
    """The condition that a team is of a unit which the actor answers for or serves in, or that he belongs or belonged to it."""
    mine = exists(
        select(TeamMember.id).where(
            TeamMember.tenant_id == sight.tenant,
            TeamMember.team_id == Team.id,
            sight.is_me(TeamMember.staff_id.expression),
        )
    )
    of_unit = (in_unit_answered_for(sight, Team.unit_id), in_unit_served_in(sight, Team.unit_id))
    return and_(Team.tenant_id == sight.tenant, or_(mine, *of_unit))


def visible_members(sight: Sight) -> ColumnElement[bool]:
    """The condition that a membership is one of a visible team."""
    team = exists(select(Team.id).where(visible_teams(sight), Team.id == TeamMember.team_id))
    return and_(TeamMember.tenant_id == sight.tenant, team)


async def visible_team(work: Work, team_id: UUID, *path: str) -> Team:
    """Give a team that the actor may see, held against other writers; a hidden one answers like none."""
    query = select(Team).where(visible_teams(work.sight), Team.id == team_id).with_for_update()
    found = (await work.session.scalars(query.execution_options(populate_existing=True))).one_or_none()
    if found is None:
        raise not_found("team", "队伍", path or ("teamId",), team_id)
    return found


async def members_now(work: Work, team_id: UUID) -> list[TeamMember]:
    """List who belongs to a team now."""
    query = select(TeamMember).where(
        TeamMember.tenant_id == work.tenant, TeamMember.team_id == team_id, TeamMember.left_at.is_(None)
    )
    return list((await work.session.scalars(query.order_by(TeamMember.joined_at, TeamMember.id))).all())


def teams_reported(sight: Sight, unit_code: Any, below: bool) -> Select[Any]:
    """Choose the teams that stand in the units of a report."""
    return (
        select(*TEAM_COLUMNS)
        .join(OrgUnit, and_(OrgUnit.tenant_id == sight.tenant, OrgUnit.id == Team.unit_id))
        .where(Team.tenant_id == sight.tenant, Team.disbanded_at.is_(None), reported(sight, unit_code, below))
    )


def members_reported(sight: Sight, unit_code: Any, below: bool) -> Select[Any]:
    """Choose who belongs to those teams and serves."""
    return (
        select(*MEMBER_COLUMNS)
        .join(Team, and_(Team.tenant_id == sight.tenant, Team.id == TeamMember.team_id))
        .join(OrgUnit, and_(OrgUnit.tenant_id == sight.tenant, OrgUnit.id == Team.unit_id))
        .join(StaffMember, and_(StaffMember.tenant_id == sight.tenant, StaffMember.id == TeamMember.staff_id))
        .where(
            TeamMember.tenant_id == sight.tenant,
            TeamMember.left_at.is_(None),
            StaffMember.active,
            Team.disbanded_at.is_(None),
            reported(sight, unit_code, below),
        )
    )


@add_replay_check
async def team_still_visible(work: Work, row: Any) -> bool | None:
    """A team and its members are told again to whoever still sees the team."""
    team_id = row.id if isinstance(row, Team) else row.team_id if isinstance(row, TeamMember) else None
    if team_id is None:
        return None
    query = select(Team.id).where(visible_teams(work.sight), Team.id == team_id)
    return await work.session.scalar(query) is not None
