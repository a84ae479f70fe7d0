"""Messages that measure the assistant are not among those that it is trained on, and no two topics ask one question.

`frontdesk/faq/likeness_checks.py` says what counts as nearly the same. The encoder is the real one, and so are the files.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from frontdesk.assistant.encoder import load_encoder
from frontdesk.faq.likeness_checks import Message, check_apart, check_likeness, check_voices
from frontdesk.faq.store import load_intents, load_topics

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "tests/data").glob("*.jsonl"))


@pytest.fixture(scope="module")
def examples() -> list[Message]:
    taught = [*load_topics(ROOT / "data/faq")[0], *load_intents(ROOT / "data/nlu")[0]]
    return [Message(example.text, one.name, one.path, example.line) for one in taught for example in one.examples]


@pytest.fixture(scope="module")
def vectors(examples: Sequence[Message]) -> np.ndarray:
    return load_encoder().encode([example.text for example in examples])


def messages_of(file: Path) -> list[Message]:
    rows = enumerate(file.read_text(encoding="utf-8").splitlines(), start=1)
    return [Message(json.loads(row)["text"], json.loads(row)["id"], file, number) for number, row in rows]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_no_held_out_message_is_nearly_an_example(file: Path, examples: Sequence[Message], vectors: np.ndarray) -> None:
    held_out = messages_of(file)
    meant = load_encoder().encode([message.text for message in held_out])

    assert [problem.render() for problem in check_apart(held_out, examples, (meant, vectors))] == []


def test_no_two_topics_ask_one_question(examples: Sequence[Message], vectors: np.ndarray) -> None:
    assert [problem.render() for problem in check_likeness(examples, vectors)] == []


def test_no_topic_has_one_voice(examples: Sequence[Message], vectors: np.ndarray) -> None:
    assert [problem.render() for problem in check_voices(examples, vectors)] == []


# The same question in two sets of words, and two questions in nearly one set of words.
@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ("where is the clinic located", "Where is located the clinic?", True),
        ("do you take credit cards or is it cash only", "do you take credit cards or cash only?", True),
        ("how deep do they go", "how deep do they go in?", True),
        ("sciatica?", "stenosis?", False),
        ("can you treat my knee", "can you treat my back", False),
        ("does acupuncture help sciatica", "does acupuncture help stenosis", False),
        ("how long is a session", "how long between sessions", False),
        ("who should avoid acupuncture?", "who should consider acupuncture", False),
    ],
)
def test_the_decisive_word_decides(one: str, other: str, found: bool, examples: Sequence[Message], vectors: np.ndarray) -> None:
    asked = [Message(text, topic, Path(f"{topic}.yml"), 1) for text, topic in ((one, "one"), (other, "other"))]
    given = [*asked, *examples]

    problems = check_likeness(given, np.vstack([load_encoder().encode([one, other]), vectors]))

    assert any(problem.path == Path("other.yml") for problem in problems) == found
