"""Sheets as files: workbooks (XLSX) and comma-separated text (CSV), read whatever program wrote them, written harmless.

A cell that begins with =, +, - or @ would be carried out as a formula by the program that opens the file. In a workbook it
is marked as text; in CSV an apostrophe goes before it, which is taken away again when the file is read.
"""

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from bangban.faults import SetupError
from casework.kernel.sheets import Table

NAMES: Mapping[str, tuple[str, ...]] = {
    "units": ("units", "机构", "机构表"),
    "staff": ("staff", "人员", "人员表"),
    "items": ("items", "事项", "事项表"),
}
"""By which names a sheet is found in a workbook of several."""

CARRIED_OUT = ("=", "+", "-", "@", "\t", "\r")
ENCODINGS = ("utf-8-sig", "gb18030")
LONGEST_NUMBER = 15
"""How many digits a workbook keeps of a number; what is longer was rounded before anybody could read it."""

WIDTH = 18


def read_table(path: Path, name: str) -> Table:
    """Read the sheet of a name from a file; numbers and dates come as the text that a person sees."""
    if not path.is_file():
        raise SetupError(f"there is no file {path}", "Name an XLSX or CSV file.")
    rows = _rows_of_workbook(path, name) if path.suffix.lower() in {".xlsx", ".xlsm"} else _rows_of_csv(path)
    kept = [(number, cells) for number, cells in enumerate(rows, start=1) if any(cell.strip() for cell in cells)]
    if not kept or kept[0][0] != 1:
        raise SetupError(f"{path.name} has no headings", "The first row names the columns; `city template` shows them.")
    (_, headings), *others = kept
    return Table(headings, tuple(others))


def digest_of(path: Path) -> str:
    """Give the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_tables(folder: Path, tables: Mapping[str, Table], kind: str) -> list[Path]:
    """Write each sheet into a file of its own in a folder, readable by its owner only: there are names in it."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, table in tables.items():
        path = folder / f"{name}.{kind}"
        content = _workbook(name, table) if kind == "xlsx" else _csv(table)
        path.touch(mode=0o600)
        path.chmod(0o600)
        path.write_bytes(content)
        written.append(path)
    return written


def _rows_of_csv(path: Path) -> Iterator[tuple[str, ...]]:
    content = path.read_bytes()
    for encoding in ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        try:
            yield from (tuple(map(_freed, row)) for row in csv.reader(io.StringIO(text, newline=""), strict=True))
        except csv.Error as error:
            raise SetupError(f"{path.name} is not a CSV file: {error}") from None
        return
    raise SetupError(f"{path.name} is neither UTF-8 nor GB18030", "Save it as CSV UTF-8 or as XLSX.")


def _freed(cell: str) -> str:
    """Take away the apostrophe that keeps a cell from being carried out."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith((*CARRIED_OUT, "'")) else cell


def _harmless(cell: str) -> str:
    """Keep a cell from being carried out; one that begins with an apostrophe gets another, so that it comes back whole."""
    return f"'{cell}" if cell.startswith((*CARRIED_OUT, "'")) else cell


def _csv(table: Table) -> bytes:
    written = io.StringIO(newline="")
    csv.writer(written).writerows([*map(_harmless, row)] for row in _all_rows(table))
    return written.getvalue().encode("utf-8-sig")


def _rows_of_workbook(path: Path, name: str) -> Iterator[tuple[str, ...]]:
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, BadZipFile, KeyError, ValueError) as error:
        raise SetupError(f"{path.name} is not a workbook: {error}", "Save it as XLSX or CSV.") from None
    try:
        sheet = next((one for one in book.worksheets if one.title.strip().casefold() in NAMES[name]), None)
        if sheet is None:
            (sheet, *others) = book.worksheets
            if others:
                raise SetupError(f"{path.name} has several sheets", f"Name the one of the {name} {NAMES[name][0]}.")
        # What programs write about the size of a sheet is not always true.
        sheet.reset_dimensions()
        yield from (tuple(map(_shown, row)) for row in sheet.iter_rows(values_only=True))
    finally:
        book.close()


def _shown(value: Any) -> str:
    """Write a cell of a workbook as a person sees it."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case datetime():
            return value.date().isoformat() if value.time() == time.min else value.isoformat(sep=" ")
        case date() | time():
            return value.isoformat()
        case int() | float():
            whole = f"{value:.0f}" if float(value).is_integer() else str(value)
            return whole if len(whole) <= LONGEST_NUMBER else f"{whole} (number rounded: format the column as text)"
        case _:
            return str(value)


def _workbook(name: str, table: Table) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(name)
    sheet.freeze_panes = "A2"
    for place in range(len(table.headings)):
        sheet.column_dimensions[get_column_letter(place + 1)].width = WIDTH
    for number, row in enumerate(_all_rows(table)):
        sheet.append([_text_cell(sheet, cell, bold=number == 0) for cell in row])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _text_cell(sheet: Any, text: str, *, bold: bool) -> Any:
    """Make a cell of plain text: codes keep their zeros, and nothing in it is carried out."""
    if not text:
        return None
    cell = WriteOnlyCell(sheet)
    cell.value = text
    cell.data_type = "s"
    cell.number_format = "@"
    if text.startswith(CARRIED_OUT):
        cell.quotePrefix = True
    if bold:
        cell.font = Font(bold=True)
    return cell


def _all_rows(table: Table) -> Iterable[Sequence[str]]:
    yield table.headings
    yield from (cells for _, cells in table.rows)
