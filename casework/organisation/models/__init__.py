"""Tables of the organisation room."""

from casework.organisation.models.duty import (
    DutyHandover,
    HandoverIncident,
    HandoverItem,
    HandoverState,
    IncidentKind,
    ItemState,
)
from casework.organisation.models.notification import Notification, Recipient
from casework.organisation.models.staff import (
    STANDING,
    TO_BE_JUDGED,
    Engagement,
    RegistrationState,
    RoleAssignment,
    StaffMember,
    StaffRegistration,
)
from casework.organisation.models.unit import OrgUnit, ServicePoint, UnitNameTail

__all__ = [
    "STANDING",
    "TO_BE_JUDGED",
    "DutyHandover",
    "Engagement",
    "HandoverIncident",
    "HandoverItem",
    "HandoverState",
    "IncidentKind",
    "ItemState",
    "Notification",
    "OrgUnit",
    "Recipient",
    "RegistrationState",
    "RoleAssignment",
    "ServicePoint",
    "StaffMember",
    "StaffRegistration",
    "UnitNameTail",
]
