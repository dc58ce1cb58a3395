"""What happens in the assessment room, in the past tense; payloads hold ids and codes only, never points or words."""

from dataclasses import dataclass
from uuid import UUID

from casework.kernel.events import Event


@dataclass(frozen=True)
class SchemeAdopted:
    """A unit adopted the measures of an assessment."""

    scheme_id: UUID
    unit_id: UUID
    kind: str
    rules: tuple[str, ...]

    def told(self) -> Event:
        """Put it in the form of the outbox."""
        facts = {"unitId": str(self.unit_id), "kind": self.kind}
        return Event("assessment.scheme_adopted", "assessment_scheme", self.scheme_id, facts, self.rules)


@dataclass(frozen=True)
class StaffAssessed:
    """A person was assessed; nothing of his posts changes by that."""

    assessment_id: UUID
    staff_id: UUID
    unit_id: UUID
    kind: str
    rules: tuple[str, ...]

    def told(self) -> Event:
        """Put it in the form of the outbox."""
        facts = {"staffId": str(self.staff_id), "unitId": str(self.unit_id), "kind": self.kind}
        return Event("assessment.recorded", "assessment", self.assessment_id, facts, self.rules)


@dataclass(frozen=True)
class AssessmentDecided:
    """Somebody decided on an assessment: the person keeps his post, is trained, changes it or leaves it (NX-6-7)."""

    decision_id: UUID
    assessment_id: UUID
    staff_id: UUID
    outcome: str
    rules: tuple[str, ...]

    def told(self) -> Event:
        """Put it in the form of the outbox."""
        facts = {
            "assessmentId": str(self.assessment_id),
            "staffId": str(self.staff_id),
            "outcome": self.outcome,
        }
        return Event("assessment.decided", "assessment_decision", self.decision_id, facts, self.rules)
