"""Cells: what people write is understood, what the office writes comes back as it was."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bangban.demo.identity import identity_number
from casework.kernel.cells import (
    BOOLEAN,
    DAY_CELL,
    IDENTITY_NUMBER,
    LINE,
    OFFICE_HOURS,
    TEXT,
    Cell,
    chosen,
    first_instant,
    last_instant,
    named,
    number,
    several,
)

SHANGHAI = "Asia/Shanghai"
TIERS = {"CITY": "市", "COUNTY": "县（市、区）"}


@pytest.mark.parametrize("written", ["2024-09-02", "2024/9/2", "2024.9.2", "20240902", "2024年9月2日", " 2024-09-02 "])
def test_a_day_is_read_however_it_is_usually_written(written: str) -> None:
    assert DAY_CELL.read(written) == date(2024, 9, 2)


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        (DAY_CELL, "2024-02-30"),
        (DAY_CELL, "tomorrow"),
        (BOOLEAN, "perhaps"),
        (number(1), "0"),
        (number(1), "1.5"),
        (number(1), "many"),
        (LINE, "two\nlines"),
        (chosen(TIERS), "VILLAGE"),
        (OFFICE_HOURS, "17:00-09:00"),
        (OFFICE_HOURS, "09:00-12:00; 11:00-13:00"),
        (OFFICE_HOURS, "always"),
        (first_instant(SHANGHAI), "2024-13-01"),
        (last_instant(SHANGHAI), "soon"),
    ],
)
def test_what_says_nothing_is_refused(cell: Cell, written: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        cell.read(written)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (DAY_CELL, date(2024, 2, 29)),
        (BOOLEAN, True),
        (BOOLEAN, False),
        (number(0), 12),
        (LINE, "=1+1"),
        (TEXT, "第一步\n第二步"),
        (chosen(TIERS), "COUNTY"),
        (several(TIERS), ("CITY", "COUNTY")),
        (OFFICE_HOURS, [["09:00", "12:00"], ["13:30", "17:00"]]),
        (first_instant(SHANGHAI), datetime(2024, 9, 1, 16, tzinfo=UTC)),
        (first_instant(SHANGHAI), datetime(2024, 9, 2, 1, 2, 3, 456, tzinfo=UTC)),
        (last_instant(SHANGHAI), datetime(2024, 9, 1, 16, tzinfo=UTC)),
        (last_instant(SHANGHAI), datetime(2024, 9, 2, 1, 2, 3, 456, tzinfo=UTC)),
    ],
)
def test_what_is_written_comes_back(cell: Cell, value: object) -> None:
    assert cell.read(cell.write(value)) == value


def test_a_last_day_still_counts() -> None:
    begins, ends = first_instant(SHANGHAI).read("2024-09-02"), last_instant(SHANGHAI).read("2024-09-02")
    assert ends - begins == timedelta(days=1)
    assert last_instant(SHANGHAI).write(ends) == "2024-09-02"


def test_a_known_thing_is_read_by_its_code_and_by_its_name() -> None:
    assert named(TIERS).read("县（市、区）") == "COUNTY"
    assert named(TIERS).read("VILLAGE") == "VILLAGE", "the office judges what is unknown"
    assert several(TIERS).read("市；COUNTY、市") == ("CITY", "COUNTY")
    assert named({"A": "岗位", "B": "岗位"}).read("岗位") == "岗位", "a name of two things names none"
    assert chosen(TIERS).read("city") == "CITY"


def test_an_identity_number_has_its_check_digit_and_a_birthday() -> None:
    right = identity_number(date(1980, 2, 29), 123)
    assert IDENTITY_NUMBER.read(f" {right.lower()} ") == right
    wrong = right[:-1] + ("0" if right[-1] != "0" else "1")
    for bad in (wrong, right[:17], right[:6] + "19800230" + right[14:], right[:10] + "五" + right[11:]):
        with pytest.raises(ValueError, match=r"."):
            IDENTITY_NUMBER.read(bad)


def test_signs_that_no_sheet_can_carry_are_left_out() -> None:
    assert LINE.write("张\x00三\x1b ") == "张三"
    assert LINE.read("\u3000张三\n") == "张三"
    assert LINE.read(LINE.write("一\r\n二")) == "一 二", "what is kept in two lines comes back in one"
