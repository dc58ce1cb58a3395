"""Registering staff through the API: reporting a person, and the answer of the body that keeps the register."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import strawberry
from strawberry import relay

from casework.organisation.models import RegistrationState, StaffRegistration
from casework.organisation.queries import visible_registrations
from casework.organisation.registers import register_named
from casework.organisation.registration import (
    DecideRegistration,
    SubmitRegistration,
    cancel_registration,
    confirm_registration,
    return_registration,
    submit_registration,
)
from schema.cases.inputs import KEY, VERSION
from schema.connections import Connection, connect
from schema.context import Info
from schema.cursors import OrderColumn, page_request
from schema.enums import described_enum
from schema.fields import mutation, planned_field
from schema.filters import Column, EnumFilter, StringFilter
from schema.ids import row_id
from schema.organisation import StaffNode, UnitNode
from schema.perform import Payload, perform
from schema.reading.declare import computed, one
from schema.reading.lens import Lens
from schema.reading.sources import Paged
from schema.regulation import Coded
from schema.shown import Shown, shows

described_enum(
    RegistrationState,
    "How far the registration of a member of staff is (登记状态).",
    {
        "SUBMITTED": "Reported, waiting for the body that confirms (已报送).",
        "CONFIRMED": "Confirmed; the posts give their powers (已确认).",
        "RETURNED": "Returned to the unit that reported it (已退回).",
        "CANCELLED": "Confirmed once and cancelled since (已注销).",
    },
)


@strawberry.type(description="One entry of the city's registration form beside what the office knows (登记表填写项).")
class RegistrationField:
    """One entry of the form."""

    key: str = strawberry.field(description="Key of the field in the city's form (字段).")
    value: str = strawberry.field(description="What was filled in (内容).")


@strawberry.type(description="One quality that the text wants of the person (基本条件).")
class QualificationCheck:
    """One quality that the text wants of the person."""

    quality_zh: str = strawberry.field(description="The quality, in the words of the text (条件).")
    met: bool = strawberry.field(description="Whether the person has it (是否符合).")


def entries_of(_lens: Lens, fields: dict[str, str]) -> list[RegistrationField]:
    """Show the entries of the form."""
    return [RegistrationField(key=key, value=value) for key, value in fields.items()]


def checks_of(_lens: Lens, checks: list[Any]) -> list[QualificationCheck]:
    """Show the qualities that were looked at."""
    return [QualificationCheck(quality_zh=check["quality"], met=check["met"]) for check in checks]


def register_of(lens: Lens, code: str) -> Coded | None:
    """Show under which register of the city's regulation it is kept."""
    found = register_named(lens.in_force.profile, code)
    return Coded.made(found.id, found.zh, None, found.basis) if found else None


@shows(
    StaffRegistration,
    name="StaffRegistration",
    description="The report of a person to the body that keeps a register, and its answer (登记备案).",
    seen=visible_registrations,
)
class RegistrationNode(Shown, relay.Node):
    """The report of a person to the body that keeps a register, and its answer."""

    id: relay.NodeID[UUID]
    state: RegistrationState = strawberry.field(description="How far it is (登记状态).")
    submitted_at: datetime = strawberry.field(description="When the unit reported it (报送时间).")
    decided_at: datetime | None = strawberry.field(description="When the body answered last; null before (确认时间).")
    reason: str | None = strawberry.field(description="Why it was returned or cancelled (理由).")

    register: Coded | None = computed(
        register_of,
        StaffRegistration.register,
        description="Under which register; null when the present profile no longer knows it (登记簿).",
    )
    fields: list[RegistrationField] = computed(
        entries_of, StaffRegistration.fields, description="Entries of the form that the unit filled in (登记表)."
    )
    checks: list[QualificationCheck] = computed(
        checks_of, StaffRegistration.checks, description="The qualities that were looked at (基本条件核查)."
    )
    staff: StaffNode | None = one(StaffRegistration.staff_id, "Who is registered (工作人员).")
    unit: UnitNode | None = one(StaffRegistration.unit_id, "The unit that reported the person (报送单位).")
    body: UnitNode | None = one(StaffRegistration.body_id, "The body that confirms (备案机构).")


@strawberry.type(description="What a mutation of a registration answers.")
class RegistrationPayload(Payload):
    """What a mutation of a registration answers."""

    registration: RegistrationNode | None = strawberry.field(
        default=None, description="The registration; null when refused (登记备案)."
    )


@strawberry.input(description="One entry of the city's registration form (登记表填写项).")
class RegistrationFieldInput:
    """One entry of the form."""

    key: str = strawberry.field(description="Key of the field in the city's form (字段).")
    value: str = strawberry.field(description="What is filled in (内容).")


