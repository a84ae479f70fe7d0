"""Typing errors are mended towards the words of the examples, and real words are left alone."""

from __future__ import annotations

import pytest

from frontdesk.text.spelling import Spelling, count_words, english_words, share_of_english

SPELLING = Spelling(count_words(["does acupuncture help sciatica", "how much is a session", "it doesn't hurt", "is the moxibustion smoky"]))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("does acupunture help siatica", "does acupuncture help sciatica"),
        ("how mcuh is a sesssion", "how much is a session"),
        ("moxibustoin", "moxibustion"),
        ("it doesn\u2019t hrut", "it doesn't hurt"),
        ("How Mucch?", "How much?"),
    ],
)
def test_an_unknown_word_becomes_the_nearest_one(typed: str, meant: str) -> None:
    assert SPELLING.correct(typed) == meant


@pytest.mark.parametrize(
    "text",
    [
        "does it help",
        "colour of the session",  # a word of another English
        "my hat is much",  # real words, though near "hurt" and "has"
        "L5-S1 at 10:30",
        "hw mch",  # too short to be told
        "qqqqqqqq",
        "",
        "👍 ok?",
    ],
)
def test_what_is_right_or_beyond_help_stays(text: str) -> None:
    assert SPELLING.correct(text) == text


def test_correcting_twice_changes_nothing_more() -> None:
    once = SPELLING.correct("acupunture sesssion")

    assert SPELLING.correct(once) == once


def test_without_words_nothing_is_corrected() -> None:
    assert Spelling({}).correct("acupunture") == "acupunture"


def test_the_word_list_knows_both_kinds_of_english() -> None:
    assert {"color", "colour", "physiotherapy", "sciatica"} <= english_words()


def test_the_share_of_english_words() -> None:
    assert share_of_english("where can I park") == 1.0
    assert share_of_english("donde puedo estacionar") < 0.5
    assert share_of_english("12:30 ?") == 1.0
