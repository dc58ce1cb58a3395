"""Bring the units, staff and items of a city in sheets (导入): all that is wrong at once, then everything or nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import func, select

from authz.decide import Resource
from casework.catalogue.item_sheet import ITEMS, Items, item_columns, judge_items
from casework.catalogue.write_items import retire_items, write_items
from casework.kernel.sheets import Column, Fault, Progress, Sheet, Table, read_sheet, untold
from casework.kernel.work import Work
from casework.organisation.authority import OPERATOR_ACTION, TENANT_WIDE
from casework.organisation.post_sheet import POSTS
from casework.organisation.staff_sheet import STAFF, Staff, columns_brought, judge_staff, write_staff
from casework.organisation.unit_sheet import UNITS, Units, judge_units, unit_columns, write_units
from tenants.profile import Profile

LOAD_ITEMS = "system.catalogue_load"
SHEETS = (UNITS, STAFF, ITEMS)
JUDGED = "judged"
COLUMNS: Mapping[str, Callable[[Profile], tuple[Column, ...]]] = {
    UNITS: unit_columns,
    STAFF: columns_brought,
    ITEMS: item_columns,
}
"""The columns that each sheet may have, under the regulation of a city."""


@dataclass(frozen=True)
class ImportSheets:
    """The sheets that a city brings, by their names; what is not in them is left alone unless it shall be retired."""

    tables: Mapping[str, Table]
    retire_missing: bool = False
    digests: Mapping[str, str] = field(default_factory=dict)
    """SHA-256 of the files, for the record."""


@dataclass(frozen=True)
class Tally:
    """What becomes of the things of one kind: how many are new, changed, as they were, retired, or left alone."""

    kind: str
    new: int
    changed: int
    unchanged: int
    retired: int
    left_alone: int

    @property
    def is_nothing(self) -> bool:
        """Tell whether nothing changes."""
        return not (self.new or self.changed or self.retired)


@dataclass(frozen=True)
class Outcome:
    """What an import found: all faults, sheet by sheet, or what it changes."""

    faults: tuple[Fault, ...]
    tallies: tuple[Tally, ...]

    @property
    def is_nothing(self) -> bool:
        """Tell whether the register says all this already."""
        return all(tally.is_nothing for tally in self.tallies)


@dataclass(frozen=True)
class Judged:
    """The sheets after they were judged, with what the register would learn from each."""

    sheets: Mapping[str, Sheet]
    units: Units
    staff: Staff | None
    items: Items | None

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Give all that is wrong, in the order in which a person reads the sheets."""
        found = (fault for name in SHEETS if name in self.sheets for fault in self.sheets[name].faults)
        return tuple(sorted(found, key=lambda fault: (SHEETS.index(fault.sheet), fault.row)))


async def try_sheets(work: Work, given: ImportSheets, told: Progress = untold) -> Outcome:
    """Judge the sheets and say what an import would do; nothing is written."""
    judged = await judge(work, given, told)
    return Outcome(judged.faults, tallies(judged, given.retire_missing))


async def import_sheets(work: Work, given: ImportSheets, told: Progress = untold) -> Outcome:
    """Judge the sheets and, when nothing is wrong with any of them, write everything in this Work."""
    judged = await judge(work, given, told)
    outcome = Outcome(judged.faults, tallies(judged, given.retire_missing))
    if outcome.faults or outcome.is_nothing:
        return outcome
    if UNITS in judged.sheets:
        await write_units(work, judged.units, told)
    if judged.staff is not None:
        await write_staff(work, judged.staff, told)
    if judged.items is not None:
        await write_items(work, judged.items, told)
        if given.retire_missing:
            await retire_items(work, judged.items, told)
    counts = {tally.kind: [tally.new, tally.changed, tally.retired] for tally in outcome.tallies}
    work.audit("sheets.imported", "tenant", work.tenant, after={"counts": counts, "files": dict(given.digests)})
    return outcome


async def judge(work: Work, given: ImportSheets, told: Progress) -> Judged:
    """Read and judge all sheets, each in the light of the ones before: staff of units that are only now brought."""
    work.require(OPERATOR_ACTION, TENANT_WIDE)
    work.require(LOAD_ITEMS, Resource())
    key = func.hashtextextended(f"sheets:{work.tenant}", 0)
    await work.session.execute(select(func.pg_advisory_xact_lock(key)))
    sheets = {name: read_sheet(name, COLUMNS[name](work.profile), table) for name, table in given.tables.items()}
    units = await judge_units(work, sheets.get(UNITS))
    told(JUDGED, 1, len(SHEETS))
    staff = await judge_staff(work, sheets[STAFF], units.known, given.retire_missing) if STAFF in sheets else None
    told(JUDGED, 2, len(SHEETS))
    items = await judge_items(work, sheets[ITEMS], units.known) if ITEMS in sheets else None
    told(JUDGED, 3, len(SHEETS))
    return Judged(sheets, units, staff, items)


def tallies(judged: Judged, retire: bool) -> tuple[Tally, ...]:
    """Count what becomes of the things of each kind; units are never retired, because nothing says what becomes of theirs."""
    found, staff, items = [], judged.staff, judged.items
    if UNITS in judged.sheets:
        units = judged.units
        found.append(Tally(UNITS, len(units.opened), len(units.changed), units.unchanged, 0, len(units.missing)))
    if staff is not None:
        left = len(staff.missing) - len(staff.leaving)
        found.append(Tally(STAFF, len(staff.entered), len(staff.changed), staff.unchanged, len(staff.leaving), left))
        posts, ended = staff.posts, sum(ends is None for _, ends in staff.posts.ended)
        changed = len(posts.changed) + len(posts.ended) - ended
        found.append(Tally(POSTS, len(posts.given), changed, posts.unchanged, ended, posts.missing - ended))
    if items is not None:
        gone = len(items.missing) if retire else 0
        left = len(items.missing) - gone
        found.append(Tally(ITEMS, len(items.entered), len(items.changed), items.unchanged, gone, left))
    return tuple(found)
