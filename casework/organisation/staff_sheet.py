"""The sheet of staff (人员表): one row for a person, and one more for every further post.

An identity number that a sheet brings along is checked and kept nowhere: the register has no place for it, and a private
phone is never asked for (Q97).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select

from casework.kernel.cells import IDENTITY_NUMBER, LINE, chosen, first_instant, last_instant, named
from casework.kernel.ids import new_id
from casework.kernel.sheets import Column, Line, Progress, Sheet, by_code, demand
from casework.kernel.work import Work
from casework.kernel.write_each import change_each, set_all, write_each
from casework.organisation.events import StaffChanged, StaffDeactivated, StaffRegistered
from casework.organisation.handover import HOLDINGS, Leaving, against_leaving, hold_person
from casework.organisation.models import OrgUnit, StaffMember
from casework.organisation.post_sheet import POST_KEYS, Posts, judge_posts, leave_posts, posts_of_city, write_posts
from casework.organisation.queries import unit_by_id
from tenants.profile import Profile

STAFF = "staff"
SOURCES = {"OWN": "本单位", "DEPARTMENT": "部门派驻", "VOLUNTEER": "志愿者", "PARTNER": "合作网点"}
ENGAGEMENTS = {"FULL_TIME": "专职", "PART_TIME": "兼职", "CONCURRENT": "兼任"}
NEEDED = ("name", "unit_code")
KEPT = ("name", "post", "work_phone", "badge_no", "source")
PERSON_KEYS = (*KEPT, "unit_code", "identity_number")


def staff_columns(profile: Profile) -> tuple[Column, ...]:
    """List the columns of the sheet under a city's regulation."""
    roles = {role.code: role.zh for role in profile.roles}
    zone, tier = profile.calendar.timezone, profile.unit_types[0].tiers[0]
    example = next((role.code for role in profile.roles if tier in role.tiers), "TENANT_ADMIN")
    return (
        Column("code", "人员编号", LINE, required=True, example="R0001"),
        Column("name", "姓名", LINE, required=True, personal=True, example="张某某"),
        Column("unit_code", "所属机构编码", LINE, required=True, example="370000"),
        Column("post", "职务", LINE, example="帮办代办员"),
        Column("work_phone", "办公电话", LINE, personal=True, example="0530-0000000"),
        Column("badge_no", "工牌号", LINE, personal=True, example="000001"),
        Column("source", "人员来源", chosen(SOURCES), default="OWN", example="OWN"),
        Column("role_code", "岗位", named(roles), example=example),
        Column("role_unit_code", "岗位所在机构编码", LINE),
        Column("engagement", "任职方式", chosen(ENGAGEMENTS), default="FULL_TIME", example="FULL_TIME"),
        Column("valid_from", "任职起始日", first_instant(zone), example="2024-09-01"),
        Column("valid_to", "任职截止日", last_instant(zone)),
    )


def columns_brought(profile: Profile) -> tuple[Column, ...]:
    """List the columns that a city may bring: its lists of staff often hold identity numbers, which no sheet of ours does."""
    return (*staff_columns(profile), Column("identity_number", "身份证号码", IDENTITY_NUMBER, personal=True))


@dataclass
class Staff:
    """The staff as they will be: who is new, whose entries change, who leaves, and what becomes of the posts."""

    posts: Posts
    entered: list[StaffMember] = field(default_factory=list)
    changed: list[tuple[StaffMember, Mapping[str, Any]]] = field(default_factory=list)
    missing: list[StaffMember] = field(default_factory=list)
    leaving: list[StaffMember] = field(default_factory=list)
    unchanged: int = 0


async def judge_staff(work: Work, sheet: Sheet, units: Mapping[str, OrgUnit | None], retire: bool) -> Staff:
    """Judge the sheet against the register, the units as they will be and the regulation."""
    everybody = select(StaffMember).where(StaffMember.tenant_id == work.tenant).order_by(StaffMember.code)
    register = {person.code: person for person in (await work.session.scalars(everybody)).all()}
    codes = {unit.id: code for code, unit in units.items() if unit is not None}
    staff = Staff(await posts_of_city(work))
    groups = {lines[0]["code"]: lines for lines in by_code(sheet, PERSON_KEYS)}
    _judge_identities(sheet, groups)
    for code, lines in groups.items():
        first, person = lines[0], register.get(code)
        home, usable = _home(sheet, first, units), demand(sheet, first, NEEDED)
        if person is not None:
            _judge_known(sheet, first, person, facts_of_person(person, codes), home, staff)
            await _judge_move(work, sheet, first.row, person, home)
        elif home is not None and usable and not first.spoiled:
            person = _new_person(first, home)
            staff.entered.append(person)
        await judge_posts(work, sheet, lines, person, units, staff.posts, retire)
    staff.missing = [person for code, person in register.items() if person.active and code not in groups]
    if retire:
        await _retire(work, sheet, staff)
    return staff


