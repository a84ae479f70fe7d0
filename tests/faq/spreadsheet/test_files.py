"""Tables as spreadsheets write them, and as they should not: every refusal says where and what to do."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from frontdesk.faq.editing.draft import tidy_text
from frontdesk.faq.spreadsheet import COLUMNS, Row, SheetUnreadable, files, read_sheet, write_sheet

ROWS = [
    Row(2, "cost/title/0a1b2c3d", "cost", "title", "What it costs"),
    Row(3, "cost/answer/0a1b2c3d", "cost", "answer", 'First line, with a comma.\n\n- "quoted"; and more'),
    Row(4, "cost/reviewed/0a1b2c3d", "cost", "reviewed", "2026-11-24"),
    Row(5, "cost/example/0a1b2c3d", "cost", "example", "cuánto cuesta 💶"),
    Row(6, "cost/example/1a1b2c3d", "cost", "example", "=HYPERLINK(\"http://evil.example\")"),
]  # fmt: skip
KINDS = [".csv", ".xlsx"]


def write_csv(path: Path, lines: list[str], encoding: str = "utf-8") -> Path:
    path.write_bytes("\r\n".join(["id,topic,what,text", *lines]).encode(encoding))
    return path


def write_book(path: Path, rows: list[list[object]]) -> Path:
    book = Workbook()
    for cells in [list(COLUMNS), *rows]:
        book.active.append(cells)
    book.save(path)
    return path


@pytest.mark.parametrize("suffix", KINDS)
def test_a_table_comes_back_as_it_was_written(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"topics{suffix}"

    write_sheet(path, ROWS)

    assert read_sheet(path).rows == tuple(ROWS)
    assert read_sheet(path).problems == ()


@pytest.mark.parametrize("suffix", KINDS)
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=40).map(tidy_text).filter(lambda text: "\ufffd" not in text))
)
def test_any_texts_come_back_as_they_were_written(tmp_path: Path, suffix: str, texts: list[str]) -> None:
    rows = [Row(number, "", "cost", "answer", text) for number, text in enumerate(texts, start=2)]

    write_sheet(tmp_path / f"topics{suffix}", rows)

    assert read_sheet(tmp_path / f"topics{suffix}").rows == tuple(rows)


# Formulas


def test_an_exported_workbook_has_no_formula(tmp_path: Path) -> None:
    write_sheet(tmp_path / "topics.xlsx", ROWS)

    cells = [cell for row in load_workbook(tmp_path / "topics.xlsx").active.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} == {"s"}
    with zipfile.ZipFile(tmp_path / "topics.xlsx") as packed:
        assert b"<f>" not in packed.read("xl/worksheets/sheet1.xml")


def test_an_exported_csv_has_no_cell_that_starts_as_a_formula(tmp_path: Path) -> None:
    write_sheet(tmp_path / "topics.csv", ROWS)

    text = (tmp_path / "topics.csv").read_text(encoding="utf-8-sig")
    assert '"\'=HYPERLINK("' in text
    assert '"=' not in text


def test_a_formula_that_was_typed_is_read_as_its_letters(tmp_path: Path) -> None:
    csv = write_csv(tmp_path / "topics.csv", ["", ",cost,example,=1+1", ",cost,example,\"=cmd|' /C calc'!A0\""])
    book = write_book(tmp_path / "topics.xlsx", [["", "cost", "example", "=1+1"]])

    assert [row.text for row in read_sheet(csv).rows] == ["=1+1", "=cmd|' /C calc'!A0"]
    assert [row.text for row in read_sheet(book).rows] == ["=1+1"]


def test_a_cell_that_shows_an_error_is_named(tmp_path: Path) -> None:
    book = write_book(tmp_path / "topics.xlsx", [["", "cost", "example", "how much"], ["", "cost", "example", "#NAME?"]])

    sheet = read_sheet(book)

    assert [problem.render() for problem in sheet.problems] == [
        "row 3, column 'text': the spreadsheet shows an error here (#NAME?); type the text again with ' in front"
    ]
    assert [row.number for row in sheet.rows] == [2]


def test_days_and_numbers_of_a_workbook_are_read_as_they_are_written_here(tmp_path: Path) -> None:
    days = [dt.datetime(2026, 11, 24), dt.date(2026, 11, 24), 24, 1.5]
    book = write_book(tmp_path / "topics.xlsx", [["", "cost", "reviewed", day] for day in days])

    assert [row.text for row in read_sheet(book).rows] == ["2026-11-24", "2026-11-24", "24", "1.5"]


# Encodings


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_csv_that_says_its_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    path = write_csv(tmp_path / "topics.csv", [",cost,example,cuánto cuesta 💶"], encoding)

    assert read_sheet(path).rows == (Row(2, "", "cost", "example", "cuánto cuesta 💶"),)
    assert read_sheet(path).notes == ()


def test_a_csv_of_an_older_excel_is_read_and_said_so_with_the_line(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "topics.csv", [",cost,example,how much", ",cost,example,cuánto “5” €"], "cp1252")

    sheet = read_sheet(path)

    assert sheet.rows[1].text == "cuánto “5” €"
    assert sheet.notes == ("read as Windows-1252, for it is not UTF-8; look at the accents, the first is on line 3",)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"id,topic,what,text\r\n,cost,example,\x81\x8d", "line 2: this is neither UTF-8 nor Windows-1252; save it as CSV UTF-8"),
        ("id,topic,what,text\r\n,cost,example,a".encode("utf-16-le"), "no text that says its encoding; save it as CSV UTF-8"),
        (b"\xff\xfei\x00d\x00", "row 1 has no column topic, what, text"),
        (b"\xff\xfei\x00d\x00,", "starts as UTF-16 and is broken at byte"),
        (b'id,topic,what,text\r\n,cost,example,"open', "row 2: this is no CSV .*; is a quotation mark not closed"),
        (b"PK\x03\x04 but nothing of a workbook", "no workbook that can be read"),
        (b"\xd0\xcf\x11\xe0 an old one", "of the old kind, or locked with a password; save it as .xlsx"),
        (b"", "row 1 has no column id, topic, what, text"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_what_to_do(tmp_path: Path, data: bytes, says: str) -> None:
    path = tmp_path / "topics.csv"
    path.write_bytes(data)

    with pytest.raises(SheetUnreadable, match=says):
        read_sheet(path)


def test_a_letter_that_was_lost_on_the_way_is_named(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "topics.csv", [",cost,example,cu\ufffdnto"])

    problem = read_sheet(path).problems[0]

    assert (problem.row, problem.column) == (2, "text")
    assert "a character was lost here" in problem.message


# Columns and rows


@pytest.mark.parametrize("separator", [";", "\t"])
def test_the_separator_of_another_country_is_understood(tmp_path: Path, separator: str) -> None:
    path = tmp_path / "topics.csv"
    path.write_text(separator.join(COLUMNS) + "\n" + separator.join(["", "cost", "example", "one, two"]), encoding="utf-8")

    assert read_sheet(path).rows == (Row(2, "", "cost", "example", "one, two"),)


def test_columns_may_stand_in_another_order_and_beside_others(tmp_path: Path) -> None:
    path = tmp_path / "topics.csv"
    path.write_text("Text,our notes,TOPIC,what , id\nhow much,ask Ann,cost,example,\n", encoding="utf-8")

    assert read_sheet(path).rows == (Row(2, "", "cost", "example", "how much"),)
    assert read_sheet(path).notes == ("not read: column our notes",)


@pytest.mark.parametrize(
    ("heading", "says"),
    [
        ("question,answer", "row 1 has no column id, topic, what, text; .* here stands question, answer"),
        ("id,topic,what", "row 1 has no column text"),
        ("id,topic,what,text,text", "row 1 has the column text twice"),
    ],
)
def test_other_columns_are_refused(tmp_path: Path, heading: str, says: str) -> None:
    path = tmp_path / "topics.csv"
    path.write_text(f"{heading}\na,b,c,d,e\n", encoding="utf-8")

    with pytest.raises(SheetUnreadable, match=says):
        read_sheet(path)


def test_a_row_with_an_unquoted_comma_is_named(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "topics.csv", [",cost,example,how much, please", "", ",cost,example,fine"])

    sheet = read_sheet(path)

    assert [(problem.row, problem.column) for problem in sheet.problems] == [(2, "text")]
    assert [row.number for row in sheet.rows] == [4]


def test_a_hundred_thousand_rows_are_refused(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "topics.csv", [f",cost,example,example number {number}" for number in range(100_000)])

    with pytest.raises(SheetUnreadable, match=r"more than 50,000 rows; import it in parts"):
        read_sheet(path)


def test_a_workbook_with_too_many_rows_is_refused_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_ROWS", 100)
    path = write_book(tmp_path / "topics.xlsx", [["", "cost", "example", f"number {number}"] for number in range(100)])

    with pytest.raises(SheetUnreadable, match="more than 100 rows"):
        read_sheet(path)


def test_a_workbook_that_unpacks_to_gigabytes_is_refused_before_it_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_MOST_UNPACKED", 5_000_000)
    with zipfile.ZipFile(tmp_path / "topics.xlsx", "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/sharedStrings.xml", b"\0" * 6_000_000)

    with pytest.raises(SheetUnreadable, match="unpacks to more than 5 MB"):
        read_sheet(tmp_path / "topics.xlsx")


def test_a_text_that_no_cell_should_hold_is_named(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "topics.csv", [f",cost,example,{'a' * 10_001}"])

    assert [problem.render() for problem in read_sheet(path).problems] == [
        "row 2, column 'text': the text is longer than 10000 characters; shorten it"
    ]


def test_a_file_of_another_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SheetUnreadable, match=r"must end in \.csv or \.xlsx"):
        write_sheet(tmp_path / "topics.ods", ROWS)
