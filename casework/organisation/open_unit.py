"""Open a unit in the tree of the jurisdiction (机构)."""

import re
from dataclasses import dataclass
from uuid import UUID

from authz.decide import Resource
from casework.kernel.errors import Code, Refusal, invalid
from casework.kernel.search import make_findable
from casework.kernel.work import Work
from casework.organisation.authority import OPERATOR_ACTION
from casework.organisation.events import UnitOpened
from casework.organisation.models import OrgUnit, UnitNameTail
from casework.organisation.queries import path_of, unit_by_code, unit_by_id
from tenants.profile import Profile, UnitType

UNIT_CODE = re.compile(r"[A-Za-z0-9_-]{1,40}")
"""Codes of units; a dot would break the path, which closes every code with one."""


@dataclass(frozen=True)
class OpenUnitInput:
    """What is known of a new unit; the root of the city has no parent."""

    code: str
    name_zh: str
    unit_type: str
    tier: str
    parent_id: UUID | None = None
    division_code: str | None = None
    headcount: int | None = None
    settled: bool = False
    phone: str | None = None
    address: str | None = None


async def open_unit(work: Work, given: OpenUnitInput) -> OrgUnit:
    """Add a unit under its parent; the permission matrix gives this to no role, so an operator does it."""
    parent = await unit_by_id(work, given.parent_id, "parentId") if given.parent_id else None
    work.require(OPERATOR_ACTION, Resource(unit_path=parent.path if parent else None), "parentId")
    if not UNIT_CODE.fullmatch(given.code):
        raise invalid("A unit code has 1 to 40 letters, digits, - or _.", "机构代码应为1至40位字母、数字或-_。", "code")
    if await unit_by_code(work, given.code) is not None:
        raise Refusal(
            Code.CONFLICT, f"The unit code {given.code} is taken.", f"机构代码{given.code}已存在。", ("code",)
        )
    kind = known_unit_type(work.profile, given.unit_type, given.tier)
    unit = work.add(
        OrgUnit(
            code=given.code,
            name_zh=given.name_zh,
            unit_type=given.unit_type,
            kind=kind.kind,
            tier=given.tier,
            parent_id=parent.id if parent else None,
            path=path_of(parent, given.code),
            division_code=given.division_code,
            headcount=given.headcount,
            settled=given.settled,
            phone=given.phone,
            address=given.address,
        )
    )
    await work.session.flush()
    await make_findable(work, UnitNameTail, [(unit.id, unit.name_zh)])
    work.emit(UnitOpened(unit.id, unit.unit_type, unit.tier).told())
    return unit


def known_unit_type(profile: Profile, code: str, tier: str) -> UnitType:
    """Find the kind of unit in the city's regulation, and refuse a tier where it does not exist."""
    found = next((kind for kind in profile.unit_types if kind.code == code), None)
    if found is None:
        codes = ", ".join(sorted(kind.code for kind in profile.unit_types))
        raise invalid(
            f"The regulation knows no unit type {code!r}; it knows {codes}.", "制度中没有该机构类型。", "unitType"
        )
    if tier not in found.tiers:
        raise invalid(
            f"The regulation knows {code} at {', '.join(found.tiers)}, not at {tier}.",
            f"制度未在该层级设置“{found.zh}”。",
            "tier",
            rules=found.basis.rules,
        )
    return found
