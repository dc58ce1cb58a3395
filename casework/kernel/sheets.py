"""Sheets that a city brings and takes away: columns with headings in two languages, and all that is wrong, by row and column."""

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from casework.kernel.cells import Cell
from casework.kernel.errors import Refusal

HEADING_ROW = 1
Progress = Callable[[str, int, int], None]
"""Told how far a part of a long step is: the part, what is done, and how much there is."""


def untold(part: str, done: int, total: int) -> None:
    """Tell nobody how far a step is."""


@dataclass(frozen=True)
class Column:
    """One column of a sheet; of a personal one no value is ever shown where something is wrong."""

    key: str
    zh: str
    cell: Cell
    required: bool = False
    personal: bool = False
    default: Any = None
    """What an empty cell says, and a column that is not there of a new thing."""

    example: str = ""

    @property
    def heading(self) -> str:
        """Give what stands at the head of the column."""
        return f"{self.zh} {self.key}"

    @property
    def headings(self) -> frozenset[str]:
        """Give the headings by which the column is known: in Chinese, in English, both."""
        return frozenset(map(bare, (self.zh, self.key, self.heading)))


def bare(heading: str) -> str:
    """Leave of a heading its letters, digits and characters; stars, brackets and blanks around them mean nothing."""
    plain = unicodedata.normalize("NFKC", heading).casefold()
    return "".join(sign for sign in plain if sign.isalnum())


@dataclass(frozen=True)
class Table:
    """A sheet as it was found: headings, and rows of plain text under the numbers that a person sees."""

    headings: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Fault:
    """What is wrong in one place of a sheet, and what would be right; it holds no personal data."""

    sheet: str
    row: int
    column: str
    message: str
    message_zh: str
    rules: tuple[str, ...] = ()


@dataclass(frozen=True)
class Line:
    """One row as it was understood: all values, which of the cells were filled in, and which could not be understood."""

    row: int
    values: Mapping[str, Any]
    given: frozenset[str] = frozenset()
    spoiled: frozenset[str] = frozenset()

    def __getitem__(self, key: str) -> Any:
        """Give a value; an empty cell says what its column says of empty cells."""
        return self.values[key]


@dataclass
class Sheet:
    """A sheet that is being judged: its columns, those of them that it has, its rows, and what is wrong with it so far."""

    name: str
    columns: Mapping[str, Column]
    present: frozenset[str] = frozenset()
    lines: list[Line] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def fault(self, row: int, key: str, message: str, message_zh: str, rules: tuple[str, ...] = ()) -> None:
        """Note what is wrong in a place."""
        self.faults.append(Fault(self.name, row, self.columns[key].heading, message, message_zh, rules))

    def refused(self, row: int, key: str, refusal: Refusal) -> None:
        """Note what a rule of the office has against a place."""
        self.fault(row, key, refusal.message, refusal.message_zh, refusal.rules)

    def value(self, key: str, value: Any) -> str:
        """Show a value, unless it is personal."""
        return "" if self.columns[key].personal else f" “{value}”"

    def seen(self, key: str, value: Any) -> Any:
        """Give what a sheet would bring back of a value of the register; what cannot be read back stays as it is written."""
        column = self.columns[key]
        text = "" if value is None else column.cell.write(value)
        try:
            return column.cell.read(text) if text.strip() else column.default
        except ValueError:
            return text

    def differing(self, line: Line, stored: Mapping[str, Any], keys: Iterable[str]) -> dict[str, Any]:
        """Give what a row says otherwise than the register; a column that the sheet does not have says nothing."""
        said = (key for key in keys if key in self.present and key not in line.spoiled)
        return {key: line[key] for key in said if line[key] != self.seen(key, stored[key])}


def read_sheet(name: str, columns: Sequence[Column], table: Table) -> Sheet:
    """Understand a sheet: find its columns by their headings and read every cell, noting all that cannot be read."""
    sheet = Sheet(name, {column.key: column for column in columns})
    places = _places(sheet, table.headings)
    sheet.present = frozenset(places.values())
    for column in columns:
        if column.required and column.key not in sheet.present:
            sheet.fault(HEADING_ROW, column.key, "This column is missing.", "缺少该列。")
    for row, cells in table.rows:
        if any(cell.strip() for cell in cells):
            texts = {key: cells[place] if place < len(cells) else "" for place, key in places.items()}
            sheet.lines.append(_line(sheet, row, texts))
    return sheet


