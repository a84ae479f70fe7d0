"""The guard as a whole: tables of tests/cases/safety, speed, and its edges."""

from __future__ import annotations

import time
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from frontdesk.safety import TIERS, Guard
from tests.safety.sets import CASES, by_tier

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
    """Return (tier, message) of the tables by tier and category."""
    return [pytest.param(tier, text, id=f"{tier} {category}: {text}") for tier, category, text in by_tier()]


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


@pytest.mark.parametrize("text", grouped("soft_despair"))
def test_despair_without_death_or_means_keeps_the_answer_and_adds_a_line_of_care(guard: Guard, text: str) -> None:
    found = guard.alarms(text)

    assert "despair" in {a.category for a in found}
    assert not any(a.replaces_answer for a in found)


@pytest.mark.parametrize("text", grouped("no_soft_despair"))
def test_impatience_is_not_despair(guard: Guard, text: str) -> None:
    assert "despair" not in {a.category for a in guard.alarms(text)}


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


DISGUISED = {
    "upper case": "I WANT TO KILL MYSELF",
    "curly quotes": "I CAN\u2019T  PEE since my BACK went!!!",
    "zero-width characters": "ki\u200bll my\u00adse\u2060lf",
    "bidi overrides": "\u202ei want to die\u202c",
    "Cyrillic letters": "\u0455u\u0456c\u0456d\u0435",
    "Greek letters": "\u03baill m\u03bdself, want to d\u03b9e",
    "full-width letters": "\uff4b\uff49\uff4c\uff4c \uff4d\uff59\uff53\uff45\uff4c\uff46",
    "mathematical letters": "\U0001d4f4\U0001d4f2\U0001d4f5\U0001d4f5 \U0001d4f6\U0001d502\U0001d4fc\U0001d4ee\U0001d4f5\U0001d4ef",
    "circled letters": "\u24da\u24d8\u24db\u24db \u24dc\u24e8\u24e2\u24d4\u24db\u24d5",
    "small capitals": "\ua731\u1d1c\u026a\u1d04\u026a\u1d05\u1d07",
    "flag letters": "\U0001f1f8\U0001f1fa\U0001f1ee\U0001f1e8\U0001f1ee\U0001f1e9\U0001f1ea",
    "strokes through letters": "s\u0336u\u0336i\u0336c\u0336i\u0336d\u0336e\u0336",
    "digits for letters": "k1ll my5elf",
    "a digit in a word": "su1cide",
    "a digit in front": "5uicide",
    "signs for letters": "$u!cide",
    "a digit in chest pain": "ch3st pa1n",
    "letters apart": "s u i c i d e",
    "letters apart in two words": "k i l l m y s e l f",
    "dots between letters": "s.u.i.c.i.d.e",
    "hyphens between letters": "k-i-l-l myself",
    "dots between words": "I.want.to.die",
    "a short word apart": "want to d i e",
    "repeated letters": "i want to diiiiieeee",
    "repeated letters in a symptom": "paaaain in my cheeeest",
    "emoji between words": "kill \U0001f52a myself \U0001f480",
    "emoji between letters": "k\U0001f480i\U0001f480l\U0001f480l myself",
    "no spaces": "iwanttodie",
}  # fmt: skip


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in DISGUISED.items()])
def test_a_disguise_hides_nothing(guard: Guard, text: str) -> None:
    alarm = guard.check(text)

    assert alarm is not None
    assert alarm.tier in ("crisis", "emergency")


@pytest.mark.parametrize(
    "text",
    ["L5 S1 and L4 L5, MRI of 3.11.", "b4 noon at 1101 Main St", "A B C of acupuncture", "e-stim at 2pm, $80?",
     "\u041f\u0440\u0438\u0432\u0435\u0442",
     "\u03ba\u03b1\u03bb\u03b7\u03bc\u03ad\u03c1\u03b1", "www.example.com/page1of2"],
)  # fmt: skip
def test_what_only_looks_disguised_raises_no_alarm(guard: Guard, text: str) -> None:
    assert guard.check(text) is None


@pytest.mark.parametrize("ending", ["and since this morning I can't pee", "I want to kill myself", "My chest hurts."])
@pytest.mark.parametrize("joint", [" ", ". "], ids=["dictated", "sentences"])
def test_the_last_words_of_two_thousand_count(guard: Guard, ending: str, joint: str) -> None:
    story = joint.join([SIXTY_WORDS] * 37)
    assert len(story.split()) >= 2000
    assert guard.check(story) is None

    assert guard.check(f"{story}{joint}{ending}") is not None


def test_an_alarm_holds_no_word_of_the_message(guard: Guard) -> None:
    alarm = guard.check("my name is Zebedee and I can't pee")

    assert "Zebedee" not in repr(alarm)


@pytest.mark.parametrize(
    ("text", "tier"),
    [
        ("back pain for years, since this morning I can't pee", "emergency"),
        ("back pain for years, now worse, both legs", "emergency"),
        ("since this morning I can't pee, I've had back pain for years", "emergency"),
        ("numb foot for years, can I come today", None),
        ("numb foot for years, I can't come today", None),
        ("today I'd like to ask about my left foot, numb for years", None),
    ],
)  # fmt: skip
def test_years_do_not_silence_what_is_new_beside_them(guard: Guard, text: str, tier: str | None) -> None:
    alarm = guard.check(text)

    assert (alarm.tier if alarm else None) == tier


def test_there_are_tables_in_spanish() -> None:
    spanish = [case for case in alarms() if "in_spanish" in str(case.id)]

    assert len(spanish) >= 40
    assert len([case for case in grouped("none") if str(case.id).startswith("in_spanish")]) >= 25


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
