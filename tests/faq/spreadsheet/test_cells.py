"""No cell of a table is run, and every text comes back as it went."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.faq.spreadsheet.cells import literal, neutralise

texts = st.text(max_size=30) | st.from_regex(r"'{0,3}[=+@\-\t0-9 ][ -~]{0,8}", fullmatch=True)


@given(texts)
def test_what_is_neutralised_is_read_to_the_letter(text: str) -> None:
    assert literal(neutralise(text)) == text


@given(texts)
def test_no_cell_starts_as_a_formula_does(text: str) -> None:
    assert not neutralise(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20"))


@pytest.mark.parametrize("typed", ["=1+1", "+44 20", "-", "@home", "'90s pain", "12"])
def test_what_a_person_typed_is_taken_literally(typed: str) -> None:
    assert literal(typed) == typed


@pytest.mark.parametrize("text", ["2026-11-24", "1-2", "50 %", "10:30", "1,000"])
def test_what_a_spreadsheet_would_turn_into_a_number_or_a_day_is_marked_as_text(text: str) -> None:
    assert neutralise(text) == f"'{text}"
