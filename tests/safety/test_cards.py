"""The wording: complete, with real links, and free of what must not be said."""

from __future__ import annotations

import re

import pytest

from frontdesk.safety import Alarm, CardMissing, Cards, Guard

BANNED = (
    "no red flags", "probably nothing", "thank", "don't worry", "nothing serious", "safe for you",
    "diagnos", "cauda equina", "stroke", "you are fine", "book",
)  # fmt: skip
PLACEHOLDERS = {"contact.emergency_number", "contact.crisis_line", "contact.phone"}


def all_texts(guard: Guard, cards: Cards) -> list[str]:
    alarms = [Alarm(r.tier, r.category, r.id, r.card) for r in guard.rules]
    found = [cards.card_for(alarm) for alarm in alarms]
    return [c.text for c in found] + [a.label + " " + a.href for c in found for a in c.actions]


def test_every_rule_has_a_wording(guard: Guard, cards: Cards) -> None:
    for rule in guard.rules:
        card = cards.card_for(Alarm(rule.tier, rule.category, rule.id, rule.card))
        assert card.text
        assert (card.tier, card.category) == (rule.tier, rule.category)


def test_every_variant_is_used_by_a_rule(guard: Guard, cards: Cards) -> None:
    assert cards.variant_names == {rule.card for rule in guard.rules if rule.card}


@pytest.mark.parametrize("words", BANNED)
def test_no_wording_clears_diagnoses_or_thanks(guard: Guard, cards: Cards, words: str) -> None:
    assert not any(words in text.lower() for text in all_texts(guard, cards))


def test_only_known_placeholders_are_used(guard: Guard, cards: Cards) -> None:
    used = {p for t in all_texts(guard, cards) for p in re.findall(r"\{([^}]*)\}", t)}

    assert used == PLACEHOLDERS


@pytest.mark.parametrize("tier", ["crisis", "emergency", "doctor"])
def test_an_alarm_has_the_emergency_number_as_text_and_as_a_link(cards: Cards, tier: str) -> None:
    card = cards.card_for(Alarm(tier, "other", "any"))

    assert "tel:{contact.emergency_number}" in card.text
    assert "tel:{contact.emergency_number}" in {action.href for action in card.actions}


def test_the_emergency_wording_names_the_number_before_anything_else(cards: Cards) -> None:
    card = cards.card_for(Alarm("emergency", "neuro", "any"))

    assert "{contact.emergency_number}" in card.text[:120]
    assert "?" not in card.text


def test_a_precaution_is_two_sentences_at_most(guard: Guard, cards: Cards) -> None:
    for rule in guard.rules:
        if rule.tier == "practitioner":
            card = cards.card_for(Alarm(rule.tier, rule.category, rule.id, rule.card))
            assert card.text.count(".") <= 2, rule.id
            assert card.actions == ()


def test_an_overdose_names_poison_control(guard: Guard, cards: Cards) -> None:
    alarm = guard.check("I took too many painkillers")

    assert alarm is not None
    assert "1-800-222-1222" in cards.card_for(alarm).text


def test_an_unknown_variant_is_an_error(cards: Cards) -> None:
    with pytest.raises(CardMissing):
        cards.card_for(Alarm("doctor", "other", "any", "nonsense"))


def test_a_tier_without_wording_is_an_error() -> None:
    with pytest.raises(CardMissing):
        Cards({"crisis": {"text": "x"}}, {})
