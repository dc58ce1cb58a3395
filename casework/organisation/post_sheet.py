"""Posts as the sheet of staff brings them (任职): found again by unit, role and beginning, given, corrected and ended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from authz.actor import RoleHeld
from casework.kernel.errors import Refusal
from casework.kernel.ids import new_id
from casework.kernel.sheets import Line, Progress, Sheet
from casework.kernel.work import Work
from casework.kernel.write_each import change_each, write_each
from casework.organisation.assign_role import check_period, check_tier, known_role
from casework.organisation.end_role import EndRoleInput, end_role, role_or_none
from casework.organisation.events import RoleAssigned, RoleChanged
from casework.organisation.handover import Leaving, against_leaving
from casework.organisation.models import Engagement, OrgUnit, RoleAssignment, StaffMember
from casework.organisation.registers import registration_needed
from casework.organisation.registration import holds_registration

POSTS = "posts"
POST_KEYS = ("role_code", "role_unit_code", "engagement", "valid_from", "valid_to")
REASON = "人员表已更新"
"""What stands in the register as the reason of an end that a sheet brings."""


@dataclass
class Posts:
    """The posts as they will be: all of the city by person, those that are given, corrected or ended."""

    held: dict[UUID, list[RoleAssignment]]
    given: list[RoleAssignment] = field(default_factory=list)
    changed: list[tuple[RoleAssignment, Engagement]] = field(default_factory=list)
    ended: list[tuple[RoleAssignment, datetime | None]] = field(default_factory=list)
    missing: int = 0
    unchanged: int = 0


async def posts_of_city(work: Work) -> Posts:
    """Give all posts of the city, ended ones too: a row that speaks of one says nothing new.

    A post that was called off before it began was never held, and is none of them.
    """
    query = select(RoleAssignment).where(RoleAssignment.tenant_id == work.tenant).order_by(RoleAssignment.id)
    held: dict[UUID, list[RoleAssignment]] = {}
    for post in (await work.session.scalars(query)).all():
        if post.valid_to is None or post.valid_to > post.valid_from:
            held.setdefault(post.staff_id, []).append(post)
    return Posts(held)


def stands(post: RoleAssignment, now: datetime) -> bool:
    """Tell whether a post is held or still to come."""
    return post.valid_to is None or post.valid_to > now


async def judge_posts(
    work: Work,
    sheet: Sheet,
    lines: Sequence[Line],
    person: StaffMember | None,
    units: Mapping[str, OrgUnit | None],
    posts: Posts,
    retire: bool,
) -> None:
    """Judge the posts of one person, row by row; of a person whose own entries are faulty the posts are judged alike."""
    held = posts.held.get(person.id, []) if person is not None else []
    found: list[RoleAssignment] = []
    for line in lines:
        unit = _unit(sheet, line, lines[0], units)
        if unit is None or line.spoiled & {*POST_KEYS}:
            continue
        post = _known(work, sheet, line, unit, held)
        if post is not None and post not in found:
            await _judge_known(work, sheet, line, post, unit, posts)
        elif _fits(work, sheet, line, unit):
            post = await _judge_new(work, sheet, line, person, unit, [*held, *found], posts)
        if post is not None and post not in found:
            found.append(post)
    left = [post for post in held if stands(post, work.now) and post not in found]
    posts.missing += len(left)
    if retire and person is not None and "role_code" in sheet.present:
        await _end_all(work, sheet, person, left, posts)


def _unit(sheet: Sheet, line: Line, first: Line, units: Mapping[str, OrgUnit | None]) -> OrgUnit | None:
    """Find the unit of a post: the one that is named, or the person's own."""
    if line["role_code"] is None:
        if line.given & {*POST_KEYS[1:]} and "role_code" not in line.spoiled:
            sheet.fault(
                line.row,
                "role_code",
                "This row speaks of a post without naming the role.",
                "该行填写了任职信息但缺少岗位。",
            )
        return None
    named = line["role_unit_code"]
    if named is not None and named not in units:
        sheet.fault(
            line.row, "role_unit_code",
            f"There is no unit {named}, neither in the sheet of units nor in the register.",
            f"机构{named}既不在机构表中，也未登记。",
        )  # fmt: skip
    code = named or first["unit_code"]
    return units.get(code) if code else None


def _fits(work: Work, sheet: Sheet, line: Line, unit: OrgUnit) -> bool:
    """Tell whether the regulation knows the role at the tier of the unit, and the period runs forward."""
    try:
        check_tier(known_role(work.profile, line["role_code"]), unit)
    except Refusal as refusal:
        sheet.refused(line.row, "role_code", refusal)
        return False
    try:
        check_period(line["valid_from"] or work.now, line["valid_to"])
    except Refusal as refusal:
        sheet.refused(line.row, "valid_to", refusal)
        return False
    return True


