"""Columns whose values must fit to something: codes, paths, keys that are unique, documents, and what a profile names."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from tenants.rules import RULES

Making = Callable[[Any, int, dict[str, Any]], Any]
RULE_IDS = sorted(RULES)[:40]
TOLD = date(2024, 10, 1)
"""The day that every official notice of holidays names."""
PARTIES = ("APPLICANT", "SERVICE_UNIT", "CASE_WORKER")


def path_of(town: Any, number: int, row: dict[str, Any]) -> str:
    """Write the path of a unit below that of its parent."""
    above = next((unit["path"] for unit in town.rows["org_unit"] if unit["id"] == row["parent_id"]), "")
    return f"{above}{row['code']}."


def parent_of(town: Any, number: int, _row: dict[str, Any]) -> Any:
    """Choose the unit above: the first one has none, the others hang on one of the first."""
    return None if number == 0 else town.chance.choice(town.rows["org_unit"][: max(1, number // 3)])["id"]


def path_of_unit(column: str) -> Making:
    """Copy the path of the unit that a row names."""

    def make(town: Any, _number: int, row: dict[str, Any]) -> str:
        return next(str(unit["path"]) for unit in town.rows["org_unit"] if unit["id"] == row[column])

    return make


def rules(town: Any, _number: int, _row: dict[str, Any]) -> list[str]:
    """Choose rules, sometimes none and sometimes one that the register lacks."""
    return list(town.chance.sample([*RULE_IDS, "XX-1-1"], town.chance.randint(0, 3)))


def role_of(town: Any, _number: int, _row: dict[str, Any]) -> str:
    """Choose a post of the city's profile."""
    return str(town.chance.choice(town.profile.roles).code)


def workflow_of(town: Any, number: int, _row: dict[str, Any]) -> str:
    """Choose a path of the city's profile."""
    return str(town.chance.choice(sorted(town.profile.workflows)))


def unit_type_of(town: Any, _number: int, _row: dict[str, Any]) -> str:
    """Choose a kind of unit, sometimes one that the profile no longer knows."""
    return str(town.chance.choice([*(kind.code for kind in town.profile.unit_types), "GONE"]))


def parts(town: Any, _number: int, _row: dict[str, Any]) -> dict[str, Any]:
    """Fill in the parts of a notice, values of several kinds among them."""
    values = ("证件", "", 5, None, True, 1.5, ["a", 1], {"b": None}, town.text())
    return {f"part{place}": town.chance.choice(values) for place in range(town.chance.randint(0, 4))}


def gaps(town: Any, number: int, _row: dict[str, Any]) -> list[Any]:
    """Name missing papers; one row is not as it should be, so that a field fails."""
    if number == 3:
        return [{"missing": "图纸"}]
    return [{"missing": town.text(), "way": town.text()} for _ in range(town.chance.randint(0, 3))]


def hours_of(town: Any, is_workday: bool) -> list[Any] | None:
    """Choose other hours for a day on which offices work."""
    return town.chance.choice((None, [["10:00", "15:00"]])) if is_workday else None


def of_both(first: str, second: str) -> tuple[Making, Making]:
    """Choose two keys that are unique together: the number of the row counts through all pairs."""

    def make_first(town: Any, number: int, _row: dict[str, Any]) -> Any:
        return town.rows[first][number % len(town.rows[first])]["id"]

    def make_second(town: Any, number: int, _row: dict[str, Any]) -> Any:
        ahead = number + number // len(town.rows[first])
        return town.rows[second][ahead % len(town.rows[second])]["id"]

    return make_first, make_second


def numbered(pattern: str) -> Making:
    """Write the number of the row into a text."""
    return lambda town, number, _row: pattern.format(number=number, tenant=town.tenant)


def of_number(table: str) -> Making:
    """Take the row of the same number, so that none is taken twice."""
    return lambda town, number, _row: town.rows[table][number % len(town.rows[table])]["id"]


def number_of(_town: Any, number: int, _row: dict[str, Any]) -> int:
    """Give the number of the row, from 1."""
    return number + 1


def chosen(*values: Any) -> Making:
    """Choose one of some values."""
    return lambda town, _number, _row: town.chance.choice(values)


def subject(town: Any, _number: int, row: dict[str, Any]) -> Any:
    """Choose what a clock belongs to; most clocks are of cases."""
    return town.one("service_case")["id"]


def recipient(town: Any, _number: int, row: dict[str, Any]) -> Any:
    """Choose to whom a message goes."""
    return town.one("staff_member" if str(row["recipient_kind"]) == "STAFF" else "applicant")["id"]


