"""When nobody answers, a visitor leaves a name and a number, from a button under whatever hands over to a person."""

from __future__ import annotations

import pytest

from frontdesk.booking.office import office
from tests.assistant.test_booking import chat

__all__ = ["chat"]

pytestmark = pytest.mark.model

BUTTON = "Ask to be called back"


def calls() -> list[dict]:
    """Return whom the clinic is to call, as far as it has not been told."""
    return [dict(row.details) for row in office().store.rows() if row.operation == "call_back"]


def test_whoever_wants_a_person_can_leave_a_number(chat) -> None:
    visitor = chat()
    visitor.say("can I talk to a real person please")

    visitor.press(BUTTON)
    visitor.say("Jane Roe")
    read_back = visitor.say("503 555 0142")
    done = visitor.press("yes, pass it on")

    assert "+15035550142" in read_back
    assert "passed that on" in done
    assert calls()[-1] == {"name": "Jane Roe", "phone": "+15035550142", "email": None}


def test_whoever_is_not_understood_twice_can_leave_a_number(chat) -> None:
    visitor = chat()
    visitor.say("back thing needles maybe")
    visitor.say("/none_of_these")

    visitor.say("well the back thing with the needles maybe")

    assert BUTTON in visitor.titles()


def test_in_the_middle_of_a_booking_the_button_takes_the_visitor_to_a_person(chat) -> None:
    visitor = chat()
    visitor.say("I'd like to book a first visit")
    visitor.say("can I talk to a real person please")
    offer = next((choice.payload for choice in visitor.choices() if choice.title == BUTTON), "/call_back")

    visitor.say(offer)

    assert visitor.slot("booking_goal") == "call_back"
    assert visitor.slot("requested_slot") == "booking_name"
