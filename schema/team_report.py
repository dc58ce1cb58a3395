"""The report on teams: whether units have the teams that the text wants, how many belong to each, and from where."""

from typing import Any, Self

import strawberry
from sqlalchemy import Select

from casework.deadlines.models import LegalStatus
from casework.kernel.errors import not_found
from casework.kernel.sight import Sight
from casework.organisation.census import UNIT_COLUMNS, units_reported
from casework.organisation.staffing import Place, Verdict
from casework.teams import duty
from casework.teams.duty import Belonging, Standing
from casework.teams.models import MemberSource
from casework.teams.queries import MEMBER_COLUMNS, TEAM_COLUMNS, members_reported, teams_reported
from schema.context import Info
from schema.fields import planned_field
from schema.filters import Operands, Themselves
from schema.ids import global_id
from schema.reading.lens import Lens
from schema.reading.sources import Chosen, Surveyed
from schema.refusals import RuleReference
from schema.rows import lenses
from schema.staffing_report import Below, UnitCode, Verdicts, code_given, shown_rules
from schema.teams import TEAM


@strawberry.type(description="How many members of a team come from one source (人员来源统计).")
class MemberSourceCount:
    """How many members of a team come from one source."""

    source: MemberSource = strawberry.field(description="Where from (人员来源).")
    count: int = strawberry.field(description="How many (人数).")


@strawberry.type(description="One team judged, or one that a unit must have and has not (队伍核查结果).")
class TeamFinding:
    """One team judged, or one that a unit must have and has not."""

    code: str = strawberry.field(description="Code of the kind of team in the city's profile (队伍类型).")
    name_zh: str = strawberry.field(description="Name of the team, or of the kind where there is none (名称).")
    team_id: strawberry.ID | None = strawberry.field(
        description="Global id of the team; null where there is none (队伍)."
    )
    subject: str = strawberry.field(description="What it serves; empty for a standing team (服务对象).")
    unit_id: strawberry.ID = strawberry.field(description="Global id of the unit (机构).")
    unit_code: str = strawberry.field(description="Code of the unit (机构代码).")
    unit_name_zh: str = strawberry.field(description="Name of the unit (机构名称).")
    least: int = strawberry.field(description="How many the text, or the default, wants at least (下限).")
    most: int | None = strawberry.field(description="How many it names at most; null without a limit (上限).")
    actual: int = strawberry.field(description="How many belong to it (实有人数).")
    sources: list[MemberSourceCount] = strawberry.field(description="Where they come from (人员来源).")
    others: int = strawberry.field(
        description="How many come from elsewhere than the text names first; information only (其他来源人数)."
    )
    verdict: Verdict = strawberry.field(description="How that stands to the text (结论).")
    legal_status: LegalStatus = strawberry.field(
        description="REGULATION when the text itself states the number; a shortfall is a breach only then (性质)."
    )
    rules: list[RuleReference] = strawberry.field(description="The rules it rests on (依据).")

    @classmethod
    def of(cls, found: duty.TeamFinding) -> Self:
        """Show a finding."""
        place, kind, team, span = found.place, found.kind, found.team, found.span
        return cls(
            code=kind.code,
            name_zh=kind.zh if team is None else team.name_zh,
            team_id=None if team is None else global_id(TEAM, team.id),
            subject="" if team is None else team.subject,
            unit_id=global_id("Unit", place.id),
            unit_code=place.code,
            unit_name_zh=place.name_zh,
            least=span.least,
            most=span.most,
            actual=found.actual,
            sources=[
                MemberSourceCount(source=each, count=found.sources[each])
                for each in MemberSource
                if each in found.sources
            ],
            others=found.others,
            verdict=found.verdict,
            legal_status=LegalStatus.REGULATION if found.is_breach else LegalStatus.OPERATIONAL,
            rules=list(shown_rules(kind.basis.rules)),
        )


def units_of(by: Operands, sight: Sight, unit_code: Any = None, below: bool = True, **_given: Any) -> Select[Any]:
    """Write the statement for the units of a report."""
    return units_reported(sight, code_given(by, unit_code), below)


def teams_of(by: Operands, sight: Sight, unit_code: Any = None, below: bool = True, **_given: Any) -> Select[Any]:
    """Write the statement for the teams of those units."""
    return teams_reported(sight, code_given(by, unit_code), below)


def members_of(by: Operands, sight: Sight, unit_code: Any = None, below: bool = True, **_given: Any) -> Select[Any]:
    """Write the statement for the members of those teams."""
    return members_reported(sight, code_given(by, unit_code), below)


def judge(
    lens: Lens,
    units: list[Any],
    teams: list[Any],
    members: list[Any],
    unit_code: str | None = None,
    below: bool = True,
    verdicts: list[Verdict] | None = None,
) -> list[TeamFinding]:
    """Judge the teams of the units by the regulation in force, and keep the findings that are wanted."""
    if unit_code is not None and not units:
        raise not_found("unit", "机构", ("unitCode",))
    found = duty.report(
        lens.in_force.profile,
        [Place(*unit) for unit in units],
        [Standing(*team) for team in teams],
        [Belonging(*member) for member in members],
    )
    return [TeamFinding.of(each) for each in found if verdicts is None or each.verdict in verdicts]


UNITS = Chosen(UNIT_COLUMNS, units_of, lambda rows: [rows.c.path])
TEAMS = Chosen(TEAM_COLUMNS, teams_of, lambda rows: [rows.c.unit_id, rows.c.id])
MEMBERS = Chosen(MEMBER_COLUMNS, members_of, lambda rows: [rows.c.team_id, rows.c.staff_id])
TEAM_DUTY = Surveyed((UNITS, TEAMS, MEMBERS), judge)


@strawberry.type
class TeamReportQuery:
    """Reading how the duty to have teams is kept."""

    @planned_field(TEAM_DUTY)
    async def team_report(
        self, info: Info, unit_code: UnitCode = None, below: Below = True, verdicts: Verdicts = None
    ) -> list[TeamFinding]:
        """The teams of the units that the caller answers for, judged, and those that are missing there (队伍核查)."""
        given: dict[str, Any] = {"unit_code": unit_code, "below": below}
        async with info.context.turn:
            async with info.context.office.open(info.context.whose(), info.context.correlation_id) as work:
                units = (await work.session.execute(units_of(Themselves(), work.sight, **given))).all()
                teams = (await work.session.execute(teams_of(Themselves(), work.sight, **given))).all()
                members = (await work.session.execute(members_of(Themselves(), work.sight, **given))).all()
            lens = await lenses(info.context).load(None)
            return judge(lens, list(units), list(teams), list(members), verdicts=verdicts, **given)
