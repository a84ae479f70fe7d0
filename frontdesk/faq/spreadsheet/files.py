"""Tables as files: CSV in the encodings that spreadsheets write, and XLSX.

A cell is a text. What a file holds beside text (a number, a day, a formula) is taken as the text that the person typed,
and where that is not known the cell is named.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from frontdesk.editing.files import replace_files
from frontdesk.faq.spreadsheet.cells import literal, neutralise
from frontdesk.faq.spreadsheet.rows import COLUMNS, Row, RowProblem, Sheet, SheetUnreadable
from frontdesk.text.problem import one_of

MOST_ROWS = 50_000
"""Ten times what a large clinic has."""
LONGEST_CELL = 10_000
"""Characters. Spreadsheets stop at 32,767, and an answer at 900."""
_MOST_BYTES = 50_000_000
_MOST_UNPACKED = 500_000_000
_SUFFIXES = (".csv", ".xlsx")
_SEPARATORS = (",", ";", "\t")
_LOST = "\ufffd"

_Cells = Sequence[str]


def write_sheet(path: Path, rows: Iterable[Row]) -> None:
    """Write a table; the ending of the file's name says which kind.

    Raises:
        SheetUnreadable: When it is neither `.csv` nor `.xlsx`, or a text is too long for a cell.
        OSError: When the disk does not take it; no half file is left.
    """
    table = [COLUMNS, *((row.id, row.topic, row.what, row.text) for row in rows)]
    if too_long := next((cells for cells in table if len(cells[3]) > LONGEST_CELL), None):
        raise SheetUnreadable(f"the {too_long[2]} of {too_long[1]} has more than {LONGEST_CELL} characters; shorten it first")
    safe = [[neutralise(cell) for cell in cells] for cells in table]
    replace_files({path: _xlsx_of(safe) if _suffix(path) == ".xlsx" else _csv_of(safe)})


def read_sheet(path: Path) -> Sheet:
    """Read a table.

    Raises:
        SheetUnreadable: When it is none, or is too large, or has other columns.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise SheetUnreadable(f"{path} is larger than {_MOST_BYTES // 1_000_000} MB; a table of topics is not")
        data = path.read_bytes()
    except OSError as err:
        raise SheetUnreadable(f"{path} cannot be read ({err.strerror})") from err
    _suffix(path)
    problems: list[RowProblem] = []
    notes: list[str] = []
    if data.startswith(b"PK"):
        rows = _read_xlsx(path, data, problems)
    elif data.startswith(b"\xd0\xcf\x11\xe0"):
        raise SheetUnreadable(f"{path} is a workbook of the old kind, or locked with a password; save it as .xlsx without one")
    else:
        text, note = _decode(path, data)
        rows = _read_csv(path, text)
        notes += [note] if note else []
    read = list(_rows(path, rows, problems, notes))
    return Sheet(tuple(read), tuple(sorted(problems)), tuple(notes))


def _suffix(path: Path) -> str:
    if path.suffix.lower() not in _SUFFIXES:
        raise SheetUnreadable(f"the name of {path} must end in {one_of(_SUFFIXES)}")
    return path.suffix.lower()


def _rows(path: Path, table: Iterator[tuple[int, _Cells]], problems: list[RowProblem], notes: list[str]) -> Iterator[Row]:
    _, heading = next(table, (1, ()))
    names = [cell.strip().casefold() for cell in heading]
    _require_columns(path, names)
    if others := [cell for cell, name in zip(heading, names, strict=True) if name and name not in COLUMNS]:
        notes.append(f"not read: column {', '.join(others)}")
    places = {name: names.index(name) for name in COLUMNS}
    for number, cells in table:
        if number > MOST_ROWS:
            raise SheetUnreadable(f"{path} has more than {MOST_ROWS:,} rows; import it in parts, for rows that are missing change nothing")
        if not any(cell.strip() for cell in cells):
            continue
        if any(cell.strip() for cell in cells[len(names) :]):
            problems.append(
                RowProblem(number, "text", "there are more cells than columns; a text with a separator in it must stand in quotes")
            )
            continue
        values = {name: cells[place] if place < len(cells) else "" for name, place in places.items()}
        wrong = [RowProblem(number, name, message) for name, value in values.items() if (message := _wrong_text(value))]
        problems += wrong
        if not (problems and problems[-1].row == number):
            cleaned = {name: literal(value if name == "text" else value.strip()) for name, value in values.items()}
            yield Row(number, **cleaned)


def _require_columns(path: Path, names: list[str]) -> None:
    if missing := [name for name in COLUMNS if name not in names]:
        found = ", ".join(name for name in names if name) or "nothing"
        message = f"row 1 has no column {', '.join(missing)}; the columns are {', '.join(COLUMNS)}, and here stands {found[:200]}"
        raise SheetUnreadable(f"{path}: {message}. Start from a file that 'frontdesk export' has written")
    if twice := [name for name in COLUMNS if names.count(name) > 1]:
        raise SheetUnreadable(f"{path}: row 1 has the column {twice[0]} twice; delete one")


