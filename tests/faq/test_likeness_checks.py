"""What counts as saying the same: drawn with a hand-made meaning, so that each part of the rule is seen by itself."""

from pathlib import Path

import numpy as np
import pytest

from frontdesk.faq.likeness_checks import Message, check_apart, check_likeness, check_voices, find_alike
from frontdesk.text.problem import Problem

PATH = Path("data/nlu/smalltalk.yml")
HELD_OUT = Path("tests/data/topics.jsonl")
# Enough other examples for a word to be common or rare.
OTHERS = [
    f"can you help with my {word}"
    for word in ("knee", "neck", "hip", "disc", "nerve", "muscle", "joint", "spine", "shoulder", "foot", "toe", "leg", "arm")
]


def messages(*texts_and_topics: tuple[str, str]) -> list[Message]:
    return [Message(text, topic, PATH, line) for line, (text, topic) in enumerate(texts_and_topics, start=1)]


def same_meaning(count: int, cosine: float = 1.0) -> np.ndarray:
    """Return rows of length 1, every two of which have this cosine."""
    own = np.eye(count, dtype=np.float32) * np.float32(1 - cosine) ** 0.5
    return np.hstack([own, np.full((count, 1), cosine**0.5, dtype=np.float32)])


def found(*texts_and_topics: tuple[str, str], cosine: float = 0.95) -> list[Problem]:
    given = messages(*texts_and_topics, *((text, f"other{index}") for index, text in enumerate(OTHERS)))
    lines = range(1, len(texts_and_topics) + 1)
    return [problem for problem in check_likeness(given, same_meaning(len(given), cosine)) if problem.line in lines]


def test_one_question_in_two_topics_is_an_error_that_names_both() -> None:
    problems = found(("heat or ice for a sore back", "self_care"), ("a sore back: ice or heat", "adjuncts"))

    assert [problem.render() for problem in problems] == [
        f"{PATH}:2: 'a sore back: ice or heat' (adjuncts) asks the same as 'heat or ice for a sore back' on line 1 (self_care); "
        "keep it in the topic that answers it and delete the other"
    ]


def test_the_other_file_is_named_when_it_is_another() -> None:
    given = [Message("ice or heat", "a", Path("a.yml"), 7), Message("heat or ice", "b", Path("b.yml"), 9)]

    (problem,) = check_likeness([*given, *messages(("unlike", "c"))], same_meaning(3))

    assert "'ice or heat' at a.yml:7 (a)" in problem.message
    assert (problem.path, problem.line) == (Path("b.yml"), 9)


def test_a_lesser_likeness_between_topics_is_a_warning() -> None:
    problems = found(("do you sell gift cards", "products"), ("gift cards, do you sell them here", "cost"))

    assert [(problem.line, problem.severity) for problem in problems] == [(2, "warning")]
    assert "is much like 'do you sell gift cards' on line 1 (products)" in problems[0].message


@pytest.mark.parametrize(("one", "other"), [("sciatica?", "stenosis?"), ("can you treat my knee", "can you treat my back")])
def test_messages_that_differ_in_the_decisive_word_are_two_questions(one: str, other: str) -> None:
    assert found((one, "a"), (other, "b"), cosine=0.97) == []


def test_the_same_words_with_another_meaning_are_two_questions() -> None:
    assert found(("how long is the session", "length"), ("is the session how long", "waiting"), cosine=0.4) == []


def test_a_wrong_letter_makes_no_other_topic() -> None:
    (problem,) = found(("slipped disc in my back", "disc"), ("slipped disk in my back", "causes"), cosine=0.3)

    assert problem.severity == "error"


def test_within_a_topic_typing_errors_are_welcome_and_echoes_are_a_warning() -> None:
    assert found(("slipped disc in my back", "disc"), ("slipped disk in my back", "disc"), cosine=0.5) == []

    (problem,) = found(("heat or ice for it", "disc"), ("ice or heat for it", "disc"))

    assert problem.severity == "warning"
    assert "adds nothing to 'heat or ice for it' on line 1" in problem.message


def test_of_many_that_say_the_same_each_is_named_once() -> None:
    problems = found(("heat or ice now", "a"), ("ice or heat now", "b"), ("now heat or ice", "c"))

    assert [problem.line for problem in problems] == [2, 3]


def test_the_same_line_is_left_to_the_check_for_duplicates() -> None:
    assert found(("Heat or ice?", "a"), ("heat or ICE", "b"), cosine=1.0) == []


def test_messages_without_a_word_are_not_alike() -> None:
    assert found(("🙏❤️", "thanks"), ("🤔", "unclear"), ("?!", "unclear"), cosine=1.0) == []


def test_likeness_is_one_for_the_same_and_the_half_of_the_cosine_when_no_word_is_shared() -> None:
    texts = ["back pain", "sore spine", "opening hours today"]
    pairs = {(one, other): likeness for one, other, likeness in find_alike(texts, same_meaning(3, 0.8), texts, same_meaning(3, 0.8), 0.0)}

    assert pairs[0, 0] == pytest.approx(1.0)
    assert pairs[0, 1] == pytest.approx(0.4)
    assert len(pairs) == 9


def test_more_messages_than_are_compared_at_once_are_all_compared() -> None:
    texts = [f"message{number} of many" for number in range(1100)]
    vectors = np.eye(1100, dtype=np.float32)

    assert [(one, other) for one, other, _ in find_alike(texts, vectors, texts, vectors, 0.9)] == [(n, n) for n in range(1100)]


def test_a_topic_whose_examples_all_mean_the_same_has_one_voice() -> None:
    given = messages(*((f"example {number}", "cost" if number < 30 else "hours") for number in range(60)))
    vectors = np.vstack([np.hstack([same_meaning(30, 0.8), np.zeros((30, 31))]), np.hstack([np.zeros((30, 31)), same_meaning(30, 0.6)])])

    (problem,) = check_voices(given, vectors.astype(np.float32))

    assert (problem.line, problem.severity) == (1, "warning")
    assert "the 30 examples of cost all say nearly the same" in problem.message


def test_a_held_out_message_must_not_be_an_example_nor_nearly_be_one() -> None:
    examples = messages(("how much is it", "cost"), ("slipped disc", "disc"), ("heat or ice", "care"), ("may I bring my dog", "visit"))
    asked = ["How MUCH is it?", "slipped disk", "ice or heat", "is there a lift"]
    held_out = [Message(text, f"t-{line}", HELD_OUT, line) for line, text in enumerate(asked, start=1)]
    vectors = np.eye(4, dtype=np.float32)

    problems = list(check_apart(held_out, examples, (vectors, vectors)))

    assert [(problem.path, problem.line, problem.severity) for problem in problems] == [(HELD_OUT, line, "error") for line in (1, 2, 3)]
    assert problems[0].message.startswith(f"'How MUCH is it?' is an example of cost at {PATH}:1; write another message here")
    assert problems[2].message.startswith(f"'ice or heat' nearly is 'heat or ice', an example of care at {PATH}:3;")


def test_without_vectors_held_out_messages_are_compared_letter_by_letter() -> None:
    examples = messages(("how much is it", "cost"), ("slipped disc", "disc"), ("heat or ice", "care"))
    held_out = [Message(text, "id", HELD_OUT, line) for line, text in enumerate(["how much is it", "slipped disk", "ice or heat"], start=1)]

    assert [problem.line for problem in check_apart(held_out, examples)] == [1, 2]
    assert list(check_apart([], examples)) == list(check_apart(held_out, [])) == []
