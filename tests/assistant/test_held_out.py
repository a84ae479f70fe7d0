"""The model on messages that its training never saw, written by someone who never saw the training data.

The floors are a little under what was measured (docs/reference/understanding.md), so that a change for the worse fails.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import asdict
from pathlib import Path

import pytest
import yaml

from frontdesk.faq.evaluation import Case, Report, evaluate

pytestmark = pytest.mark.model

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "tests/data").glob("*.jsonl"))
ROWS = [json.loads(line) for file in FILES for line in file.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def outcomes(ask) -> list[dict]:
    previous = [row.get("previous") or [] for row in ROWS]
    asked = zip(ROWS, previous, strict=True)
    return [asdict(ask(row["text"], *([said] if isinstance(said, str) else said))) for row, said in asked]


@pytest.fixture(scope="module")
def report(outcomes: list[dict]) -> Report:
    return evaluate(zip(map(Case.from_row, ROWS), outcomes, strict=True))


def test_every_topic_and_intent_has_at_least_twelve_cases() -> None:
    cases = defaultdict(int)
    for row in ROWS:
        for topic in [row["topic"]] if isinstance(row["topic"], str) else row["topic"] or []:
            cases[topic] += 1
    topics = {path.stem for path in (ROOT / "data/faq").glob("*.yml")}
    files = [
        yaml.safe_load((ROOT / f"data/nlu/{name}.yml").read_text(encoding="utf-8")) for name in ("booking", "smalltalk", "out_of_scope")
    ]
    intents = {entry["intent"] for file in files for entry in file["nlu"]}

    assert {name: cases[name] for name in topics | intents if cases[name] < 12} == {}


def test_every_topic_answers_some_unseen_question(outcomes: list[dict]) -> None:
    topics = {path.stem for path in (ROOT / "data/faq").glob("*.yml")}

    served = {topic for outcome in outcomes for topic in outcome["topics"]}

    assert topics - served == set()


@pytest.mark.parametrize(
    ("kind", "floor"), [("article", 0.82), ("clinic", 0.78), ("booking", 0.84), ("smalltalk", 0.89), ("out_of_scope", 0.88)]
)
def test_enough_messages_are_answered_right(report: Report, kind: str, floor: float) -> None:
    assert report.counts[kind]["right"] / report.counts[kind].total() >= floor


@pytest.mark.parametrize(("kind", "ceiling"), [("article", 0.03), ("clinic", 0.03), ("booking", 0.03), ("smalltalk", 0.05)])
def test_few_messages_are_answered_wrong(report: Report, kind: str, ceiling: float) -> None:
    assert report.counts[kind]["wrong"] / report.counts[kind].total() <= ceiling


def test_most_messages_find_their_topic_at_once_or_among_the_suggestions(report: Report) -> None:
    counts = report.in_scope
    found = counts["right"] + counts["suggested_right"]

    assert counts["right"] / counts.total() >= 0.83
    assert found / counts.total() >= 0.94
    assert counts["wrong"] / counts.total() <= 0.025


def test_both_questions_of_one_message_are_answered(report: Report) -> None:
    counts = report.counts["two_questions"]

    assert counts["right"] / counts.total() >= 0.82


def test_follow_ups_are_understood_in_their_conversation(report: Report) -> None:
    counts = report.counts["follow_up"]

    assert counts["right"] / counts.total() >= 0.85


def test_few_messages_that_are_not_ours_get_an_answer(report: Report) -> None:
    assert report.out_of_scope["answered"] / report.out_of_scope["all"] <= 0.02


def test_dangers_are_caught(report: Report) -> None:
    assert report.alarms["danger_caught"] / report.alarms["danger"] >= 0.9


def test_look_alikes_and_ordinary_messages_are_not_alarmed(report: Report) -> None:
    assert report.alarms["look_alike_alarmed"] / report.alarms["look_alike"] <= 0.08
    assert report.alarms["harmless_alarmed"] / report.alarms["harmless"] <= 0.02
