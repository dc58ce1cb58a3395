"""What happens to hand-overs and to people who leave or move, in the past tense; payloads hold ids and codes only."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from casework.kernel.events import Event

HANDOVER_OFFERED = "handover.offered"
HANDOVER_UNPLACED = "handover.unplaced"
HANDOVER_ACCEPTED = "handover.accepted"
HANDOVER_DISPUTED = "handover.disputed"
HANDOVER_CANCELLED = "handover.cancelled"
HANDOVER_GAP_FOUND = "handover.gap_found"
HANDOVER_LAPSED = "handover.lapsed"


@dataclass(frozen=True)
class HandoverFailed:
    """A hand-over failed, and the units are named that have to put it right (NX-A6-3)."""

    incident_id: UUID
    kind: str
    staff_id: UUID
    responsible: tuple[UUID, ...]
    rules: tuple[str, ...]

    def told(self) -> Event:
        """Put it in the form of the outbox."""
        facts = {
            "kind": self.kind,
            "staffId": str(self.staff_id),
            "responsibleUnitIds": [str(each) for each in self.responsible],
        }
        return Event("handover.failed", "handover_incident", self.incident_id, facts, self.rules)


@dataclass(frozen=True)
class HandoverPutRight:
    """A responsible unit put a failed hand-over right (NX-A6-3)."""

    incident_id: UUID
    kind: str
    staff_id: UUID
    rules: tuple[str, ...]

    def told(self) -> Event:
        """Put it in the form of the outbox."""
        facts = {"kind": self.kind, "staffId": str(self.staff_id)}
        return Event("handover.put_right", "handover_incident", self.incident_id, facts, self.rules)


@dataclass(frozen=True)
class HandoverStep:
    """A hand-over was offered, accepted, disputed or called off: who leaves, who answered, how many matters of each kind."""

    name: str
    handover_id: UUID
    from_staff_id: UUID
    people: tuple[UUID, ...]
    matters: Mapping[str, int]
    rules: tuple[str, ...]

    def told(self) -> Event:
        """Put it in the form of the outbox."""
        facts = {
            "fromStaffId": str(self.from_staff_id),
            "staffIds": [str(each) for each in self.people],
            "matters": dict(self.matters),
        }
        return Event(self.name, "duty_handover", self.handover_id, facts, self.rules)


@dataclass(frozen=True)
class StaffDeactivated:
    """A person left the service; the register keeps the entry."""

    staff_id: UUID
    unit_id: UUID

    def told(self) -> Event:
        """Put it in the form of the outbox."""
        return Event("staff.deactivated", "staff_member", self.staff_id, {"unitId": str(self.unit_id)})


@dataclass(frozen=True)
class StaffMoved:
    """A person has another home unit; the posts in the former one are over."""

    staff_id: UUID
    from_unit_id: UUID
    to_unit_id: UUID

    def told(self) -> Event:
        """Put it in the form of the outbox."""
        facts = {"fromUnitId": str(self.from_unit_id), "toUnitId": str(self.to_unit_id)}
        return Event("staff.moved", "staff_member", self.staff_id, facts)
