"""What a message changes in a booking, without a model: the details that are corrected, kept and asked back."""

from __future__ import annotations

from typing import Any

import pytest

from frontdesk.booking.conversation import Heard, Known, Said, hear, missing
from frontdesk.booking.when import read_when
from tests.booking.clinic import NOW, ZONE, booking

_CHOSEN = {"start": "2026-12-08T23:00+00:00", "end": "2026-12-09T00:15+00:00", "service": "first_visit", "practitioner": "ann"}
"""Tuesday, December 8, at 3 in the afternoon."""


def known(**changes: Any) -> Known:
    clinic = booking()
    return Known(clinic.services, clinic.practitioners, NOW.astimezone(ZONE), **changes)


def heard(text: str, asked: str, **details: Any) -> Heard:
    return hear(Said(text, ""), {"goal": "book", "service": "first_visit", **details}, asked, known())


@pytest.mark.parametrize(
    ("text", "before", "day", "hour"),
    [
        ("no, wednesday dec 9", {"opening": _CHOSEN}, 9, 15),
        ("no, at 10 am", {"opening": _CHOSEN}, 8, 10),
        ("no, thursday dec 10 at 11 am", {"opening": _CHOSEN}, 10, 11),
        ("change the time to 10 am", {"opening": _CHOSEN}, 8, 10),
        ("at 3 pm", {"when": "monday dec 7"}, 7, 15),
        ("then wednesday dec 9", {"when": "tuesday dec 8 at 3 pm"}, 9, 15),
    ],
)
def test_what_a_correction_leaves_open_stays_as_it_was(text: str, before: dict[str, Any], day: int, hour: int) -> None:
    when = read_when(heard(text, "confirmed", **before).details["when"], NOW.astimezone(ZONE))

    assert when is not None
    (span,) = when.wanted
    assert (span.first.day, span.last.day) == (day, day)
    assert span.at is not None
    assert span.at.hour == hour


@pytest.mark.parametrize("text", ["any day at 4 pm", "not tuesday", "another day, at 4 pm", "asap"])
def test_who_leaves_it_open_is_not_held_to_what_was_said_before(text: str) -> None:
    assert heard(text, "confirmed", opening=_CHOSEN).details["when"] == text


def test_a_mail_address_that_looks_mistyped_is_asked_back_once() -> None:
    first = heard("kim@gmial.com", "contact")
    again = heard("kim@gmial.com", "contact", **first.details)

    assert first.suggestion == "kim@gmail.com"
    assert "contact" not in first.details
    assert again.suggestion is None
    assert again.details["contact"] == {"email": "kim@gmial.com"}


@pytest.mark.parametrize(("text", "taken"), [("yes", "kim@gmail.com"), ("yes please", "kim@gmail.com"), ("no", "kim@gmial.com")])
def test_yes_takes_the_address_that_was_offered_and_no_the_one_that_was_typed(text: str, taken: str) -> None:
    first = heard("kim@gmial.com, 503 555 0101", "contact")

    answer = heard(text, "contact", **first.details)

    assert answer.details["contact"] == {"email": taken, "phone": "+15035550101"}


def test_another_mistyped_address_is_asked_back_as_well() -> None:
    first = heard("kim@gmial.com", "contact")

    assert heard("kim@gmal.com", "contact", **first.details).suggestion == "kim@gmail.com"


def test_where_a_mail_address_is_needed_to_book_a_phone_number_is_kept_and_not_enough() -> None:
    details = {"goal": "book", "service": "first_visit", "opening": _CHOSEN, "name": "Jane", "contact": {"phone": "+15035550101"}}
    with_both = hear(Said("jane@example.com", ""), details, "contact", known(needs_email=True)).details["contact"]

    assert missing(details, needs_email=True) == "contact"
    assert missing(details) == "confirmed"
    assert with_both == {"phone": "+15035550101", "email": "jane@example.com"}
    assert missing({**details, "contact": with_both}, needs_email=True) == "confirmed"


def test_who_moves_an_appointment_is_known_by_a_phone_number_all_the_same() -> None:
    details = {"goal": "move", "reference": "AB2C-D3EF", "contact": {"phone": "+15035550101"}, "opening": _CHOSEN}

    assert missing(details, needs_email=True) == "confirmed"


@pytest.mark.parametrize("name", ["Jane\r\nBcc: all@example.com", "Jane\nDoe", "Jane\r"])
def test_a_name_on_two_lines_is_not_taken(name: str) -> None:
    details = heard(name, "name").details

    assert details.get("name") in (None, "Jane")
    assert "\r" not in str(details.get("name"))
    assert "\n" not in str(details.get("name"))
