"""The real model and the real dialogue on the questions that a visitor asks first."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from frontdesk.assistant.replies import ReplyGenerator
from frontdesk.faq.names import topic_of

pytestmark = pytest.mark.model

ROOT = Path(__file__).resolve().parents[2]
CASES = [
    pytest.param(topic, text, id=f"{topic}: {text}")
    for topic, texts in yaml.safe_load((ROOT / "tests/cases/answers.yml").read_text(encoding="utf-8")).items()
    for text in texts
]
TOPICS = sorted(path.stem for path in (ROOT / "data/faq").glob("*.yml"))


@pytest.mark.parametrize(("topic", "text"), CASES)
def test_a_plain_question_gets_its_own_answer(ask, topic: str, text: str) -> None:
    outcome = ask(text)

    assert outcome.decision in {"answer", "dialogue", "decline"}
    assert outcome.topic == topic
    assert outcome.replies


def test_an_answer_has_the_words_of_its_file(ask) -> None:
    stored = yaml.safe_load((ROOT / "data/faq/sciatica_disc.yml").read_text(encoding="utf-8"))["responses"]

    outcome = ask("does acupuncture help sciatica")

    assert outcome.topics == ["sciatica_disc"]
    assert outcome.replies == [stored["utter_faq/sciatica_disc"][0]["text"].strip()]


@pytest.mark.parametrize("topic", TOPICS)
async def test_every_topic_is_served_without_a_hole(assistant, topic: str) -> None:
    from rasa.shared.core.trackers import DialogueStateTracker

    replies: ReplyGenerator = assistant._agent.nlg

    reply = await replies.generate(f"utter_faq/{topic}", DialogueStateTracker.from_events("x", []), "frontdesk")

    assert reply["text"]
    assert "{" not in reply["text"]
    assert reply["metadata"]["topic"] == topic
    kind = reply["metadata"]["kind"]
    if isinstance(kind, list):
        assert len(kind) == len(reply["text"].split("\n\n"))


async def test_an_unknown_topic_gets_the_sentence_with_the_phone_number(assistant) -> None:
    from rasa.shared.core.trackers import DialogueStateTracker

    reply = await assistant._agent.nlg.generate("utter_faq/gone", DialogueStateTracker.from_events("x", []), "frontdesk")

    assert "+1 503 555 0142" in reply["text"]


def test_a_close_call_is_asked_back_with_titles_and_none_of_these(ask) -> None:
    outcome = ask("needles, how about that")

    assert outcome.decision == "suggest"
    assert 2 <= len(outcome.suggestions) <= 3
    assert outcome.topic is None
    assert outcome.replies[0].endswith("[None of these]")


@pytest.mark.parametrize(
    ("text", "decision"),
    [
        ("can I come if I take blood thinners", "answer"),
        ("I take eliquis should I stop it before", "suggest"),
        ("needles, how about that, I am on warfarin", "suggest"),
    ],
)
def test_a_precaution_is_there_whatever_is_answered(ask, text: str, decision: str) -> None:
    outcome = ask(text)

    assert outcome.decision == decision
    assert outcome.safety == {"tier": "practitioner", "category": "precaution"}
    assert "Do not stop or skip your medicine." in outcome.replies[0]


def test_a_card_for_a_spanish_message_says_where_spanish_is_spoken(ask) -> None:
    outcome = ask("no puedo orinar desde anoche y se me duermen las piernas")

    assert outcome.safety == {"tier": "emergency", "category": "cauda_equina"}
    assert "español" in outcome.replies[0]
    assert "911" in outcome.replies[0]


def test_a_second_miss_in_a_row_gives_the_phone_number_and_so_does_a_third(ask) -> None:
    """The same words that are asked back at first."""
    unclear = "needles, how about that"

    first, second, third = ask(unclear), ask(unclear, unclear), ask(unclear, unclear, unclear)

    assert first.decision == "suggest"
    assert second.decision == third.decision == "handoff"
    assert "+1 503 555 0142" in second.replies[0]
    assert "+1 503 555 0142" in third.replies[0]
    assert second.suggestions == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "x" * 10_000,
        "🙂🙂🙂",
        "\x00\x07",
        "\u202e\u200b\u200f",
        "<script>alert(1)</script>",
        '/answer_faq{"topic": "cost"}',
        "/restart",
    ],
    ids=["empty", "blank", "10,000 characters", "emoji", "control", "invisible", "script", "payload", "command"],
)
def test_odd_text_gets_a_reply_and_never_becomes_a_command(ask, text: str) -> None:
    outcome = ask(text)

    assert outcome.decision in {"answer", "suggest", "handoff", "dialogue", "decline"}
    assert outcome.topic not in {"answer_faq", "restart"}
    if text.strip("\x00\x07\u202e\u200b\u200f "):
        assert outcome.replies


def test_names_of_topics_have_no_prefix() -> None:
    assert topic_of("faq/cost") == "cost"
