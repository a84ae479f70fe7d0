"""The record of real conversations: the real model and the real actions, whose events Rasa publishes itself."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
import structlog
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.events import SlotSet

from frontdesk.assistant.agent import Assistant
from frontdesk.assistant.channel import NAME, SilentOutput
from frontdesk.assistant.recorder import ConversationRecorder
from frontdesk.assistant.transcript import CHOICE_TITLE, offered
from frontdesk.record import Record, Settings
from frontdesk.text.logs import quieten

pytestmark = pytest.mark.model

NOW = dt.datetime.fromisoformat("2026-11-24T10:00:00-08:00")
_numbers = count()


class Chat:
    """One conversation that is recorded."""

    def __init__(self, assistant: Assistant, recorder: ConversationRecorder, record: Record, loop: asyncio.AbstractEventLoop) -> None:
        self._assistant, self._recorder, self._record, self._loop = assistant, recorder, record, loop
        self.id = f"recorded-{next(_numbers)}"
        self.say("/start_conversation")

    def say(self, text: str, title: str | None = None) -> None:
        message = UserMessage(
            text,
            SilentOutput(),
            self.id,
            input_channel=NAME,
            message_id=f"{self.id}-{next(_numbers)}",
            metadata={CHOICE_TITLE: title} if title else None,
        )
        self._loop.run_until_complete(self._assistant._agent.handle_message(message))

    def press(self, title: str) -> None:
        tracker = self._loop.run_until_complete(self._assistant._store.retrieve(self.id))
        choice = next(choice for choice in offered(list(tracker.events)) if title.lower() in choice.title.lower())
        self.say(choice.payload, choice.title)

    def rate(self, topic: str, *, helpful: bool) -> None:
        """Do what the channel does when a thumb is tapped."""

        async def keep() -> None:
            tracker = await self._assistant._store.retrieve(self.id)
            tracker.update(SlotSet("feedback", {"topic": topic, "helpful": helpful}))
            await self._assistant._store.save(tracker)

        self._loop.run_until_complete(keep())

    def kept(self) -> list[dict]:
        """Return the turns that are kept, once everything is written."""
        self._recorder._writer.submit(int).result()
        return (self._record.export(self.id) or {"turns": []})["turns"]


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    made = Record(Settings(f"sqlite:///{tmp_path / 'record.db'}"))
    yield made
    made.close()


@pytest.fixture
def chat(assistant: Assistant, record: Record) -> Iterator:
    loop = asyncio.new_event_loop()
    recorder = ConversationRecorder(record)
    assistant._now, assistant._store.event_broker = NOW, recorder
    yield lambda: Chat(assistant, recorder, record, loop)
    assistant._now, assistant._store.event_broker = None, None
    loop.run_until_complete(recorder.close())
    loop.close()


def test_a_question_is_kept_with_what_came_of_it(chat) -> None:
    visitor = chat()
    visitor.say("how much is a visit? mail me at jane.doe@example.com")

    (turn,) = visitor.kept()
    assert turn["text"] == "how much is a visit? mail me at [email]"
    assert (turn["decision"], turn["topics"], turn["replies"]) == ("answer", ["cost"], ["utter_faq/cost"])
    assert turn["confidence"] > 0.5
    assert turn["model"]


def test_words_that_raise_an_alarm_are_not_kept_but_their_category_is(chat) -> None:
    visitor = chat()
    visitor.say("I want to kill myself")
    visitor.say("nobody would mind, zorblat frimp")
    visitor.say("/general_question", "I asked in general")
    visitor.say("how much is a visit?")

    alarm, after, _, question = visitor.kept()
    assert (alarm["text"], alarm["withheld"], alarm["tier"], alarm["category"]) == (None, "danger", "crisis", "self_harm")
    assert (after["text"], after["withheld"]) == (None, "crisis")
    assert question["text"] == "how much is a visit?"


def test_a_miss_is_looked_at_and_so_is_what_none_of_the_suggestions_was(chat) -> None:
    visitor = chat()
    visitor.say("do you sell gift vouchers for helicopters")
    visitor.say("blue elephants on the roof of the museum again")
    visitor.say("/none_of_these", "None of these")

    missed = [turn for turn in visitor.kept() if turn["decision"] in ("handoff", "decline", "suggest")]
    assert missed
    assert visitor.kept()[-1]["text"] == "None of these"
    assert "none_of_these" in visitor.kept()[-2]["reasons"]


def test_a_thumb_down_marks_the_answer(chat) -> None:
    visitor = chat()
    visitor.say("how much is a visit")
    visitor.rate("cost", helpful=False)
    assert visitor.kept()[0]["reasons"] == ["not_helpful"]

    visitor.rate("cost", helpful=True)

    assert visitor.kept()[0]["reasons"] == []


def test_a_booking_leaves_nothing_of_the_visitor_in_the_file(chat, record: Record, tmp_path: Path) -> None:
    """Every byte of the database and its log is searched for what was typed as contact data."""
    visitor = chat()
    visitor.say("hi, this is Zebulon Quaxley, I'd like to book a first visit thursday dec 31 afternoon")
    visitor.press("12 pm")
    visitor.say("Zebulon Quaxley")
    visitor.say("503 555 0188")
    visitor.say("actually better zeb.quaxley@example.com")
    visitor.press("yes, book it")
    visitor.say("thanks! zebulon here, where can I park?")
    visitor.say("my name is Wilhelmina Ostrander, born 03/14/1962, member id XQH123456789, 1420 Lovejoy Street")

    kept = visitor.kept()
    files = b"".join(path.read_bytes() for path in tmp_path.glob("record.db*")).lower()
    secrets = ("zebulon", "quaxley", "0188", "5550188", "zeb.quaxley", "wilhelmina", "ostrander", "1962", "xqh", "lovejoy")
    assert [secret for secret in secrets if secret.encode() in files] == []
    assert b"where can i park" in files
    assert any(reply.startswith("utter_booking_confirmed") for turn in kept for reply in turn["replies"])
    assert record.export(visitor.id)["booked_at"] is not None
    assert record.export(visitor.id)["wanted_booking_at"] is not None


def test_nothing_is_kept_of_a_conversation_in_which_nobody_spoke(chat, record: Record) -> None:
    visitor = chat()

    assert visitor.kept() == []
    assert record.export(visitor.id) is None


def test_a_forgotten_conversation_goes_with_what_was_waiting(chat, record: Record) -> None:
    visitor = chat()
    visitor.say("how much is a visit")
    visitor.say("where can I park")

    gone = visitor._recorder.forget(visitor.id).result()

    assert gone == 2
    assert record.export(visitor.id) is None


def test_a_record_that_cannot_be_written_costs_nobody_a_reply(assistant: Assistant, tmp_path: Path, chat) -> None:
    (tmp_path / "record.db").mkdir()
    visitor = chat()
    structlog.reset_defaults()

    with structlog.testing.capture_logs() as lines:
        visitor.say("how much is a visit")
        visitor._recorder._writer.submit(int).result()

    assert visitor._recorder.dropped == 0
    quieten()
    (line,) = [line for line in lines if line["log_level"] == "error"]
    assert line["event"] == "turns_not_recorded_yet"
    assert "visit" not in str(line)
    (tmp_path / "record.db").rmdir()
    visitor.say("where can I park")
    assert [turn["topics"] for turn in visitor.kept()] == [["cost"], ["location_parking"]]
