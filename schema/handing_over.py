"""Mutations of hand-overs, and of people who leave or move."""

import strawberry

from casework.cases.report_gap import ReportHandoverGap, report_handover_gap
from casework.organisation.answer_handover import (
    AcceptHandover,
    CancelHandover,
    DisputeHandover,
    accept_handover,
    cancel_handover,
    dispute_handover,
)
from casework.organisation.leave_duty import DeactivateStaff, MoveStaff, deactivate_staff, move_staff
from casework.organisation.resolve_incident import ResolveIncident, resolve_incident
from casework.organisation.start_handover import StartHandover, start_handover
from schema.cases.inputs import KEY, VERSION
from schema.context import Info
from schema.fields import mutation
from schema.handovers import DutyHandoverNode, HandoverIncidentNode
from schema.ids import row_id
from schema.organisation import StaffNode
from schema.perform import Payload, perform

WHICH = "Which hand-over (交接)."


@strawberry.type(description="What a mutation of a hand-over answers.")
class HandoverPayload(Payload):
    """What a mutation of a hand-over answers."""

    handover: DutyHandoverNode | None = strawberry.field(default=None, description="It; null when refused (交接).")


@strawberry.type(description="What a mutation of a failed hand-over answers.")
class HandoverIncidentPayload(Payload):
    """What a mutation of a failed hand-over answers."""

    incident: HandoverIncidentNode | None = strawberry.field(
        default=None, description="It; null when refused (交接失误)."
    )


@strawberry.type(description="What a mutation of an entry in the register of staff answers.")
class StaffPayload(Payload):
    """What a mutation of an entry in the register of staff answers."""

    staff: StaffNode | None = strawberry.field(default=None, description="The person; null when refused (工作人员).")


@strawberry.input(description="A hand-over to start (发起交接).")
class StartHandoverInput:
    """A hand-over to start."""

    staff_id: strawberry.ID = strawberry.field(description="Whose work is handed over (移交人).")
    reason: str = strawberry.field(description="Why, at most 500 characters (交接原因).")
    receiver_id: strawberry.ID | None = strawberry.field(
        default=None, description="Who is asked first; the others are proposed by jurisdiction, role and load (接收人)."
    )
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="A hand-over to accept (确认接收).")
class AcceptHandoverInput:
    """A hand-over to accept."""

    handover_id: strawberry.ID = strawberry.field(description=WHICH)
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="A hand-over to dispute (提出异议).")
class DisputeHandoverInput:
    """A hand-over to dispute."""

    handover_id: strawberry.ID = strawberry.field(description=WHICH)
    reason: str = strawberry.field(description="What is wrong, at most 500 characters (异议原因).")
    item_ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description="Which matters; everything offered to the caller if absent (事项)."
    )
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="A hand-over to call off (撤回交接).")
class CancelHandoverInput:
    """A hand-over to call off."""

    handover_id: strawberry.ID = strawberry.field(description=WHICH)
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="A case that a hand-over left out (报告遗漏).")
class ReportHandoverGapInput:
    """A case that a hand-over left out."""

    handover_id: strawberry.ID = strawberry.field(description=WHICH)
    case_id: strawberry.ID = strawberry.field(description="The case (办件).")
    note: str = strawberry.field(description="How it was found, at most 500 characters (说明).")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="A failed hand-over that was put right (登记处理结果).")
class ResolveHandoverIncidentInput:
    """A failed hand-over that was put right."""

    incident_id: strawberry.ID = strawberry.field(description="Which one (交接失误).")
    resolution: str = strawberry.field(description="How, at most 500 characters (处理结果).")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="A person who leaves the service (离岗).")
