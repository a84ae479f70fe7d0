"""What a visitor says in the middle of a booking: which details it gives, changes or takes back. Pure.

There is one reader for all details, whatever was asked for, so that everything may be said in one message, in any order,
and corrected at any time. What gives no detail is left to the rest of the dialogue, which answers it as ever.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from frontdesk.booking.appointment import Practitioner, Service
from frontdesk.booking.contact_details import ContactDetails, Detail, Reason, read_contact, read_name
from frontdesk.booking.references import read_reference
from frontdesk.booking.when import When, read_when

GOALS: Mapping[str, str] = {
    "book_appointment": "book",
    "availability": "book",
    "change_appointment": "move",
    "cancel_appointment": "cancel",
    "check_appointment": "check",
    "call_back": "call_back",
}
"""What each intent that begins a booking is after."""

NEEDS: Mapping[str, tuple[str, ...]] = {
    "book": ("service", "opening", "name", "contact", "confirmed"),
    "move": ("reference", "contact", "opening", "confirmed"),
    "cancel": ("reference", "contact", "confirmed"),
    "check": ("reference", "contact"),
    "call_back": ("name", "contact", "confirmed"),
}
"""What each goal needs, in the order in which it is asked for."""

MOST_MISSES = 3
"""After so many failures on one detail a person is the better help."""
MOST_CHARACTERS = 600

_WORD = re.compile(r"[\w'@.+-]+")


@dataclass(frozen=True)
class Said:
    """A message, with what the assistant made of it."""

    text: str
    intent: str
    entities: Mapping[str, str] = field(default_factory=dict)
    """What a button carries."""
    is_button: bool = False
    is_alarm: bool = False
    is_understood: bool = False
    """Whether there is an answer to it, or a reply that fits: a question in the middle of the booking."""
    asks: bool = False
    """Whether it has the form of a question."""


@dataclass(frozen=True)
class Known:
    """What the clinic offers, as far as words can name it."""

    services: Sequence[Service]
    practitioners: Sequence[Practitioner]
    now: dt.datetime
    """Aware, in the clinic's time zone."""
    region: str = "US"
    """Of phone numbers without a country code."""
    week: Mapping[str, Sequence[str]] | None = None
    """Opening hours, which decide what "at 5" means."""
    needs_email: bool = False
    """Whether a phone number alone is not enough to book."""


@dataclass(frozen=True)
class Heard:
    """What came of a message."""

    details: Mapping[str, Any] = field(default_factory=dict)
    """New values by name; None takes one back. Empty: the message is not about the booking."""
    notes: tuple[str, ...] = ()
    """What to say about it before going on, as names of replies."""
    outcome: str | None = None
    """stopped or person, when the booking ends here."""
    answers_too: bool = False
    """Whether it also asks a question that has an answer."""
    suggestion: str | None = None
    """A mail address that was probably meant."""

    def __bool__(self) -> bool:
        """Say whether the message was about the booking."""
        return bool(self.details or self.notes or self.outcome or self.suggestion)


def missing(details: Mapping[str, Any], *, needs_email: bool = False) -> str | None:
    """Return what is to be asked for next, or None when nothing is missing.

    >>> missing({"goal": "cancel", "reference": "AB2C-D3EF", "contact": None})
    'contact'
    """
    return next((name for name in NEEDS[details["goal"]] if details.get(name) is None or _lacks_email(name, details, needs_email)), None)


def _lacks_email(name: str, details: Mapping[str, Any], needs_email: bool) -> bool:
    """Say whether there is a contact, and without the mail address that is needed to book."""
    return needs_email and name == "contact" and details["goal"] == "book" and not details["contact"].get("email")


def hear(said: Said, details: Mapping[str, Any], asked: str | None, known: Known) -> Heard:
    """Return what a message says about the booking.

    Args:
        said: The message.
        details: What is known so far, by name: goal, service, practitioner, when, opening, reference, name, contact,
            confirmed, doubted, and `misses`, which counts failures by detail.
        asked: The detail that was asked for, or None when the message begins the booking.
        known: The clinic.
    """
    if said.is_alarm:
        return Heard()
    goal = GOALS.get(said.intent)
    if said.is_button:
        return _pressed(said, details, asked, goal)
    begins = {"goal": goal} if goal and asked is None else {}
    if asked is not None:
        if ended := _steered(said.text, details, asked, known):
            return ended
        if goal in ("move", "cancel", "check", "call_back") and goal != details.get("goal") and not said.asks:
            return Heard(dict.fromkeys(("opening", "confirmed"), None) | {"goal": goal})
    ways = read_contact(said.text[:MOST_CHARACTERS], known.region)
    found = _read(said, details, asked, known, ways)
    suggestion = _suggestion(ways.email, details) if "contact" in NEEDS[details.get("goal") or goal or "book"] else None
    if suggestion:
        found["doubted"] = {"typed": ways.email.value, "suggestion": suggestion}
    if found or begins or suggestion:
        return Heard(begins | found, answers_too=said.asks and said.is_understood and asked is not None, suggestion=suggestion)
    if asked is None:
        return Heard()
    if asked == "contact" and (_is_half(ways.email) or _is_half(ways.phone)):
        return _missed(details, asked)
    return Heard() if said.is_understood else _missed(details, asked)


