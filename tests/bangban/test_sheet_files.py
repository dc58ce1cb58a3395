"""Sheets as files: what other programs write is read, and nothing that we write is carried out when it is opened."""

import csv
import io
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from bangban.faults import SetupError
from bangban.sheet_files import digest_of, read_table, write_tables
from casework.kernel.sheets import Table

DANGEROUS = ("=1+1", "+86-538-000", "-5", "@SUM(A1)", "'=quoted", "'plain", "''", "\tx", "张三", 'say "a", b', "一\n二")
TABLE = Table(("编码 code*", "名称 name"), tuple((row, (f"00{row}", text)) for row, text in enumerate(DANGEROUS, 2)))


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_is_written_is_read_again_as_it_was(tmp_path: Path, kind: str) -> None:
    (path,) = write_tables(tmp_path / "out", {"units": TABLE}, kind)
    assert read_table(path, "units") == TABLE
    assert path.stat().st_mode & 0o077 == 0, "there are names in it"
    write_tables(tmp_path / "out", {"units": TABLE}, kind)
    assert len(digest_of(path)) == 64


def test_no_cell_of_a_csv_file_is_carried_out(tmp_path: Path) -> None:
    (path,) = write_tables(tmp_path, {"units": TABLE}, "csv")
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf"), "spreadsheets take the file for UTF-8 by its mark only"
    cells = [cell for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")) for cell in row]
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t"))] == []


def test_no_cell_of_a_workbook_is_a_formula(tmp_path: Path) -> None:
    (path,) = write_tables(tmp_path, {"units": TABLE}, "xlsx")
    cells = [cell for row in load_workbook(path)["units"].iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "inlineStr"}
    assert {cell.value: cell.quotePrefix for cell in cells}["=1+1"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_is_read_in_the_encodings_of_spreadsheets(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "units.csv"
    path.write_bytes("机构编码,机构名称\r\n\r\n001,㐂龘便民服务站\r\n".encode(encoding))
    found = read_table(path, "units")
    assert found == Table(("机构编码", "机构名称"), ((3, ("001", "㐂龘便民服务站")),))


def test_a_workbook_is_read_as_a_person_sees_it(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "说明"
    staff = book.create_sheet("人员")
    staff.append(["code", "a", "b", "c", "d", "e"])
    staff.append([370100, 3.0, 2.5, True, date(2024, 9, 2), datetime(2024, 9, 2, 9, 30)])  # noqa: DTZ001 - as a workbook has it
    staff.append([None, None])
    staff.append([370000198001010010, "=1+1"])
    book.save(tmp_path / "all.xlsx")
    found = read_table(tmp_path / "all.xlsx", "staff")
    assert found.rows[0] == (2, ("370100", "3", "2.5", "true", "2024-09-02", "2024-09-02 09:30:00"))
    row, (rounded, formula, *_) = found.rows[1]
    assert (row, formula) == (4, ""), "what a formula gives is not known here"
    assert "rounded" in rounded, "a workbook keeps fifteen digits of a number"


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.csv", b"\xff\xfe\xff\xff", "neither UTF-8 nor GB18030"),
        ("b.csv", b'code,"name\n1,2', "not a CSV file"),
        ("c.csv", b"", "no headings"),
        ("d.csv", b"\n\ncode\n1\n", "no headings"),
        ("e.xlsx", b"not a workbook", "not a workbook"),
        ("f.xlsx", None, "no file"),
    ],
)
def test_what_is_no_sheet_is_explained(tmp_path: Path, name: str, content: bytes | None, told: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(SetupError, match=told):
        read_table(tmp_path / name, "units")


def test_a_workbook_of_several_sheets_names_the_one_that_is_meant(tmp_path: Path) -> None:
    book = Workbook()
    book.create_sheet("another")
    book.save(tmp_path / "two.xlsx")
    with pytest.raises(SetupError, match="several sheets"):
        read_table(tmp_path / "two.xlsx", "units")
