"""Words are read one way, patterns stand for phrases, typos are corrected."""

from __future__ import annotations

import doctest

import pytest

import frontdesk.safety.phrases
import frontdesk.safety.words
from frontdesk.safety import Concepts, ConceptsInvalid, Guard
from frontdesk.safety.phrases import expand

SECTIONS = {"symptoms": {}, "background": {}, "cues": {}, "harmless": {}}


def tags(concepts: Concepts, text: str) -> list[tuple[str, int, int]]:
    return [(m.concept, m.start, m.end) for m in concepts.tag(concepts.read(text))]


@pytest.mark.parametrize("module", [frontdesk.safety.phrases, frontdesk.safety.words])
def test_the_examples_in_the_docstrings_are_true(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


def test_choices_may_be_nested() -> None:
    phrases = expand("(red|blood in (my|) stool)", lambda text: tuple(text.split()))

    assert phrases == {("red",), ("blood", "in", "my", "stool"), ("blood", "in", "stool")}


@pytest.mark.parametrize("pattern", ["wet (bed", "wet bed)", "(a|(b|c)"])
def test_brackets_that_do_not_match_are_refused(pattern: str) -> None:
    with pytest.raises(ConceptsInvalid):
        expand(pattern, lambda text: tuple(text.split()))


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("suicidle", "suicide"), ("sucidal", "suicidal"), ("numbnes", "numbness"),
        ("blader", "bladder"), ("tingeling", "tingling"), ("preganant", "pregnant"),
        ("pacemeker", "pacemaker"), ("warfrin", "warfarin"), ("cnat", "can not"),
        ("breath", "breathe"), ("brethe", "breathe"),
    ],
)  # fmt: skip
def test_near_misses_of_key_words_are_corrected(guard: Guard, typed: str, read: str) -> None:
    assert " ".join(guard.concepts.read(typed).words) == read


@pytest.mark.parametrize(
    "word",
    ["cancel", "cancelled", "number", "bottle", "button", "fewer", "never", "bowl", "later",
     "crutches", "private", "leader", "stroll", "struggle", "pleasure", "clapped", "factor"],
)  # fmt: skip
def test_ordinary_words_are_not_corrected(guard: Guard, word: str) -> None:
    assert guard.concepts.read(word).words == (word,)


def test_cancer_and_cancel_are_kept_apart(guard: Guard) -> None:
    assert guard.check("I need to cancel my appointment") is None
    assert guard.check("I need to cancer my appointment") is None
    assert guard.check("I had cancer in the past, may I come") is not None


def test_a_harmless_phrase_swallows_the_word_inside_it() -> None:
    concepts = Concepts({**SECTIONS, "symptoms": {"fever": ["fever"]},
                         "harmless": {"hay": ["hay fever"]}})  # fmt: skip

    assert tags(concepts, "hay fever") == [("hay", 0, 2)]
    assert tags(concepts, "fever") == [("fever", 0, 1)]


def test_mentions_do_not_cross_the_end_of_a_sentence() -> None:
    concepts = Concepts({**SECTIONS, "symptoms": {"numb_leg": ["numb leg"]}})

    assert tags(concepts, "It is numb. Leg day was fine.") == []
    assert tags(concepts, "numb leg") == [("numb_leg", 0, 2)]


def test_numbers_are_concepts_too() -> None:
    concepts = Concepts({**SECTIONS, "symptoms": {"hot": {"numbers": [[100, 108]]}}})

    assert tags(concepts, "102.5F") == [("hot", 0, 1)]
    assert tags(concepts, "98") == []


@pytest.mark.parametrize(
    "changes",
    [
        {"symptoms": None},
        {"symptoms": {"x": "fever"}},
        {"symptoms": {"x": [False]}},
        {"symptoms": {"x": ["?"]}},
        {"symptoms": {"x": ["fever"]}, "cues": {"x": ["fever"]}},
    ],
    ids=str,
)
def test_a_vocabulary_that_cannot_be_read_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ConceptsInvalid):
        Concepts({**SECTIONS, **changes})
