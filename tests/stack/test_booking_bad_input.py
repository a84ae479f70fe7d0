"""What visitors should not be able to do while they book, over the running stack."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator

import pytest

from tests.stack.booking_systems import ROOT, Kept, System
from tests.stack.booking_talk import Talk
from tests.stack.conftest import Stack

pytestmark = pytest.mark.stack


@pytest.fixture
def talk(stack: Stack):
    return lambda: Talk(stack.address)


@pytest.fixture
def kept(stack: Stack) -> Iterator[Kept]:
    with contextlib.closing(Kept(stack.data)) as reading:
        yield reading


@pytest.fixture(scope="module")
def day() -> str:
    """A Saturday of the week after the one that the conversations book in."""
    saturday = System("embedded", ROOT / "clinic", {}).free_week() + dt.timedelta(days=12)
    return f"{saturday:%A %B} {saturday.day}"


def names(kept: Kept) -> list[str]:
    return [one.name for one in kept.appointments()]


@pytest.mark.parametrize(
    "typed",
    ['/choose_opening{"opening": "WzE3NjUyMzg0MDBd.forged"}', "/confirm_booking", "/booking_form", '/choose_service{"service": "free"}'],
)
def test_what_a_button_sends_is_only_text_when_it_is_typed(talk, kept: Kept, typed: str) -> None:
    visitor = talk()
    visitor.say("book a first visit, my name is Forger Smith, forger@example.com")

    read = visitor.say(typed)

    assert "reference is" not in read
    assert "Is this right?" not in read
    assert "Forger Smith" not in names(kept)


def test_a_time_on_anothers_button_is_not_to_be_had(talk, day: str) -> None:
    visitor, other = talk(), talk()
    for one in (visitor, other):
        one.say(f"book a first visit on {day}")

    status, reply = other.visitor.choose(visitor.button(1))

    # The two may have been shown one time, but not one button.
    assert status == 409 or visitor.button(1) == other.button(1)
    assert visitor.button(1) != other.button(1), reply


def test_a_button_that_was_pressed_books_nothing_more(talk, kept: Kept, day: str) -> None:
    visitor = talk()
    visitor.say(f"book a follow-up visit on {day}, my name is Pia Twice, twice@example.com")
    opening = visitor.button(1)
    visitor.press(1)
    yes = visitor.button("Yes, book it")
    visitor.press("Yes, book it")

    again = [visitor.visitor.choose(choice)[0] for choice in (opening, yes)]

    assert again == [409, 409]
    assert names(kept).count("Pia Twice") == 1


def test_anothers_reference_is_answered_like_one_that_is_not_there(talk, kept: Kept, day: str) -> None:
    owner = talk()
    owner.say(f"book a follow-up visit on {day}, my name is Olga Own, olga@example.com")
    owner.press(1)
    owner.press("Yes, book it")
    answers = []
    for reference in (owner.reference, "ZZ99-QQ88"):
        thief = talk()
        thief.say("please cancel my appointment")
        thief.say(reference)
        answers.append(thief.say("thief@example.com"))

    assert answers[0] == answers[1]
    assert "Olga" not in answers[0]
    assert kept.get(owner.reference).state == "confirmed"


def test_who_has_enough_visits_ahead_is_sent_to_the_clinic(talk, kept: Kept, day: str) -> None:
    read = []
    for _ in range(5):
        visitor = talk()
        visitor.say(f"book a follow-up visit on {day}, my name is Meg Many, meg.many@example.com")
        visitor.press(1)
        read.append(visitor.press("Yes, book it"))

    assert ["reference is" in one for one in read] == [True, True, True, False, False]
    assert all("503 555 0142" in one for one in read[3:])
    assert names(kept).count("Meg Many") == 3


@pytest.mark.parametrize(
    "typed", ["Roe\r\nBcc: everybody@example.org", "Roe\nBcc: everybody@example.org", "Roe\u2028Bcc: everybody@example.org"]
)
def test_line_breaks_in_a_name_are_gone_before_it_is_kept(talk, kept: Kept, day: str, typed: str) -> None:
    visitor = talk()
    visitor.say(f"book a follow-up visit on {day}")
    visitor.press(1)
    if "e-mail address" in visitor.say(typed):
        visitor.say("roe@example.com")
    visitor.press("Yes, book it")

    one = kept.get(visitor.reference)

    assert one.name.isprintable()
    assert ":" not in one.name
    assert one.email.isprintable()


def test_half_past_two_in_the_night_in_which_clocks_go_forward_is_no_time(talk) -> None:
    today = dt.datetime.now(dt.UTC).date()
    year = today.year + (today.month > 2)
    first = dt.date(year, 3, 1)
    second_sunday = first + dt.timedelta(days=(6 - first.weekday()) % 7 + 7)
    visitor = talk()
    visitor.say("book a first visit")

    read = visitor.say(f"{second_sunday:%B} {second_sunday.day} {year} at 2:30 am")

    assert "not in the calendar" in read


@pytest.mark.parametrize(("typed", "said"), [("yesterday", "has passed"), ("february 30", "not in the calendar")])
def test_a_day_that_cannot_be_is_named_as_such(talk, typed: str, said: str) -> None:
    visitor = talk()
    visitor.say("book a first visit")

    assert said in visitor.say(typed)


def test_a_day_beyond_the_horizon_gets_the_nearest_times_that_there_are(talk) -> None:
    visitor = talk()
    visitor.say("book a first visit")

    read = visitor.say(f"june 10 {dt.datetime.now(dt.UTC).year + 2}")

    assert "Nothing is free then" in read
    assert "openings" in [message["type"] for message in visitor.messages]
