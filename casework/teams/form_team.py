"""Form a team that the city's text knows, with its duties and its place in the line of teams (组建队伍, TA-6-18)."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from authz.decide import Resource
from casework.kernel.errors import Code, Refusal, invalid
from casework.kernel.work import Work
from casework.organisation.models import OrgUnit
from casework.organisation.queries import unit_by_id
from casework.teams.events import TeamFormed
from casework.teams.kinds import check_unit, known_kind, serves_one
from casework.teams.models import Team
from casework.teams.queries import visible_team
from tenants.profile import Team as Kind

MANAGE = "team.manage"


@dataclass(frozen=True)
class FormTeam:
    """Which kind of team a unit forms; without a name it has the one of the text.

    `subject` names the one project, enterprise or matter for kinds that serve one; `parent_id` is the team above.
    """

    unit_id: UUID
    code: str
    duties_zh: str
    name_zh: str | None = None
    subject: str | None = None
    parent_id: UUID | None = None


async def form_team(work: Work, given: FormTeam) -> Team:
    """Form a team in a unit; there is one of a kind in a unit, and one of a kind for each project (TA-12-11)."""
    unit = await unit_by_id(work, given.unit_id)
    work.require(MANAGE, Resource(unit_path=unit.path), "unitId")
    kind = known_kind(work.profile, given.code)
    check_unit(kind, unit)
    subject = checked_subject(kind, given.subject)
    if not given.duties_zh.strip():
        raise invalid("Say what the team is for.", "请填写队伍职责。", "dutiesZh", rules=kind.basis.rules)
    if given.parent_id is not None:
        await check_parent(work, given.parent_id, unit, kind)
    key = subject if kind.per is not None else f"{unit.id}/{subject}"
    await check_single(work, kind, key)
    team = work.add(
        Team(
            code=kind.code, unit_id=unit.id, name_zh=(given.name_zh or "").strip() or kind.zh, subject=subject,
            sole_key=key, duties_zh=given.duties_zh.strip(), parent_id=given.parent_id, formed_at=work.now,
            formed_by=work.actor.staff_id,
        )
    )  # fmt: skip
    await work.session.flush()
    work.emit(TeamFormed(team.id, unit.id, kind.code, kind.basis.rules).told())
    return team


def checked_subject(kind: Kind, given: str | None) -> str:
    """Demand the name of what a team serves where its kind serves one thing, and none elsewhere."""
    subject = (given or "").strip()
    if serves_one(kind) and not subject:
        raise invalid(
            "Name the project, enterprise or matter that the team serves.", "请填写队伍服务的项目、企业或事项。",
            "subject", rules=kind.basis.rules,
        )  # fmt: skip
    if subject and not serves_one(kind):
        raise invalid("A standing team serves no single matter.", "常设队伍不针对单一项目组建。", "subject")
    return subject


async def check_parent(work: Work, parent_id: UUID, unit: OrgUnit, kind: Kind) -> None:
    """Refuse a team above that is of another kind, is disbanded, or stands in no unit above (TA-6-18)."""
    parent = await visible_team(work, parent_id, "parentTeamId")
    above = await unit_by_id(work, parent.unit_id)
    in_line = unit.path.startswith(above.path) and unit.path != above.path
    if parent.code != kind.code or parent.disbanded_at is not None or not in_line:
        raise invalid(
            "The team above is a standing team of the same kind in a unit above.",
            "上级队伍须为上级机构现有的同类队伍。", "parentTeamId", rules=kind.basis.rules,
        )  # fmt: skip


async def check_single(work: Work, kind: Kind, key: str) -> None:
    """Refuse a second team of a kind in the unit, or for the project."""
    same = select(Team.id).where(
        Team.tenant_id == work.tenant, Team.code == kind.code, Team.sole_key == key, Team.disbanded_at.is_(None)
    )
    if await work.session.scalar(same) is not None:
        raise Refusal(
            Code.CONFLICT, "There is such a team already.", "该队伍已组建。",
            ("subject" if serves_one(kind) else "code",), kind.basis.rules,
        )  # fmt: skip
