"""Cells of a sheet: how a value is written into one, and how it is read again whatever program or habit wrote it."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

YES, NO = "是", "否"
AFFIRMED = frozenset({YES, "yes", "y", "true", "1", "√", "✓", "有"})
DENIED = frozenset({NO, "no", "n", "false", "0", "×", "✗", "无"})
BETWEEN = re.compile(r"[;；、,，\n]+")
DAY = re.compile(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?")
HOURS = re.compile(r"(\d{1,2}:\d{2})\s*[-–—~至]\s*(\d{1,2}:\d{2})")
UNSEEN = dict.fromkeys((*range(9), *range(11, 32), 127))
"""Signs that no sheet can carry; line ends and tabs it can."""

IDENTITY = re.compile(r"\d{17}[\dX]")
ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECKS = "10X98765432"
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Cell:
    """One way of writing values: `read` raises ValueError for a text that says nothing, `right` tells what would say it."""

    read: Callable[[str], Any]
    write: Callable[[Any], str]
    right: str
    right_zh: str


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(UNSEEN).strip()


def _one_line(text: str) -> str:
    plain = _plain(text)
    if "\n" in plain:
        raise ValueError("more than one line")
    return plain


def _write_line(value: Any) -> str:
    return " ".join(_plain(str(value)).split("\n"))


LINE = Cell(_one_line, _write_line, "one line of text", "应为一行文字")
TEXT = Cell(_plain, lambda value: _plain(str(value)), "a text", "应为文字")


def matching(pattern: re.Pattern[str], right: str, right_zh: str) -> Cell:
    """Read a text of a certain form, such as a code."""

    def read(text: str) -> str:
        plain = _one_line(text)
        if not pattern.fullmatch(plain):
            raise ValueError("of another form")
        return plain

    return Cell(read, _write_line, right, right_zh)


def number(least: int, most: int = 1_000_000) -> Cell:
    """Read a whole number within bounds; wide digits are digits too."""

    def read(text: str) -> int:
        value = int(unicodedata.normalize("NFKC", text).strip().removesuffix(".0"))
        if not least <= value <= most:
            raise ValueError("out of bounds")
        return value

    return Cell(read, str, f"a whole number from {least} to {most}", f"应为{least}至{most}的整数")


def _yes_or_no(text: str) -> bool:
    plain = _one_line(text).casefold()
    if plain in AFFIRMED or plain in DENIED:
        return plain in AFFIRMED
    raise ValueError("neither yes nor no")


BOOLEAN = Cell(_yes_or_no, lambda value: YES if value else NO, f"{YES} (yes) or {NO} (no)", f"应为“{YES}”或“{NO}”")


def named(names: Mapping[str, str]) -> Cell:
    """Read the code of a known thing or its Chinese name; what is unknown stays as written, for the office to judge."""
    codes = {name: code for code, name in names.items() if list(names.values()).count(name) == 1}
    known = "、".join(names)
    return Cell(
        lambda text: codes.get(_one_line(text), _one_line(text)), _write_line, f"one of {known}", f"应为{known}之一"
    )


def several(names: Mapping[str, str]) -> Cell:
    """Read several of them, put one after the other between semicolons."""
    one = named(names)

    def read(text: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one.read(part) for part in BETWEEN.split(text) if part.strip()))

    return Cell(read, "; ".join, f"{one.right}, or several between semicolons", f"{one.right_zh}，多项以分号分隔")


def chosen(names: Mapping[str, str]) -> Cell:
    """Read one of a closed set, by its code or its Chinese name."""
    one = named(names)

    def read(text: str) -> str:
        found: str = one.read(text)
        code = next((code for code in names if code.casefold() == found.casefold()), None)
        if code is None:
            raise ValueError("none of the set")
        return code

    shown = "、".join(f"{code} ({name})" for code, name in names.items())
    return Cell(read, _write_line, f"one of {shown}", f"应为{shown}之一")


def day_of(text: str) -> date:
    """Read a day as it is usually written: 2024-09-02, 2024/9/2, 2024年9月2日, 20240902."""
    found = DAY.fullmatch(_one_line(text))
    if found is None:
        raise ValueError("no day")
    return date(*(int(part) for part in found.groups()))


DAY_CELL = Cell(day_of, date.isoformat, "a day such as 2024-09-02", "应为日期，如2024-09-02")


def first_instant(timezone: str) -> Cell:
    """Read the day on which something begins, at its first instant at the office, or an exact instant."""
    zone = ZoneInfo(timezone)

    def write(value: datetime) -> str:
        local = value.astimezone(zone)
        return local.date().isoformat() if local.time() == time.min else local.isoformat()

    return Cell(lambda text: _instant(text, zone), write, DAY_CELL.right, DAY_CELL.right_zh)


def last_instant(timezone: str) -> Cell:
    """Read the last day of something, which still belongs to it, or the exact instant at which it ends."""
    zone = ZoneInfo(timezone)

    def read(text: str) -> datetime:
        begins = _instant(text, zone)
        return _midnight(begins.date() + ONE_DAY, zone) if DAY.fullmatch(text.strip()) else begins

    def write(value: datetime) -> str:
        local = value.astimezone(zone)
        return (local.date() - ONE_DAY).isoformat() if local.time() == time.min else local.isoformat()

    return Cell(read, write, f"{DAY_CELL.right}; the day still counts", f"{DAY_CELL.right_zh}（含当日）")


def _instant(text: str, zone: ZoneInfo) -> datetime:
    plain = _one_line(text)
    if DAY.fullmatch(plain):
        return _midnight(day_of(plain), zone)
    found = datetime.fromisoformat(plain)
    return found if found.tzinfo is not None else found.replace(tzinfo=zone)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone)


def _hours(text: str) -> list[list[str]]:
    found: list[list[str]] = []
    for part in BETWEEN.split(_plain(text)):
        between = HOURS.fullmatch(part.strip())
        if between is None:
            raise ValueError("no hours")
        opens, closes = (time.fromisoformat(each.zfill(5)) for each in between.groups())
        if opens >= closes or (found and f"{opens:%H:%M}" < found[-1][1]):
            raise ValueError("not in order")
        found.append([f"{opens:%H:%M}", f"{closes:%H:%M}"])
    return found


OFFICE_HOURS = Cell(
    _hours,
    lambda value: "; ".join(f"{opens}-{closes}" for opens, closes in value),
    "hours such as 09:00-12:00; 13:30-17:00",
    "应为时段，如09:00-12:00; 13:30-17:00",
)


def _identity(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).strip().upper()
    if not IDENTITY.fullmatch(plain):
        raise ValueError("of another form")
    day_of(plain[6:14])
    total = sum(int(digit) * weight for digit, weight in zip(plain, ID_WEIGHTS, strict=False))
    if ID_CHECKS[total % 11] != plain[-1]:
        raise ValueError("the check digit is another one")
    return plain


IDENTITY_NUMBER = Cell(
    _identity,
    str,
    "an identity number of 18 signs with its birthday and its check digit (GB 11643)",
    "应为18位公民身份号码，出生日期和校验码须正确（GB 11643）",
)