def register_of(town: Any, number: int, _row: dict[str, Any]) -> str:
    """Choose a register, among them some that the city's regulation knows."""
    known = town.profile.registers
    return known[0].id if known and number < 5 else f"register-{number}"


def units_named(town: Any, _number: int, _row: dict[str, Any]) -> list[str]:
    """Name some units, sometimes none."""
    return [str(unit["id"]) for unit in town.chance.sample(town.rows["org_unit"], town.chance.randint(0, 3))]


def team_kind(town: Any, number: int, _row: dict[str, Any]) -> str:
    """Choose a kind of team, among them some that the city's regulation knows."""
    known = town.profile.teams
    return str(known[number % len(known)].code) if known and number % 3 else f"team-{number}"


def team_above(town: Any, number: int, _row: dict[str, Any]) -> Any:
    """Choose the team above: the first ones have none."""
    return None if number < 4 else town.chance.choice(town.rows["team"][:4])["id"]


def kind_of_guide(town: Any, number: int, _row: dict[str, Any]) -> str:
    """Choose a kind of guide of the city's profile, sometimes one that it no longer knows."""
    known = town.profile.catalogue.guides
    return known[0].code if known and number % 4 else "gone"


BASED, BASIS = of_both("guide_version", "service_item")
TRANSFER, MATERIAL = of_both("custody_transfer", "material_item")
MEMBER, IN_TEAM = of_both("staff_member", "team")
TRAINED, IN_SESSION = of_both("staff_member", "training_session")
SPECIAL: dict[str, Making] = {
    "org_unit.code": numbered("u{number}"),
    "org_unit.parent_id": parent_of,
    "org_unit.path": path_of,
    "org_unit.unit_type": unit_type_of,
    "org_unit.tier": chosen("CITY", "COUNTY", "TOWNSHIP"),
    "org_unit.office_hours": chosen(None, None, [["08:30", "12:00"], ["13:30", "17:30"]], [["09:00", "16:00"]]),
    "staff_member.code": numbered("{tenant}-s{number}"),
    "staff_member.active": lambda _town, number, _row: number != 5,
    "role_assignment.role_code": role_of,
    "role_assignment.staff_id": of_number("staff_member"),
    "role_assignment.unit_id": lambda town, _number, _row: town.chance.choice(town.rows["org_unit"][:4])["id"],
    "role_assignment.valid_from": lambda _town, number, _row: datetime(2024, 9 if number % 9 == 8 else 1, 4, tzinfo=UTC),
    "role_assignment.valid_to": chosen(None, None, None, datetime(2099, 1, 1, tzinfo=UTC), datetime(2024, 9, 2, tzinfo=UTC)),
    "role_assignment.put_off_from": lambda _town, _number, _row: None,
    "role_assignment.judged_at": lambda _town, _number, row: row["valid_to"],
    "role_assignment.needs_registration": lambda _town, number, _row: number % 11 == 10,
    "role_assignment.registered_at": lambda _town, _number, _row: None,
    "staff_registration.register": register_of,
    "staff_registration.staff_id": of_number("staff_member"),
    "staff_registration.fields": chosen({}, {"business_scope": "残疾人证办理"}),
    "staff_registration.checks": chosen([], [{"quality": "业务精", "met": True}, {"quality": "能力强", "met": False}]),
    "handover_incident.matters": chosen([], [{"kind": "case", "caseNo": "2024-00001"}, {"kind": "leg", "caseNo": 'n"1'}]),
    "handover_incident.responsible_unit_ids": units_named,
    "handover_incident.rules": rules,
    "duty_handover.unit_path": path_of_unit("unit_id"),
    "handover_item.kind": chosen("case", "mandate", "paper", "leg", "callback"),
    "handover_item.case_no": numbered("2024-{number:05d}"),
    "team.code": team_kind,
    "team.sole_key": numbered("{number}"),
    "team.parent_id": team_above,
    "team_member.staff_id": MEMBER,
    "team_member.team_id": IN_TEAM,
    "training_plan.topics": chosen(["专业知识"], ["标准规范", "服务礼仪"], []),
    "training_session.topic_zh": chosen("专业知识", "标准规范", "服务礼仪"),
    "training_session.role_codes": chosen(["helper"], ["helper", "agent"]),
    "training_session.tiers": chosen(["COUNTY"], ["CITY", "COUNTY"]),
    "training_result.staff_id": TRAINED,
    "training_result.session_id": IN_SESSION,
    "assessment_scheme.criteria": chosen([{"nameZh": "办理情况", "points": 60}, {"nameZh": "群众反馈情况", "points": 40}], []),
    "assessment.scores": chosen([{"nameZh": "办理情况", "score": 51, "of": 60}], []),
    "assessment.case_ids": chosen([], [str(UUID(int=7))]),
    "assessment_decision.assessment_id": of_number("assessment"),
    "applicant.portal_subject": lambda town, number, _row: f"{town.tenant}-p{number}" if number % 3 else None,
    "applicant.id_no_index": numbered("{tenant}-{number}"),
    "applicant.name": chosen("张三", "欧阳小明", "Li", "某某有限公司", "", "王"),
    "applicant.id_no": chosen(None, "370902199001011234", "91370900MA3C1234XY", "12"),
    "applicant.phone": chosen(None, "13800138000", "0538-1234567", "+8613800138000"),
    "applicant.address": chosen(None, "某省某市某区东大街1号", "村里"),
    "applicant.priority_tags": chosen([], ["elderly"], ["elderly", "disabled"]),
    "service_item.code": numbered("item-{number}"),
    "service_item_version.version": number_of,
    "service_item_version.valid_from": lambda town, _number, _row: date(2024, 9, 3) - timedelta(town.chance.randint(-2, 90)),
    "service_item_version.valid_to": chosen(None, None, date(2024, 9, 2), date(2024, 9, 3), date(2030, 1, 1)),
    "material_requirement.position": number_of,
    "guide.code": numbered("guide-{number}"),
    "guide.kind": kind_of_guide,
    "guide.contents": chosen({}, {"materials": "1. 身份证", "fees": "不收费"}, {"phone": "0538-1234567", "gone": "x"}),
    "guide.co_author_ids": lambda town, _number, _row: [str(town.one("org_unit")["id"])] * town.chance.randint(0, 1),
    "guide.writers": chosen([], ["x"]),
    "guide.published_version": chosen(0, 1, 2),
    "guide_item.position": number_of,
    "guide_version.version": number_of,
    "guide_version.contents": chosen([], [{"key": "materials", "zh": "申请材料", "text": "1. 身份证"}]),
    "guide_version.rules": rules,
    "guide_basis.guide_version_id": BASED,
    "guide_basis.item_id": BASIS,
    "guide_review.qualities": chosen([], [{"quality": "准确易懂", "met": True}]),
    "calendar_day.day": lambda _town, number, _row: date(2024, 8, 20) + timedelta(days=2 * number) if number else TOLD,
    "extra_shift.ends_at": lambda town, _number, row: row["starts_at"] + timedelta(hours=town.chance.randint(1, 9)),
    "calendar_day.intervals": lambda town, _number, row: hours_of(town, row["is_workday"]),
    "service_case.case_no": lambda town, number, _row: f"2024-{number:05d}",
    "service_case.workflow": workflow_of,
    "service_case.unit_path": path_of_unit("unit_id"),
    "case_step.rules": rules,
    "timer.code": numbered("clock-{number}"),
    "timer.subject_kind": chosen("CASE"),
    "timer.subject_id": subject,
    "timer.clock": chosen("WORKING_TIME", "CALENDAR"),
    "timer.duration": chosen(None, "P5WD", "PT2H", "P3D"),
    "timer.rules": rules,
    "timer.proof": chosen(None, None, [["2024-09-02T01:00:00+00:00", "2024-09-02T02:00:00+00:00", 3600, "OFFICE_HOURS"]]),
    "timer.round": number_of,
    "one_time_notice.parts": parts,
    "gap_notice.items": gaps,
    "document.edition": number_of,
    "document.data": chosen({"remark": "已核对"}),
    "signature.document_id": of_number("document"),
    "signature.party": lambda town, number, _row: PARTIES[number // len(town.rows["document"]) % len(PARTIES)],
    "mandate.case_id": of_number("service_case"),
    "relay_leg.to_unit_path": path_of_unit("to_unit_id"),
    "relay_leg.rules": rules,
    "custody_transfer.to_unit_path": chosen(None),
    "custody_item.transfer_id": TRANSFER,
    "custody_item.material_id": MATERIAL,
    "evaluation.source": numbered("source-{number}"),
    "callback.reason": numbered("reason-{number}"),
    "callback.unit_path": path_of_unit("unit_id"),
    "callback.rules": rules,
    "case_tally.unit_path": path_of_unit("unit_id"),
    "case_tally.slot": number_of,
    "case_tally.day": chosen(date.min, date(2024, 9, 1), date(2024, 9, 2)),
    "notification.recipient_id": recipient,
    "notification.cause_id": chosen(None),
}  # fmt: skip
"""How the values of these columns are made; all others follow from the column's type."""
