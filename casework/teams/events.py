"""What happens in the teams room, in the past tense; payloads hold ids and codes only."""

from dataclasses import dataclass
from uuid import UUID

from casework.kernel.events import Event


@dataclass(frozen=True)
class TeamFormed:
    """A team was formed in a unit."""

    team_id: UUID
    unit_id: UUID
    code: str
    rules: tuple[str, ...]

    def told(self) -> Event:
        """Put it in the form of the outbox."""
        return Event("team.formed", "team", self.team_id, {"unitId": str(self.unit_id), "code": self.code}, self.rules)


@dataclass(frozen=True)
class TeamDisbanded:
    """A team was disbanded; its members belong to it no longer."""

    team_id: UUID
    unit_id: UUID
    code: str
    rules: tuple[str, ...]

    def told(self) -> Event:
        """Put it in the form of the outbox."""
        facts = {"unitId": str(self.unit_id), "code": self.code}
        return Event("team.disbanded", "team", self.team_id, facts, self.rules)


@dataclass(frozen=True)
class MemberJoined:
    """A person joined a team."""

    member_id: UUID
    team_id: UUID
    staff_id: UUID
    source: str
    rules: tuple[str, ...]

    def told(self) -> Event:
        """Put it in the form of the outbox."""
        facts = {"teamId": str(self.team_id), "staffId": str(self.staff_id), "source": self.source}
        return Event("team.member_joined", "team_member", self.member_id, facts, self.rules)


@dataclass(frozen=True)
class MemberLeft:
    """A person left a team."""

    member_id: UUID
    team_id: UUID
    staff_id: UUID

    def told(self) -> Event:
        """Put it in the form of the outbox."""
        facts = {"teamId": str(self.team_id), "staffId": str(self.staff_id)}
        return Event("team.member_left", "team_member", self.member_id, facts)
