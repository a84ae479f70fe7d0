"""Where a message may be cut into questions: a table of messages with their clauses, and the ways to cut."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from frontdesk.faq.questions import MOST_CLAUSES, Clause, join_clauses, split_clauses, ways_to_cut

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "questions.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:40])
def test_a_message_falls_into_its_clauses(case: dict) -> None:
    clauses = split_clauses(case["text"])

    assert [clause.text for clause in clauses] == case["clauses"]
    assert [clause.text for clause in clauses if clause.asks] == case["asks"]


def test_a_long_story_keeps_its_last_clauses_apart() -> None:
    clauses = split_clauses(" ".join(f"is it {word}?" for word in ("a", "b", "c", "d", "e", "f", "g")))

    assert len(clauses) == MOST_CLAUSES
    assert clauses[-1].text == "is it g?"
    assert clauses[0].text == "is it a? is it b? is it c?"


def test_every_part_of_a_cut_asks_something() -> None:
    story, question = Clause("my back hurts", asks=False), Clause("does it help?", asks=True)

    assert list(ways_to_cut([story, question])) == []
    assert list(ways_to_cut([question, story, question])) == [((0, 1), (1, 3)), ((0, 2), (2, 3))]


def test_at_most_three_questions_are_looked_for() -> None:
    question = Clause("how much?", asks=True)

    assert {len(way) for way in ways_to_cut([question] * 5)} == {2, 3}


@pytest.mark.parametrize("text", ["", "   ", "?", "\n\n", "👍", "and", "and and and"])
def test_nothing_to_cut_is_at_most_one_clause(text: str) -> None:
    assert len(split_clauses(text)) <= 1


def test_joined_clauses_read_as_they_stood() -> None:
    assert join_clauses(split_clauses("how much is it? do I need to book?")) == "how much is it? do I need to book?"
