"""Calendar entries: the invite in a visitor's mail, and what the feed for staff has in common with it.

Knows iCalendar, and neither mail nor the words: those are passed in.

Times are written in UTC, and no time zone is described. Outlook reads nothing of a VTIMEZONE but one yearly rule for each
change of the clock ([MS-STANOICAL] 2.2.47), skips the single dates (RDATE) in which ours would be written, and is an hour
off where it finds a TZID without a description; Google and Apple know zones by their names alone. An appointment does not
recur, so UTC says all there is to say, and means the same moment to every one of them. What time it is at the clinic is
in the mail's text.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
import uuid
from dataclasses import dataclass
from typing import Literal

from icalendar import Alarm, Calendar, Event, vCalAddress

from frontdesk.booking.appointment import Appointment

Method = Literal["REQUEST", "CANCEL"]

ALARM_BEFORE = dt.timedelta(hours=24)

_PRODUCT = "-//Frontdesk//Booking//EN"
_OURS = uuid.UUID("6f1d2c1e-0f4a-5c7e-9d0b-3a8a5c2e71b4")
# They hold letters together in some scripts; other characters without a shape of their own only mislead.
_JOINERS = "\u200c\u200d"


@dataclass(frozen=True)
class Organizer:
    """Whose appointment it is to a calendar: the clinic."""

    name: str
    mailbox: str
    """Where a calendar's own answers go; stays the same for the life of a booking."""
    sender: str
    """The address in From."""


@dataclass(frozen=True)
class Words:
    """What a visitor reads in the calendar."""

    summary: str
    description: str
    location: str | None = None


def uid_of(reference: str) -> str:
    """Return the one UID that a booking has from its first invite to its cancellation.

    It follows from the reference alone, so that neither a move nor another sender address makes a second entry of it.
    """
    return str(uuid.uuid5(_OURS, reference))


def plain_line(text: str, most: int = 200) -> str:
    r"""Return a text that somebody typed as one harmless line: no line breaks, control characters or changes of direction.

    >>> plain_line("Jane\r\nBCC: x\u202e  Doe")
    'Jane BCC: x Doe'
    """
    kept = (
        " " if unicodedata.category(sign) in ("Cc", "Zl", "Zp", "Zs") else sign
        for sign in text
        if sign in _JOINERS or unicodedata.category(sign) not in ("Cf", "Cs", "Co", "Cn")
    )
    return " ".join(unicodedata.normalize("NFC", "".join(kept)).split())[:most].rstrip()


def render_invite(method: Method, appointment: Appointment, attendee: str, organizer: Organizer, words: Words, now: dt.datetime) -> str:
    """Return what a visitor's calendar is told: to enter or move the appointment (REQUEST), or to take it out (CANCEL).

    `attendee` is the visitor's mail address. Their name is not in it, and neither are the service and the manage link:
    calendars are shared with families and colleagues. RSVP is FALSE and the visitor has ACCEPTED already: it is they who
    booked, nobody at the clinic reads a calendar's answers, and a "No" in a calendar must not pass for a cancellation.
    """
    event = new_entry(appointment, now)
    event.add("summary", plain_line(words.summary))
    event.add("description", "\n".join(plain_line(line, 500) for line in words.description.splitlines()))
    if words.location:
        event.add("location", plain_line(words.location))
    event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    event.add("organizer", _organizer(organizer))
    event.add("attendee", _attendee(attendee))
    # An alarm that would have rung already rings at once in some calendars.
    if method == "REQUEST" and appointment.opening.start - now > ALARM_BEFORE:
        event.add_component(_alarm(words.summary))
    calendar = new_calendar(method)
    calendar.add_component(event)
    return str(calendar.to_ical(), "utf-8")


def new_calendar(method: str) -> Calendar:
    """Return an empty calendar of ours."""
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    return calendar


def new_entry(appointment: Appointment, now: dt.datetime) -> Event:
    """Return what every entry of an appointment has: the same UID and SEQUENCE wherever it is shown."""
    event = Event()
    event.add("uid", uid_of(appointment.reference))
    event.add("sequence", appointment.revision)
    event.add("dtstamp", now.astimezone(dt.UTC))
    event.add("dtstart", appointment.opening.start.astimezone(dt.UTC))
    event.add("dtend", appointment.opening.end.astimezone(dt.UTC))
    event.add("class", "PRIVATE")
    event.add("transp", "OPAQUE")
    return event


def _organizer(organizer: Organizer) -> vCalAddress:
    address = vCalAddress(f"mailto:{organizer.mailbox}")
    # A parameter has no way to write a quotation mark, and readers differ on backslashes and carets.
    if name := plain_line(re.sub(r'["\\^]', " ", organizer.name)):
        address.params["CN"] = name
    if organizer.sender != organizer.mailbox:
        address.params["SENT-BY"] = f"mailto:{organizer.sender}"
    return address


def _attendee(mailbox: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{mailbox}")
    address.params |= {"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "ACCEPTED", "RSVP": "FALSE"}
    return address


def _alarm(summary: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", plain_line(summary))
    # As hours: a day is an hour shorter or longer when the clock changes.
    alarm.add("trigger", f"-PT{ALARM_BEFORE // dt.timedelta(hours=1)}H", encode=False)
    return alarm
