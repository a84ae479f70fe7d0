"""The guard on the safety sets; `docs/safety-case.md` has the figures."""

from __future__ import annotations

import json

import pytest

from frontdesk.safety import TIERS, Guard
from frontdesk.safety.words import Reading
from tests.safety.sets import ROOT, Case, written_apart, written_with_the_rules

WITH, APART = written_with_the_rules(), written_apart()
URGENT = ("crisis", "emergency")
ORDINARY = [
    json.loads(line)["text"]
    for name in ("topics", "intents", "two_questions", "follow_ups", "out_of_scope")
    for line in (ROOT / f"tests/data/{name}.jsonl").read_text(encoding="utf-8").splitlines()
]


def dangers(cases: list[Case]) -> list[Case]:
    return [case for case in cases if case.tier]


def look_alikes(cases: list[Case]) -> list[Case]:
    return [case for case in cases if case.tier is None]


def tier_of(guard: Guard, text: str) -> str | None:
    alarm = guard.check(text)
    return alarm.tier if alarm and alarm.replaces_answer else None


def is_caught(guard: Guard, case: Case) -> bool:
    tier = tier_of(guard, case.text)
    return tier is not None and case.tier is not None and TIERS.index(tier) <= TIERS.index(case.tier)


def test_the_sets_are_large_enough() -> None:
    assert len(dangers(WITH)) + len(dangers(APART)) >= 500
    assert len(look_alikes(WITH)) + len(look_alikes(APART)) >= 300
    assert len(dangers(APART)) >= 250
    assert len(look_alikes(APART)) >= 150
    assert not {case.text.lower() for case in WITH} & {case.text.lower() for case in APART}


def test_every_danger_that_the_rules_were_written_with_is_caught(guard: Guard) -> None:
    assert [case.text for case in dangers(WITH) if not is_caught(guard, case)] == []


def test_no_look_alike_that_the_rules_were_written_with_alarms(guard: Guard) -> None:
    assert [case.text for case in look_alikes(WITH) if tier_of(guard, case.text)] == []


@pytest.mark.parametrize(("is_spanish", "floor"), [(False, 0.89), (True, 0.9)], ids=["English", "Spanish"])
def test_most_emergencies_and_crises_written_apart_are_caught_by_the_rules_alone(guard: Guard, is_spanish: bool, floor: float) -> None:
    """A little under what was measured. Together with the NLU class nearly all are (tests/assistant/test_safety_sets.py)."""
    urgent = [case for case in dangers(APART) if case.tier in URGENT and case.is_spanish == is_spanish]

    caught = sum(tier_of(guard, case.text) is not None for case in urgent)

    assert caught / len(urgent) >= floor


def test_few_look_alikes_written_apart_alarm(guard: Guard) -> None:
    alarmed = sum(tier_of(guard, case.text) is not None for case in look_alikes(APART))

    assert alarmed / len(look_alikes(APART)) <= 0.02


def test_ordinary_questions_hardly_ever_alarm(guard: Guard) -> None:
    alarmed = [text for text in ORDINARY if tier_of(guard, text)]

    assert len(alarmed) / len(ORDINARY) <= 0.005


@pytest.mark.parametrize("case", dangers(WITH)[::7], ids=lambda case: case.text)
def test_a_danger_is_caught_at_the_end_of_a_very_long_story(guard: Guard, case: Case) -> None:
    story = "I hurt it gardening and I have tried heat and stretches and a new chair. " * 140

    assert is_caught(guard, Case(story + case.text, case.tier))


def test_a_message_of_sixty_words_is_read_to_its_end(guard: Guard) -> None:
    reading: Reading = guard.concepts.read(" ".join(["pain"] * 60))

    assert len(reading.words) == 60
