"""Booking in the chat: the real model, the real dialogue, the real actions and a real store, in this process."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from collections.abc import Iterator
from itertools import count

import pytest
import yaml
from rasa.core.channels.channel import UserMessage

from frontdesk.assistant import transcript
from frontdesk.assistant.agent import Assistant
from frontdesk.assistant.channel import NAME, SilentOutput
from frontdesk.booking.appointment import State
from frontdesk.booking.office import office
from tests.safety.sets import ROOT, written_with_the_rules

pytestmark = pytest.mark.model

NOW = dt.datetime.fromisoformat("2026-11-24T10:00:00-08:00")
_numbers = count()
SLOTS = tuple(yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["forms"]["booking_form"]["required_slots"])


class Chat:
    """One conversation."""

    def __init__(self, assistant: Assistant, loop: asyncio.AbstractEventLoop) -> None:
        self._assistant, self._loop = assistant, loop
        self.id = f"chat-{next(_numbers)}"

    def say(self, text: str) -> str:
        """Say something and return all that is read in reply."""
        return self._loop.run_until_complete(self._say(text))

    def press(self, title: str) -> str:
        """Press the first button with these words in its title."""
        return self.say(next(choice.payload for choice in self.choices() if title.lower() in choice.title.lower()))

    def choices(self) -> list[transcript.Choice]:
        return transcript.offered(list(self.tracker().events))

    def titles(self) -> list[str]:
        return [choice.title for choice in self.choices()]

    def slot(self, name: str) -> object:
        return self.tracker().get_slot(name)

    def tracker(self):
        return self._loop.run_until_complete(self._assistant._store.retrieve(self.id))

    async def _say(self, text: str) -> str:
        message_id = f"{self.id}-{next(_numbers)}"
        await self._assistant._agent.handle_message(UserMessage(text, SilentOutput(), self.id, input_channel=NAME, message_id=message_id))
        tracker = await self._assistant._store.retrieve(self.id)
        replies = transcript.turn_of(list(tracker.events), message_id) or []
        return "\n".join(f"{reply.text or ''} {json.dumps((reply.data.get('custom') or {}).get('rows') or '')}" for reply in replies)


@pytest.fixture
def chat(assistant: Assistant) -> Iterator:
    loop = asyncio.new_event_loop()
    assistant._now = NOW
    yield lambda: Chat(assistant, loop)
    assistant._now = None
    loop.close()


def kept(reference: str):
    return office().store.get(reference)


def reference_in(text: str) -> str:
    return text.split("**")[1]


def book(chat: Chat, when: str, contact: str) -> str:
    """Book and return the reference."""
    chat.say(f"can I come {when} for a first visit, my name is Jane Doe, {contact}")
    return reference_in(chat.press("yes, book it"))


def test_a_visit_is_booked_step_by_step_with_buttons(chat) -> None:
    visitor = chat()
    visitor.say("I'd like to book an appointment")
    visitor.press("First visit")
    visitor.say("thursday dec 3 afternoon")
    chosen = visitor.titles()[0]
    visitor.press(chosen)
    visitor.say("Jane Doe")
    read_back = visitor.say("503 555 0101")
    done = visitor.press("yes, book it")

    appointment = kept(reference_in(done))
    assert chosen == "Thursday, December 3, 12 pm PST"
    assert all(part in read_back for part in ("First visit", "Thursday, December 3, 2026, 12 pm PST", "Jane Doe", "+15035550101"))
    assert appointment.state is State.CONFIRMED
    assert appointment.opening.start == dt.datetime(2026, 12, 3, 20, tzinfo=dt.UTC)
    assert (appointment.contact.name, appointment.contact.phone) == ("Jane Doe", "+15035550101")


def test_everything_in_one_message_leaves_only_the_yes(chat) -> None:
    visitor = chat()

    read_back = visitor.say("can I come tuesday dec 8 at 3 for a first visit, my name is Maria Lopez, maria@example.com")
    done = visitor.say("yes that's right")

    assert "Tuesday, December 8, 2026, 3 pm PST" in read_back
    assert kept(reference_in(done)).contact.email == "maria@example.com"


def test_openings_are_real_have_weekday_date_time_and_zone_and_none_is_ruled_out(chat) -> None:
    visitor = chat()
    visitor.say("book a first visit")

    visitor.say("any morning but friday")
    first = visitor.titles()
    visitor.press("Other times")
    others = visitor.titles()

    assert 3 <= len(first) - 1 <= 6
    assert first[-1] == "Other times"
    for title in (*first[:-1], *others[:-1]):
        assert title.endswith("am PST")
        assert "Friday" not in title
        assert "Sunday" not in title
    assert first != others


def test_a_question_in_the_middle_is_answered_and_the_booking_goes_on(chat) -> None:
    visitor = chat()
    visitor.say("book a follow-up visit on wednesday dec 9")
    before = visitor.titles()

    answer = visitor.say("how much is it?")

    assert "$120" in answer
    assert visitor.titles() == before
    visitor.press(before[0])
    assert "e-mail address or a phone number" in visitor.say("Sam Lee")
    assert "where can I park" not in str(visitor.slot("booking_name"))
    assert "garage" in visitor.say("where can I park?")
    assert visitor.slot("booking_name") == "Sam Lee"


def test_a_question_is_never_taken_for_a_name(chat) -> None:
    visitor = chat()
    visitor.say("book a first visit tuesday dec 15 at 9")

    for text in ("how much is it", "what happens in a session?", "you idiot", "does it hurt"):
        visitor.say(text)

    assert visitor.slot("booking_name") is None


def test_a_day_said_in_place_of_the_name_is_a_day_and_april_is_a_name(chat) -> None:
    visitor = chat()
    visitor.say("book a first visit tuesday dec 8 at 9")

    visitor.say("not monday, afternoons")
    assert visitor.slot("booking_name") is None
    assert visitor.slot("requested_slot") == "booking_opening"
    visitor.press(visitor.titles()[0])
    visitor.say("April")

    assert visitor.slot("booking_name") == "April"


def test_any_detail_can_be_corrected_at_the_read_back(chat) -> None:
    visitor = chat()
    visitor.say("can I come wed dec 16 at 3 for a first visit, my name is Hana Berg, hana@example.com")

    visitor.say("not hana berg, Hannah Berg")
    visitor.say("no, thursday dec 17 at 10")
    read_back = visitor.say("503 555 0111")

    assert "Hannah Berg" in read_back
    assert "Thursday, December 17, 2026, 10 am PST" in read_back
    assert "+15035550111" in read_back
    visitor.press("Change the contact")
    assert visitor.slot("booking_contact") is None


def test_a_mistyped_provider_is_asked_back_and_half_a_number_is_not_taken(chat) -> None:
    visitor = chat()
    visitor.say("first visit on friday dec 18 at 9, my name is Kim Poe, can I book that")

    assert "kim@gmail.com" in visitor.say("kim@gmial.com")
    assert "area code" in visitor.say("555 0142")
    assert visitor.slot("booking_contact") is None


@pytest.mark.parametrize("words", ["stop", "never mind", "cancel", "I changed my mind"])
def test_one_word_stops_it_and_nothing_is_kept(chat, words: str) -> None:
    visitor = chat()
    visitor.say("book a first visit tuesday dec 22 at 9, my name is Ann Ray")

    reply = visitor.say(words)

    assert "stopped" in reply
    assert all(visitor.slot(slot) is None for slot in SLOTS)
    assert "You're welcome" in visitor.say("thanks")


def test_three_failures_on_one_detail_lead_to_a_person(chat) -> None:
    visitor = chat()
    visitor.say("I want to cancel my appointment")

    replies = [visitor.say(text) for text in ("zzzz", "qqqq", "xxxx")]

    assert "503 555 0142" in replies[-1]
    assert visitor.tracker().active_loop_name is None


@pytest.mark.parametrize(
    ("text", "said"), [("yesterday", "passed"), ("30 february", "not in the calendar"), ("monday dec 1", "not the same day")]
)
def test_a_day_that_cannot_be_is_named_as_such(chat, text: str, said: str) -> None:
    visitor = chat()
    visitor.say("book a first visit")

    assert said in visitor.say(text)


def test_two_visitors_on_one_opening_get_it_once_each_practitioner_and_the_third_is_shown_others(chat) -> None:
    wish = "book a first visit on saturday dec 5 at 9"
    first, second, third = chat(), chat(), chat()
    for visitor in (first, second):
        visitor.say(wish)
        visitor.say("Al Owens")

    third.say(wish)
    first.say("al@example.com")
    second.say("bo@example.com")
    appointments = [kept(reference_in(visitor.press("yes, book it"))) for visitor in (first, second)]

    assert len({appointment.opening.practitioner for appointment in appointments}) == 2
    assert len({appointment.opening.start for appointment in appointments}) == 1
    assert third.slot("booking_opening") is None
    assert not any(title.startswith("Saturday, December 5, 9 am") for title in third.titles())


def test_an_appointment_is_moved_with_reference_and_contact(chat) -> None:
    reference = book(chat(), "monday dec 7 at 9", "move@example.com")
    visitor = chat()

    visitor.say("I need to change my appointment")
    visitor.say(reference.lower().replace("-", " "))
    visitor.say("move@example.com")
    visitor.say("monday dec 14 at 11")
    done = visitor.press("yes, move it")

    assert reference in done
    assert kept(reference).opening.start == dt.datetime(2026, 12, 14, 19, tzinfo=dt.UTC)
    assert kept(reference).revision == 1


def test_an_appointment_is_shown_and_cancelled_with_reference_and_contact(chat) -> None:
    reference = book(chat(), "thursday dec 10 at 9", "503 555 0177")
    visitor = chat()

    visitor.say("when is my appointment? I forgot")
    visitor.say(reference)
    shown = visitor.say("5035550177")
    visitor.say("cancel my appointment")
    visitor.say(f"{reference}, 503-555-0177")
    done = visitor.say("yes")

    assert "Thursday, December 10, 2026, 9 am PST" in shown
    assert "canceled" in done
    assert kept(reference).state is State.CANCELLED


def test_a_wrong_contact_and_an_unknown_reference_get_the_same_answer(chat) -> None:
    reference = book(chat(), "friday dec 11 at 9", "right@example.com")
    answers = []
    for given, contact in ((reference, "wrong@example.com"), ("ZZ99-QQ88", "right@example.com")):
        visitor = chat()
        visitor.say("please cancel my appointment")
        visitor.say(given)
        answers.append(visitor.say(contact))

    assert answers[0] == answers[1]
    assert kept(reference).state is State.CONFIRMED


def test_name_and_contact_are_forgotten_when_it_is_done(chat) -> None:
    visitor = chat()
    book(visitor, "tuesday dec 29 at 10", "gone@example.com")

    assert all(visitor.slot(slot) is None for slot in (*SLOTS, "booking_goal", "booking_outcome", "booking_when"))


def test_a_second_tap_on_yes_books_nothing_more(chat) -> None:
    visitor = chat()
    visitor.say("can I come wednesday dec 30 at 12 for a first visit, my name is Jane Two, two@example.com")
    payload = visitor.choices()[0].payload
    visitor.say(payload)

    again = visitor.say(payload)

    assert "no longer under way" in again
    kept_then = office().store.between(dt.datetime(2026, 12, 30, tzinfo=dt.UTC), dt.datetime(2026, 12, 31, tzinfo=dt.UTC))
    assert len([one for one in kept_then if one.contact.email == "two@example.com"]) == 1


def test_a_visitor_with_three_coming_visits_is_sent_to_the_clinic(chat) -> None:
    for when in ("monday dec 21 at 9", "monday dec 21 at 11", "monday dec 21 at 13:00"):
        book(chat(), when, "many@example.com")
    visitor = chat()
    visitor.say("can I come monday dec 28 at 9 for a first visit, my name is Jane Doe, many@example.com")

    assert "503 555 0142" in visitor.press("yes, book it")


DANGERS = [case.text for case in written_with_the_rules() if case.tier == "emergency"][::120][:3]
REACHED = {
    "booking_service": ["I'd like to book an appointment"],
    "booking_opening": ["book a first visit"],
    "booking_name": ["book a first visit", "#0"],
    "booking_contact": ["book a first visit", "#0", "Jane Doe"],
    "booking_confirmed": ["book a first visit", "#0", "Jane Doe", "jane@example.com"],
    "booking_reference": ["I want to cancel my appointment"],
}


def reach(visitor: Chat, steps: list[str]) -> None:
    for step in steps:
        visitor.say(visitor.choices()[0].payload if step == "#0" else step)


def test_every_slot_of_the_form_is_reached() -> None:
    assert set(REACHED) == set(SLOTS)


@pytest.mark.parametrize("danger", DANGERS)
@pytest.mark.parametrize("slot", SLOTS)
def test_a_danger_in_any_slot_gets_the_card_and_what_was_filled_in_stays(chat, slot: str, danger: str) -> None:
    visitor = chat()
    reach(visitor, REACHED[slot])
    assert visitor.slot("requested_slot") == slot
    before = {name: visitor.slot(name) for name in SLOTS}

    card = visitor.say(danger)

    assert "911" in card
    assert visitor.tracker().active_loop_name is None
    assert {name: visitor.slot(name) for name in SLOTS} == before
    assert visitor.titles() == ["I meant it as a general question"]


@pytest.mark.parametrize("danger", DANGERS)
def test_a_danger_after_every_button_gets_the_card(chat, danger: str) -> None:
    visitor = chat()
    reach(visitor, REACHED["booking_confirmed"])
    for payload in [choice.payload for choice in visitor.choices()]:
        other = chat()
        reach(other, REACHED["booking_confirmed"])
        own = next(choice.payload for choice in other.choices() if choice.payload == payload)
        other.say(own)

        assert "911" in other.say(danger), own


def test_a_booking_is_resumed_after_a_false_alarm_with_what_was_filled_in(chat) -> None:
    visitor = chat()
    reach(visitor, REACHED["booking_contact"])
    visitor.say(DANGERS[0])

    visitor.press("general question")
    resumed = visitor.say("I'd like to book an appointment")

    assert visitor.slot("booking_name") == "Jane Doe"
    assert "e-mail address or a phone number" in resumed
