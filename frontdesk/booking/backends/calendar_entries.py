"""What stands in a clinic's calendar: our entries and claims as iCalendar, and when anybody's entries keep people busy.

An entry of ours says when, which service and which reference, and not who comes or why: calendars are shared, and a server
that finds an ATTENDEE in one writes to them by itself.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import recurring_ical_events  # type: ignore[import-untyped]
import structlog
from icalendar import Calendar, Event

from frontdesk.booking.appointment import Opening
from frontdesk.booking.backends.dav import utc_text

log = structlog.get_logger(__name__)

Span = tuple[dt.datetime, dt.datetime]
"""From when until when; aware, UTC."""

REFERENCE = "X-FRONTDESK-REF"
PRACTITIONER = "X-FRONTDESK-PRACTITIONER"
CLAIMS = "X-FRONTDESK-CLAIMS"
CLAIMED_AT = "X-FRONTDESK-CLAIMED-AT"

_PRODUCT = "-//Frontdesk//Booking//EN"
_DAY = dt.timedelta(days=1)
# What the two libraries raise for what they cannot make sense of.
_UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError)


@dataclass(frozen=True, slots=True)
class Entry:
    """An appointment of ours in the calendar, as it stands there now: staff may have moved it."""

    uid: str
    reference: str | None
    """None when a calendar program has dropped it."""
    span: Span
    claims: Span
    """What was claimed for it, with the time that the practitioner needs afterwards."""
    practitioner: str | None
    is_cancelled: bool


@dataclass(frozen=True, slots=True)
class Claim:
    """Who has a cell, and since when by our own clock."""

    reference: str
    claimed_at: dt.datetime | None
    uid: str | None = None


@dataclass(frozen=True, slots=True)
class Blocked:
    """A stretch in which an entry, ours or staff's, keeps people busy."""

    span: Span
    reference: str | None = None
    practitioner: str | None = None
    """None for everybody."""


def render_entry(reference: str, title: str, opening: Opening, until: dt.datetime, now: dt.datetime) -> tuple[str, str]:
    """Return an entry, and the UID it was given: a new one, since a time that was cancelled must not come back under its old."""
    uid = str(uuid.uuid4())
    event = _event(uid, now)
    event.add("summary", f"{title} ({reference})")
    event.add("class", "PRIVATE")
    event.add("transp", "OPAQUE")
    event.add("sequence", 0)
    event.add(REFERENCE, reference)
    _put_time(event, opening, until)
    return _text(event), uid


def render_moved(text: str, opening: Opening, until: dt.datetime, now: dt.datetime) -> str:
    """Return an entry at another time, with all else that staff have put into it; raises ValueError for what is none."""
    calendar = Calendar.from_ical(text)
    event = _main_event(calendar)
    event["SEQUENCE"] = int(event.get("SEQUENCE", 0)) + 1
    event.pop("DTSTAMP", None)
    event.add("dtstamp", now.astimezone(dt.UTC))
    _put_time(event, opening, until)
    return str(calendar.to_ical(), "utf-8")


def render_claim(reference: str, cell: Span, now: dt.datetime, uid: str | None = None) -> str:
    """Return a claim of one cell; it keeps nobody busy for people who happen to look at it.

    `uid` is that of the claim it renews: servers let an object keep its UID or go.
    """
    event = _event(uid or str(uuid.uuid4()), now)
    event.add("dtstart", cell[0])
    event.add("dtend", cell[1])
    event.add("summary", reference)
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT")
    event.add(REFERENCE, reference)
    event.add(CLAIMED_AT, utc_text(now))
    return _text(event)


def read_entry(text: str, zone: dt.tzinfo) -> Entry | None:
    """Return an appointment of ours, or None for what cannot be read as one.

    `zone` is the clinic's, for times that staff have written without one.
    """
    try:
        event = _main_event(Calendar.from_ical(text))
        span = _span(event, zone)
        return Entry(
            uid=str(event["UID"]),
            reference=str(event.get(REFERENCE, "")) or None,
            span=span,
            claims=_claims(event) or span,
            practitioner=_practitioner(event),
            is_cancelled=_is_cancelled(event),
        )
    except _UNREADABLE:
        return None


