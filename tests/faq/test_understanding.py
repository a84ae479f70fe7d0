"""Several questions in one message, and messages that lean on the one before, on a small ranking with made-up meanings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from frontdesk.faq.calibration import Calibration, Sureness
from frontdesk.faq.decision import Labels, Understanding
from frontdesk.faq.ranking import EVIDENCE, Features, Ranker, RowArray
from frontdesk.faq.understanding import LEANING_WORDS, Listener, sureness_of_lead

EXAMPLES = {
    "faq/cost": ("what does it cost", "cost of a visit", "price please", "what is the price of a visit"),
    "faq/hours": ("when are you open", "open on friday", "opening times", "are you open on saturday"),
    "faq/parking": ("where can I park", "is there parking", "parking for a van"),
    "book_appointment": ("book me in", "I want to book an appointment", "book an appointment for friday"),
    "unclear": ("ok", "hm", "and"),
    "emergency": ("numb legs", "legs are numb since friday"),
}
TEXTS = tuple(text for texts in EXAMPLES.values() for text in texts)


def encode(texts: Sequence[str]) -> RowArray:
    """Give each text the sum of its words' random vectors: texts that share words are alike."""
    rows = [np.sum([_vector(word) for word in text.lower().replace("?", "").split()], axis=0) for text in texts]
    return np.array(rows, dtype=np.float32)


def _vector(word: str) -> np.ndarray:
    seed = sum(ord(letter) * 31**place for place, letter in enumerate(word)) % 2**31
    return np.random.default_rng(seed).normal(size=32)


@pytest.fixture(scope="module")
def listener() -> Listener:
    labels = [label for label, texts in EXAMPLES.items() for _ in texts]
    ranker, _ = Ranker.fit(Features(TEXTS, encode(TEXTS)), labels)
    by_lead = Sureness(tuple(10.0 if name == "lead" else 0.0 for name in EVIDENCE), -2.0)
    lines = Calibration(by_lead, by_lead, 4.0, answer_at=0.6, intent_at=0.6, suggest_at=0.3, alarm_at=0.5, measured={})
    titled = frozenset({"faq/cost", "faq/hours", "faq/parking", "book_appointment"})
    return Listener(ranker, lines, Labels(titled, alarming=frozenset({"emergency"})))


def understand(listener: Listener, text: str, before: str | None = None) -> Understanding:
    understood, _ = listener.understand(text, encode([text]), before=before, encode=encode)
    return understood


def test_two_questions_are_both_understood_in_the_order_they_were_asked(listener: Listener) -> None:
    understood = understand(listener, "where can I park? what does it cost?")

    assert understood.decision == "answer"
    assert understood.order == ("faq/parking", "faq/cost")
    assert understood.label == "faq/parking"


def test_three_questions_are_all_understood(listener: Listener) -> None:
    understood = understand(listener, "when are you open? where can I park? what does it cost?")

    assert understood.order == ("faq/hours", "faq/parking", "faq/cost")


def test_a_question_with_a_wish_to_book_keeps_both(listener: Listener) -> None:
    understood = understand(listener, "book me in and what does it cost?")

    assert understood.order == ("book_appointment", "faq/cost")
    assert understood.label == "faq/cost"


def test_the_same_question_asked_twice_is_one_question(listener: Listener) -> None:
    understood = understand(listener, "what does it cost? what is the price of a visit?")

    assert understood.order == ()
    assert understood.label == "faq/cost"


def test_a_question_beside_something_not_understood_is_no_pair(listener: Listener) -> None:
    understood = understand(listener, "what does it cost? is zebra quux frob?")

    assert understood.order == ()


def test_what_a_cut_shows_to_be_no_question_is_read_no_further(listener: Listener) -> None:
    """The first part is not understood, so that the others need not be read; encoding takes most of a message's time."""
    read: list[str] = []

    def counted(texts: Sequence[str]) -> RowArray:
        read.extend(texts)
        return encode(texts)

    text = "is zebra quux frob? what does it cost?"
    listener.understand(text, encode([text]), encode=counted)

    assert read == ["is zebra quux frob?"]


def test_no_part_is_read_twice_and_none_that_is_sure_is_read_with_the_one_before(listener: Listener) -> None:
    read: list[str] = []

    def counted(texts: Sequence[str]) -> RowArray:
        read.extend(texts)
        return encode(texts)

    text = "what does it cost? where can I park?"
    understood, _ = listener.understand(text, encode([text]), encode=counted)

    assert understood.order == ("faq/cost", "faq/parking")
    assert read == ["what does it cost?", "where can I park?"]


def test_without_a_way_to_encode_more_the_message_is_read_as_a_whole(listener: Listener) -> None:
    text = "where can I park? what does it cost?"

    understood, _ = listener.understand(text, encode([text]))

    assert understood.order == ()


def test_a_message_that_leans_on_the_one_before_is_read_with_it(listener: Listener) -> None:
    alone = understand(listener, "and on saturday")
    after = understand(listener, "and on saturday", before="are you open on friday")

    assert alone.label != "faq/hours"
    assert after.label == "faq/hours"


def test_a_message_that_says_itself_what_it_is_about_is_not_bent_by_the_one_before(listener: Listener) -> None:
    assert understand(listener, "what does it cost", before="where can I park").label == "faq/cost"


def test_a_long_message_is_read_alone(listener: Listener) -> None:
    text = "and saturday " + "zebra " * LEANING_WORDS

    assert understand(listener, text, before="are you open on friday") == understand(listener, text)


def test_an_alarm_is_never_cut_nor_read_into_the_conversation(listener: Listener) -> None:
    understood = understand(listener, "legs are numb since friday", before="are you open on friday")

    assert understood.label is None
    assert understood.order == ()


def test_sureness_grows_with_the_lead() -> None:
    assert sureness_of_lead(0.0) == 0.5
    assert sureness_of_lead(0.05) < sureness_of_lead(0.2) < sureness_of_lead(1.0) < 1.0