def facts_of_person(person: StaffMember, codes: Mapping[UUID, str]) -> dict[str, Any]:
    """Give what a sheet says of a person beside the posts; `codes` are those of all units by their ids."""
    return {"code": person.code, **{key: getattr(person, key) for key in KEPT}, "unit_code": codes[person.unit_id]}


def _judge_identities(sheet: Sheet, groups: Mapping[str, list[Line]]) -> None:
    """Refuse one identity number for two persons; the number itself is never told."""
    seen: dict[str, int] = {}
    for lines in groups.values():
        number = lines[0]["identity_number"]
        if number is not None and seen.setdefault(number, lines[0].row) != lines[0].row:
            row = seen[number]
            sheet.fault(
                lines[0].row, "identity_number",
                f"The person of row {row} has the same identity number.", f"与第{row}行人员的身份证号码相同。",
            )  # fmt: skip


def _home(sheet: Sheet, line: Line, units: Mapping[str, OrgUnit | None]) -> OrgUnit | None:
    code = line["unit_code"]
    if code is not None and code not in units:
        sheet.fault(
            line.row, "unit_code",
            f"There is no unit {code}, neither in the sheet of units nor in the register.",
            f"机构{code}既不在机构表中，也未登记。",
        )  # fmt: skip
    return units.get(code) if code else None


def _judge_known(
    sheet: Sheet, line: Line, person: StaffMember, stored: Mapping[str, Any], home: OrgUnit | None, staff: Staff
) -> None:
    changes = sheet.differing(line, stored, (*KEPT, "unit_code"))
    if changes.pop("unit_code", None) is not None and home is not None:
        changes["unit_id"] = home.id
    if not person.active:
        changes["active"] = True
    if changes:
        staff.changed.append((person, changes))
    else:
        staff.unchanged += 1


async def _judge_move(work: Work, sheet: Sheet, row: int, person: StaffMember, home: OrgUnit | None) -> None:
    """Refuse another home unit while something that lies in the former one would be left behind (NX-A6-2)."""
    if home is None or home.id == person.unit_id:
        return
    await hold_person(work, person.id)
    former = await unit_by_id(work, person.unit_id)
    for refusal in await against_leaving(work, Leaving(person.id, (), work.now, home=former.path)):
        sheet.refused(row, "unit_code", refusal)


def _new_person(line: Line, home: OrgUnit) -> StaffMember:
    return StaffMember(id=new_id(), code=line["code"], unit_id=home.id, active=True, **{key: line[key] for key in KEPT})


async def _retire(work: Work, sheet: Sheet, staff: Staff) -> None:
    """Let those leave who are no longer in the sheet; nobody leaves while something is in hand (NX-A6-2)."""
    for person in staff.missing:
        await hold_person(work, person.id)
        in_hand = [holding for holding in HOLDINGS.values() if await holding.find(work, person.id)]
        if in_hand:
            kinds = "、".join(holding.name_zh for holding in in_hand)
            sheet.fault(
                0, "code",
                f"{person.code} is not in the sheet and cannot leave before handing over what is in hand.",
                f"人员{person.code}不在本表中，但尚有在手事项（{kinds}）未交接，不能离岗。",
            )  # fmt: skip
        else:
            staff.leaving.append(person)
            await leave_posts(work, sheet, person, staff.posts)


async def write_staff(work: Work, staff: Staff, told: Progress) -> None:
    """Enter what the sheet brings: persons first, then their posts, and at the end who leaves."""

    def enter(person: StaffMember) -> None:
        work.add(person)
        work.emit(StaffRegistered(person.id, person.unit_id, person.source).told())

    def correct(change: tuple[StaffMember, Mapping[str, Any]]) -> None:
        person, changes = change
        set_all(person, changes)
        work.emit(StaffChanged(person.id, tuple(sorted(changes))).told())

    def leave(person: StaffMember) -> None:
        person.active = False
        work.emit(StaffDeactivated(person.id, person.unit_id).told())

    await write_each(work, STAFF, staff.entered, enter, told)
    await change_each(work, STAFF, staff.changed, correct, told)
    await write_posts(work, staff.posts, told)
    await change_each(work, STAFF, staff.leaving, leave, told)


def rows_of_person(person: Mapping[str, Any], posts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Write a person down: the entries in the first row, and one row for each post."""
    first, *others = posts or [dict.fromkeys(POST_KEYS)]
    return [{**person, **first}, *({"code": person["code"], **post} for post in others)]
