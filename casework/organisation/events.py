"""What happens in the organisation room, in the past tense; payloads hold ids and codes only."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from casework.kernel.events import Event


@dataclass(frozen=True)
class UnitOpened:
    """A unit joined the tree of the jurisdiction."""

    unit_id: UUID
    unit_type: str
    tier: str

    def told(self) -> Event:
        """Put it in the form of the outbox."""
        facts = {"unitType": self.unit_type, "tier": self.tier}
        return Event("unit.opened", "org_unit", self.unit_id, facts)


@dataclass(frozen=True)
class StaffRegistered:
    """A person was entered in the staff register of a unit (登记在册)."""

    staff_id: UUID
    unit_id: UUID
    source: str

    def told(self) -> Event:
        """Put it in the form of the outbox."""
        facts = {"unitId": str(self.unit_id), "source": self.source}
        return Event("staff.registered", "staff_member", self.staff_id, facts)


@dataclass(frozen=True)
class RegistrationMoved:
    """The registration of a person was submitted, confirmed, returned or cancelled (登记备案)."""

    registration_id: UUID
    staff_id: UUID
    unit_id: UUID
    register: str
    step: str
    rules: tuple[str, ...]

    def told(self) -> Event:
        """Put it in the form of the outbox."""
        facts = {"staffId": str(self.staff_id), "unitId": str(self.unit_id), "register": self.register}
        return Event(f"staff.registration_{self.step}", "staff_registration", self.registration_id, facts, self.rules)


@dataclass(frozen=True)
class RoleAssigned:
    """A person was given a post; whoever keeps roles in memory reads them again."""

    assignment_id: UUID
    staff_id: UUID
    unit_id: UUID
    role_code: str
    rules: tuple[str, ...]

    def told(self) -> Event:
        """Put it in the form of the outbox."""
        facts = {"staffId": str(self.staff_id), "unitId": str(self.unit_id), "roleCode": self.role_code}
        return Event("role.assigned", "role_assignment", self.assignment_id, facts, self.rules)


@dataclass(frozen=True)
class RoleEnded:
    """A post came to its end, or got a date for it."""

    assignment_id: UUID
    staff_id: UUID
    unit_id: UUID
    role_code: str
    valid_to: str
    rules: tuple[str, ...]

    def told(self) -> Event:
        """Put it in the form of the outbox."""
        facts = {
            "staffId": str(self.staff_id),
            "unitId": str(self.unit_id),
            "roleCode": self.role_code,
            "validTo": self.valid_to,
        }
        return Event("role.ended", "role_assignment", self.assignment_id, facts, self.rules)


@dataclass(frozen=True)
class EndPutOff:
    """The planned end of a post was reached while something was still in hand: the post goes on (NX-A6-2)."""

    assignment_id: UUID
    staff_id: UUID
    unit_id: UUID
    role_code: str
    planned: str
    in_hand: Mapping[str, int]
    rules: tuple[str, ...]

    def told(self) -> Event:
        """Put it in the form of the outbox."""
        facts = {
            "staffId": str(self.staff_id),
            "unitId": str(self.unit_id),
            "roleCode": self.role_code,
            "planned": self.planned,
            "inHand": dict(self.in_hand),
        }
        return Event("role.end_put_off", "role_assignment", self.assignment_id, facts, self.rules)


@dataclass(frozen=True)
class EndPutOffUnheard:
    """Nobody holds a role of the city's chain who could be told that an end was put off."""

    assignment_id: UUID
    unit_id: UUID
    rules: tuple[str, ...]

    def told(self) -> Event:
        """Put it in the form of the outbox."""
        facts = {"unitId": str(self.unit_id)}
        return Event("role.end_put_off_unheard", "role_assignment", self.assignment_id, facts, self.rules)


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
class PostFellVacant:
    """The last holder of a post in a unit leaves it: somebody has to fill it (TA-6-30)."""

    unit_id: UUID
    role_code: str
    since: str
    rules: tuple[str, ...]

    def told(self) -> Event:
        """Put it in the form of the outbox."""
        facts = {"roleCode": self.role_code, "since": self.since}
        return Event("staff.vacancy", "org_unit", self.unit_id, facts, self.rules)


@dataclass(frozen=True)
class NotificationSent:
    """A message was left for a member of staff or an applicant."""

    notification_id: UUID
    template: str
    recipient_kind: str
    recipient_id: UUID
    subject_kind: str
    subject_id: UUID
    automatic: bool

    def told(self) -> Event:
        """Put it in the form of the outbox."""
        facts = {
            "template": self.template,
            "recipientKind": self.recipient_kind,
            "recipientId": str(self.recipient_id),
            "subjectKind": self.subject_kind,
            "subjectId": str(self.subject_id),
            "automatic": self.automatic,
        }
        return Event("notification.sent", "notification", self.notification_id, facts)


@dataclass(frozen=True)
class UnitChanged:
    """What the register says of a unit was brought up to date."""

    unit_id: UUID
    fields: tuple[str, ...]

    def told(self) -> Event:
        """Put it in the form of the outbox."""
        return Event("unit.changed", "org_unit", self.unit_id, {"fields": list(self.fields)})


@dataclass(frozen=True)
class StaffChanged:
    """What the register says of a person was brought up to date; which entries, not what they hold."""

    staff_id: UUID
    fields: tuple[str, ...]

    def told(self) -> Event:
        """Put it in the form of the outbox."""
        return Event("staff.changed", "staff_member", self.staff_id, {"fields": list(self.fields)})


@dataclass(frozen=True)
class RoleChanged:
    """How a post is held was corrected."""

    assignment_id: UUID
    staff_id: UUID
    unit_id: UUID
    role_code: str

    def told(self) -> Event:
        """Put it in the form of the outbox."""
        facts = {"staffId": str(self.staff_id), "unitId": str(self.unit_id), "roleCode": self.role_code}
        return Event("role.changed", "role_assignment", self.assignment_id, facts)


HANDOVER_OFFERED = "handover.offered"
HANDOVER_UNPLACED = "handover.unplaced"
HANDOVER_ACCEPTED = "handover.accepted"
HANDOVER_DISPUTED = "handover.disputed"
HANDOVER_CANCELLED = "handover.cancelled"
HANDOVER_GAP_FOUND = "handover.gap_found"
HANDOVER_LAPSED = "handover.lapsed"


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
