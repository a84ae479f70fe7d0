"""Whoever writes a topic is told at once what to look at, in which part, and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from frontdesk.faq.alike import Spelling
from frontdesk.faq.editing import Draft, read_draft
from frontdesk.faq.example_checks import short
from frontdesk.faq.ledger import load_ledger
from frontdesk.faq.likeness_checks import RowArray
from frontdesk.faq.store import load_intents, load_topics
from frontdesk.faq.writing_help import Hint, Rules, Taught, hints, screens
from frontdesk.practice.facts import load_facts
from tests.faq.small_project import CASES, TODAY

PROJECT = CASES / "project"
TOPICS = {topic.name: topic for topic in load_topics(PROJECT / "data/faq")[0]}
INTENTS = load_intents(PROJECT / "data/nlu")[0]
RULES = Rules(load_ledger(PROJECT / "clinic")[0], load_facts().keys(), TODAY)
COST = read_draft(TOPICS["cost"])
SCIATICA = read_draft(TOPICS["sciatica"])


@pytest.fixture(scope="module")
def taught() -> Taught:
    return Taught(list(TOPICS.values()), INTENTS)


def said(taught: Taught, draft: Draft, name: str = "cost") -> list[Hint]:
    return hints(name, draft, taught, RULES)


@pytest.mark.parametrize("name", TOPICS)
def test_a_topic_in_order_gets_no_hint(taught: Taught, name: str) -> None:
    assert said(taught, read_draft(TOPICS[name]), name) == []


@pytest.mark.parametrize(
    ("change", "field", "says"),
    [
        ({"title": ""}, "title", "'title' is empty"),
        ({"title": "sciatica "}, "title", "the title is also that of sciatica; a visitor could not tell the two buttons apart"),
        ({"title": "What you will be asked to pay for a visit with us"}, "title", "shorten it to 40"),
        ({"kinds": ("gossip",)}, "kinds", "'kind' must be article, evidence, safety or clinic"),
        ({"kinds": ("clinic", "evidence")}, "kinds", "name its source in 'sources"),
        ({"kinds": ("article",)}, "kinds", "name its claims in 'claims"),
        ({"claims": ("no_such_claim",)}, "claims", "there is no claim 'no_such_claim'"),
        ({"sources": ("no_such_source",)}, "sources", "there is no source 'no_such_source'"),
        ({"owner": ""}, "owner", "'owner' is empty"),
        ({"reviewed": None}, "reviewed", "must be a date"),
        ({"review_by": dt.date(2026, 11, 1)}, "review_by", "must be later than 'reviewed'"),
        ({"examples": COST.examples[:10]}, "examples", "there are 10 examples; add 15 more"),
        ({"examples": ()}, "examples", "empty"),
    ],
)
def test_what_is_wrong_is_said_of_its_part(taught: Taught, change: dict[str, object], field: str, says: str) -> None:
    found = [hint for hint in said(taught, replace(COST, **change)) if says in hint.message]

    assert [(hint.field, hint.severity) for hint in found] == [(field, "error")]


@pytest.mark.parametrize(
    ("answer", "line", "says"),
    [
        ("It costs little.\nNeedles cure it.\n\nAsk at the desk.", 1, "'cure' promises a result"),
        ("It costs little.\n\n# Prices\nAsk at the desk.", 2, "headings are not shown"),
        ("Ask at the desk.\n{prices.nothing}", 1, "there is no fact 'prices.nothing'"),
        ("It is.", 0, "say a little more"),
        ("Ask. " * 9, 0, "the answer has 9 sentences"),
        ("Physiological mechanisms underlying acupuncture remain insufficiently elucidated. " * 2, 0, "reads at school grade"),
    ],
)
def test_what_is_wrong_with_an_answer_is_said_of_its_line(taught: Taught, answer: str, line: int, says: str) -> None:
    found = [hint for hint in said(taught, replace(COST, answer=answer)) if says in hint.message]

    assert [(hint.field, hint.index) for hint in found] == [("answer", line)]


def test_an_answer_that_fills_more_than_a_phone_is_a_warning(taught: Taught) -> None:
    long = "\n\n".join(
        ["The first visit takes an hour and a half. Bring what you have of letters and scans, and a list of what you take."] * 5
    )

    found = [hint for hint in said(taught, replace(COST, answer=long)) if "screens" in hint.message]

    assert [(hint.field, hint.severity) for hint in found] == [("answer", "warning")]
    assert found[0].message.startswith("on a phone the answer fills 1.4 screens")


def test_every_paragraph_takes_room_of_its_own() -> None:
    assert screens("One.\n\nTwo.") > screens("One. Two.")


# Examples


def test_an_example_of_another_topic_is_refused_with_its_place_in_the_list(taught: Taught) -> None:
    taken = SCIATICA.examples[3]

    found = said(taught, replace(COST, examples=(*COST.examples, f"{taken.upper()} !!")))

    assert [(hint.field, hint.index, hint.severity) for hint in found] == [("examples", len(COST.examples), "error")]
    assert found[0].message.endswith("is also an example of sciatica; keep it in the topic that answers it")


def test_an_example_of_an_intent_is_refused_too(taught: Taught) -> None:
    taken = INTENTS[0].examples[0].text

    found = said(taught, replace(COST, examples=(*COST.examples, taken)))

    assert f"is also an example of {INTENTS[0].name}" in found[0].message


def test_an_example_that_is_there_twice_is_refused(taught: Taught) -> None:
    found = said(taught, replace(COST, examples=(*COST.examples, COST.examples[0])))

    assert [(hint.index, hint.severity) for hint in found] == [(len(COST.examples), "error")]
    assert "is there already as number 1" in found[0].message


def test_a_question_that_another_topic_has_nearly_word_for_word_is_a_warning_that_names_both(taught: Taught) -> None:
    theirs = max(SCIATICA.examples, key=len)
    mine = f"hello, {theirs} please"

    found = said(taught, replace(COST, examples=(*COST.examples, mine)))

    assert [(hint.index, hint.severity) for hint in found] == [(len(COST.examples), "warning")]
    assert found[0].message == (
        f"'{short(mine)}' is much like '{short(theirs)}' of sciatica; keep it where it is answered, or say what it is about"
    )


def test_what_a_draft_replaces_is_not_held_against_it(taught: Taught) -> None:
    assert said(taught, replace(COST, examples=COST.examples[::-1])) == []


def test_an_example_that_adds_nothing_names_the_one_before_it(taught: Taught) -> None:
    examples = (*COST.examples, "do you charge for a letter to my insurer", "do you charge for a letter to my insurers")

    found = said(taught, replace(COST, examples=examples))

    assert [(hint.index, hint.severity) for hint in found] == [(len(examples) - 1, "warning")]
    assert f"adds nothing to number {len(examples) - 1}" in found[0].message


def test_with_an_encoder_questions_of_the_same_meaning_are_found() -> None:
    """The encoder here knows one thing: that money is money."""

    def encode(texts: Sequence[str]) -> RowArray:
        rows = [[1.0, 0.0, 0.0] if "bus fare" in text else [0.0, *np.random.default_rng(abs(hash(text))).normal(size=2)] for text in texts]
        array = np.array(rows, dtype=np.float32)
        return array / np.linalg.norm(array, axis=1, keepdims=True)

    with_fare = replace(TOPICS["sciatica"], examples=(replace(TOPICS["sciatica"].examples[0], text="bus fare for sciatica people"),))
    taught = Taught([TOPICS["cost"], with_fare], [], encode)

    found = said(taught, replace(COST, examples=(*COST.examples[:30], "sciatica people bus fare")))

    near = [hint for hint in found if "is much like" in hint.message]
    assert [(hint.index, hint.severity) for hint in near] == [(30, "error")]


def test_script_in_every_field_is_text_like_any_other(taught: Taught) -> None:
    script = "<script>alert(1)</script>"

    found = said(taught, Draft(script, (script,), script, (script,), script, None, None, (script,), (script,), script))

    assert {"HTML is shown as typed" in hint.message for hint in found if hint.field == "answer"} >= {True}


# Spelling


def test_texts_without_letters_are_like_nothing() -> None:
    theirs, ours = Spelling(["how much is it", "?!"]).likeness(["...", "how much is it?"])

    assert theirs.round(2).tolist() == [[0, 0], [1, 0]]
    assert ours.round(2).tolist() == [[0, 0], [0, 1]]


def test_with_nothing_taught_nothing_is_alike() -> None:
    theirs, ours = Spelling([]).likeness(["how much", "how much"])

    assert theirs.shape == (2, 0)
    assert ours.round(2).tolist() == [[1, 1], [1, 1]]
