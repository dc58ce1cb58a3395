"""What happens in the training room, in the past tense; payloads hold ids and codes only, never a score."""

from dataclasses import dataclass
from uuid import UUID

from casework.kernel.events import Event


@dataclass(frozen=True)
class TrainingPlanned:
    """A unit made a training plan."""

    plan_id: UUID
    unit_id: UUID
    rules: tuple[str, ...]

    def told(self) -> Event:
        """Put it in the form of the outbox."""
        return Event("training.planned", "training_plan", self.plan_id, {"unitId": str(self.unit_id)}, self.rules)


@dataclass(frozen=True)
class TrainingHeld:
    """A training was held."""

    session_id: UUID
    unit_id: UUID
    role_codes: tuple[str, ...]
    rules: tuple[str, ...]

    def told(self) -> Event:
        """Put it in the form of the outbox."""
        facts = {"unitId": str(self.unit_id), "roleCodes": list(self.role_codes)}
        return Event("training.held", "training_session", self.session_id, facts, self.rules)


@dataclass(frozen=True)
class ResultRecorded:
    """What came of a training for one person was written down."""

    result_id: UUID
    session_id: UUID
    staff_id: UUID
    rules: tuple[str, ...]

    def told(self) -> Event:
        """Put it in the form of the outbox."""
        facts = {"sessionId": str(self.session_id), "staffId": str(self.staff_id)}
        return Event("training.result_recorded", "training_result", self.result_id, facts, self.rules)


@dataclass(frozen=True)
class StaffCommended:
    """A person was commended."""

    commendation_id: UUID
    staff_id: UUID
    unit_id: UUID
    rules: tuple[str, ...]

    def told(self) -> Event:
        """Put it in the form of the outbox."""
        facts = {"staffId": str(self.staff_id), "unitId": str(self.unit_id)}
        return Event("staff.commended", "commendation", self.commendation_id, facts, self.rules)
