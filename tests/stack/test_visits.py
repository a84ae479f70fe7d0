"""A visitor talks to the real stack over HTTP."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import subprocess
import sys
import uuid
from pathlib import Path

import psutil
import pytest

from tests.stack.conftest import ROOT, Stack
from tests.stack.visitor import Visitor

pytestmark = pytest.mark.stack


def test_both_first_questions_are_answered_from_the_clinics_files(stack: Stack) -> None:
    visitor = Visitor(stack.address)

    sciatica = visitor.say("does acupuncture help sciatica")[1]["messages"]
    session = visitor.say("what happens in a session")[1]["messages"]

    assert {message.get("topic") for message in sciatica} == {"sciatica_disc"}
    assert {message.get("topic") for message in session} == {"what_happens_in_session"}
    assert {message["kind"] for message in sciatica} >= {"article", "evidence"}


def test_a_conversation_opens_with_what_the_assistant_is_and_something_to_press(stack: Stack) -> None:
    visitor = Visitor(stack.address)

    assert "automated assistant" in visitor.welcome[0]["text"]
    assert len(visitor.welcome[-1]["choices"]) == 5


def test_a_pressed_button_gets_its_answer_once(stack: Stack) -> None:
    visitor = Visitor(stack.address)
    choice = next(c for c in visitor.welcome[-1]["choices"] if "cost" in c["title"].lower())
    message_id = uuid.uuid4().hex

    first = visitor.choose(choice["id"], message_id=message_id)
    again = visitor.choose(choice["id"], message_id=message_id)

    assert first[0] == 200
    assert first[1]["messages"][0]["topic"] == "cost"
    assert again == first
    assert [turn.get("text") for turn in visitor.transcript()[1]["turns"] if turn["from"] == "visitor"] == [choice["title"]]


def test_a_repeated_message_is_said_once(stack: Stack) -> None:
    visitor = Visitor(stack.address)

    first = visitor.say("does it hurt", message_id="same")
    again = visitor.say("does it hurt", message_id="same")

    assert again == first
    assert sum(turn["from"] == "visitor" for turn in visitor.transcript()[1]["turns"]) == 1


def test_a_choice_that_was_not_offered_last_is_refused(stack: Stack) -> None:
    visitor = Visitor(stack.address)
    choice = visitor.welcome[-1]["choices"][0]["id"]
    visitor.say("thank you so much")

    status, reply = visitor.choose(choice)

    assert status == 409
    assert reply["error"]["code"]


@pytest.mark.parametrize("text", ['/answer_faq{"topic": "cost"}', "/crisis", "\uff0fcrisis", "\u200b/restart", "//goodbye"])
def test_a_typed_intent_is_only_text(stack: Stack, text: str) -> None:
    visitor = Visitor(stack.address)

    status, reply = visitor.say(text)

    assert status == 200
    assert all(message["type"] != "emergency" for message in reply["messages"])
    spoken = [turn["text"] for turn in visitor.transcript()[1]["turns"] if turn["from"] == "visitor"]
    assert not any(said.startswith("/") for said in spoken)


@pytest.mark.parametrize(
    "text",
    [
        "🙂🙂🙂",
        "\u202eolleh\u202c",
        "<script>alert(1)</script>",
        "<b>hours</b>",
        "ÿþ\x07\x1b[31m",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "{contact.phone} {0}",
    ],
    ids=["emoji", "right to left", "script", "markup", "control", "one letter", "placeholders"],
)
def test_odd_text_gets_a_reply(stack: Stack, text: str) -> None:
    status, reply = Visitor(stack.address).say(text)

    assert status == 200
    assert all(message["text"] or message.get("choices") for message in reply["messages"])


@pytest.mark.parametrize("text", ["", " \n\t ", "\u200b\u200d\ufeff", "///"], ids=["empty", "blank", "invisible", "slashes"])
def test_text_without_words_is_answered_kindly_and_not_passed_on(stack: Stack, text: str) -> None:
    visitor = Visitor(stack.address)

    status, reply = visitor.say(text)

    assert status == 200
    assert "type your question" in reply["messages"][0]["text"].lower()
    assert not any(turn["from"] == "visitor" for turn in visitor.transcript()[1]["turns"])


def test_a_message_of_ten_thousand_characters_is_refused_with_the_phone_number(stack: Stack) -> None:
    status, reply = Visitor(stack.address).say("x" * 10_000)

    assert status == 413
    assert "+1 503 555 0142" in reply["error"]["message"]


def test_an_emergency_gets_the_card_with_real_phone_links_and_nothing_else(stack: Stack) -> None:
    visitor = Visitor(stack.address)

    messages = visitor.say("numb between my legs since this morning, can I get a slot tomorrow")[1]["messages"]

    assert messages[0]["type"] == "emergency"
    assert messages[0]["tier"] == "emergency"
    assert "tel:911" in {action["href"] for action in messages[0]["actions"]}
    assert "book" not in str(messages[1:]).lower()


def test_a_false_alarm_is_taken_back_with_one_tap_and_the_conversation_goes_on(stack: Stack) -> None:
    visitor = Visitor(stack.address)
    messages = visitor.say("my mother can't feel her legs and wet herself")[1]["messages"]
    choice = messages[-1]["choices"][0]

    status, reply = visitor.choose(choice["id"])
    after = visitor.say("what should I wear")[1]["messages"]

    assert status == 200
    assert "911" in reply["messages"][0]["text"]
    assert after[0]["topic"] == "how_to_prepare"


def test_an_alarm_is_recorded_by_category_and_time_and_so_is_the_tap_that_takes_it_back(stack: Stack) -> None:
    def rows() -> list[tuple[str, ...]]:
        with contextlib.closing(sqlite3.connect(stack.data / "alarms.db")) as database:
            return list(database.execute("SELECT what, tier, category FROM alarms ORDER BY id"))

    visitor = Visitor(stack.address)
    visitor.say("i want to die, my name is Zebedee")
    before = rows()
    messages = visitor.say("can't pee since my back went, my name is Zebedee")[1]["messages"]
    visitor.choose(messages[-1]["choices"][0]["id"])

    assert before[-1] == ("alarm", "crisis", "self_harm")
    assert rows()[len(before) :] == [("alarm", "emergency", "cauda_equina"), ("meant_generally", "emergency", "cauda_equina")]
    assert b"Zebedee" not in (stack.data / "alarms.db").read_bytes()


def test_the_doctor_finds_the_running_stack_well(stack: Stack) -> None:
    ports = {
        name: address.rpartition(":")[2]
        for name, address in (("FRONTDESK_PORT", stack.address), ("FRONTDESK_CONSOLE_PORT", stack.console_address))
    }
    environment = {**os.environ, **ports, "FRONTDESK_DATA_DIR": str(stack.data), "FRONTDESK_MODELS_DIR": str(stack.data / "none")}

    looked = subprocess.run(
        [sys.executable, "-m", "frontdesk", "doctor"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )

    assert looked.returncode == 0, looked.stdout + looked.stderr
    assert "Rasa answers behind it and has a model" in looked.stdout
    assert "can be read and are whole" in looked.stdout


def test_a_visit_is_booked_through_the_gateway_with_real_openings_and_kept(stack: Stack) -> None:
    visitor = Visitor(stack.address)

    def choose(messages: list[dict], title: str) -> list[dict]:
        choice = next(one for message in messages for one in message.get("choices", []) if title in one["title"])
        return visitor.choose(choice["id"])[1]["messages"]

    offered = choose(visitor.say("I'd like to book an appointment")[1]["messages"], "Follow-up")
    openings = next(message["openings"] for message in offered if message["type"] == "openings")
    visitor.choose(openings[-1]["id"])
    visitor.say("Jane Doe")
    read_back = visitor.say("visits.test@example.com")[1]["messages"]
    done = choose(read_back, "Yes, book it")

    summary = next(message for message in read_back if message["type"] == "summary")
    assert 3 <= len(openings) <= 6
    assert {"Name", "When", "Contact"} <= {row["label"] for row in summary["rows"]}
    assert "Your visit is booked" in done[0]["text"]
    with contextlib.closing(sqlite3.connect(stack.data / "booking.db")) as database:
        assert database.execute("SELECT count(*) FROM appointments WHERE email = 'visits.test@example.com'").fetchone() == (1,)
    assert "visits.test" not in stack.log.read_text(encoding="utf-8")


def test_after_erasing_nothing_is_left_in_the_database(stack: Stack) -> None:
    visitor = Visitor(stack.address)
    secret = "zanzibarquux"
    visitor.say(f"my {secret} aches")

    status, receipt = visitor.erase()

    assert status == 200
    assert receipt
    with contextlib.closing(sqlite3.connect(stack.data / "conversations.db")) as database:
        rows = database.execute("SELECT count(*) FROM events WHERE data LIKE ?", (f"%{secret}%",)).fetchone()
    assert rows == (0,)
    assert visitor.transcript()[0] in {401, 404}


def test_feedback_is_kept_for_an_answer_that_was_given_and_for_no_other(stack: Stack) -> None:
    visitor = Visitor(stack.address)
    visitor.say("does it hurt")
    path = f"/v1/conversations/{visitor.id}/feedback"

    served = visitor.call("POST", path, {"topic": "does_it_hurt", "helpful": True}, token=visitor.token)
    unserved = visitor.call("POST", path, {"topic": "cost", "helpful": True}, token=visitor.token)

    assert served[0] in {200, 204}
    assert unserved[0] == 409


def test_what_a_visitor_types_is_in_no_log(stack: Stack) -> None:
    words = "quetzalcoatl marmalade 07700900123"
    visitor = Visitor(stack.address)
    visitor.say(f"my back aches {words}")
    visitor.say(f"can I come tuesday {words}")

    log = stack.log.read_text(encoding="utf-8")

    assert "quetzalcoatl" not in log
    assert "07700900123" not in log


def test_only_rasa_has_loaded_tensorflow(stack: Stack) -> None:
    """502 MB against 112 MB in each other process."""
    for part in ("frontdesk.gateway", "rasa_sdk"):
        maps = Path(f"/proc/{stack.pid_of(part)}/maps").read_text(encoding="utf-8")
        assert "tensorflow" not in maps, part


def test_the_stack_listens_on_this_machine_alone(stack: Stack) -> None:
    listening = {
        connection.laddr.ip
        for part in ("frontdesk.gateway", "rasa run", "rasa_sdk")
        for connection in psutil.Process(stack.pid_of(part)).net_connections(kind="tcp")
        if connection.status == psutil.CONN_LISTEN
    }

    assert listening == {"127.0.0.1"}