def _pressed(said: Said, details: Mapping[str, Any], asked: str | None, goal: str | None) -> Heard:
    match said.intent:
        case "choose_service":
            return Heard({"service": said.entities.get("service"), "opening": None, "confirmed": None})
        case "choose_opening":
            return Heard({"opening": said.entities.get("opening"), "confirmed": None})
        case "other_times":
            return _others(details)
        case "confirm_booking" if asked == "confirmed":
            return Heard({"confirmed": True})
        case "change_detail":
            return _taken_back(said.entities.get("detail", ""), details)
        case "stop_booking":
            return Heard(outcome="stopped")
    if goal == "call_back" and asked is not None and goal != details.get("goal"):
        # Somebody had rather talk to a person: the button stands under replies in the middle of a booking too.
        return Heard(dict.fromkeys(("opening", "confirmed"), None) | {"goal": goal})
    return Heard({"goal": goal}) if goal and asked is None else Heard()


def _steered(text: str, details: Mapping[str, Any], asked: str, known: Known) -> Heard | None:
    """Return what a message says that steers the booking rather than filling it in."""
    plain = _plain(text)
    if asked == "confirmed":
        if plain in _words("yes"):
            return Heard({"confirmed": True})
        if plain in _words("no"):
            return Heard({"confirmed": None}, notes=("utter_booking_what_to_change",))
    if plain in _words("stop"):
        return Heard(outcome="stopped")
    if asked == "contact" and (doubted := details.get("doubted")) and plain in _words("yes") | _words("no"):
        address = doubted["suggestion" if plain in _words("yes") else "typed"]
        return Heard({"contact": {**(details.get("contact") or {}), "email": address}, "doubted": None})
    if asked == "opening" and plain in _words("other_times"):
        return _others(details)
    words = set(plain.split())
    if len(words) <= 8 and words & _words("change_verbs"):
        for detail, names in _data()["details"].items():
            if detail == "opening" and read_when(text, known.now, week=known.week) is not None:
                # "Change the day to wednesday" says more than that it is to be changed.
                continue
            if detail in NEEDS[details["goal"]] and words & set(names) and details.get(detail) is not None:
                return _taken_back(detail, details)
    return None


def _others(details: Mapping[str, Any]) -> Heard:
    return Heard({"opening": None, "skip": (details.get("skip") or 0) + 1})


def _taken_back(detail: str, details: Mapping[str, Any]) -> Heard:
    if detail not in NEEDS[details.get("goal") or "book"]:
        return Heard()
    also = {"when": None} if detail == "opening" else {"opening": None} if detail == "service" else {}
    return Heard({detail: None, "confirmed": None} | also)


def _read(said: Said, details: Mapping[str, Any], asked: str | None, known: Known, ways: ContactDetails) -> dict[str, Any]:
    """Return the details that typed words give; what was asked for is read most willingly."""
    text = said.text[:MOST_CHARACTERS]
    goal = details.get("goal") or GOALS.get(said.intent) or "book"
    found: dict[str, Any] = {}
    if reference := read_reference(text):
        found["reference"] = reference
        if goal != "book":
            text = re.sub(re.escape(reference), " ", text, flags=re.IGNORECASE)
    found |= _contact(ways, details)
    when_said = read_when(text, known.now, week=known.week)
    # "not hana, Hannah" puts right a name that was given; "not monday" is about a day.
    is_corrected = bool(details.get("name")) and when_said is None and text.lower().lstrip().startswith("not ")
    is_time = when_said is not None and not set(_plain(text).split()) & _words("names_like_times")
    wants_name = ((asked == "name" and not is_time) or is_corrected) and not (said.asks and said.is_understood)
    if "name" in NEEDS[goal] and (name := read_name(text, asked=wants_name).value):
        found["name"] = name
    if "opening" in NEEDS[goal] and not (asked == "name" and "name" in found) and when_said is not None:
        # The words are kept, to be read again at each look at the openings; they are no time by themselves.
        found |= {"when": _completed(text, when_said, details, known), "opening": None, "skip": None}
    if goal == "book":
        found |= _service(text, details, known) | _practitioner(text, details, known)
    return {name: value for name, value in found.items() if details.get(name) != value or name == asked}