def _places(sheet: Sheet, headings: Sequence[str]) -> dict[int, str]:
    """Find which column stands where; a heading that nobody knows would be a column that is silently lost."""
    places: dict[int, str] = {}
    unknown = []
    for place, heading in enumerate(headings):
        key = next((key for key, column in sheet.columns.items() if bare(heading) in column.headings), None)
        if key is None and heading.strip():
            unknown.append(heading.strip())
        elif key in places.values():
            sheet.fault(HEADING_ROW, str(key), "This column stands here twice.", "该列重复。")
        elif key is not None:
            places[place] = key
    known = ", ".join(column.heading for column in sheet.columns.values())
    # A first row without any heading is a row of data, and may be about somebody.
    for heading in unknown if places else ("-",):
        sheet.faults.append(
            Fault(
                sheet.name, HEADING_ROW, heading[:40],
                f"This heading is unknown; known are {known}.", f"无法识别该列标题；可用的列有：{known}。",
            )
        )  # fmt: skip
    return places


def _line(sheet: Sheet, row: int, texts: Mapping[str, str]) -> Line:
    values = {key: column.default for key, column in sheet.columns.items()}
    given = frozenset(key for key, text in texts.items() if text.strip())
    spoiled = set()
    for key, text in texts.items():
        column = sheet.columns[key]
        if key not in given:
            continue
        try:
            values[key] = column.cell.read(text)
        except (ValueError, OverflowError):
            spoiled.add(key)
            shown = sheet.value(key, text.strip()[:40])
            sheet.fault(
                row, key,
                f"This value{shown} is not usable; right is {column.cell.right}.",
                f"该值{shown}无法使用；{column.cell.right_zh}。",
            )  # fmt: skip
    return Line(row, values, given, frozenset(spoiled))


def demand(sheet: Sheet, line: Line, keys: Iterable[str]) -> bool:
    """Note which of these cells are empty though they must not be; tell whether all can be worked with."""
    usable = True
    for key in keys:
        if line[key] is None or key in line.spoiled:
            usable = False
            if key in sheet.present and key not in line.spoiled:
                column = sheet.columns[key]
                sheet.fault(
                    line.row, key,
                    f"This cell is empty; right is {column.cell.right}.", f"该单元格不能为空；{column.cell.right_zh}。",
                )  # fmt: skip
    return usable


def by_code(sheet: Sheet, own: Sequence[str]) -> Iterator[list[Line]]:
    """Give the rows of each thing: one code may have several rows, and its own cells are filled in the first, or alike."""
    groups: dict[str, list[Line]] = {}
    for line in sheet.lines:
        if demand(sheet, line, ("code",)):
            groups.setdefault(line["code"], []).append(line)
    for lines in groups.values():
        first = lines[0]
        for line in lines[1:]:
            for key in own:
                if key in line.given and line[key] != first[key] and not {key} & (line.spoiled | first.spoiled):
                    sheet.fault(
                        line.row, key,
                        f"This code stands in row {first.row} with another value; leave this cell empty or alike.",
                        f"第{first.row}行已有该编码且此列内容不同；请留空或填写一致。",
                    )  # fmt: skip
        yield lines


def table_of(columns: Sequence[Column], rows: Iterable[Mapping[str, Any]]) -> Table:
    """Write things down as a sheet; what a row does not have stays empty."""
    written = (
        tuple("" if row.get(column.key) is None else column.cell.write(row[column.key]) for column in columns)
        for row in rows
    )
    headings = tuple(column.heading + ("*" if column.required else "") for column in columns)
    return Table(headings, tuple(enumerate(written, start=HEADING_ROW + 1)))


def example_of(columns: Sequence[Column]) -> Table:
    """Write the headings and a row that shows how they are filled in."""
    headings = tuple(column.heading + ("*" if column.required else "") for column in columns)
    return Table(headings, ((HEADING_ROW + 1, tuple(column.example for column in columns)),))
