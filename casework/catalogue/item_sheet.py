"""The sheet of service items (事项表): one row for an item with its first paper, and one more for every further paper.

What an item asked and promised on days gone by is never rewritten, because cases were received under it. A row that says
something else makes a new version, which holds from today or from a later day that the row names.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from casework.catalogue.item_register import PAPER_KEYS, VERSION_KEYS, Known, register_of_items
from casework.catalogue.models import LimitUnit, ServiceItem
from casework.kernel.cells import BOOLEAN, DAY_CELL, LINE, TEXT, chosen, number, several
from casework.kernel.sheets import Column, Line, Sheet, by_code, demand
from casework.kernel.work import Work
from casework.organisation.models import OrgUnit
from tenants.profile import Profile

ITEMS = "items"
ANY = "ANY"
"""What a profile says whose text does not sort items into kinds."""

LIMIT_UNITS = {"WORKING_DAYS": "工作日", "CALENDAR_DAYS": "自然日", "HOURS": "工作小时"}
OWN = ("name_zh", "item_type", "theme_zh", "settled", "requires_personal_verification")
ITEM_KEYS = (*OWN, "department_code", "valid_from", "valid_to", *VERSION_KEYS)
NEEDED = ("name_zh", "item_type", "theme_zh", "department_code", "handled_at", "process_zh")


def item_columns(profile: Profile) -> tuple[Column, ...]:
    """List the columns of the sheet under a city's regulation."""
    tiers = {tier.code: tier.zh for tier in profile.tiers}
    kind = next((value for value in profile.catalogue.item_types.values if value != ANY), "LICENCE")
    return (
        Column("code", "事项编码", LINE, required=True, example="SCJG-01"),
        Column("name_zh", "事项名称", LINE, required=True, example="个体工商户设立登记"),
        Column("item_type", "事项类型", LINE, required=True, example=kind),
        Column("theme_zh", "主题", LINE, required=True, example="企业开办"),
        Column("department_code", "实施机关编码", LINE, required=True, example="370000"),
        Column("settled", "是否进驻", BOOLEAN, default=False, example="是"),
        Column("requires_personal_verification", "须本人核验", BOOLEAN, default=False, example="否"),
        Column("valid_from", "生效日期", DAY_CELL, example="2024-09-01"),
        Column("valid_to", "失效日期", DAY_CELL),
        Column("limit_value", "承诺时限", number(1, 10_000), example="3"),
        Column("limit_unit", "时限单位", chosen(LIMIT_UNITS), example="WORKING_DAYS"),
        Column("on_spot", "当场办结", BOOLEAN, default=False, example="否"),
        Column("handled_at", "可办层级", several(tiers), required=True, example=profile.unit_types[0].tiers[0]),
        Column("process_zh", "办理流程", TEXT, required=True, example="受理、审查、决定、送达"),
        Column("paper_zh", "材料名称", LINE, example="申请表"),
        Column("original_needed", "收取原件", BOOLEAN, default=False, example="是"),
        Column("copies", "份数", number(0, 1000), default=1, example="1"),
        Column("deferrable", "可容缺", BOOLEAN, default=False, example="否"),
        Column("by_commitment", "可告知承诺", BOOLEAN, default=False, example="否"),
        Column("way_to_obtain_zh", "补齐途径", TEXT, default="", example="在窗口领取，或从政务服务网下载"),
    )


@dataclass(frozen=True)
class Version:
    """What an item asks and promises from a day on, as a sheet brings it."""

    valid_from: date
    valid_to: date | None
    facts: Mapping[str, Any]
    papers: tuple[Mapping[str, Any], ...]


@dataclass
class Change:
    """What becomes of an item: entries that change, a new version, or another last day of the present one."""

    known: Known
    entries: Mapping[str, Any] = field(default_factory=dict)
    version: Version | None = None
    last_day: date | None = None
    ends: bool = False


@dataclass
class Items:
    """The catalogue as it will be."""

    entered: list[tuple[ServiceItem, Version]] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    missing: list[Known] = field(default_factory=list)
    unchanged: int = 0


async def judge_items(work: Work, sheet: Sheet, units: Mapping[str, OrgUnit | None]) -> Items:
    """Judge the sheet against the register, the units as they will be and the regulation."""
    register, items = await register_of_items(work), Items()
    groups = {lines[0]["code"]: lines for lines in by_code(sheet, ITEM_KEYS)}
    for code, lines in groups.items():
        first = lines[0]
        department = _department(sheet, first, units)
        papers, known = _papers(sheet, lines), register.get(code)
        # All three are asked whatever the others say: whoever mends a row wants to know all of it.
        usable = (demand(sheet, first, NEEDED), _judge_row(work, sheet, first, known), papers is not None)
        if papers is None or not all(usable) or first.spoiled:
            continue
        if known is not None:
            _judge_known(work, sheet, first, known, department, papers, items)
        elif department is not None:
            own = {key: first[key] for key in (*OWN, "code")}
            begins = first["valid_from"] or work.today
            version = Version(begins, first["valid_to"], _facts(first), papers)
            items.entered.append((ServiceItem(department_id=department.id, **own), version))
    items.missing = [known for code, known in register.items() if code not in groups and known.stands_on(work.today)]
    return items


