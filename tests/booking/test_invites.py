"""One booking is one entry in a calendar, from the first invite to the cancellation, and no text breaks it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frontdesk.booking.appointment import Appointment, Contact, Opening, State
from frontdesk.booking.invites import Organizer, Words, plain_line, render_invite, uid_of
from frontdesk.practice import Practice

NOW = dt.datetime(2026, 11, 24, 18, 0, tzinfo=dt.UTC)
START = dt.datetime(2026, 12, 1, 17, 30, tzinfo=dt.UTC)
OPENING = Opening(START, START + dt.timedelta(minutes=75), "first_visit", "example")
CONTACT = Contact("Jane Doe", "+15035550142", "jane@example.com")
APPOINTMENT = Appointment("AB2C-D3EF", 0, State.CONFIRMED, OPENING, CONTACT, NOW)
CLINIC = Practice(True, {"clinic.name": "Example Clinic", "hours.time_zone": "America/Los_Angeles"})
ORGANIZER = Organizer("Example Clinic", "desk@example.com", "bookings@example.com")
WORDS = Words("Appointment at Example Clinic", "Reference: AB2C-D3EF\nCall +1 503 555 0142.", "100 Example Street, Portland")

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=200) | st.sampled_from(
    [
        '";RSVP=TRUE:mailto:x@example.com',
        "x\r\nATTENDEE:mailto:x@example.com",
        "x\nEND:VEVENT\nBEGIN:VEVENT",
        "a\\,b;c",
        "é" * 80,
        "👩🏽‍⚕️" * 30,
        "\u2028\u0085\x0b",
    ]
)


class Calendar:
    """A visitor's calendar as far as invites go (RFC 5546): entries by UID, and an older SEQUENCE changes nothing."""

    def __init__(self) -> None:
        self.entries: dict[str, icalendar.Event] = {}

    def receive(self, text: str) -> None:
        calendar = icalendar.Calendar.from_ical(text)
        for event in calendar.walk("VEVENT"):
            uid = str(event["UID"])
            known = self.entries.get(uid)
            if known and event["SEQUENCE"] < known["SEQUENCE"]:
                continue
            if calendar["METHOD"] == "CANCEL":
                self.entries.pop(uid, None)
            else:
                self.entries[uid] = event


def invite(method="REQUEST", appointment=APPOINTMENT, organizer=ORGANIZER, words=WORDS, now=NOW) -> str:
    return render_invite(method, appointment, appointment.contact.email, organizer, words, now)


def event_of(text: str) -> icalendar.Event:
    (event,) = icalendar.Calendar.from_ical(text).walk("VEVENT")
    return event


def moved(appointment: Appointment, days: int) -> Appointment:
    later = dt.timedelta(days=days)
    opening = replace(appointment.opening, start=appointment.opening.start + later, end=appointment.opening.end + later)
    return replace(appointment, revision=appointment.revision + 1, opening=opening)


def test_booked_moved_and_cancelled_is_one_entry_that_goes():
    calendar = Calendar()
    later = moved(APPOINTMENT, 7)

    calendar.receive(invite())
    assert [entry["DTSTART"].dt for entry in calendar.entries.values()] == [START]

    calendar.receive(invite(appointment=later))
    assert [entry["DTSTART"].dt for entry in calendar.entries.values()] == [START + dt.timedelta(days=7)]

    calendar.receive(invite("CANCEL", replace(later, revision=2, state=State.CANCELLED)))
    assert calendar.entries == {}


def test_an_invite_that_arrives_late_or_twice_changes_nothing():
    calendar = Calendar()
    later = moved(APPOINTMENT, 7)

    for text in (invite(appointment=later), invite(), invite(appointment=later)):
        calendar.receive(text)

    assert [entry["DTSTART"].dt for entry in calendar.entries.values()] == [START + dt.timedelta(days=7)]


def test_another_sender_address_makes_no_second_entry():
    calendar = Calendar()

    calendar.receive(invite())
    calendar.receive(invite(appointment=moved(APPOINTMENT, 1), organizer=Organizer("New name", "desk@example.com", "new@example.com")))

    assert len(calendar.entries) == 1


def test_two_bookings_are_two_entries():
    assert uid_of("AB2C-D3EF") != uid_of("AB2C-D3EG")


