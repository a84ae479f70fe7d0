"""The rows of the table: what each holds, and which id it has."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from frontdesk.editing.tidying import tidy_line, tidy_text
from frontdesk.faq.editing.draft import Draft

COLUMNS = ("id", "topic", "what", "text")
"""The columns that are read; a table may have more of its own."""

EXAMPLE = "example"
FIELDS = ("title", "kind", "answer", "claims", "sources", "owner", "clinician", "reviewed", "review_by")
"""What a row may hold beside an example, in the order of the export."""

OPTIONAL = ("claims", "sources", "clinician")
"""What may be emptied."""

_ID = re.compile(r"([a-z][a-z0-9_]*)/([a-z_]+)/([0-9a-f]{8})")


class SheetUnreadable(Exception):
    """Raised when a file is no table that can be read; the message says what to do."""


@dataclass(frozen=True)
class Row:
    """One row of a table, as it was typed."""

    number: int
    """As spreadsheets count, from 1; the first is the heading."""
    id: str
    topic: str
    what: str
    text: str


@dataclass(frozen=True, order=True)
class RowProblem:
    """One cell to put right."""

    row: int
    column: str
    message: str

    def render(self) -> str:
        """Return the problem as it is printed.

        >>> RowProblem(7, "what", "this is empty").render()
        "row 7, column 'what': this is empty"
        """
        return f"row {self.row}, column '{self.column}': {self.message}"


@dataclass(frozen=True)
class Sheet:
    """A table that was read."""

    rows: tuple[Row, ...]
    problems: tuple[RowProblem, ...] = ()
    """Cells that hold no text that can be used."""
    notes: tuple[str, ...] = ()
    """What was taken for granted, such as the encoding."""


def rows_of(name: str, draft: Draft) -> Iterator[Row]:
    """Yield the rows of a topic: one for each field, also an empty one, and one for each example. They are not numbered."""
    for what in FIELDS:
        text = field_text(draft, what)
        yield Row(0, row_id(name, what, text), name, what, text)
    for text, number in numbered(draft.examples):
        yield Row(0, row_id(name, EXAMPLE, text, number), name, EXAMPLE, text)


def row_id(topic: str, what: str, text: str, number: int = 1) -> str:
    """Return the id of a row with this text.

    Args:
        topic: The topic's name.
        what: `example`, or one of `FIELDS`.
        text: What is exported.
        number: Of examples that are the same, which one.

    >>> row_id("cost", "example", "how much is it")
    'cost/example/74a361dd'
    """
    said = tidied(what, text) + (f"\0{number}" if number > 1 else "")
    return f"{topic}/{what}/{hashlib.sha256(said.encode()).hexdigest()[:8]}"


def parse_id(text: str) -> tuple[str, str] | None:
    """Return topic and field of an id, or `None` when it is none.

    >>> parse_id("cost/example/74a361dd"), parse_id("17")
    (('cost', 'example'), None)
    """
    found = _ID.fullmatch(text)
    return (found[1], found[2]) if found else None


def numbered(examples: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    """Yield each example, and how many of the same there were up to it."""
    seen: Counter[str] = Counter()
    for text in examples:
        seen[tidied(EXAMPLE, text)] += 1
        yield text, seen[tidied(EXAMPLE, text)]


def field_text(draft: Draft, what: str) -> str:
    """Return what a field of a draft says, as the text of a cell."""
    value = getattr(draft, "kinds" if what == "kind" else what)
    if isinstance(value, dt.date):
        return value.isoformat()
    return ", ".join(value) if isinstance(value, tuple) else value or ""


def field_value(what: str, text: str) -> str | tuple[str, ...] | dt.date:
    """Return what the text of a cell means for a draft.

    Raises:
        ValueError: When it is a date, and not written as one.
    """
    if what in ("kind", "claims", "sources"):
        return tuple(name.strip() for name in text.split(",") if name.strip())
    return dt.date.fromisoformat(text) if what in ("reviewed", "review_by") else text


def tidied(what: str, text: str) -> str:
    """Return a cell's text without what a spreadsheet may add or take: blanks at the ends, other line breaks."""
    if what in ("kind", "claims", "sources"):
        return ", ".join(tidy_line(name) for name in text.split(",") if name.strip())
    return tidy_text(text) if what == "answer" else tidy_line(text)
