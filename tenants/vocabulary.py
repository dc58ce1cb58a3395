"""The closed lists of the program: everything a profile may name that the code must understand."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

STATES: Mapping[str, str] = MappingProxyType(
    {
        "RECEIVED": "The request is recorded.",
        "RESPONDED": "A person answered what was asked.",
        "ACCEPTED": "The unit has taken the matter; the profile revision is pinned.",
        "COMMISSIONED": "The mandate is signed.",
        "PLANNED": "The service plan is made.",
        "PREPARING": "Papers are being prepared and checked.",
        "FILED": "The department has the filing.",
        "DECIDED": "The department's result is known.",
        "DELIVERING": "The result is on its way to the applicant.",
        "COMPLETED": "The service ended normally.",
        "TERMINATED": "The service ended early for a cause of the profile.",
        "DECLINED": "The matter was refused with an explanation.",
        "REFERRED_OUT": "The applicant was led to whoever is competent.",
        "WITHDRAWN": "The applicant took the request back.",
        "ARCHIVED": "The file is sealed.",
    }
)

ALWAYS_REACHABLE: tuple[str, ...] = (
    "RECEIVED",
    "RESPONDED",
    "ACCEPTED",
    "PREPARING",
    "FILED",
    "DECIDED",
    "DELIVERING",
    "COMPLETED",
    "TERMINATED",
    "WITHDRAWN",
    "ARCHIVED",
)
"""States that every case can be in, whatever its workflow."""

OPENED_BY_GATE: Mapping[str, str] = MappingProxyType(
    {
        "ANSWER": "COMPLETED",
        "DECLINE": "DECLINED",
        "REFER_OUT": "REFERRED_OUT",
        "COMMISSION": "COMMISSIONED",
        "CONVERT": "ACCEPTED",
        "PLAN": "PLANNED",
    }
)
"""Transitions that exist only in a workflow with at least one gate for them, and the state they lead to."""

TRANSITIONS: Mapping[str, str] = MappingProxyType(
    {
        "CREATE": "A request is recorded.",
        "RESPOND": "Somebody answers the request.",
        "ANSWER": "A question is answered and the matter ends with it.",
        "ACCEPT": "The unit takes the matter.",
        "TRIAGE": "The matter gets its class.",
        "DECLINE": "The matter is refused.",
        "REFER_OUT": "The applicant is led to another office.",
        "WITHDRAW": "The applicant takes the request back.",
        "COMMISSION": "The mandate is accepted.",
        "CONVERT": "The case goes on under another workflow.",
        "PLAN": "The service plan is made.",
        "PREPARE": "Work on the papers begins.",
        "FILE": "The filing goes to the department.",
        "RETURN_FILING": "The department asks for a correction.",
        "DECIDE": "The department's result is recorded.",
        "DECIDE_ON_SPOT": "The window settles the matter at once.",
        "DELIVER": "The result goes to the applicant.",
        "COMPLETE": "The service ends normally.",
        "TERMINATE": "The service ends early.",
        "ARCHIVE": "The file is sealed.",
    }
)
"""What can happen to a case; gates of workflows name these."""

OFFICE_TRANSITIONS: Mapping[str, str] = MappingProxyType(
    {
        "PUBLISH_GUIDE": "A guide or handbook is published.",
        "HANDLE_LEG": "Another unit starts work on its part of a case.",
        "ISSUE_FEE_NOTICE": "The applicant is told of a fee.",
        "SCHEDULE_VISIT": "A visit or an appointment is booked.",
        "PERFORM_CALLBACK": "Somebody calls the applicant back.",
        "RESOLVE_COMPLAINT": "A founded complaint counts as solved.",
        "CLOSE_COMPLAINT": "A complaint is closed.",
        "END_ROLE": "A person gives up a role.",
    }
)
"""What can happen outside the path of a case; the gates at the top of a profile name these."""

CONDITIONS: Mapping[str, str] = MappingProxyType(
    {
        "ON_SPOT": "The matter was answered or decided on the spot.",
        "NOT_ON_SPOT": "The matter was filed and decided later.",
        "SAME_DAY_MISSED": "The limit of the same day was missed.",
        "MANDATED": "A mandate was signed for the case.",
        "SERVICE_ENDED": "The case is completed or terminated, not refused, referred or withdrawn.",
    }
)
"""When a gate applies (`params.when`); without it a gate always applies."""

SERVICE_KINDS = ("ASSIST", "AGENCY", "ORDER", "JOINT", "BUNDLE")
MATERIALS_GATES = ("NONE", "BEFORE_WINDOW", "BEFORE_MANDATE", "BEFORE_FILING")
CLOCKS = ("WORKING_TIME", "CALENDAR", "FROM_ITEM_VERSION")
LEGAL_STATUSES = ("REGULATION", "OPERATIONAL", "MEASURE_ONLY")
WEEKDAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")

TIMER_EVENTS: tuple[str, ...] = (
    "REQUEST_RECEIVED",
    "FIRST_HUMAN_RESPONSE",
    "ACCEPTED",
    "ACCEPTED_WITH_GAP",
    "GAP_NOTICE",
    "GAP_CLEARED",
    "MATERIALS_PRESENTED",
    "CHECK_DONE",
    "AT_WINDOW",
    "COMMISSIONED",
    "PLAN_APPROVED",
    "FILED",
    "DECIDED",
    "RESULT_NOTIFIED",
    "LAST_PROGRESS_NOTICE",
    "MAILED",
    "RECEIPT_CONFIRMED",
    "RESULT_HANDED_OVER",
    "COMPLETION_SIGNED",
    "COMPLETED",
    "ARCHIVED",
    "DEMAND_RECORDED",
    "FIRST_RESPONSE",
    "DEMAND_CLOSED",
    "COMPLAINT_RECEIVED",
    "FIRST_CONTACT",
    "UNDER_WATCH",
    "BAD_REVIEW_OR_COMPLAINT_RECEIVED",
    "CALLBACK_ASSIGNED",
    "CALLBACK_DONE",
    "RESULT_REPORTED_TO_APPLICANT",
    "ROLE_CHANGED",
    "STAFF_REPORTED",
    "LIST_PUBLISHED",
    "ISSUED",
)
"""What starts and stops a timer. Each notice of progress restarts LAST_PROGRESS_NOTICE; acceptance is the first."""

BREACH_ACTIONS = ("RECORD_BREACH", "ESCALATE", "URGE_DEPARTMENT", "REQUIRE_EXPLANATION", "REMIND_CASE_WORKER")
"""What a missed limit sets off; ESCALATE goes up the profile's escalation chain."""