def _department(sheet: Sheet, line: Line, units: Mapping[str, OrgUnit | None]) -> OrgUnit | None:
    code = line["department_code"]
    if code is not None and code not in units:
        sheet.fault(
            line.row, "department_code",
            f"There is no unit {code}, neither in the sheet of units nor in the register.",
            f"机构{code}既不在机构表中，也未登记。",
        )  # fmt: skip
    return units.get(code) if code else None


def _judge_row(work: Work, sheet: Sheet, line: Line, known: Known | None) -> bool:
    """Judge what a row says against the regulation; what stands in the register already is not judged again."""
    before = len(sheet.faults)
    rule = work.profile.catalogue.item_types
    if (
        (known is None or line["item_type"] != known.item.item_type)
        and ANY not in rule.values
        and line["item_type"] not in rule.values
    ):
        kinds = ", ".join(rule.values)
        sheet.fault(
            line.row, "item_type",
            f"The regulation knows no kind of item {line['item_type']!r}; it knows {kinds}.",
            f"制度中没有事项类型“{line['item_type']}”；可用的有：{kinds}。", rule.basis.rules,
        )  # fmt: skip
    tiers = {tier.code for tier in work.profile.tiers} | set(known.facts["handled_at"] if known else ())
    for tier in line["handled_at"] or ():
        if tier not in tiers:
            sheet.fault(
                line.row, "handled_at",
                f"The regulation knows no tier {tier!r}; it knows {', '.join(sorted(tiers))}.",
                f"制度中没有层级“{tier}”；可用的有：{', '.join(sorted(tiers))}。",
            )  # fmt: skip
    for key, other in (("limit_unit", "limit_value"), ("limit_value", "limit_unit")):
        if line[key] is None and other in line.given and not line.spoiled & {key, other}:
            sheet.fault(
                line.row, key,
                "A limit is a number and what it counts: working days, calendar days or hours.",
                "承诺时限须同时填写数值和单位（工作日、自然日或工作小时）。",
            )  # fmt: skip
    if line["valid_from"] and line["valid_to"] and line["valid_to"] < line["valid_from"]:
        sheet.fault(line.row, "valid_to", "The last day lies before the first.", "失效日期早于生效日期。")
    return len(sheet.faults) == before


def _papers(sheet: Sheet, lines: Sequence[Line]) -> tuple[Mapping[str, Any], ...] | None:
    """Give the papers of an item in the order of their rows; None when one of them is not usable."""
    papers, usable = [], True
    for line in lines:
        if line["paper_zh"] is None:
            if line is not lines[0] or line.given & {*PAPER_KEYS[1:]}:
                usable = False
                sheet.fault(
                    line.row,
                    "paper_zh",
                    "A further row of an item names a paper.",
                    "同一事项的每一续行须填写材料名称。",
                )
        elif line.spoiled & {*PAPER_KEYS}:
            usable = False
        else:
            papers.append({key: line[key] for key in PAPER_KEYS})
    return tuple(papers) if usable else None


def _facts(line: Line) -> dict[str, Any]:
    return {key: line[key] for key in VERSION_KEYS}


def _judge_known(
    work: Work,
    sheet: Sheet,
    line: Line,
    known: Known,
    department: OrgUnit | None,
    papers: tuple[Mapping[str, Any], ...],
    items: Items,
) -> None:
    """Find out what a row says otherwise than the catalogue, and from when on."""
    entries = sheet.differing(line, vars(known.item), OWN)
    if department is not None and department.id != known.item.department_id:
        entries["department_id"] = department.id
    change = Change(known, entries)
    facts = sheet.differing(line, known.facts, VERSION_KEYS)
    others = _differing_papers(sheet, known, papers)
    if facts or others or _comes_back(work.today, line, known):
        begins = max(line["valid_from"] or work.today, work.today)
        ends = line["valid_to"] if "valid_to" in sheet.present or not known.stands_on(begins) else known.valid_to
        if ends is not None and ends < begins:
            sheet.fault(line.row, "valid_to", "The item would end before it begins.", "失效日期早于新版本的生效日期。")
            return
        whole = {**known.facts, **facts}
        change.version = Version(begins, ends, whole, papers if others or known.version is None else known.papers)
    elif sheet.differing(line, {"valid_to": known.valid_to}, ("valid_to",)):
        if line["valid_to"] is not None and line["valid_to"] < work.today:
            sheet.fault(line.row, "valid_to", "An item does not end in the past.", "失效日期不得早于今日。")
            return
        change.last_day, change.ends = line["valid_to"], True
    if entries or change.version is not None or change.ends:
        items.changed.append(change)
    else:
        items.unchanged += 1


def _comes_back(today: date, line: Line, known: Known) -> bool:
    """Tell whether a row speaks of an item that had ended, and not of its end."""
    over = line["valid_to"] is not None and line["valid_to"] < today
    return not known.stands_on(today) and not over


def _differing_papers(sheet: Sheet, known: Known, papers: tuple[Mapping[str, Any], ...]) -> bool:
    """Tell whether a sheet that speaks of papers asks for others."""
    said = [key for key in PAPER_KEYS if key in sheet.present]
    if "paper_zh" not in said:
        return False
    asked = [{key: sheet.seen(key, paper[key]) for key in said} for paper in known.papers]
    return asked != [{key: paper[key] for key in said} for paper in papers]


def unit_of_limit(code: str | None) -> LimitUnit | None:
    """Give what a limit counts."""
    return LimitUnit(code) if code else None