@pytest.mark.parametrize("start", [dt.datetime(2027, 3, 14, 17, 0, tzinfo=dt.UTC), dt.datetime(2026, 11, 1, 17, 0, tzinfo=dt.UTC)])
def test_times_are_in_utc_and_no_time_zone_is_described(start):
    appointment = replace(APPOINTMENT, opening=Opening(start, start + dt.timedelta(hours=1), "first_visit", "example"))
    text = invite(appointment=appointment)

    assert f"DTSTART:{start:%Y%m%dT%H%M%S}Z" in text
    assert "DTSTAMP:20261124T180000Z" in text
    assert "TZID" not in text
    assert "VTIMEZONE" not in text


def test_the_visitor_has_accepted_and_is_asked_for_no_answer():
    event = event_of(invite())

    assert str(event["ATTENDEE"]) == "mailto:jane@example.com"
    assert event["ATTENDEE"].params == {"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "ACCEPTED", "RSVP": "FALSE"}
    assert str(event["ORGANIZER"]) == "mailto:desk@example.com"
    assert event["ORGANIZER"].params == {"CN": "Example Clinic", "SENT-BY": "mailto:bookings@example.com"}


def test_the_entry_is_private_and_says_what_the_calendar_needs():
    event = event_of(invite())

    assert (event["CLASS"], event["STATUS"], event["TRANSP"], event["SEQUENCE"]) == ("PRIVATE", "CONFIRMED", "OPAQUE", 0)
    assert event["SUMMARY"] == "Appointment at Example Clinic"
    assert event["LOCATION"] == "100 Example Street, Portland"
    assert event["DESCRIPTION"] == "Reference: AB2C-D3EF\nCall +1 503 555 0142."
    assert event["DTEND"].dt - event["DTSTART"].dt == dt.timedelta(minutes=75)


def test_the_name_the_phone_and_the_service_are_not_in_it():
    text = invite().replace("\r\n ", "")

    assert "Jane" not in text.replace("jane@example.com", "")
    assert "5550142" not in text.replace("503 555 0142", "")
    assert "first_visit" not in text


def test_the_alarm_rings_a_day_before():
    (alarm,) = event_of(invite()).walk("VALARM")

    assert "TRIGGER:-PT24H" in invite()
    assert alarm["ACTION"] == "DISPLAY"
    assert alarm["DESCRIPTION"] == "Appointment at Example Clinic"


def test_no_alarm_rings_for_a_time_that_is_near_or_cancelled():
    near = START - dt.timedelta(hours=23)

    assert not event_of(invite(now=near)).walk("VALARM")
    assert not event_of(invite("CANCEL")).walk("VALARM")


def test_a_cancellation_says_so_twice_as_calendars_look_at_either():
    text = invite("CANCEL", replace(APPOINTMENT, revision=1, state=State.CANCELLED))

    assert "METHOD:CANCEL" in text
    assert event_of(text)["STATUS"] == "CANCELLED"
    assert event_of(text)["SEQUENCE"] == 1


@settings(deadline=None)
@given(clinic=TEXTS, summary=TEXTS, description=TEXTS, location=TEXTS)
def test_no_text_breaks_an_invite(clinic, summary, description, location):
    text = invite(organizer=replace(ORGANIZER, name=clinic), words=Words(summary, description, location))
    event = event_of(text)

    assert_well_formed(text)
    assert len(event.walk("VEVENT")) == 1
    assert str(event["ATTENDEE"]) == "mailto:jane@example.com"
    assert event["ATTENDEE"].params["RSVP"] == "FALSE"
    assert event["SUMMARY"] == plain_line(summary)
    assert str(event.get("ORGANIZER")) == "mailto:desk@example.com"


@given(TEXTS)
def test_a_plain_line_is_one_line_and_stays_as_it_is(text):
    line = plain_line(text)

    assert line.splitlines() in ([], [line])
    assert plain_line(line) == line


def assert_well_formed(text: str) -> None:
    data = text.encode()
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert b"\r" not in data.replace(b"\r\n", b"")
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    # Every line by itself is UTF-8: no character is cut in two.
    assert [line.decode() for line in data.split(b"\r\n")]
