"""Signatures: which count, which do not, and what is said about them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from frontdesk.safety.sign_off import Signature, check_signed, check_written, read_signature
from frontdesk.text.yaml_lines import Document, parse_yaml

TODAY = dt.date(2026, 11, 24)
FILE = Path("cards.yml")


def file_of(**signatures: str) -> Document:
    """Return a file with an entry for each name, signed as said."""
    document, problems = parse_yaml("".join(f"{name}: {{{lines}}}\n" for name, lines in signatures.items()), FILE)
    assert document is not None
    assert problems == []
    return document


def written(lines: str) -> list[str]:
    return [problem.render() for problem in check_written(file_of(crisis=lines), {"crisis": ("crisis",)})]


def signed(**signatures: str) -> list[str]:
    document = file_of(**signatures)
    return [problem.render() for problem in check_signed(document, {name: (name,) for name in signatures}, "card", TODAY, 365)]


@pytest.mark.parametrize("day", ["2026-11-24", '"2026-11-24"'])
def test_a_day_may_stand_with_quotes_or_without(day: str) -> None:
    document = file_of(crisis=f"reviewed_by: Jane Doe, reviewed_on: {day}")

    assert read_signature(document.get("crisis")) == Signature("Jane Doe", TODAY)


@pytest.mark.parametrize(
    "entry", [None, 7, [], "Jane", {}, {"reviewed_by": None, "reviewed_on": None}, {"reviewed_by": [], "reviewed_on": {}}]
)
def test_what_cannot_be_read_is_no_signature(entry: object) -> None:
    assert read_signature(entry) == Signature(None, None)


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2026-11-24", ""),
        ("2025-11-24", ""),
        ("2025-11-23", "signed more than 365 days ago"),
        ("2026-11-25", "signed on a day that is still to come"),
    ],
)
def test_a_signature_counts_from_its_day_and_for_as_long_as_the_file_says(day: str, said: str) -> None:
    assert Signature("Jane Doe", dt.date.fromisoformat(day)).lacks(TODAY, 365) == said


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("reviewed_by: null, reviewed_on: null", None),
        ("text: x", None),
        ("reviewed_by: Jane Doe, reviewed_on: 2026-11-24", None),
        ("reviewed_by: Jane Doe, reviewed_on: null", "'crisis' has 'reviewed_by' and no 'reviewed_on'"),
        ("reviewed_by: null, reviewed_on: 2026-11-24", "'crisis' has 'reviewed_on' and no 'reviewed_by'"),
        ("reviewed_by: 7, reviewed_on: 2026-11-24", "'reviewed_by' of 'crisis' must be the name"),
        ("reviewed_by: ' ', reviewed_on: 2026-11-24", "'reviewed_by' of 'crisis' must be the name"),
        ("reviewed_by: Jane Doe, reviewed_on: soon", "'reviewed_on' of 'crisis' must be a day"),
        ("reviewed_by: Jane Doe, reviewed_on: '2026-13-01'", "'reviewed_on' of 'crisis' must be a day"),
    ],
)
def test_half_a_signature_or_an_unreadable_one_is_named(lines: str, said: str | None) -> None:
    assert [said is not None and said in found for found in written(lines)] == ([True] if said else [])


def test_many_that_are_not_signed_are_one_line_with_the_first_names_at_the_first_of_them() -> None:
    unsigned = "reviewed_by: null, reviewed_on: null"

    found = signed(
        crisis="reviewed_by: Jane Doe, reviewed_on: 2026-11-01", emergency=unsigned, doctor=unsigned, overdose=unsigned, device="text: x"
    )

    assert len(found) == 1
    assert found[0].startswith("cards.yml:2: 4 of 5 cards are not signed (emergency, doctor, overdose and 1 more); a clinician reads each")


def test_each_way_in_which_signatures_do_not_count_is_a_line_of_its_own() -> None:
    found = signed(
        crisis="reviewed_by: Jane Doe, reviewed_on: 2020-01-01",
        emergency="reviewed_by: null",
        doctor="reviewed_by: Jane Doe, reviewed_on: 2030-01-01",
    )

    assert [line.split("; ")[0] for line in found] == [
        "cards.yml:1: 1 of 3 cards is signed more than 365 days ago (crisis)",
        "cards.yml:2: 1 of 3 cards is not signed (emergency)",
        "cards.yml:3: 1 of 3 cards is signed on a day that is still to come (doctor)",
    ]


def test_a_file_in_which_everything_is_signed_is_not_named() -> None:
    assert signed(crisis="reviewed_by: Jane Doe, reviewed_on: 2026-11-24") == []
