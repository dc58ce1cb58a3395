"""What happens in the feedback room, in the past tense; payloads hold ids and codes, never what somebody said."""

from dataclasses import dataclass
from uuid import UUID

from casework.feedback.models import Callback, Evaluation
from casework.kernel.events import Event

CALLBACK = "callback"
EVALUATION = "evaluation"


def _of(callback: Callback) -> dict[str, str | None]:
    return {
        "caseId": str(callback.case_id),
        "unitId": str(callback.unit_id),
        "reason": callback.reason,
        "dueAt": callback.due_at.isoformat() if callback.due_at else None,
    }


@dataclass(frozen=True)
class CallbackPlanned:
    """An applicant will be called back."""

    callback: Callback

    def told(self) -> Event:
        """Put it in the form of the outbox."""
        return Event("callback.planned", CALLBACK, self.callback.id, _of(self.callback), tuple(self.callback.rules))


@dataclass(frozen=True)
class CallbackAssigned:
    """Somebody who did not handle the case will call."""

    callback: Callback
    assignee_id: UUID

    def told(self) -> Event:
        """Put it in the form of the outbox."""
        facts = {**_of(self.callback), "assigneeId": str(self.assignee_id)}
        return Event("callback.assigned", CALLBACK, self.callback.id, facts, tuple(self.callback.rules))


@dataclass(frozen=True)
class CallbackTried:
    """A call was made: it reached the applicant, was refused, found nobody, or was the last one."""

    callback: Callback
    name: str

    def told(self) -> Event:
        """Put it in the form of the outbox."""
        facts = {**_of(self.callback), "outcome": self.callback.outcome, "attempts": self.callback.attempts}
        return Event(self.name, CALLBACK, self.callback.id, facts, tuple(self.callback.rules))


@dataclass(frozen=True)
class EvaluationGiven:
    """An applicant evaluated the service."""

    evaluation: Evaluation
    rules: tuple[str, ...]

    def told(self) -> Event:
        """Put it in the form of the outbox."""
        facts = {
            "caseId": str(self.evaluation.case_id),
            "source": self.evaluation.source,
            "bad": self.evaluation.bad,
            "afterArchive": self.evaluation.after_archive,
        }
        return Event("evaluation.given", EVALUATION, self.evaluation.id, facts, self.rules)


@dataclass(frozen=True)
class BadReviewGiven:
    """An applicant gave a bad review (差评); some cities must call back (CH-4.3-3)."""

    evaluation: Evaluation
    rules: tuple[str, ...]

    def told(self) -> Event:
        """Put it in the form of the outbox."""
        facts = {"caseId": str(self.evaluation.case_id), "source": self.evaluation.source}
        return Event("evaluation.bad", EVALUATION, self.evaluation.id, facts, self.rules)