def _wrong_text(text: str) -> str:
    if _LOST in text:
        return f"a character was lost here ({_LOST}) when the file was saved; save it as CSV UTF-8 or as .xlsx, and type the word again"
    return f"the text is longer than {LONGEST_CELL} characters; shorten it" if len(text) > LONGEST_CELL else ""


# CSV


def _csv_of(table: Iterable[_Cells]) -> bytes:
    file = io.StringIO(newline="")
    # Everything in quotes, so that no text starts a cell of its own where another separator is usual.
    csv.writer(file, quoting=csv.QUOTE_ALL).writerows(table)
    # With a mark, by which Excel knows UTF-8.
    return file.getvalue().encode("utf-8-sig")


def _decode(path: Path, data: bytes) -> tuple[str, str]:
    """Return the text of a CSV file, and what to say about its encoding."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            try:
                return data.decode(encoding), ""
            except UnicodeDecodeError as err:
                raise SheetUnreadable(f"{path} starts as {encoding.upper()} and is broken at byte {err.start}; save it again") from err
    if b"\0" in data:
        raise SheetUnreadable(f"{path} is no text that says its encoding; save it as CSV UTF-8 or as .xlsx")
    try:
        return data.decode("utf-8"), ""
    except UnicodeDecodeError as err:
        line = data.count(b"\n", 0, err.start) + 1
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError as err:
        line = data.count(b"\n", 0, err.start) + 1
        raise SheetUnreadable(f"{path}, line {line}: this is neither UTF-8 nor Windows-1252; save it as CSV UTF-8 or as .xlsx") from err
    return text, f"read as Windows-1252, for it is not UTF-8; look at the accents, the first is on line {line}"


def _read_csv(path: Path, text: str) -> Iterator[tuple[int, _Cells]]:
    heading = text.split("\n", 1)[0].casefold()
    separator = max(_SEPARATORS, key=heading.count)
    number = 0
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True), start=1):
            yield number, cells
    except csv.Error as err:
        raise SheetUnreadable(f"{path}, row {number + 1}: this is no CSV ({err}); is a quotation mark not closed?") from err


# XLSX


def _xlsx_of(table: Sequence[_Cells]) -> bytes:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Topics")
    sheet.freeze_panes = "A2"
    for column, width in zip("ABCD", (30, 28, 12, 100), strict=True):
        sheet.column_dimensions[column].width = width
    sheet.auto_filter.ref = f"A1:D{len(table)}"
    for number, cells in enumerate(table):
        row = []
        for text in cells:
            cell = WriteOnlyCell(sheet, text)
            # Also what is typed into it later is text, and no formula or number.
            cell.number_format = "@"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if number == 0:
                cell.font = Font(bold=True)
            row.append(cell)
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _read_xlsx(path: Path, data: bytes, problems: list[RowProblem]) -> Iterator[tuple[int, _Cells]]:
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(part.file_size for part in packed.infolist()) > _MOST_UNPACKED:
                raise SheetUnreadable(f"{path} unpacks to more than {_MOST_UNPACKED // 1_000_000} MB; a table of topics does not")
        book = load_workbook(io.BytesIO(data), read_only=True)
        with closing(book):
            yield from _sheet_rows(book.worksheets[0], problems)
    # The library raises whatever its parser met: of zip, of XML, of its own.
    except SheetUnreadable:
        raise
    except Exception as err:
        raise SheetUnreadable(f"{path} is no workbook that can be read ({type(err).__name__}); save it as .xlsx again") from err


def _sheet_rows(sheet: Any, problems: list[RowProblem]) -> Iterator[tuple[int, _Cells]]:
    # Some programs write a size into the file that is not so.
    sheet.reset_dimensions()
    names: list[str] = []
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        texts = []
        for place, cell in enumerate(cells):
            text, wrong = _cell_text(cell.value, cell.data_type)
            texts.append(text)
            column = names[place] if place < len(names) else ""
            if wrong and column in COLUMNS:
                problems.append(RowProblem(number, column, wrong))
        names = names or [text.strip().casefold() for text in texts]
        yield number, texts


def _cell_text(value: object, data_type: str) -> tuple[str, str]:
    """Return the text of a cell, and what is wrong with it."""
    if data_type == "e":
        return str(value), f"the spreadsheet shows an error here ({value}); type the text again with ' in front"
    match value:
        case None:
            return "", ""
        case str():
            return value, ""
        case bool():
            return "", "this is a yes or no to the spreadsheet; type the word with ' in front"
        case dt.datetime():
            return value.date().isoformat(), ""
        case dt.date():
            return value.isoformat(), ""
        case int() | float():
            return f"{value:.15g}", ""
    text = getattr(value, "text", None)
    return (text, "") if isinstance(text, str) else ("", "this is no text; type it again with ' in front")