def _completed(text: str, when: When, details: Mapping[str, Any], known: Known) -> str:
    """Return words about time with what they leave open and was said before: "no, wednesday" keeps the hour, "at 3" the day."""
    if when.excluded or not when.wanted or set(_plain(text).split()) & _words("any_time"):
        return text
    day, time = _settled(details, known)
    if time is not None and not any(span.names_time for span in when.wanted):
        return f"{text} at {time:%H:%M}"
    if day is not None and not any(span.names_day for span in when.wanted):
        return f"{text} on {day:%Y-%m-%d}"
    return text


def _settled(details: Mapping[str, Any], known: Known) -> tuple[dt.date | None, dt.time | None]:
    """Return the one day and the exact time that were chosen or named before, each if there is one."""
    if chosen := details.get("opening"):
        local = dt.datetime.fromisoformat(chosen["start"]).astimezone(known.now.tzinfo)
        return local.date(), local.time()
    before = read_when(details.get("when") or "", known.now, week=known.week)
    if before is None or len(before.wanted) != 1:
        return None, None
    span = before.wanted[0]
    return span.first if span.first == span.last else None, span.at


def _contact(ways: ContactDetails, details: Mapping[str, Any]) -> dict[str, Any]:
    given = {"email": None if _suggestion(ways.email, details) else ways.email.value, "phone": ways.phone.value}
    before = details.get("contact") or {}
    contact = before | {way: value for way, value in given.items() if value}
    return {"contact": contact} if contact != before else {}


def _suggestion(email: Detail, details: Mapping[str, Any]) -> str | None:
    """Return the address that was probably meant, unless the visitor insists on theirs by typing it again."""
    doubted = details.get("doubted")
    return None if doubted and doubted["typed"] == email.value else email.suggestion


def _is_half(detail: Detail) -> bool:
    """Say whether a part of a number or address was typed."""
    return detail.reason not in (None, Reason.NOTHING)


def _service(text: str, details: Mapping[str, Any], known: Known) -> dict[str, Any]:
    plain = f" {_plain(text)} ".replace("-", " ")
    names = {service.id: [name.lower().replace("-", " ") for name in (service.title, *service.words)] for service in known.services}
    named = [service for service, words in names.items() if any(f" {word} " in plain for word in words)]
    if len(named) != 1:
        return {}
    return {"service": named[0]} | ({"opening": None} if details.get("service") not in (None, named[0]) else {})


def _practitioner(text: str, details: Mapping[str, Any], known: Known) -> dict[str, Any]:
    plain = _plain(text)
    words = set(plain.split())
    named = [one.id for one in known.practitioners if f" {one.name.lower()} " in f" {plain} " or words & _own_words(one, known)]
    if len(named) == 1:
        return {"practitioner": named[0]} | ({"opening": None} if details.get("practitioner") != named[0] else {})
    return {"practitioner": None} if details.get("practitioner") and plain in _words("any_practitioner") else {}


def _own_words(one: Practitioner, known: Known) -> set[str]:
    """Return the words of a practitioner's name that nobody else at the clinic has."""
    others = {word for other in known.practitioners if other is not one for word in other.name.lower().split()}
    return {word for word in one.name.lower().split() if len(word) > 2} - others


def _missed(details: Mapping[str, Any], asked: str) -> Heard:
    misses = dict(details.get("misses") or {})
    misses[asked] = misses.get(asked, 0) + 1
    if misses[asked] >= MOST_MISSES:
        return Heard({"misses": misses}, outcome="person")
    return Heard({"misses": misses}, notes=(f"utter_booking_unread_{asked}",))


def _plain(text: str) -> str:
    """Return the words of a text in lower case, without punctuation and small words around them.

    >>> _plain("OK, stop please!")
    'stop'
    """
    words = [word.strip(".") for word in _WORD.findall(text.lower().replace("’", "'"))]  # noqa: RUF001  # phones type it
    plain = " ".join(word for word in words if word)
    while True:
        cut = next((filler for filler in _words("fillers") if plain.startswith(f"{filler} ")), None)
        tail = next((filler for filler in _words("fillers") if plain.endswith(f" {filler}")), None)
        if cut is None and tail is None:
            return plain
        plain = plain.removeprefix(f"{cut} ") if cut else plain.removesuffix(f" {tail}")


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(Path(__file__).with_suffix(".yml").read_text(encoding="utf-8"))
    return data


@cache
def _words(kind: str) -> frozenset[str]:
    return frozenset(str(phrase).lower() for phrase in _data()[kind])
