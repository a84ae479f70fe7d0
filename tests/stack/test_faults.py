"""Parts of the stack fail; the visitor still reads something true, and nothing is lost. A stack of its own, to be hurt."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from frontdesk.faq.store import load_intents
from frontdesk.safety import Guard
from tests.stack.conftest import ROOT, Stack, running
from tests.stack.visitor import Visitor

pytestmark = pytest.mark.stack


@pytest.fixture
def fragile(model: Path, tmp_path: Path) -> Iterator[Stack]:
    with running(model, tmp_path) as started:
        yield started


def test_with_parts_frozen_topics_are_answered_emergencies_are_caught_and_nothing_is_lost(fragile: Stack) -> None:
    visitor = Visitor(fragile.address)
    visitor.say("what should I wear")

    actions = fragile.pid_of("rasa_sdk")
    os.kill(actions, signal.SIGSTOP)
    answered = visitor.say("does acupuncture help sciatica")

    rasa = fragile.pid_of("rasa run")
    os.kill(rasa, signal.SIGSTOP)
    began = time.monotonic()
    danger = visitor.say("I can't pee since my back went this morning")
    harmless = visitor.say("where can I park", message_id="kept")
    waited = time.monotonic() - began
    os.kill(actions, signal.SIGCONT)
    os.kill(rasa, signal.SIGCONT)
    again = visitor.say("where can I park", message_id="kept")

    assert answered[1]["messages"][0]["topic"] == "sciatica_disc"
    assert danger[1]["messages"][0]["type"] == "emergency"
    assert harmless[0] == 503
    assert "+1 503 555 0142" in harmless[1]["error"]["message"]
    assert waited < 30
    assert again[1]["messages"][0]["topic"] == "location_parking"
    spoken = [turn["text"] for turn in visitor.transcript()[1]["turns"] if turn["from"] == "visitor"]
    assert spoken.count("where can I park") == 1


def test_with_the_actions_gone_a_booking_wish_gets_the_phone_number_in_time_and_the_conversation_goes_on(fragile: Stack) -> None:
    """Frozen, which is the worst: Rasa would wait five minutes for them and keep the conversation locked."""
    visitor = Visitor(fragile.address)
    visitor.say("what should I wear")
    actions = fragile.pid_of("rasa_sdk")
    os.kill(actions, signal.SIGSTOP)
    began = time.monotonic()

    wish = visitor.say("can I come tuesday at 3", message_id="wish")
    waited = time.monotonic() - began
    topic = visitor.say("where can I park")
    os.kill(actions, signal.SIGCONT)
    again = visitor.say("can I come tuesday at 3", message_id="wish")

    assert wish[0] == 503
    assert "+1 503 555 0142" in wish[1]["error"]["message"]
    assert waited < 15
    assert topic[1]["messages"][0]["topic"] == "location_parking"
    assert "First visit" in [choice["title"] for message in again[1]["messages"] for choice in message.get("choices", [])]


def test_in_a_booking_with_the_actions_gone_a_danger_that_only_the_model_knows_gets_its_card(fragile: Stack) -> None:
    guard = Guard.load(ROOT / "clinic" / "safety")
    taught = next(intent for intent in load_intents(ROOT / "data" / "nlu")[0] if intent.name == "crisis")
    danger = next(example.text for example in taught.examples if guard.check(example.text) is None)
    visitor = Visitor(fragile.address)
    visitor.say("I'd like to book an appointment")
    actions = fragile.pid_of("rasa_sdk")
    os.kill(actions, signal.SIGSTOP)

    status, reply = visitor.say(danger)
    os.kill(actions, signal.SIGCONT)

    assert status == 200, reply
    assert [message["type"] for message in reply["messages"]] == ["emergency"]


def test_when_nothing_can_be_written_the_visitor_is_told_and_no_word_is_logged(fragile: Stack) -> None:
    visitor = Visitor(fragile.address)
    visitor.say("what should I wear")
    with contextlib.closing(sqlite3.connect(fragile.data / "conversations.db")) as database:
        database.execute("CREATE TRIGGER full BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'disk full'); END")
        database.commit()
        refused = visitor.say("my quetzalcoatl aches", message_id="kept")
        database.execute("DROP TRIGGER full")
        database.commit()
    again = visitor.say("my quetzalcoatl aches", message_id="kept")

    assert refused[0] == 503
    assert "+1 503 555 0142" in refused[1]["error"]["message"]
    assert again[0] == 200
    # The supervisor passes lines on in its own time.
    give_up = time.monotonic() + 20
    while "conversations_unavailable" not in fragile.log.read_text(encoding="utf-8") and time.monotonic() < give_up:
        time.sleep(0.2)
    assert "conversations_unavailable" in fragile.log.read_text(encoding="utf-8")
    assert "quetzalcoatl" not in fragile.log.read_text(encoding="utf-8")
