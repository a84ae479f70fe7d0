"""The clinic's own answers and replies, held against what may be claimed; which sentences they are does not matter here."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from frontdesk.faq.ledger import load_ledger
from frontdesk.faq.store import load_topics
from frontdesk.faq.topic import Topic
from frontdesk.text.paragraphs import split_paragraphs
from frontdesk.text.readability import plain

ROOT = Path(__file__).resolve().parents[2]
TOPICS = {topic.name: topic for topic in load_topics(ROOT / "data" / "faq")[0]}
LEDGER, _ = load_ledger(ROOT / "clinic")
REPLIES = yaml.safe_load((ROOT / "data" / "responses.yml").read_text(encoding="utf-8"))["responses"]

# What somebody must be told before a visit, and to whom an answer that names it must send them.
PRECAUTIONS = {
    "blood thinners": r"blood thinner",
    "bleeding disorder": r"bleeding disorder",
    "pacemaker": r"pacemaker|implant",
    "pregnancy": r"\bpregnan",
    "weak immune system": r"immune|chemo",
    "lymph nodes": r"lymph",
    "children": r"\bchild(?:ren)?\b|teenager",
}
SENDS_ON = r"\b(?:tell|ask|talk|call|see a doctor|say (?:which|how many))\b"

# What does not raise an alarm and is said in an answer instead, with an answer in which somebody would look for it.
SAID_IN_ANSWERS = [
    ("six weeks", ["chronic_low_back", "why_pain_persists_sensitization", "warning_signs"]),
    ("half an hour each morning", ["chronic_low_back", "long_standing_pain"]),
    ("one leg", ["sciatica_disc", "warning_signs"]),
    ("under 20", ["who_benefits", "children", "warning_signs"]),
    ("over 50", ["who_benefits", "warning_signs"]),
]

# The list that a question about warning signs gets, and what an alarm taken back gets.
WARNING_SIGNS = ["urine", "bladder", "bowel", "between the legs", "both legs", "Chest pain", "breathing", "tearing", "fever"]


def paragraphs(kind: str) -> Iterator[tuple[Topic, str]]:
    for topic in TOPICS.values():
        for text, own in zip(split_paragraphs(topic.answer), topic.kinds, strict=True):
            if own == kind:
                yield topic, text


def evidence(topic: Topic) -> str:
    return " ".join(text for found, text in paragraphs("evidence") if found is topic)


def test_who_names_a_guideline_for_acupuncture_names_the_one_against_it_too() -> None:
    one_sided = [
        topic.name
        for topic, text in paragraphs("evidence")
        if {"acp_2017", "who_2023"} & set(topic.sources) and re.search(r"acupuncture|\blists? it\b", text) and "NICE" not in evidence(topic)
    ]

    assert one_sided == []


def test_who_says_that_trials_found_a_gain_says_what_it_was_compared_with() -> None:
    trials = {"trialists_2018", "backinaction_2025", "tu_2024"}
    gain = r"\b(?:gain|benefit|effect|eased|better|clear)\b"

    silent = [
        topic.name
        for topic, text in paragraphs("evidence")
        if trials & set(topic.sources) and re.search(gain, text) and not re.search(r"sham", evidence(topic))
    ]

    assert silent == []


@pytest.mark.parametrize("precaution", PRECAUTIONS)
def test_a_precaution_sends_the_visitor_on_to_somebody_who_can_judge(precaution: str) -> None:
    named = [
        (topic.name, text)
        for kind in ("safety", "clinic")
        for topic, text in paragraphs(kind)
        if re.search(PRECAUTIONS[precaution], without_facts(text), re.IGNORECASE)
    ]

    assert named
    assert [name for name, text in named if not re.search(SENDS_ON, TOPICS[name].answer, re.IGNORECASE)] == []


@pytest.mark.parametrize(("words", "names"), SAID_IN_ANSWERS, ids=[words for words, _ in SAID_IN_ANSWERS])
def test_what_raises_no_alarm_is_said_where_somebody_would_look_for_it(words: str, names: list[str]) -> None:
    assert [name for name in names if words not in TOPICS[name].answer.lower()] == []


def test_no_answer_passes_on_a_withheld_claim_or_comes_near_it() -> None:
    withheld = {claim.id for claim in LEDGER.claims.values() if claim.use == "withheld"}
    near = r"mends? faster|heal\w* faster|micro-?needling[^.]*\b(?:heal|mend|repair)|spine healthy"

    assert withheld
    assert [topic.name for topic in TOPICS.values() if withheld & set(topic.claims)] == []
    # Denying it is how the one answer on it may speak.
    assert [topic.name for topic in TOPICS.values() if re.search(near, re.sub(r"I have no trial[^.]*\.", "", plain(topic.answer)))] == []


@pytest.mark.parametrize("sign", WARNING_SIGNS)
def test_a_question_about_warning_signs_gets_the_list(sign: str) -> None:
    texts = [TOPICS["warning_signs"].answer, REPLIES["utter_safety_checkup"][0]["text"]]

    assert [sign.lower() in text.lower() for text in texts] == [True, True]


def test_an_alarm_that_is_taken_back_is_met_without_thanks_and_with_both_numbers() -> None:
    text = REPLIES["utter_safety_checkup"][0]["text"]

    assert "thank" not in text.lower()
    assert {"contact.emergency_number", "contact.crisis_line"} <= set(re.findall(r"tel:\{([^}]+)\}", text))


def test_symptoms_that_were_not_understood_get_the_signs_that_cannot_wait_and_the_numbers() -> None:
    text = REPLIES["utter_oos_medical_advice"][0]["text"]

    assert [sign for sign in ("urine", "between the legs", "both legs", "chest pain", "breathing") if sign not in text] == []
    assert {"contact.emergency_number", "contact.phone"} <= set(re.findall(r"tel:\{([^}]+)\}", text))


def without_facts(text: str) -> str:
    return re.sub(r"\{[^}]*\}", "", text)
