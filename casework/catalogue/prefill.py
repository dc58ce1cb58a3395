"""What the register of items already knows for a guide, so that nobody types it; pure (TA-11-1, PX-A-3.3-1, NX-3-1)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from casework.catalogue.guide_text import entries_of
from casework.catalogue.models import LimitUnit, MaterialRequirement, ServiceItem, ServiceItemVersion
from casework.organisation.models import OrgUnit
from tenants.profile import Guide as GuideKind

UNITS_ZH: Mapping[LimitUnit, str] = MappingProxyType(
    {LimitUnit.WORKING_DAYS: "个工作日", LimitUnit.CALENDAR_DAYS: "日", LimitUnit.HOURS: "个工作小时"}
)


@dataclass(frozen=True)
class Chapter:
    """One item as a guide shows it: the item, the version in force, and the papers that it asks for."""

    item: ServiceItem
    version: ServiceItemVersion
    papers: Sequence[MaterialRequirement]


Filling = Callable[[OrgUnit, Sequence[Chapter]], str]


def names(_unit: OrgUnit, chapters: Sequence[Chapter]) -> str:
    """Name the items."""
    return "\n".join(chapter.item.name_zh for chapter in chapters)


def limits(_unit: OrgUnit, chapters: Sequence[Chapter]) -> str:
    """Tell within what time it is done; items handled side by side take as long as the longest of them (PX-A-3.3-1)."""
    timed = [chapter.version for chapter in chapters if not chapter.version.on_spot]
    if not timed:
        return "当场办结"
    if any(version.limit_value is None for version in timed):
        return ""
    counted = {version.limit_unit for version in timed}
    if len(counted) == 1:
        return limit_zh(max(timed, key=lambda version: version.limit_value or 0))
    return _by_item(chapters, lambda chapter: limit_zh(chapter.version))


def limit_zh(version: ServiceItemVersion) -> str:
    """Write the committed limit of one version."""
    if version.on_spot:
        return "当场办结"
    if version.limit_value is None or version.limit_unit is None:
        return ""
    return f"{version.limit_value}{UNITS_ZH[version.limit_unit]}"


def processes(_unit: OrgUnit, chapters: Sequence[Chapter]) -> str:
    """Tell how it is handled; what is the same for all items is said once."""
    said = dict.fromkeys(chapter.version.process_zh for chapter in chapters)
    return next(iter(said)) if len(said) == 1 else _by_item(chapters, lambda chapter: chapter.version.process_zh)


def papers(_unit: OrgUnit, chapters: Sequence[Chapter]) -> str:
    """List the papers; one that several items ask for is listed once (PX-A-3.3-1)."""
    lines: dict[str, str] = {}
    for chapter in chapters:
        for paper in chapter.papers:
            lines.setdefault(paper.name_zh, _paper(paper))
    return "\n".join(f"{number}. {line}" for number, line in enumerate(lines.values(), start=1))


def _paper(paper: MaterialRequirement) -> str:
    wanted = "原件" if paper.original_needed else "复印件"
    more = [wanted, *([f"{paper.copies}份"] if paper.copies else [])]
    more += ["可容缺"] * paper.deferrable + ["可告知承诺"] * paper.by_commitment
    return f"{paper.name_zh}（{'，'.join(more)}；{paper.way_to_obtain_zh}）"


def flow(_unit: OrgUnit, chapters: Sequence[Chapter]) -> str:
    """Draw the way of all items as one line of steps (PX-A-2-2)."""
    steps = dict.fromkeys(step for chapter in chapters for step in chapter.version.process_zh.split("、"))
    return " → ".join(step for step in steps if step)


def address(unit: OrgUnit, _chapters: Sequence[Chapter]) -> str:
    """Tell where the unit is."""
    return unit.address or ""


def phone(unit: OrgUnit, _chapters: Sequence[Chapter]) -> str:
    """Tell the unit's telephone."""
    return unit.phone or ""


def _by_item(chapters: Iterable[Chapter], tell: Callable[[Chapter], str]) -> str:
    return "\n".join(f"{chapter.item.name_zh}：{tell(chapter)}" for chapter in chapters)


FILLINGS: Mapping[str, Filling] = MappingProxyType(
    {
        "item_name": names,
        "committed_limit": limits,
        "time_limit": limits,
        "time": limits,
        "process": processes,
        "materials": papers,
        "flowchart": flow,
        "address": address,
        "phone": phone,
    }
)
"""What the register can say, by the key of the field; basis, conditions, fees and samples only people know."""


def prefilled(kind: GuideKind, unit: OrgUnit, chapters: Sequence[Chapter]) -> dict[str, str]:
    """Fill in what the register knows of the items and the unit."""
    known = (entry.key for entry in entries_of(kind) if entry.key in FILLINGS)
    filled = {key: FILLINGS[key](unit, chapters) for key in known}
    return {key: text for key, text in filled.items() if text}
