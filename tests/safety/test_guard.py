"""The guard as a whole: tables of tests/cases/safety, speed, and its edges."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from frontdesk.safety import TIERS, Guard

CASES = Path(__file__).parents[1] / "cases" / "safety"
SIXTY_WORDS = (
    "so i was lifting boxes at work last tuesday and my lower back went and the pain goes "
    "down my left leg to the foot with some tingling and i have tried ibuprofen heat and a "
    "chiropractor and nothing really helps and i cannot sleep on my side so i wonder whether "
    "acupuncture could help and what it costs thank you"
)


def grouped(expect: str) -> list[Any]:
    """Return the messages of every table that expects this."""
    return [
        pytest.param(text, id=f"{group}: {text}")
        for path in sorted(CASES.glob("*.yml"))
        for document in yaml.safe_load_all(path.read_text(encoding="utf-8"))
        if document.get("expect") == expect
        for group, messages in document["groups"].items()
        for text in messages
    ]


def alarms() -> list[Any]:
    """Return (tier, message) of alarms.yml."""
    document = yaml.safe_load((CASES / "alarms.yml").read_text(encoding="utf-8"))
    return [
        pytest.param(tier, text, id=f"{tier} {category}: {text}")
        for tier, categories in document.items()
        for category, messages in categories.items()
        for text in messages
    ]


@pytest.mark.parametrize("text", grouped("none"))
def test_a_look_alike_raises_no_alarm(guard: Guard, text: str) -> None:
    assert [a for a in guard.alarms(text) if a.replaces_answer] == []


@pytest.mark.parametrize("text", grouped("alarm"))
def test_a_real_sign_among_other_words_raises_an_alarm(guard: Guard, text: str) -> None:
    alarm = guard.check(text)

    assert alarm is not None
    assert alarm.replaces_answer


@pytest.mark.parametrize(("tier", "text"), alarms())
def test_lay_words_raise_at_least_the_tier(guard: Guard, tier: str, text: str) -> None:
    alarm = guard.check(text)

    assert alarm is not None
    assert TIERS.index(alarm.tier) <= TIERS.index(tier)


def known_failures(kind: str) -> list[str]:
    """Return the messages of known_failures.yml of one kind."""
    text = (CASES / "known_failures.yml").read_text(encoding="utf-8")
    return list(yaml.safe_load(text)[kind] or [])


@pytest.mark.parametrize("text", known_failures("missed"))
def test_a_known_miss_is_still_missed(guard: Guard, text: str) -> None:
    """When this fails the guard got better: move the line to lay_words.yml."""
    assert not any(a.replaces_answer for a in guard.alarms(text))


@pytest.mark.parametrize("text", known_failures("false_alarms"))
def test_a_known_false_alarm_still_alarms(guard: Guard, text: str) -> None:
    """When this fails the guard got better: move the line to look_alikes.yml."""
    assert any(a.replaces_answer for a in guard.alarms(text))


def test_the_strongest_tier_wins(guard: Guard) -> None:
    alarm = guard.check("I have back pain and fever, I can't pee and I want to die")

    assert alarm is not None
    assert alarm.tier == "crisis"


def test_precautions_are_reported_beside_an_alarm(guard: Guard) -> None:
    text = "I'm on warfarin and I can't feel my legs"

    alarm = guard.check(text)

    assert alarm is not None
    assert alarm.tier == "emergency"
    assert [a.rule for a in guard.precautions(text)] == ["blood_thinner"]


def test_capitals_curly_quotes_and_hidden_characters_make_no_difference(guard: Guard) -> None:
    plain = guard.check("i can't pee since my back went")

    assert guard.check("I CAN\u2019T  PE\u200bE since my BACK went!!!") == plain
    assert plain is not None


def test_an_alarm_holds_no_word_of_the_message(guard: Guard) -> None:
    alarm = guard.check("my name is Zebedee and I can't pee")

    assert "Zebedee" not in repr(alarm)


@pytest.mark.parametrize("text", ["", " ", "?", "👍", "....", "\u200b", "a" * 5000])
def test_an_unreadable_message_raises_nothing(guard: Guard, text: str) -> None:
    assert guard.check(text) is None


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=200))
def test_any_text_is_judged_without_an_error(guard: Guard, text: str) -> None:
    assert guard.check(text) == guard.check(text)


def test_sixty_words_cost_less_than_three_milliseconds(guard: Guard) -> None:
    """CPU time of the fastest of several runs: other processes do not count."""
    assert len(SIXTY_WORDS.split()) >= 60
    guard.check(SIXTY_WORDS)

    times = []
    for _ in range(20):
        start = time.process_time()
        guard.check(SIXTY_WORDS)
        times.append(time.process_time() - start)

    assert min(times) < 0.003