def read_claim(text: str) -> Claim:
    """Return who has a cell; nobody we know, forever, for what is no claim of ours."""
    try:
        event = _main_event(Calendar.from_ical(text))
        return Claim(str(event.get(REFERENCE, "")), _read_utc(str(event.get(CLAIMED_AT, ""))), str(event["UID"]))
    except _UNREADABLE:
        return Claim("", None)


def find_blocked(texts: Iterable[str], start: dt.datetime, end: dt.datetime, zone: dt.tzinfo) -> list[Blocked]:
    """Return when the entries keep people busy between two times. Pure.

    Recurring entries count each time, with their exceptions; those that are cancelled or shown as free do not. An entry that
    nobody can read is left out and told of in the log: one such must not stop all booking.

    Args:
        texts: As a server keeps them.
        start: Aware.
        end: Aware.
        zone: Of the clinic: whole days are its days, and times without a zone those of its clock.
    """
    found: list[Blocked] = []
    for text in texts:
        try:
            found += _blocked(text, start, end, zone)
        except _UNREADABLE as err:
            log.warning("calendar_entry_unreadable", reason=type(err).__name__)
    return found


def _blocked(text: str, start: dt.datetime, end: dt.datetime, zone: dt.tzinfo) -> Iterator[Blocked]:
    calendar = Calendar.from_ical(text)
    # A day more on both sides: the library takes whole days and times without a zone for UTC.
    for event in recurring_ical_events.of(calendar).between(start - _DAY, end + _DAY):
        if _is_cancelled(event) or str(event.get("TRANSP", "")).strip().upper() == "TRANSPARENT":
            continue
        span = _span(event, zone)
        claims = _claims(event)
        if claims and claims[0] == span[0]:
            span = (span[0], max(span[1], claims[1]))
        if span[0] < end and start < span[1]:
            reference = str(event[REFERENCE]) if REFERENCE in event else None
            yield Blocked(span, reference, _practitioner(event) if reference else None)


def _event(uid: str, now: dt.datetime) -> Event:
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", now.astimezone(dt.UTC))
    return event


def _text(event: Event) -> str:
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add_component(event)
    return str(calendar.to_ical(), "utf-8")


def _put_time(event: Event, opening: Opening, until: dt.datetime) -> None:
    for name in ("DTSTART", "DTEND", "DURATION", CLAIMS, PRACTITIONER):
        event.pop(name, None)
    # In UTC: servers differ in what they make of the name of a zone that the entry does not describe.
    event.add("dtstart", opening.start.astimezone(dt.UTC))
    event.add("dtend", opening.end.astimezone(dt.UTC))
    event.add(CLAIMS, f"{utc_text(opening.start)}/{utc_text(until)}")
    event.add(PRACTITIONER, opening.practitioner)


def _main_event(calendar: Any) -> Event:
    """Return the event itself rather than an exception to it."""
    events = [event for event in calendar.walk("VEVENT") if "RECURRENCE-ID" not in event]
    if not events:
        raise ValueError("no event")
    main: Event = events[0]
    return main


def _span(event: Any, zone: dt.tzinfo) -> Span:
    start = event["DTSTART"].dt
    if "DTEND" in event:
        end = event["DTEND"].dt
    elif "DURATION" in event:
        end = start + event["DURATION"].dt
    else:
        end = start if isinstance(start, dt.datetime) else start + _DAY
    return _utc(start, zone), _utc(end, zone)


def _utc(value: dt.date, zone: dt.tzinfo) -> dt.datetime:
    time = value if isinstance(value, dt.datetime) else dt.datetime.combine(value, dt.time())
    return (time if time.tzinfo else time.replace(tzinfo=zone)).astimezone(dt.UTC)


def _is_cancelled(event: Any) -> bool:
    return str(event.get("STATUS", "")).strip().upper() == "CANCELLED"


def _practitioner(event: Any) -> str | None:
    return str(event.get(PRACTITIONER, "")) or None


def _claims(event: Any) -> Span | None:
    start, _, until = str(event.get(CLAIMS, "")).partition("/")
    first, last = _read_utc(start), _read_utc(until)
    return (first, last) if first and last else None


def _read_utc(text: str) -> dt.datetime | None:
    try:
        return dt.datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=dt.UTC)
    except ValueError:
        return None
