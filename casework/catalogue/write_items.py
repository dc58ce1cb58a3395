"""Enter what the sheet of items brings: items, versions, the papers they ask for, and names by which they are found."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from casework.catalogue.events import ItemChanged, ItemEnded, ItemEntered
from casework.catalogue.item_register import PAPER_KEYS, Known
from casework.catalogue.item_sheet import ITEMS, Change, Items, Version, unit_of_limit
from casework.catalogue.models import ItemNameTail, MaterialRequirement, ServiceItem, ServiceItemVersion
from casework.kernel.ids import new_id
from casework.kernel.sheets import Progress
from casework.kernel.work import Work
from casework.kernel.write_each import change_each, make_each_findable, set_all, write_each

ONE_DAY = timedelta(days=1)
PAPERS = "papers"


async def write_items(work: Work, items: Items, told: Progress) -> None:
    """Write the catalogue: new items, changed ones, and the papers of all new versions after them."""
    papers: list[MaterialRequirement] = []

    def enter(new: tuple[ServiceItem, Version]) -> None:
        item, version = new
        work.add(item)
        papers.extend(_enter_version(work, item, version, 1))
        work.emit(ItemEntered(item.id, item.code).told())

    def correct(change: Change) -> None:
        papers.extend(_correct(work, change))

    def add(paper: MaterialRequirement) -> None:
        work.add(paper)

    await write_each(work, ITEMS, items.entered, enter, told)
    await change_each(work, ITEMS, items.changed, correct, told)
    await write_each(work, PAPERS, papers, add, told)
    renamed = [change.known.item for change in items.changed if "name_zh" in change.entries]
    await make_each_findable(work, ItemNameTail, [*(item for item, _ in items.entered), *renamed], told)


def _enter_version(work: Work, item: ServiceItem, version: Version, number: int) -> list[MaterialRequirement]:
    facts = dict(version.facts)
    row = work.add(
        ServiceItemVersion(
            id=new_id(), item_id=item.id, version=number, valid_from=version.valid_from, valid_to=version.valid_to,
            limit_value=facts["limit_value"], limit_unit=unit_of_limit(facts["limit_unit"]), on_spot=facts["on_spot"],
            handled_at=list(facts["handled_at"]), process_zh=facts["process_zh"],
        )
    )  # fmt: skip
    return [
        MaterialRequirement(item_version_id=row.id, position=place, name_zh=paper["paper_zh"], **_kept(paper))
        for place, paper in enumerate(version.papers, start=1)
    ]


def _kept(paper: Mapping[str, Any]) -> dict[str, Any]:
    return {key: paper[key] for key in PAPER_KEYS[1:]}


def _correct(work: Work, change: Change) -> list[MaterialRequirement]:
    """Change what the catalogue says of an item; a new version ends all that was to hold from its first day on."""
    known, version, papers = change.known, change.version, []
    number = known.versions[-1].version + 1 if known.versions else 1
    if version is not None:
        _end_before(known, version.valid_from)
        papers = _enter_version(work, known.item, version, number)
    elif change.ends and known.version is not None:
        known.version.valid_to = change.last_day
    set_all(known.item, change.entries)
    if version is None and not change.entries:
        day = change.last_day.isoformat() if change.last_day else ""
        work.emit(ItemEnded(known.item.id, known.item.code, day).told())
        return papers
    begins = version.valid_from.isoformat() if version else None
    fields = tuple(sorted(change.entries))
    work.emit(ItemChanged(known.item.id, known.item.code, fields, number if version else None, begins).told())
    return papers


def _end_before(known: Known, day: date) -> None:
    """End the versions of an item before a day; one that was to begin later is called off, and never in force."""
    for earlier in known.versions:
        if earlier.valid_to is None or earlier.valid_to >= day:
            earlier.valid_to = day - ONE_DAY


async def retire_items(work: Work, items: Items, told: Progress) -> None:
    """Let the items end yesterday that the sheet no longer has; the lists that they stand on are the units' own."""

    def retire(known: Known) -> None:
        _end_before(known, work.today)
        work.emit(ItemEnded(known.item.id, known.item.code, (work.today - ONE_DAY).isoformat()).told())

    await change_each(work, ITEMS, items.missing, retire, told)
