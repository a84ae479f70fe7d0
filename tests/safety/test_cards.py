"""The wording: complete, with real links, and free of what must not be said."""

from __future__ import annotations

import re

import pytest

from frontdesk.safety import TIERS, Alarm, CardMissing, Cards, Guard
from frontdesk.text.kinds import ALARMING

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


def test_every_variant_is_asked_for_by_a_rule_or_by_a_language(guard: Guard, cards: Cards) -> None:
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
            assert card.text.count(".") - card.text.count("contact.") <= 2, rule.id
            assert card.actions == ()


def test_an_overdose_names_poison_control(guard: Guard, cards: Cards) -> None:
    alarm = guard.check("I took too many painkillers")

    assert alarm is not None
    assert "1-800-222-1222" in cards.card_for(alarm).text


@pytest.mark.parametrize("tier", TIERS)
def test_a_variant_that_is_not_there_leaves_the_tiers_own_text(cards: Cards, tier: str) -> None:
    assert cards.card_for(Alarm(tier, "other", "any", "nonsense")) == cards.card_for(Alarm(tier, "other", "any"))


@pytest.mark.parametrize("tier", ALARMING)
def test_every_alarm_says_that_it_is_a_machine_and_that_nobody_watches(cards: Cards, tier: str) -> None:
    text = cards.card_for(Alarm(tier, "other", "any")).text

    assert "automated assistant" in text
    assert "no person is watching" in text


@pytest.mark.parametrize("variant", [None, "after_treatment", "pregnancy"])
def test_an_emergency_tells_nobody_to_drive(cards: Cards, variant: str | None) -> None:
    assert "don't drive yourself" in cards.card_for(Alarm("emergency", "other", "any", variant)).text


@pytest.mark.parametrize("variant", [None, "doctor_today"])
@pytest.mark.parametrize("sign", ["bladder", "bowel", "between your legs", "both legs", "chest pain", "breathing", "tearing"])
def test_the_doctor_cards_name_the_signs_of_an_emergency(cards: Cards, variant: str | None, sign: str) -> None:
    assert sign in cards.card_for(Alarm("doctor", "other", "any", variant)).text


def test_care_for_somebody_worn_out_is_short_has_the_crisis_line_and_comes_before_the_answer(cards: Cards) -> None:
    card = cards.card_for(Alarm("practitioner", "despair", "any", "soft_despair"))

    assert "[{contact.crisis_line}](tel:{contact.crisis_line})" in card.text
    assert "\n" not in card.text
    assert card.comes_first
    assert card.actions == ()


@pytest.mark.parametrize("tier", ALARMING)
def test_an_alarm_on_a_spanish_message_says_in_english_where_spanish_is_spoken(cards: Cards, tier: str) -> None:
    plain, spanish = (cards.card_for(Alarm(tier, "other", "any"), language) for language in ("en", "es"))

    note = spanish.text.removeprefix(plain.text)
    assert note != spanish.text
    assert "interpreter" in note
    assert "press 2" in note
    assert spanish.actions == plain.actions


def test_the_note_on_spanish_comes_after_what_a_rule_adds_and_not_with_a_precaution(cards: Cards) -> None:
    pregnant = cards.card_for(Alarm("emergency", "other", "any", "pregnancy"), "es").text
    precaution = Alarm("practitioner", "precaution", "any", "medicine")

    assert pregnant.index("labor unit") < pregnant.index("interpreter")
    assert cards.card_for(precaution, "es") == cards.card_for(precaution)


def test_no_rule_may_ask_for_the_note_of_a_language(cards: Cards) -> None:
    assert "spanish" not in cards.variant_names


def test_a_tier_without_wording_is_an_error() -> None:
    with pytest.raises(CardMissing):
        Cards({"crisis": {"text": "x"}}, {})


@pytest.mark.parametrize(
    "entry",
    [
        None,
        7,
        [],
        {},
        {"text": "  "},
        {"text": 7},
        {"adds": ["x"]},
        {"text": "x", "actions": "tel:1"},
        {"text": "x", "actions": [{"label": "Call"}]},
    ],
    ids=repr,
)
def test_a_card_that_could_fail_in_front_of_a_visitor_does_not_load(entry: object) -> None:
    whole = {tier: {"text": "x"} for tier in TIERS}

    with pytest.raises(CardMissing, match="emergency"):
        Cards({**whole, "emergency": entry}, {})
    with pytest.raises(CardMissing, match="overdose"):
        Cards(whole, {"overdose": entry})
