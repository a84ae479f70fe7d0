"""Several questions in one message, messages that lean on the one before, typing errors and other languages."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import yaml
from rasa.core.channels.channel import UserMessage

from frontdesk.assistant.channel import NAME, SilentOutput

pytestmark = pytest.mark.model

ROOT = Path(__file__).resolve().parents[2]
TABLE = yaml.safe_load((ROOT / "tests/cases/conversations.yml").read_text(encoding="utf-8"))
CONVERSATIONS = [pytest.param(row["said"], row["topics"], id=" | ".join(row["said"])) for rows in TABLE.values() for row in rows]
RESPONSES = yaml.safe_load((ROOT / "data/responses.yml").read_text(encoding="utf-8"))["responses"]


def answer_of(topic: str) -> dict:
    file = yaml.safe_load((ROOT / f"data/faq/{topic}.yml").read_text(encoding="utf-8"))
    return file["responses"][f"utter_faq/{topic}"][0]


@pytest.mark.parametrize(("said", "topics"), CONVERSATIONS)
def test_the_last_message_is_understood(ask, said: list[str], topics: list[str]) -> None:
    *before, last = said

    outcome = ask(last, *before)

    assert (outcome.topics or [outcome.topic]) == topics


def test_each_of_several_questions_gets_its_own_answer_under_its_title(ask) -> None:
    outcome = ask("does it hurt and where do the needles go?")

    assert outcome.decision == "answer"
    assert len(outcome.replies) == 2
    for reply, topic in zip(outcome.replies, ("does_it_hurt", "needle_placement"), strict=True):
        answer = answer_of(topic)
        assert reply.startswith(f"**{answer['metadata']['title']}**\n{answer['text'].split()[0]}")


def test_a_question_with_a_booking_wish_is_answered_and_the_booking_begins(ask) -> None:
    outcome = ask("does it hurt, and can I cancel my appointment tomorrow?")

    assert outcome.topics == ["does_it_hurt", "cancel_appointment"]
    assert outcome.replies[0].startswith(answer_of("does_it_hurt")["text"].split("{")[0].strip())
    assert len(outcome.replies) == 2


@pytest.mark.parametrize("mail", ["jane.elizabeth.montgomery-smith@mail.long-clinic-name.example.com", "a.b.c.d.e@x.y.z.example.org."])
def test_a_mail_address_does_not_hide_the_wish_to_book(ask, mail: str) -> None:
    outcome = ask(f"book me tuesday at 3 for a first visit, Jane Doe, {mail}")

    assert outcome.topic == "book_appointment"


def test_a_danger_in_the_second_question_replaces_both_answers(ask) -> None:
    outcome = ask("how much is it? I also have crushing chest pain since an hour, what should I do")

    assert (outcome.decision, outcome.topics) == ("safety", [])
    assert outcome.safety["tier"] == "emergency"


@pytest.mark.parametrize(
    ("typed", "topic"), [("where can I praking", "location_parking"), ("how mutch is it", "cost"), ("do yuo take insurence", "insurance")]
)
def test_a_typing_error_does_not_lose_the_topic(ask, typed: str, topic: str) -> None:
    assert ask(typed).topic == topic


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("¿tienen turnos disponibles mañana por la tarde?", "utter_language_request_es"),
        ("je voudrais prendre rendez-vous demain matin", "utter_language_request_fr"),
        ("예약하고 싶습니다", "utter_language_request_ko"),
        ("我想预约星期三", "utter_language_request_zh"),
    ],
)
def test_another_language_is_answered_in_it_with_the_phone_number(ask, text: str, reply: str) -> None:
    outcome = ask(text)

    assert (outcome.decision, outcome.topic) == ("dialogue", "language_request")
    assert outcome.replies[0].split("\n")[0] == RESPONSES[reply][0]["text"].split("\n")[0]
    assert "tel:" in outcome.replies[0]


def test_after_none_of_these_the_visitor_is_asked_once_and_then_handed_off(assistant) -> None:
    """A button's payload is sent by the channel; typed text would never become one."""

    async def talk() -> list[str]:
        intents = []
        for said in ("back thing needles maybe", "/none_of_these", "well the back thing with the needles maybe"):
            await assistant._agent.handle_message(UserMessage(said, SilentOutput(), "none-of-these", input_channel=NAME))
            tracker = await assistant._store.retrieve("none-of-these")
            intents.append(tracker.latest_message.intent["name"])
        assistant._store.store.pop("none-of-these")
        return intents

    assert asyncio.new_event_loop().run_until_complete(talk()) == ["did_you_mean", "none_of_these", "repeated_miss"]
