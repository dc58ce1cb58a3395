"""The duty to have teams judged: which teams a unit must have, how many belong to each, and where they come from."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from casework.organisation.requirements import Span
from casework.organisation.staffing import Place, Verdict, verdict_of
from casework.teams.kinds import binding, demanded, kind_or_none, span_of, stated
from casework.teams.models import MemberSource
from tenants.profile import Profile, Team


@dataclass(frozen=True)
class Standing:
    """A team that stands."""

    id: UUID
    unit_id: UUID
    code: str
    name_zh: str
    subject: str


@dataclass(frozen=True)
class Belonging:
    """Somebody who belongs to a team and serves."""

    team_id: UUID
    staff_id: UUID
    source: MemberSource


@dataclass(frozen=True)
class TeamFinding:
    """One team judged, or one that a unit must have and has not; `others` come from where the text does not look first."""

    place: Place
    kind: Team
    team: Standing | None
    span: Span
    sources: Mapping[MemberSource, int]
    verdict: Verdict
    others: int

    @property
    def actual(self) -> int:
        """How many belong to the team."""
        return sum(self.sources.values())

    @property
    def is_breach(self) -> bool:
        """Tell whether falling short of this requirement would be a breach of the regulation."""
        return stated(self.kind)


def report(
    profile: Profile, places: Iterable[Place], teams: Iterable[Standing], members: Iterable[Belonging]
) -> list[TeamFinding]:
    """Judge the teams of units, and the kinds that a unit must have, in the order of units and of the profile."""
    by_unit: dict[UUID, list[Standing]] = defaultdict(list)
    for team in teams:
        by_unit[team.unit_id].append(team)
    by_team: dict[UUID, Counter[MemberSource]] = defaultdict(Counter)
    for member in members:
        by_team[member.team_id][member.source] += 1
    return [found for place in places for found in of_place(profile, place, by_unit.get(place.id, []), by_team)]


def of_place(
    profile: Profile, place: Place, teams: list[Standing], members: Mapping[UUID, Mapping[MemberSource, int]]
) -> Iterator[TeamFinding]:
    """Judge the teams of one unit; a team of a kind that the text no longer knows is not judged."""
    for kind in profile.teams:
        own = [team for team in teams if kind_or_none(profile, team.code) is kind]
        for team in sorted(own, key=lambda each: (each.subject, each.id)):
            yield judged(profile, place, kind, team, members.get(team.id, {}))
        if not own and demanded(kind, place.unit_type):
            yield judged(profile, place, kind, None, {})


def judged(
    profile: Profile, place: Place, kind: Team, team: Standing | None, sources: Mapping[MemberSource, int]
) -> TeamFinding:
    """Judge the number of one team, and count who comes from elsewhere than the text names first (PX-B-5.1-4)."""
    named = profile.team_members.sources if profile.team_members else ()
    others = sum(count for source, count in sources.items() if named and source.value not in named)
    span = span_of(kind)
    return TeamFinding(place, kind, team, span, sources, verdict_of(sum(sources.values()), span, binding(kind)), others)
