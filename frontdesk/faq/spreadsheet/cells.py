"""Texts that a spreadsheet would take for something else: a formula that runs, a number, a day in another spelling.

They are written with an apostrophe in front, the spreadsheets' own sign for "this is text", and read without it.
"""

from __future__ import annotations

import re

# Formulas start with one of these, also in full width; a tab or line break in front is skipped by some programs.
_FORMULA = "[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]"
_NUMBER = r"\d[\d\s.,/:%-]*$"
_MISTAKEN = re.compile(f"'*(?:{_FORMULA}|{_NUMBER})")


def neutralise(text: str) -> str:
    """Return the text as a cell that every spreadsheet takes for text.

    >>> neutralise("=1+1"), neutralise("2026-11-24"), neutralise("how much"), neutralise("'=1")
    ("'=1+1", "'2026-11-24", 'how much', "''=1")
    """
    return f"'{text}" if _MISTAKEN.match(text) else text


def literal(cell: str) -> str:
    """Return the text that a cell stands for: what `neutralise` was given, and anything else to the letter.

    >>> literal("'=1+1"), literal("=1+1"), literal("'twas")
    ('=1+1', '=1+1', "'twas")
    """
    return cell[1:] if cell.startswith("'") and _MISTAKEN.match(cell) else cell
