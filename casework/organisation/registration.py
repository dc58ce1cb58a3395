"""Registering staff: a unit reports a person, the body that the text names confirms, returns or cancels (登记备案).

TA-6-28, ZZ-3-2, PX-B-5.1-7, PX-B-5.1-9; the registering body is never the reporting unit (SOD7).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select

from authz.decide import Resource
from casework.kernel.errors import Code, Refusal, invalid, not_found
from casework.kernel.work import Work, check_version
from casework.organisation.events import RegistrationMoved
from casework.organisation.handover import check_leaving, leaving_post
from casework.organisation.models import OrgUnit, RegistrationState, RoleAssignment, StaffMember, StaffRegistration
from casework.organisation.queries import held_at, paths_upward, staff_by_id, unit_by_id
from casework.organisation.registers import (
    asked_fields,
    body_tier,
    body_type,
    conditions_for,
    register_for,
    register_named,
)
from tenants.profile import Register

REPORT, CONFIRM = "staff.register_report", "staff.registration_confirm"
STANDING = (RegistrationState.SUBMITTED, RegistrationState.CONFIRMED)


@dataclass(frozen=True)
class SubmitRegistration:
    """Whom a unit reports; `fields` are the entries of the form that the office does not know, by their keys.

    `checks` says of each quality that the text wants, by its Chinese name, whether the person has it.
    """

    staff_id: UUID
    unit_id: UUID
    fields: Mapping[str, str] = field(default_factory=dict)
    checks: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True)
class DecideRegistration:
    """Which registration is confirmed, returned or cancelled; a reason is needed for the last two."""

    registration_id: UUID
    reason: str | None = None
    expected_version: int | None = None


async def submit_registration(work: Work, given: SubmitRegistration) -> StaffRegistration:
    """Report a person to the body that keeps the register; posts in the unit wait until it confirms."""
    unit = await unit_by_id(work, given.unit_id)
    work.require(REPORT, Resource(unit_path=unit.path), "unitId")
    person = await staff_by_id(work, given.staff_id)
    roles = await roles_in(work, person.id, unit.id)
    register = next(filter(None, (register_for(work.profile, unit.unit_type, role) for role in sorted(roles))), None)
    if register is None:
        raise invalid(
            "The regulation asks for no registration of this person's roles in this unit.",
            "制度未要求该人员在此机构的岗位登记备案。", "staffId",
        )  # fmt: skip
    entries = filled_in(work, register, unit, person, given.fields)
    checks = checked(work, tuple(sorted(roles)), given.checks)
    body = await body_of(work, register, unit)
    if await standing(work, register.id, person.id, unit.id) is not None:
        raise Refusal(Code.CONFLICT, "This person is reported already.", "该人员已报送登记。", ("staffId",))
    found = work.add(
        StaffRegistration(
            register=register.id, staff_id=person.id, unit_id=unit.id, body_id=body.id,
            state=RegistrationState.SUBMITTED, fields=entries, checks=checks,
            submitted_by=work.actor.staff_id, submitted_at=work.now,
        )
    )  # fmt: skip
    return await told(work, found, "submitted", register)


async def confirm_registration(work: Work, given: DecideRegistration) -> StaffRegistration:
    """Confirm a registration: from now on the person's posts in the unit give their powers."""
    found, register = await for_decision(work, given)
    demand(found, RegistrationState.SUBMITTED)
    lacking = [check["quality"] for check in found.checks if not check["met"]]
    if lacking:
        _, basis = conditions_for(work.profile, tuple(await roles_in(work, found.staff_id, found.unit_id)))
        raise Refusal(
            Code.GUARD_REFUSED, "The person lacks qualities that the text wants: " + ", ".join(lacking),
            f"该人员不符合基本条件：{'、'.join(lacking)}。", ("registrationId",), basis.rules if basis else (),
        )  # fmt: skip
    for post in await posts_under(work, found, register):
        post.registered_at = work.now
    return await decided(work, found, RegistrationState.CONFIRMED, None, register)