NEUTRAL_ROLES: tuple[str, ...] = (
    "GUIDE",
    "INTAKE_OFFICER",
    "CASE_WORKER",
    "GRID_AGENT",
    "PROJECT_OFFICER",
    "DEPT_HELPER",
    "CHIEF_REP",
    "LIAISON",
    "CHIEF_HELPER",
    "UNIT_LEAD",
    "SUPERVISOR",
    "CENTRE_COORDINATOR",
    "TENANT_SUPERVISOR",
    "CALLBACK_OFFICER",
    "LEAD_DEPARTMENT_OFFICER",
    "VOLUNTEER",
    "PARTNER_HELPER",
    "DATA_CENTRE_OPERATOR",
)
"""The roles that permissions speak of; a city's roles are mapped onto them."""

UNIT_KINDS = ("SERVICE_UNIT", "DEPARTMENT", "PARTNER", "SUPERVISION", "DATA_CENTRE", "GRID_NODE")
DUTY_SCOPES = ("TENANT", "SUBTREE", "UNIT", "UNIT_AND_UPWARD", "OWN_CASE_AND_UNIT")
SCOPE_RULES = ("ALL_SETTLED_ITEMS", "LISTED_ITEMS_ONLY", "SETTLED_AT_OWN_TIER", "SCOPE_CODES", "ANY_RELEVANT_ITEM")
LIST_PURPOSES = ("AGENCY", "ASSIST_AND_AGENCY", "BUNDLE", "GRID", "REFERENCE")
PARTIES = ("APPLICANT", "SERVICE_UNIT", "CASE_WORKER")
FORM_SCOPES = ("any", "demand", "staff", "catalogue")
TIMER_SCOPES = ("any", "demand", "complaint", "staff", "catalogue", "oversight", "profile", "programme")
STAGE_OBJECTS = ("REQUEST", "TRIAGE_CLASS", "DELIVERY_RECORD", "PROGRESS_NOTICE")
CALLBACK_EVENTS = ("ASSIST_ARCHIVED", "COMPLAINT_RESOLVED", "DEMAND_CLOSED", "LEDGER_SAMPLE", "BAD_REVIEW", "COMPLAINT")
INVITATION_EVENTS = ("RESULT_NOTIFIED", "COMPLETED", "ARCHIVED")
CAUSE_REQUIREMENTS = (
    "REASON",
    "EVIDENCE",
    "EXPLANATION",
    "CANNOT_PROCEED_STATEMENT",
    "FEE_NOTICE",
    "DUE_DATE_PASSED",
    "APPROVAL",
)
"""What a cause of termination needs on file; APPROVAL is a second person's, in the role `approved_by`."""
