"""Bringing sheets to the small cities of the tests: a table from plain rows, and what the office says of it."""

from collections.abc import Sequence
from typing import Any, Protocol

from authz.actor import Actor
from casework.catalogue.export_sheets import ExportSheets, export_sheets
from casework.catalogue.import_sheets import ImportSheets, Outcome, import_sheets, try_sheets
from casework.kernel.audit import AuditEntry
from casework.kernel.models import TenantRow
from casework.kernel.outbox import OutboxEvent
from casework.kernel.sheets import Table
from casework.kernel.work import Office
from tests.casework.cities import City

Rows = Sequence[str]


class Place(Protocol):
    """A small city of whatever kind."""

    office: Office

    @property
    def tenant(self) -> str: ...


def table(*lines: str) -> Table:
    """Make a sheet from lines of cells between bars; the first has the headings."""
    headings, *rows = (tuple(cell.strip() for cell in line.split("|")) for line in lines)
    return Table(headings, tuple(enumerate(rows, start=2)))


async def bring(city: Place, *, dry: bool = False, retire: bool = False, **sheets: Rows | Table) -> Outcome:
    """Bring sheets as the operator who loads a city."""
    tables = {name: rows if isinstance(rows, Table) else table(*rows) for name, rows in sheets.items()}
    async with city.office.open(Actor.system(city.tenant, "operator")) as work:
        return await (try_sheets if dry else import_sheets)(work, ImportSheets(tables, retire))


async def take(city: Place) -> dict[str, Table]:
    """Take the sheets of a city away."""
    async with city.office.open(Actor.system(city.tenant, "operator")) as work:
        return await export_sheets(work, ExportSheets())


def places(outcome: Outcome) -> list[tuple[str, int, str]]:
    """Name the sheet, the row and the column of each fault."""
    return [(fault.sheet, fault.row, fault.column.split(" ")[-1]) for fault in outcome.faults]


def counts(outcome: Outcome) -> dict[str, tuple[int, int, int, int, int]]:
    """Give how many things of each kind are new, changed, unchanged, retired and left alone."""
    assert outcome.faults == (), outcome.faults
    return {
        tally.kind: (tally.new, tally.changed, tally.unchanged, tally.retired, tally.left_alone)
        for tally in outcome.tallies
    }


async def told(city: City) -> list[str]:
    """Name all events of a city and the entries of its audit trail, to see whether anything happened."""
    events = [event.name for event in await city.rows(OutboxEvent)]
    return [*events, *(entry.action for entry in await city.rows(AuditEntry))]


async def by_code(city: City, kind: type[TenantRow]) -> dict[str, Any]:
    """Give the rows of a table by their codes."""
    found: list[Any] = await city.rows(kind)
    return {row.code: row for row in found}
