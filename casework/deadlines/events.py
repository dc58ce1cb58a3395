"""What happens to clocks and calendars, in the past tense; payloads hold ids, codes and instants only."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from casework.deadlines.models import CalendarDay, ExtraShift, Timer
from casework.kernel.events import Event

TIMER = "timer"
"""The aggregate of the events of a clock."""


def facts_of(timer: Timer) -> dict[str, Any]:
    """Tell which clock it is, of what, until when, and with which legal status."""
    return {
        "code": timer.code,
        "subjectKind": timer.subject_kind,
        "subjectId": str(timer.subject_id),
        "dueAt": timer.due_at.isoformat() if timer.due_at else None,
        "legalStatus": timer.legal_status.value,
    }


@dataclass(frozen=True)
class TimerWarned:
    """A clock reached its warning; it runs on."""

    timer: Timer

    def told(self) -> Event:
        """Put it in the form of the outbox."""
        return Event("timer.warned", TIMER, self.timer.id, facts_of(self.timer), tuple(self.timer.rules))


@dataclass(frozen=True)
class TimerMet:
    """What a clock waited for happened in time."""

    timer: Timer

    def told(self) -> Event:
        """Put it in the form of the outbox."""
        return Event("timer.met", TIMER, self.timer.id, facts_of(self.timer), tuple(self.timer.rules))


@dataclass(frozen=True)
class TimerBreached:
    """A limit was passed; the case goes on."""

    timer: Timer

    def told(self) -> Event:
        """Put it in the form of the outbox."""
        return Event("timer.breached", TIMER, self.timer.id, facts_of(self.timer), tuple(self.timer.rules))


@dataclass(frozen=True)
class EscalationUnheard:
    """A missed limit had to be reported, and nobody holds a post that it could be reported to."""

    timer_id: UUID
    action: str
    rules: tuple[str, ...]

    def told(self) -> Event:
        """Put it in the form of the outbox."""
        return Event("timer.escalation_unheard", TIMER, self.timer_id, {"action": self.action}, self.rules)


@dataclass(frozen=True)
class ShiftAdded:
    """A unit serves at an extra time."""

    shift: ExtraShift
    recomputed: int
    rules: tuple[str, ...]

    def told(self) -> Event:
        """Put it in the form of the outbox."""
        facts = {
            "unitId": str(self.shift.unit_id),
            "kind": self.shift.kind,
            "startsAt": self.shift.starts_at.isoformat(),
            "endsAt": self.shift.ends_at.isoformat(),
            "counts": self.shift.counts,
            "timersMoved": self.recomputed,
        }
        return Event("calendar.shift_added", "extra_shift", self.shift.id, facts, self.rules)


@dataclass(frozen=True)
class CalendarDaySet:
    """A date was made a day off or a working day."""

    day: CalendarDay
    recomputed: int

    def told(self) -> Event:
        """Put it in the form of the outbox."""
        facts = {
            "day": self.day.day.isoformat(),
            "isWorkday": self.day.is_workday,
            "provisional": self.day.provisional,
            "timersMoved": self.recomputed,
        }
        return Event("calendar.day_set", "calendar_day", self.day.id, facts)


@dataclass(frozen=True)
class CalendarSeeded:
    """The official notices of some years were recorded; the others are marked as provisional."""

    first_day_id: UUID
    official: tuple[int, ...]
    provisional: tuple[int, ...]
    recomputed: int

    def told(self) -> Event:
        """Put it in the form of the outbox."""
        facts = {
            "officialYears": list(self.official),
            "provisionalYears": list(self.provisional),
            "timersMoved": self.recomputed,
        }
        return Event("calendar.seeded", "calendar_day", self.first_day_id, facts)
