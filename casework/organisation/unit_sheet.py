"""The sheet of units (机构表): what it may hold, what is wrong with it, and what the register learns from it.

A sheet corrects what the register says of a unit. It moves none and changes the kind of none: cases, counters and posts
keep the place of the unit that they were made in.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from casework.kernel.cells import BOOLEAN, LINE, OFFICE_HOURS, matching, named, number
from casework.kernel.errors import Refusal
from casework.kernel.ids import new_id
from casework.kernel.sheets import Column, Line, Progress, Sheet, by_code, demand
from casework.kernel.work import Work
from casework.kernel.write_each import change_each, make_each_findable, set_all, write_each
from casework.organisation.events import UnitChanged, UnitOpened
from casework.organisation.models import OrgUnit, UnitNameTail
from casework.organisation.open_unit import UNIT_CODE, known_unit_type
from casework.organisation.queries import path_of
from tenants.profile import Profile

UNITS = "units"
CODE = matching(UNIT_CODE, "1 to 40 letters, digits, - or _", "应为1至40位字母、数字或-_")
NEEDED = ("name_zh", "unit_type", "tier")
FREE = ("name_zh", "division_code", "headcount", "settled", "phone", "office_hours")
FIXED = ("unit_type", "tier", "parent_code")


def unit_columns(profile: Profile) -> tuple[Column, ...]:
    """List the columns of the sheet under a city's regulation."""
    types = {kind.code: kind.zh for kind in profile.unit_types}
    tiers = {tier.code: tier.zh for tier in profile.tiers}
    first = profile.unit_types[0]
    return (
        Column("code", "机构编码", CODE, required=True, example="370000"),
        Column("name_zh", "机构名称", LINE, required=True, example="示例市政务服务中心"),
        Column("unit_type", "机构类型", named(types), required=True, example=first.code),
        Column("tier", "层级", named(tiers), required=True, example=first.tiers[0]),
        Column("parent_code", "上级机构编码", CODE),
        Column("division_code", "行政区划代码", LINE, example="370000"),
        Column("headcount", "窗口人数", number(0), example="12"),
        Column("settled", "是否进驻", BOOLEAN, default=False, example="否"),
        Column("phone", "公开电话", LINE, example="0530-0000000"),
        Column("office_hours", "办公时间", OFFICE_HOURS, example="09:00-12:00; 13:30-17:00"),
    )


@dataclass
class Units:
    """The units as they will be: all that are known by code, and what the sheet changes; of a faulty row nothing is known."""

    known: dict[str, OrgUnit | None]
    opened: list[OrgUnit] = field(default_factory=list)
    changed: list[tuple[OrgUnit, Mapping[str, Any]]] = field(default_factory=list)
    missing: list[OrgUnit] = field(default_factory=list)
    unchanged: int = 0


async def register_of_units(work: Work) -> dict[str, OrgUnit]:
    """Give all units of the city by their codes, parents before children."""
    query = select(OrgUnit).where(OrgUnit.tenant_id == work.tenant).order_by(OrgUnit.path)
    return {unit.code: unit for unit in (await work.session.scalars(query)).all()}


def facts_of_unit(unit: OrgUnit, parents: Mapping[Any, str]) -> dict[str, Any]:
    """Give what a sheet says of a unit; `parents` are the codes of all units by their ids."""
    told = {key: getattr(unit, key) for key in ("code", *FREE, "unit_type", "tier")}
    return {**told, "parent_code": parents[unit.parent_id] if unit.parent_id else None}


async def judge_units(work: Work, sheet: Sheet | None) -> Units:
    """Judge the sheet against the register and the regulation; without a sheet the units are those of the register."""
    register = await register_of_units(work)
    units = Units(dict(register))
    if sheet is None:
        return units
    codes = {unit.id: unit.code for unit in register.values()}
    lines = _one_row_each(sheet)
    for code, line in lines.items():
        unit = register.get(code)
        demand(sheet, line, NEEDED)
        if unit is not None:
            _judge_known(sheet, line, unit, facts_of_unit(unit, codes), units)
        else:
            units.known[code] = None
    new = {code: line for code, line in lines.items() if code not in register}
    _judge_tree(sheet, new, register)
    _open(work.profile, sheet, new, units)
    units.missing = [unit for code, unit in register.items() if code not in lines]
    return units


def _one_row_each(sheet: Sheet) -> dict[str, Line]:
    found = {}
    for first, *others in by_code(sheet, ()):
        found[first["code"]] = first
        for line in others:
            sheet.fault(
                line.row, "code", f"This code stands in row {first.row} already.", f"该编码与第{first.row}行重复。"
            )
    return found


