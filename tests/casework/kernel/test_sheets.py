"""Sheets: headings in both languages, and everything that is wrong, by row and column, without what is personal."""

from casework.kernel.cells import BOOLEAN, LINE, number
from casework.kernel.sheets import Column, Sheet, Table, by_code, demand, example_of, read_sheet, table_of

COLUMNS = (
    Column("code", "编码", LINE, required=True, example="A"),
    Column("name", "姓名", LINE, personal=True, example="张某"),
    Column("size", "人数", number(1)),
    Column("open", "是否开放", BOOLEAN, default=False),
)


def sheet(*rows: tuple[str, ...], headings: tuple[str, ...] = ("编码", "姓名", "人数", "是否开放")) -> Sheet:
    return read_sheet("things", COLUMNS, Table(headings, tuple(enumerate(rows, start=2))))


def places(found: Sheet) -> list[tuple[int, str]]:
    return [(fault.row, fault.column) for fault in found.faults]


def test_headings_are_known_in_chinese_and_english_and_in_any_order() -> None:
    for headings in (("人数", "编码"), ("size", " Code* "), ("人数 size", "编码（code）"), ("人数(size)*", "ＣＯＤＥ")):
        (line,) = sheet(("3", "A"), headings=headings).lines
        assert (line["code"], line["size"], line["open"]) == ("A", 3, False)


def test_what_is_wrong_with_headings_is_all_told() -> None:
    found = sheet(headings=("姓名", "name", "Colour", "人数"))
    assert places(found) == [(1, "姓名 name"), (1, "Colour"), (1, "编码 code")]
    assert "编码 code" in found.faults[1].message


def test_a_first_row_of_data_is_not_shown() -> None:
    found = sheet(headings=("R1", "张三", "370000198001010000"))
    assert [fault.column for fault in found.faults] == ["-", "编码 code"]
    assert "张三" not in str(found.faults)


def test_cells_that_say_nothing_are_told_by_row_and_column_and_empty_rows_are_none() -> None:
    found = sheet(("A", "张\n三", "many", "maybe"), ("", " ", "", ""), ("B", "李四", "0", ""))
    assert places(found) == [(2, "姓名 name"), (2, "人数 size"), (2, "是否开放 open"), (4, "人数 size")]
    told = " ".join(fault.message + fault.message_zh for fault in found.faults)
    assert "many" in told
    assert "张" not in told, "what is personal is not shown"


def test_what_must_be_there_is_demanded() -> None:
    found = sheet(("A", "", "1", ""))
    assert not demand(found, found.lines[0], ("code", "name"))
    assert places(found) == [(2, "姓名 name")]
    assert demand(found, found.lines[0], ("code", "size"))


def test_several_rows_of_one_thing_agree() -> None:
    found = sheet(
        ("A", "张三", "1", ""), ("A", "", "", ""), ("A", "李四", "2", "是"), ("B", "", "", ""), ("", "x", "", "")
    )
    groups = list(by_code(found, ("name", "size")))
    assert [[line.row for line in lines] for lines in groups] == [[2, 3, 4], [5]]
    assert places(found) == [(6, "编码 code"), (4, "姓名 name"), (4, "人数 size")]
    assert "李四" not in str(found.faults)


def test_a_row_differs_from_the_register_by_what_the_sheet_says_only() -> None:
    found = sheet(("A", "3"), headings=("编码", "人数"))
    assert found.differing(found.lines[0], {"size": 3, "open": True}, ("size", "open")) == {}
    assert found.differing(found.lines[0], {"size": 4, "open": True}, ("size", "open")) == {"size": 3}
    whole = sheet(("A", "张三", "", ""))
    assert whole.differing(whole.lines[0], {"name": " 张三 ", "size": 4, "open": False}, ("name", "size", "open")) == {
        "size": None
    }


def test_things_are_written_so_that_they_are_read_again() -> None:
    things = [{"code": "A", "name": "张三", "size": 2, "open": True}, {"code": "B"}]
    found = read_sheet("things", COLUMNS, table_of(COLUMNS, things))
    assert found.faults == []
    assert [dict(line.values) for line in found.lines] == [
        things[0],
        {"code": "B", "name": None, "size": None, "open": False},
    ]
    assert read_sheet("things", COLUMNS, example_of(COLUMNS)).faults == []