def _known(
    work: Work, sheet: Sheet, line: Line, unit: OrgUnit, held: Sequence[RoleAssignment]
) -> RoleAssignment | None:
    """Find the post that a row speaks of; without a beginning it is the one that is held now, or the next to come."""
    same = [post for post in held if (post.unit_id, post.role_code) == (unit.id, line["role_code"])]
    if line["valid_from"] is not None:
        begins = (post for post in same if sheet.seen("valid_from", post.valid_from) == line["valid_from"])
        return next(begins, None)
    return min((post for post in same if stands(post, work.now)), key=lambda post: post.valid_from, default=None)


async def _judge_known(work: Work, sheet: Sheet, line: Line, post: RoleAssignment, unit: OrgUnit, posts: Posts) -> None:
    changes = sheet.differing(line, {"engagement": post.engagement, "valid_to": post.valid_to}, POST_KEYS[2::2])
    if not changes:
        posts.unchanged += 1
    if "engagement" in changes:
        posts.changed.append((post, Engagement(changes["engagement"])))
    if "valid_to" in changes:
        ends = changes["valid_to"]
        if not stands(post, work.now) or ends is None or ends < work.now:
            present = sheet.columns["valid_to"].cell.write(post.valid_to) if post.valid_to else "-"
            sheet.fault(
                line.row, "valid_to",
                f"The register has {present}; an end is neither taken back by a sheet nor put into the past.",
                f"登记的截止日为{present}；导入不能撤销离任，也不能把离任日期改到过去。",
            )  # fmt: skip
        elif not await _kept_from_leaving(work, sheet, line.row, post, unit.path, ends):
            posts.ended.append((post, ends))


async def _judge_new(
    work: Work,
    sheet: Sheet,
    line: Line,
    person: StaffMember | None,
    unit: OrgUnit,
    others: Sequence[RoleAssignment],
    posts: Posts,
) -> RoleAssignment | None:
    begins, ends = line["valid_from"] or work.now, line["valid_to"]
    same = (post for post in others if (post.unit_id, post.role_code) == (unit.id, line["role_code"]))
    if any(_overlap(post, begins, ends) for post in same):
        sheet.fault(
            line.row, "role_code",
            "This person already holds this role in this unit for that time.", "该人员在此期间已担任该岗位。",
        )  # fmt: skip
        return None
    if person is None:
        return None
    needed = registration_needed(work.profile, unit.unit_type, line["role_code"])
    known = needed and person.id in posts.held
    registered = known and await holds_registration(work, person.id, unit, line["role_code"])
    post = RoleAssignment(
        id=new_id(), staff_id=person.id, unit_id=unit.id, role_code=line["role_code"],
        engagement=Engagement(line["engagement"]), valid_from=begins, valid_to=ends,
        needs_registration=needed, registered_at=work.now if registered else None,
    )  # fmt: skip
    posts.given.append(post)
    return post


def _overlap(post: RoleAssignment, begins: datetime, ends: datetime | None) -> bool:
    return (post.valid_to is None or post.valid_to > begins) and (ends is None or post.valid_from < ends)


async def _kept_from_leaving(
    work: Work, sheet: Sheet, row: int, post: RoleAssignment, unit_path: str, ends: datetime
) -> bool:
    """Note what the city's guards have against the end of a post that has begun."""
    if post.valid_from > work.now:
        return False
    held = RoleHeld(post.role_code, post.unit_id, unit_path, post.valid_from, post.valid_to)
    against = await against_leaving(work, Leaving(post.staff_id, (held,), ends))
    for refusal in against:
        sheet.refused(row, "valid_to", refusal)
    return bool(against)


async def leave_posts(work: Work, sheet: Sheet, person: StaffMember, posts: Posts) -> None:
    """Let all posts of a person end who leaves the service."""
    held = [post for post in posts.held.get(person.id, []) if stands(post, work.now)]
    posts.missing += len(held)
    await _end_all(work, sheet, person, held, posts)


async def _end_all(work: Work, sheet: Sheet, person: StaffMember, held: Sequence[RoleAssignment], posts: Posts) -> None:
    for post in held:
        unit = await work.load(OrgUnit, post.unit_id, "unit", "机构")
        if not await _kept_from_leaving(work, sheet, 0, post, unit.path, work.now):
            posts.ended.append((post, None))


async def write_posts(work: Work, posts: Posts, told: Progress) -> None:
    """Give, correct and end posts; an end goes the way that every end of a post goes."""

    def enter(post: RoleAssignment) -> None:
        work.add(post)
        role = role_or_none(work.profile, post.role_code)
        rules = role.basis.rules if role else ()
        work.emit(RoleAssigned(post.id, post.staff_id, post.unit_id, post.role_code, rules).told())

    def correct(change: tuple[RoleAssignment, Engagement]) -> None:
        post, engagement = change
        post.engagement = engagement
        work.emit(RoleChanged(post.id, post.staff_id, post.unit_id, post.role_code).told())

    await write_each(work, POSTS, posts.given, enter, told)
    await change_each(work, POSTS, posts.changed, correct, told)
    for done, (post, ends) in enumerate(posts.ended, start=1):
        await end_role(work, EndRoleInput(post.id, REASON, ends))
        told(f"{POSTS}.ended", done, len(posts.ended))