async def return_registration(work: Work, given: DecideRegistration) -> StaffRegistration:
    """Return a registration to the unit that reported it; the unit may submit a better one."""
    found, register = await for_decision(work, given)
    demand(found, RegistrationState.SUBMITTED)
    return await decided(work, found, RegistrationState.RETURNED, reasoned(given), register)


async def cancel_registration(work: Work, given: DecideRegistration) -> StaffRegistration:
    """Cancel a confirmed registration; a post that needs one gives no powers any more, so nothing may be in hand."""
    found, register = await for_decision(work, given)
    demand(found, RegistrationState.CONFIRMED)
    reason = reasoned(given)
    unit = await unit_by_id(work, found.unit_id)
    for post in await posts_under(work, found, register):
        await check_leaving(work, leaving_post(post, unit.path, work.now))
        post.registered_at = None
    return await decided(work, found, RegistrationState.CANCELLED, reason, register)


async def for_decision(work: Work, given: DecideRegistration) -> tuple[StaffRegistration, Register | None]:
    """Load a registration for the body that decides on it; who sees neither unit nor body gets no sign of it."""
    missing = not_found("registration", "登记备案", ("registrationId",), given.registration_id)
    found = await work.find(StaffRegistration, given.registration_id, lock=True)
    if found is None:
        raise missing
    unit, body = await unit_by_id(work, found.unit_id), await unit_by_id(work, found.body_id)
    at_body = Resource(unit_path=body.path)
    places = (Resource(unit_path=unit.path), at_body)
    if not any(work.decide(action, place).allowed for action in (REPORT, CONFIRM) for place in places):
        raise missing
    register = register_named(work.profile, found.register)
    if not any(body.path.startswith(held.unit_path) for held in work.actor.roles):
        raise Refusal(
            Code.SEPARATION_OF_DUTIES, f"Only {body.code} decides on this registration.",
            f"该登记备案由{body.name_zh}确认，报送单位不得自行确认。", ("registrationId",),
            register.basis.rules if register else (),
        )  # fmt: skip
    work.require(CONFIRM, at_body, "registrationId")
    check_version(found, given.expected_version)
    return found, register


def demand(found: StaffRegistration, state: RegistrationState) -> None:
    """Refuse a step that the present state does not allow."""
    if found.state is not state:
        raise Refusal(
            Code.ILLEGAL_TRANSITION, f"The registration is {found.state}, not {state}.", "当前登记状态不可执行该操作。",
            ("registrationId",),
        )  # fmt: skip


def reasoned(given: DecideRegistration) -> str:
    """Demand a reason."""
    if not (given.reason or "").strip():
        raise invalid("Say why.", "请说明理由。", "reason")
    return str(given.reason).strip()


async def decided(
    work: Work, found: StaffRegistration, state: RegistrationState, reason: str | None, register: Register | None
) -> StaffRegistration:
    """Write the decision of the body down and tell it."""
    found.state, found.reason = state, reason
    found.decided_by, found.decided_at = work.actor.staff_id, work.now
    return await told(work, found, state.value.lower(), register)


async def told(work: Work, found: StaffRegistration, step: str, register: Register | None) -> StaffRegistration:
    """Tell that a registration moved."""
    await work.session.flush()
    rules = register.basis.rules if register else ()
    work.emit(RegistrationMoved(found.id, found.staff_id, found.unit_id, found.register, step, rules).told())
    return found


def filled_in(
    work: Work, register: Register, unit: OrgUnit, person: StaffMember, given: Mapping[str, str]
) -> dict[str, Any]:
    """Check that every required entry of the form is there, known to the office or given (ZZ-F1-1)."""
    known = {
        "department": unit.name_zh, "date": str(work.today), "no": person.code, "name": person.name,
        "phone": person.work_phone, "contact": person.work_phone, "post": person.post,
    }  # fmt: skip
    asked = dict(asked_fields(work.profile, register))
    strange = sorted(set(given) - (set(asked) - set(known)))
    if strange:
        raise invalid(f"The form does not ask for {', '.join(strange)}.", "登记表无此项内容。", "fields")
    for key, name_zh in asked.items():
        if not str(known.get(key) or given.get(key) or "").strip():
            path = "staffId" if key in known else "fields"
            raise invalid(f"{key} is missing.", f"请填写“{name_zh}”。", path, rules=register.basis.rules)
    return {key: value.strip() for key, value in given.items()}


