"""Which personal data stay covered, who uncovers them, and how the cover looks."""

from __future__ import annotations

import re
from enum import StrEnum
from types import MappingProxyType

from authz.actor import Actor
from authz.decide import Resource, decide
from authz.table import PermissionTable


class MaskClass(StrEnum):
    """How sensitive a field is."""

    P0 = "P0"
    """Public: anybody may read it."""
    P1 = "P1"
    """Internal: whoever may see the object in a list."""
    P2 = "P2"
    """Personal: name, phone, address, papers."""
    P3 = "P3"
    """Sensitive: identity number, health and disability, trade secrets (CH-2.3-2)."""


class MaskKind(StrEnum):
    """What a covered text is, which decides how much of it stays readable."""

    NAME = "name"
    ID_NUMBER = "id_number"
    PHONE = "phone"
    ADDRESS = "address"
    TEXT = "text"


UNLOCKED_BY = MappingProxyType(
    {
        MaskClass.P0: None,
        MaskClass.P1: "case.list_masked",
        MaskClass.P2: "case.read_personal",
        MaskClass.P3: "case.read_personal",
    }
)
"""The action that uncovers each class on a case and what belongs to it; public fields need none."""

PRIORITY_REASON_ACTION = "case.read_priority_reason"
"""Uncovers why somebody has priority; everybody else sees only that he has (Q95)."""

CLASS_OF_KIND = MappingProxyType(
    {
        MaskKind.NAME: MaskClass.P2,
        MaskKind.PHONE: MaskClass.P2,
        MaskKind.ADDRESS: MaskClass.P2,
        MaskKind.TEXT: MaskClass.P2,
        MaskKind.ID_NUMBER: MaskClass.P3,
    }
)
"""How sensitive each kind of text is."""

COVER = "****"
"""What stands for covered text; its length never tells the length of what it covers."""


def unlocked_classes(table: PermissionTable, actor: Actor, resource: Resource) -> frozenset[MaskClass]:
    """List the classes whose fields the actor reads in full on this case. A full read of P2 or P3 is audited."""
    return frozenset(
        mask_class
        for mask_class, action in UNLOCKED_BY.items()
        if action is None or decide(table, actor, action, resource).allowed
    )


def sees_priority_reason(table: PermissionTable, actor: Actor, resource: Resource) -> bool:
    """Say whether the actor may know why a case has priority (Q95)."""
    return decide(table, actor, PRIORITY_REASON_ACTION, resource).allowed


def mask_text(value: str | None, kind: MaskKind) -> str | None:
    """Cover a personal text; nothing stays nothing, and what has an unexpected form is covered whole.

    Names keep the first character, identity and credit numbers the first three and last four, phone numbers the first
    three and last four (short ones the last two), addresses everything down to city, county or district.
    """
    if value is None or value.strip() == "":
        return value
    return _COVERS[kind](value.strip())


def _mask_name(name: str) -> str:
    # Two stars whatever the length; a name of one character would otherwise be shown whole.
    return f"{name[0]}**" if len(name) > 1 else "**"


def _mask_id_number(number: str) -> str:
    return f"{number[:3]}{COVER}{number[-4:]}" if len(number) >= 15 else COVER


def _mask_phone(phone: str) -> str:
    digits = re.sub(r"\D", "", phone)
    if len(digits) == 13 and digits.startswith("86"):
        digits = digits[2:]
    if len(digits) >= 11:
        return f"{digits[:3]}{COVER}{digits[-4:]}"
    return f"{COVER}{digits[-2:]}" if len(digits) >= 7 else COVER


_DIVISIONS = re.compile(
    r"(?:[^\W\d]{2,8}?(?:省|自治区|特别行政区))?"
    r"(?:[^\W\d]{2,8}?(?:市|自治州|盟|地区))?"
    # The 区 of a residential estate, an industrial park or a campus is no district.
    r"(?:[^\W\d]{1,8}?(?:县|旗|市|(?<![小社校园厂景片])区))?"
)


def _mask_address(address: str) -> str:
    found = _DIVISIONS.match(address)
    return (found.group() if found else "") + COVER


def _mask_whole(_: str) -> str:
    return COVER


_COVERS = MappingProxyType(
    {
        MaskKind.NAME: _mask_name,
        MaskKind.ID_NUMBER: _mask_id_number,
        MaskKind.PHONE: _mask_phone,
        MaskKind.ADDRESS: _mask_address,
        MaskKind.TEXT: _mask_whole,
    }
)