def _judge_known(sheet: Sheet, line: Line, unit: OrgUnit, stored: Mapping[str, Any], units: Units) -> None:
    for key in sheet.differing(line, stored, FIXED):
        present = stored[key] or "-"
        sheet.fault(
            line.row, key,
            f"The unit is registered with {present} here; a sheet neither moves a unit nor changes its kind.",
            f"该机构登记为{present}；导入不能变更机构的上级、类型或层级。",
        )  # fmt: skip
    changes = sheet.differing(line, stored, FREE)
    if changes:
        units.changed.append((unit, changes))
    else:
        units.unchanged += 1


def _judge_tree(sheet: Sheet, new: Mapping[str, Line], register: Mapping[str, OrgUnit]) -> None:
    """Refuse units that hang on nothing, on themselves, or beside the root of the city."""
    root = next((unit.code for unit in register.values() if unit.parent_id is None), None)
    for code, line in new.items():
        parent = line["parent_code"]
        if "parent_code" in line.spoiled:
            continue
        if parent is None and root is not None:
            sheet.fault(
                line.row, "parent_code",
                f"Only the root of the city has no parent, and that is {root}.", f"仅根机构可无上级，根机构为{root}。",
            )  # fmt: skip
        elif parent is None:
            root = code
        elif parent not in new and parent not in register:
            sheet.fault(
                line.row, "parent_code",
                f"There is no unit {parent}, neither in this sheet nor in the register.",
                f"机构{parent}既不在本表中，也未登记。",
            )  # fmt: skip
        elif circle := _circle(new, code):
            sheet.fault(
                line.row, "parent_code",
                f"These units are above each other in a circle: {' > '.join(circle)}.",
                f"上级关系形成循环：{' > '.join(circle)}。",
            )  # fmt: skip


def _circle(new: Mapping[str, Line], code: str) -> list[str]:
    """Walk upward from a unit; give the way when it comes back to it."""
    way = {code: None}
    above = new[code]["parent_code"]
    while above in new and above not in way:
        way[above] = None
        above = new[above]["parent_code"]
    return [*way, code] if above == code else []


def _open(profile: Profile, sheet: Sheet, new: Mapping[str, Line], units: Units) -> None:
    """Make the new units, parents before children; what stands below a faulty row is left out with it."""
    faulty = {fault.row for fault in sheet.faults}
    waiting = {code: line for code, line in new.items() if _is_of_a_kind(profile, sheet, line)}
    waiting = {code: line for code, line in waiting.items() if line.row not in faulty}
    while ready := [code for code, line in waiting.items() if line["parent_code"] not in waiting]:
        for code in ready:
            line = waiting.pop(code)
            parent = units.known.get(line["parent_code"]) if line["parent_code"] else None
            if parent is not None or line["parent_code"] is None:
                unit = _new_unit(profile, line, parent)
                units.known[code] = unit
                units.opened.append(unit)


def _is_of_a_kind(profile: Profile, sheet: Sheet, line: Line) -> bool:
    """Tell whether the regulation knows such a unit at the tier; an empty cell was told already."""
    if line["unit_type"] is None or line.spoiled & {"unit_type", "tier"}:
        return False
    try:
        known_unit_type(profile, line["unit_type"], line["tier"] or "")
    except Refusal as refusal:
        key = "tier" if refusal.path == ("tier",) else "unit_type"
        if line[key] is not None:
            sheet.refused(line.row, key, refusal)
        return False
    return True


def _new_unit(profile: Profile, line: Line, parent: OrgUnit | None) -> OrgUnit:
    kept = {key: line[key] for key in (*FREE, "code", "unit_type", "tier")}
    kind = known_unit_type(profile, line["unit_type"], line["tier"]).kind
    return OrgUnit(
        id=new_id(), kind=kind, parent_id=parent.id if parent else None, path=path_of(parent, line["code"]), **kept
    )


async def write_units(work: Work, units: Units, told: Progress) -> None:
    """Enter what the sheet brings: new units below their parents, corrections of those that are known."""

    def enter(unit: OrgUnit) -> None:
        work.add(unit)
        work.emit(UnitOpened(unit.id, unit.unit_type, unit.tier).told())

    def correct(change: tuple[OrgUnit, Mapping[str, Any]]) -> None:
        unit, changes = change
        set_all(unit, changes)
        work.emit(UnitChanged(unit.id, tuple(sorted(changes))).told())

    await write_each(work, UNITS, units.opened, enter, told)
    await change_each(work, UNITS, units.changed, correct, told)
    renamed = [unit for unit, changes in units.changed if "name_zh" in changes]
    await make_each_findable(work, UnitNameTail, [*units.opened, *renamed], told)