def checked(work: Work, roles: tuple[str, ...], given: Mapping[str, bool]) -> list[dict[str, Any]]:
    """Check that every quality which the text wants was looked at; what was found is kept, whatever it is."""
    wanted, basis = conditions_for(work.profile, roles)
    open_ones = [quality for quality in wanted if quality not in given]
    if open_ones:
        raise invalid(
            "Say of each quality whether the person has it: " + ", ".join(open_ones),
            f"请逐项核查：{'、'.join(open_ones)}。", "checks", rules=basis.rules if basis else (),
        )  # fmt: skip
    return [{"quality": quality, "met": given[quality]} for quality in wanted]


async def roles_in(work: Work, staff_id: UUID, unit_id: UUID) -> set[str]:
    """Name the roles that a person holds in a unit now, with powers or without."""
    query = select(RoleAssignment.role_code).where(
        RoleAssignment.tenant_id == work.tenant,
        RoleAssignment.staff_id == staff_id,
        RoleAssignment.unit_id == unit_id,
        held_at(work.now),
    )
    return set((await work.session.scalars(query)).all())


async def posts_under(work: Work, found: StaffRegistration, register: Register | None) -> list[RoleAssignment]:
    """List the posts, now and to come, whose powers hang on a registration."""
    query = select(RoleAssignment).where(
        RoleAssignment.tenant_id == work.tenant,
        RoleAssignment.staff_id == found.staff_id,
        RoleAssignment.unit_id == found.unit_id,
        RoleAssignment.needs_registration,
        or_(RoleAssignment.valid_to.is_(None), RoleAssignment.valid_to > work.now),
    )
    posts = (await work.session.scalars(query)).all()
    return [post for post in posts if register is None or not register.roles or post.role_code in register.roles]


async def standing(work: Work, register: str, staff_id: UUID, unit_id: UUID) -> StaffRegistration | None:
    """Find the registration of a person in a unit that waits or holds."""
    query = select(StaffRegistration).where(
        StaffRegistration.tenant_id == work.tenant,
        StaffRegistration.register == register,
        StaffRegistration.staff_id == staff_id,
        StaffRegistration.unit_id == unit_id,
        StaffRegistration.state.in_(STANDING),
    )
    return (await work.session.scalars(query)).one_or_none()


async def holds_registration(work: Work, staff_id: UUID, unit: OrgUnit, role_code: str) -> bool:
    """Tell whether a person is registered in a unit under the register that holds for a role."""
    register = register_for(work.profile, unit.unit_type, role_code)
    found = None if register is None else await standing(work, register.id, staff_id, unit.id)
    return found is not None and found.state is RegistrationState.CONFIRMED


async def body_of(work: Work, register: Register, unit: OrgUnit) -> OrgUnit:
    """Find the unit that confirms: of the kind that the text names, in the line upward or beside it, the nearest first."""
    upward = [path for path in paths_upward(unit.path) if path != unit.path]
    line = select(OrgUnit.id).where(OrgUnit.tenant_id == work.tenant, OrgUnit.path.in_(upward))
    tier = body_tier(register, unit.tier)
    query = select(OrgUnit).where(
        OrgUnit.tenant_id == work.tenant,
        OrgUnit.id != unit.id,
        OrgUnit.unit_type == body_type(register),
        or_(OrgUnit.path.in_(upward), OrgUnit.parent_id.in_(line)),
        *(() if tier is None else (OrgUnit.tier == tier,)),
    )
    nearest = query.order_by(func.length(OrgUnit.path).desc(), OrgUnit.path).limit(1)
    found = (await work.session.scalars(nearest)).one_or_none()
    if found is None:
        raise Refusal(
            Code.CONFLICT, "The city has no unit that keeps this register.", "未设置该登记备案的确认机构。",
            ("unitId",), register.basis.rules,
        )  # fmt: skip
    return found