@strawberry.input(description="Whether the person has one quality that the text wants (基本条件).")
class QualificationCheckInput:
    """Whether the person has one quality."""

    quality_zh: str = strawberry.field(description="The quality, in the words of the text (条件).")
    met: bool = strawberry.field(description="Whether the person has it (是否符合).")


@strawberry.input(description="A person to report for registration (报送登记).")
class SubmitStaffRegistrationInput:
    """A person to report for registration."""

    staff_id: strawberry.ID = strawberry.field(description="Who (工作人员).")
    unit_id: strawberry.ID = strawberry.field(description="The unit that reports (报送单位).")
    fields: list[RegistrationFieldInput] = strawberry.field(
        default_factory=list, description="Entries of the form beside name, unit, date and work phone (登记表)."
    )
    checks: list[QualificationCheckInput] = strawberry.field(
        default_factory=list, description="Every quality that the text wants, as looked at (基本条件核查)."
    )
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="A registration to decide on (登记备案办理).")
class DecideStaffRegistrationInput:
    """A registration to decide on."""

    registration_id: strawberry.ID = strawberry.field(description="Which registration (登记备案).")
    reason: str | None = strawberry.field(default=None, description="Why; needed to return or cancel (理由).")
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


def to_decide(given: DecideStaffRegistrationInput) -> DecideRegistration:
    """Read what is decided on."""
    key = row_id(given.registration_id, "StaffRegistration", "registrationId")
    return DecideRegistration(key, given.reason, given.expected_version)


@strawberry.type
class RegistrationMutation:
    """Mutations of registrations."""

    @mutation
    async def submit_staff_registration(self, info: Info, input: SubmitStaffRegistrationInput) -> RegistrationPayload:
        """Report a person of a unit to the body that keeps the register (报送登记)."""
        return await perform(
            info, RegistrationPayload, submit_registration,
            lambda: SubmitRegistration(row_id(input.staff_id, "StaffMember", "staffId"),
                                       row_id(input.unit_id, "Unit", "unitId"),
                                       {each.key: each.value for each in input.fields},
                                       {each.quality_zh: each.met for each in input.checks}),
            input.idempotency_key,
        )  # fmt: skip

    @mutation
    async def confirm_staff_registration(self, info: Info, input: DecideStaffRegistrationInput) -> RegistrationPayload:
        """Confirm a registration; only the body that the text names may, never the unit that reported it (确认登记备案)."""
        return await perform(
            info, RegistrationPayload, confirm_registration, lambda: to_decide(input), input.idempotency_key
        )

    @mutation
    async def return_staff_registration(self, info: Info, input: DecideStaffRegistrationInput) -> RegistrationPayload:
        """Return a registration to the unit that reported it, with the reason (退回登记)."""
        return await perform(
            info, RegistrationPayload, return_registration, lambda: to_decide(input), input.idempotency_key
        )

    @mutation
    async def cancel_staff_registration(self, info: Info, input: DecideStaffRegistrationInput) -> RegistrationPayload:
        """Cancel a confirmed registration; what is in the person's hands is handed over before (注销登记)."""
        return await perform(
            info, RegistrationPayload, cancel_registration, lambda: to_decide(input), input.idempotency_key
        )


@strawberry.input(description="Narrows a list of registrations; the conditions given must all hold.")
class RegistrationFilter:
    """Narrows a list of registrations."""

    state: EnumFilter[RegistrationState] | None = strawberry.field(default=None, description="By state.")
    register: StringFilter | None = strawberry.field(default=None, description="By code of the register.")


class RegistrationOrder(StrEnum):
    """By what a list of registrations is ordered."""

    SUBMITTED_AT_DESC = "SUBMITTED_AT_DESC"


COLUMNS: dict[str, Column] = {
    "state": StaffRegistration.state.expression,
    "register": StaffRegistration.register.expression,
}
REGISTRATIONS = Paged(
    StaffRegistration,
    seen=visible_registrations,
    orders={
        RegistrationOrder.SUBMITTED_AT_DESC: OrderColumn(
            "submitted_at", StaffRegistration.submitted_at.expression, descending=True
        )
    },
    default=(RegistrationOrder.SUBMITTED_AT_DESC,),
    filters=COLUMNS,
)


@strawberry.type
class RegistrationQuery:
    """Reading registrations."""

    @planned_field(REGISTRATIONS)
    async def staff_registrations(
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
        filter: Annotated[RegistrationFilter | None, strawberry.argument(description="Narrows the list.")] = None,
    ) -> Connection[RegistrationNode]:
        """Registrations of the caller's own, of units he answers for, and of bodies he decides for, newest first (登记备案)."""
        page = page_request(first, after, last, before)
        return await connect(info, REGISTRATIONS, page, RegistrationNode.of, filter=filter)
