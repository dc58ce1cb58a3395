"""Disband a team (解散队伍): it and its members stay on record."""

from dataclasses import dataclass
from uuid import UUID

from casework.kernel.errors import invalid
from casework.kernel.work import Work, check_version
from casework.teams.events import TeamDisbanded
from casework.teams.join_team import leave, managed
from casework.teams.kinds import kind_or_none
from casework.teams.models import Team
from casework.teams.queries import members_now


@dataclass(frozen=True)
class DisbandTeam:
    """Which team ends, and why."""

    team_id: UUID
    reason: str
    expected_version: int | None = None


async def disband_team(work: Work, given: DisbandTeam) -> Team:
    """End a team and the memberships in it, with the reason."""
    team = await managed(work, given.team_id, "teamId")
    check_version(team, given.expected_version)
    if not given.reason.strip():
        raise invalid("Say why the team is disbanded.", "请填写解散原因。", "reason")
    team.disbanded_at, team.disband_reason = work.now, given.reason.strip()
    for member in await members_now(work, team.id):
        leave(work, member, team.disband_reason)
    await work.session.flush()
    kind = kind_or_none(work.profile, team.code)
    work.emit(TeamDisbanded(team.id, team.unit_id, team.code, kind.basis.rules if kind else ()).told())
    return team
