"""Let people join a team and leave it (入队、离队); the source of each is kept (PX-B-5.1-4)."""

from dataclasses import dataclass
from uuid import UUID

from authz.decide import Resource
from casework.kernel.errors import Code, Refusal, invalid, not_found
from casework.kernel.work import Work, check_version
from casework.organisation.queries import has_left, staff_by_id, unit_by_id
from casework.teams.events import MemberJoined, MemberLeft
from casework.teams.form_team import MANAGE
from casework.teams.models import MemberSource, Team, TeamMember
from casework.teams.queries import members_now, visible_team


@dataclass(frozen=True)
class JoinTeam:
    """Who joins which team."""

    team_id: UUID
    staff_id: UUID


@dataclass(frozen=True)
class LeaveTeam:
    """Which membership ends, and why."""

    member_id: UUID
    reason: str
    expected_version: int | None = None


async def join_team(work: Work, given: JoinTeam) -> TeamMember:
    """Take a person into a team; a number above what the text names is reported, never refused (Q27)."""
    team = await managed(work, given.team_id, "teamId")
    person = await staff_by_id(work, given.staff_id)
    if not person.active or await has_left(work, person.id):
        raise invalid("This person has left the service.", "该工作人员已离岗。", "staffId")
    if any(member.staff_id == person.id for member in await members_now(work, team.id)):
        raise Refusal(Code.CONFLICT, "This person belongs to the team already.", "该人员已在队伍中。", ("staffId",))
    member = work.add(
        TeamMember(team_id=team.id, staff_id=person.id, source=MemberSource(person.source), joined_at=work.now)
    )
    await work.session.flush()
    rules = work.profile.team_members.basis.rules if work.profile.team_members else ()
    work.emit(MemberJoined(member.id, team.id, person.id, person.source, rules).told())
    return member


async def leave_team(work: Work, given: LeaveTeam) -> TeamMember:
    """End a membership with its reason; it stays on record."""
    member = await work.find(TeamMember, given.member_id, lock=True)
    if member is None:
        raise not_found("member of a team", "队员", ("memberId",), given.member_id)
    await managed(work, member.team_id, "memberId", target=given.member_id)
    check_version(member, given.expected_version)
    if not given.reason.strip():
        raise invalid("Say why the person leaves the team.", "请填写离队原因。", "reason")
    if member.left_at is not None:
        raise Refusal(Code.CONFLICT, "This person has left the team already.", "该人员已离队。", ("memberId",))
    leave(work, member, given.reason.strip())
    await work.session.flush()
    return member


def leave(work: Work, member: TeamMember, reason: str) -> None:
    """Write down that a person belongs to a team no longer."""
    member.left_at, member.leave_reason = work.now, reason
    work.emit(MemberLeft(member.id, member.team_id, member.staff_id).told())


async def managed(work: Work, team_id: UUID, path: str, target: UUID | None = None) -> Team:
    """Give a standing team that the actor may see and manages; `target` is what he asked for, if it was no team."""
    try:
        team = await visible_team(work, team_id, path)
    except Refusal:
        if target is None:
            raise
        raise not_found("member of a team", "队员", (path,), target) from None
    unit = await unit_by_id(work, team.unit_id)
    work.require(MANAGE, Resource(unit_path=unit.path), path)
    if team.disbanded_at is not None:
        raise Refusal(Code.CONFLICT, "The team is disbanded.", "该队伍已解散。", (path,))
    return team
