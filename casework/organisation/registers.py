"""The registers of staff that a regulation keeps: which one holds for whom, who confirms, what is asked for (登记备案)."""

from tenants.profile import Basis, Profile, Register


def register_for(profile: Profile, unit_type: str, role_code: str | None = None) -> Register | None:
    """Find the register to which a kind of unit reports its staff; with a role, only one that holds for that role."""
    for register in profile.registers:
        reporting = (*register.reported_by, *register.covers)
        of_role = role_code is None or not register.roles or role_code in register.roles
        if unit_type in reporting and of_role and body_type(register) is not None:
            return register
    return None


def register_named(profile: Profile, code: str) -> Register | None:
    """Find a register by its code; None when the present regulation no longer knows it."""
    return next((register for register in profile.registers if register.id == code), None)


def body_type(register: Register) -> str | None:
    """Name the kind of unit that confirms, or that keeps the register where the text speaks of no confirmation."""
    return register.confirmed_by or register.kept_by or register.reported_to


def body_tier(register: Register, tier: str) -> str | None:
    """Name the tier at which the confirming body stands; None when the text leaves it to the line upward."""
    return {"SAME_TIER": tier, "COUNTY": "COUNTY"}.get(register.confirmed_at or "")


def registration_needed(profile: Profile, unit_type: str, role_code: str) -> bool:
    """Tell whether a role gives no powers in such a unit before it is registered (ZZ-3-2, Q32)."""
    register = register_for(profile, unit_type, role_code)
    return register is not None and register.activates_role


def asked_fields(profile: Profile, register: Register) -> tuple[tuple[str, str], ...]:
    """List what must be filled in: each field's key and its name in the city's form, or its key."""
    form = next((form for form in profile.forms if form.id == register.form), None)
    if form is not None:
        return tuple((field.key, field.zh) for field in form.fields if field.required)
    return tuple((key, FIELDS_ZH.get(key, key)) for key in register.fields)


FIELDS_ZH = {"name": "姓名", "post": "职务", "business_field": "帮办业务领域"}
"""Names of fields for which a register has no form."""


def conditions_for(profile: Profile, role_codes: tuple[str, ...]) -> tuple[tuple[str, ...], Basis | None]:
    """List the qualities that the text wants of whoever holds one of the roles, and what they rest on."""
    for role in profile.roles:
        if role.code in role_codes and role.conditions_zh:
            return tuple(role.conditions_zh), role.basis
    wanted = profile.role_conditions
    if wanted is not None and set(role_codes).intersection(wanted.applies_to):
        return (*wanted.checklist_zh, *wanted.selection_zh), wanted.basis
    return (), None
