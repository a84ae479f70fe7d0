"""Which language a message is in, as a table."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from frontdesk.text.foreign import LANGUAGES, foreign_language, guess_language

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "languages.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:30] or "empty")
def test_the_language_of_a_message(case: dict) -> None:
    assert foreign_language(case["text"]) == case["language"]


def test_every_language_that_is_told_apart_has_a_case() -> None:
    assert {case["language"] for case in CASES} - {None} == set(LANGUAGES)


def test_english_is_no_foreign_language() -> None:
    assert guess_language("I would like to book an appointment for my back") is None