class DeactivateStaffInput:
    """A person who leaves the service."""

    staff_id: strawberry.ID = strawberry.field(description="Who (工作人员).")
    reason: str = strawberry.field(description="Why, at most 500 characters (离岗原因).")
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="A person who goes to another unit (调动).")
class MoveStaffInput:
    """A person who goes to another unit."""

    staff_id: strawberry.ID = strawberry.field(description="Who (工作人员).")
    unit_id: strawberry.ID = strawberry.field(description="Where to (调入机构).")
    reason: str = strawberry.field(description="Why, at most 500 characters (调动原因).")
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.type
class HandoverMutation:
    """Mutations of hand-overs."""

    @mutation
    async def start_handover(self, info: Info, input: StartHandoverInput) -> HandoverPayload:
        """Offer everything that somebody has in hand to successors; it moves when they accept (发起在手事项交接)."""
        asked = input.receiver_id
        return await perform(
            info, HandoverPayload, start_handover,
            lambda: StartHandover(row_id(input.staff_id, "StaffMember", "staffId"), input.reason,
                                  row_id(asked, "StaffMember", "receiverId") if asked else None),
            input.idempotency_key,
        )  # fmt: skip

    @mutation
    async def accept_handover(self, info: Info, input: AcceptHandoverInput) -> HandoverPayload:
        """Take over what is offered to the caller; responsibility moves now (确认接收)."""
        return await perform(
            info, HandoverPayload, accept_handover,
            lambda: AcceptHandover(row_id(input.handover_id, "DutyHandover", "handoverId"), input.expected_version),
            input.idempotency_key,
        )  # fmt: skip

    @mutation
    async def dispute_handover(self, info: Info, input: DisputeHandoverInput) -> HandoverPayload:
        """Dispute what is offered to the caller; it stays with the leaver (提出异议)."""
        items = input.item_ids
        return await perform(
            info, HandoverPayload, dispute_handover,
            lambda: DisputeHandover(row_id(input.handover_id, "DutyHandover", "handoverId"), input.reason,
                                    None if items is None else tuple(row_id(each, "HandoverItem", "itemIds") for each in items),
                                    input.expected_version),
            input.idempotency_key,
        )  # fmt: skip

    @mutation
    async def cancel_handover(self, info: Info, input: CancelHandoverInput) -> HandoverPayload:
        """Call off what nobody has answered yet (撤回交接)."""
        return await perform(
            info, HandoverPayload, cancel_handover,
            lambda: CancelHandover(row_id(input.handover_id, "DutyHandover", "handoverId"), input.expected_version),
            input.idempotency_key,
        )  # fmt: skip

    @mutation
    async def report_handover_gap(self, info: Info, input: ReportHandoverGapInput) -> HandoverPayload:
        """Take a case that the list left out, and have the failure recorded (报告交接遗漏)."""
        return await perform(
            info, HandoverPayload, report_handover_gap,
            lambda: ReportHandoverGap(row_id(input.handover_id, "DutyHandover", "handoverId"),
                                      row_id(input.case_id, "Case", "caseId"), input.note),
            input.idempotency_key,
        )  # fmt: skip

    @mutation
    async def resolve_handover_incident(
        self, info: Info, input: ResolveHandoverIncidentInput
    ) -> HandoverIncidentPayload:
        """Say how a failed hand-over was put right, for one of the responsible units (登记处理结果)."""
        return await perform(
            info, HandoverIncidentPayload, resolve_incident,
            lambda: ResolveIncident(row_id(input.incident_id, "HandoverIncident", "incidentId"), input.resolution),
            input.idempotency_key,
        )  # fmt: skip

    @mutation
    async def deactivate_staff(self, info: Info, input: DeactivateStaffInput) -> StaffPayload:
        """Take a person off duty, with every post; never with anything in hand (离岗)."""
        return await perform(
            info, StaffPayload, deactivate_staff,
            lambda: DeactivateStaff(row_id(input.staff_id, "StaffMember", "staffId"), input.reason,
                                    input.expected_version),
            input.idempotency_key,
        )  # fmt: skip

    @mutation
    async def move_staff(self, info: Info, input: MoveStaffInput) -> StaffPayload:
        """Give a person another home unit; never with anything of the former one in hand (调动)."""
        return await perform(
            info, StaffPayload, move_staff,
            lambda: MoveStaff(row_id(input.staff_id, "StaffMember", "staffId"), row_id(input.unit_id, "Unit", "unitId"),
                              input.reason, input.expected_version),
            input.idempotency_key,
        )  # fmt: skip
