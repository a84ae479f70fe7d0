"""Examples that are all built alike are named, and those of people who write as they please are not."""

from pathlib import Path

import pytest

from frontdesk.faq.example_checks import check_examples
from frontdesk.faq.topic import Example

COMPLAINTS = [
    "knee",
    "back",
    "neck",
    "hip",
    "disc",
    "nerve",
    "muscle",
    "joint",
    "spine",
    "shoulder",
    "foot",
    "toe",
    "leg",
    "arm",
    "hand",
    "rib",
]
SAID = [
    "cost",
    "my knee went last winter and nobody in my family believes that a needle could be of any use",
    "how much is it",
    "tell me the price please",
    "anything for a stiff hip?",
    "booked for friday, and now the back is gone as well",
    "too old for this",
]


def said_of(texts: list[str]) -> list[str]:
    examples = [Example(text, line) for line, text in enumerate(texts, start=5)]
    return [problem.message for problem in check_examples(Path("cost.yml"), 4, examples) if "in other words would" not in problem.message]


@pytest.mark.parametrize(
    ("texts", "says"),
    [
        ([f"what about the {place} {'and so on ' * (n % 7)}" for n, place in enumerate(COMPLAINTS * 2)], "begin with 'what about'"),
        ([f"does {place} pain {'ever ' * (n % 7)}go" for n, place in enumerate(COMPLAINTS * 2)], "begin with 'does'"),
        (
            [f"{word} the {'very ' * (n % 9)}cost" for n, word in enumerate(["is", "how", "what", "can"] * 8)],
            "32 of 32 examples are questions",
        ),
        ([f"{place} hurts more every day" for place in COMPLAINTS * 2], "almost all examples have about 5 words"),
    ],
)
def test_one_voice_is_heard_in_its_openings_its_questions_and_its_length(texts: list[str], says: str) -> None:
    found = said_of(texts)

    assert len(found) == 1
    assert says in found[0]


def test_people_who_write_as_they_please_have_many_voices() -> None:
    assert said_of(SAID * 5) == []


def test_bare_words_are_no_opening_and_too_few_examples_have_no_voice() -> None:
    assert said_of(["ok"] * 20 + ["what a lot of words for saying nothing at all"] * 10) == []
    assert said_of(["does it help"] * 5) == ["there are 5 examples; add 20 more, in the words of visitors"]
