"""The golden questions of a clinic, and what is said about those that are written wrongly."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontdesk.faq.golden import GoldenQuestion, check_golden, load_golden
from frontdesk.faq.store import load_intents, load_topics

ROOT = Path(__file__).resolve().parents[2]
NAMES = {"cost", "hours"}


def found(tmp_path: Path, text: str) -> list[str]:
    (tmp_path / "golden.yml").write_text(text, encoding="utf-8")
    return [f"{problem.line}: {problem.message}" for problem in check_golden(tmp_path, NAMES)]


def test_answers_and_dangers_are_read(tmp_path: Path) -> None:
    (tmp_path / "golden.yml").write_text("answers:\n  cost:\n    - how much\ndangers:\n  - i can't breathe\n", encoding="utf-8")

    assert load_golden(tmp_path) == [GoldenQuestion("how much", "cost"), GoldenQuestion("i can't breathe", None)]


def test_a_clinic_without_the_file_has_none_and_no_problem(tmp_path: Path) -> None:
    assert load_golden(tmp_path) == []
    assert list(check_golden(tmp_path, NAMES)) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("answers:\n  costs:\n    - how much\n", "2: there is no topic or intent 'costs'; did you mean 'cost'?"),
        ("answers:\n  cost: how much\n", "2: must be a list of questions, each a line that starts with '- '"),
        ("answers: how much\n", "1: 'answers' must hold names of topics, each with a list of questions"),
        ("dangers:\n  - 112\n", "1: must be a list of messages, each a line that starts with '- '"),
        ("answers:\n  cost:\n    - how much\n    - How much\n", "4: 'How much' is there already"),
        ("question:\n  - how much\n", "1: 'question' is not a key that belongs here; use answers or dangers, or delete it"),
        ("answers:\n\tcost:\n", "2: the file cannot be read as YAML: there is a tab here; use spaces at the start of a line"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    assert said in found(tmp_path, text)


def test_the_example_clinic_has_golden_questions_of_its_own_topics() -> None:
    names = {topic.name for topic in load_topics(ROOT / "data" / "faq")[0]}
    names |= {intent.name for intent in load_intents(ROOT / "data" / "nlu")[0]}

    assert list(check_golden(ROOT / "clinic", names)) == []
    assert len(load_golden(ROOT / "clinic")) > 50


def test_no_golden_question_is_an_example() -> None:
    """What is trained on proves nothing."""
    taught = [*load_topics(ROOT / "data" / "faq")[0], *load_intents(ROOT / "data" / "nlu")[0]]
    examples = {example.text.casefold() for one in taught for example in one.examples}

    assert [question.text for question in load_golden(ROOT / "clinic") if question.text.casefold() in examples] == []
