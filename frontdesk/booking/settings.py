"""What can be booked, with whom and when: `clinic/booking.yml`, with hours, holidays and time zone of `practice.yml`.

Reads and checks in one go, so that what loads is what `frontdesk check` passes. Reads no environment variable.
"""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, cast
from urllib.parse import urlsplit

import phonenumbers

from frontdesk.booking.appointment import Practitioner, Service
from frontdesk.practice.hours import DAYS, check_dates, check_week, is_iso_date
from frontdesk.text.problem import Problem, counted, did_you_mean, one_of
from frontdesk.text.shape import check_keys, choice_at, mapping_at, names_at, text_at
from frontdesk.text.yaml_lines import Document, Step, load_yaml

CELL_MINUTES = 5
"""What every length of time is a multiple of: two appointments are apart when they share no cell of this length."""

BackendName = Literal["embedded", "request", "link", "caldav", "calcom"]
BACKENDS: tuple[BackendName, ...] = ("embedded", "request", "link", "caldav", "calcom")
VENDORS: Mapping[str, tuple[str, ...]] = {
    "jane": ("service",),
    "simplepractice": (),
    "fresha": (),
    "acuity": ("service", "start"),
    "wix": ("service", "start"),
    "calcom": ("service", "date"),
    "calendly": ("service", "date"),
    "other": ("service", "date", "time", "start"),
}
"""What the booking page of a vendor takes in its address, as far as is known."""

Week = tuple[tuple[tuple[int, int], ...], ...]
"""Monday to Sunday; for each day from when to when, in minutes after midnight."""

_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*")
_MAILBOX = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")

# Key -> least, most, and what it is a multiple of.
_NUMBERS = {
    "step_minutes": (CELL_MINUTES, 240, CELL_MINUTES),
    "notice_hours": (0, 336, 1),
    "horizon_days": (1, 366, 1),
    "change_notice_hours": (0, 336, 1),
    "per_visitor": (1, 20, 1),
    "reminder_hours": (0, 168, 1),
    "contact_days": (1, 365, 1),
}
_SECTIONS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "feed": (("names",), ("names",)),
    "request": (("to", "secret_variable"), ("to",)),
    "webhook": (("to", "secret_variable", "private_network"), ("to", "secret_variable")),
    "link": (("vendor", "template", "services"), ("vendor", "template")),
    "caldav": (("calendar", "claims", "user", "password_variable"), ("calendar", "claims", "user", "password_variable")),
    "calcom": (
        ("url", "key_variable", "practitioner", "event_types", "email_without"),
        ("url", "key_variable", "practitioner", "event_types"),
    ),
}
_KEYS = ("example", "backend", "services", "practitioners", *_NUMBERS, *_SECTIONS)


class BookingInvalid(Exception):
    """Raised when `booking.yml`, or the hours in `practice.yml`, cannot be used; the message says where and what to do."""


@dataclass(frozen=True, slots=True)
class Roster:
    """When a practitioner works, and what they give."""

    practitioner: Practitioner
    services: frozenset[str]
    week: Week
    days_off: frozenset[dt.date] = frozenset()


@dataclass(frozen=True, slots=True)
class RequestSettings:
    """Where requests go."""

    to: str | None = None
    """A mail address or an https address; None is the clinic's own mail address."""
    secret_variable: str | None = None

    @property
    def is_webhook(self) -> bool:
        """Whether requests go to a system of the clinic's rather than by mail."""
        return self.to is not None and "://" in self.to


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """A system of the clinic's own that is told what has happened."""

    to: str
    secret_variable: str
    private_network: bool = False
    """Whether its address may be one of the clinic's own network."""


@dataclass(frozen=True, slots=True)
class LinkSettings:
    """The clinic's own booking page."""

    vendor: str
    template: str
    """With `{service}`, `{date}`, `{time}` and `{start}` where the page takes them."""
    services: Mapping[str, str] = field(default_factory=dict)
    """What the page calls a service, by our id."""


@dataclass(frozen=True, slots=True)
class CaldavSettings:
    """A calendar of the clinic's own."""

    calendar: str
    claims: str
    user: str
    password_variable: str


@dataclass(frozen=True, slots=True)
class CalcomSettings:
    """An account at Cal.com."""

    url: str
    key_variable: str
    practitioner: str
    """Whose account it is, by our id."""
    event_types: Mapping[str, int]
    """Their numbers, by our id of the service."""
    email_without: str | None = None
    """A mailbox of the clinic's to give for visitors who have none."""


@dataclass(frozen=True)
class Booking:
    """How a clinic books."""

    example: bool
    backend: BackendName
    services: tuple[Service, ...]
    rosters: tuple[Roster, ...]
    zone: zoneinfo.ZoneInfo
    """Of the clinic; hours and days are those of its clocks."""
    region: str = "US"
    """The country whose phone numbers are written without a country code, in two letters."""
    holidays: frozenset[dt.date] = frozenset()
    step: dt.timedelta = dt.timedelta(minutes=15)
    """From one possible start to the next."""
    notice: dt.timedelta = dt.timedelta(hours=4)
    horizon: dt.timedelta = dt.timedelta(days=60)
    change_notice: dt.timedelta = dt.timedelta(hours=24)
    per_visitor: int = 3
    reminder_hours: int = 24
    """0: no reminders."""
    contact_days: int = 30
    """After an appointment; then the visitor's contact data are erased."""
    feed_names: bool = False
    """Whether the staff's calendar feed says who comes."""
    request: RequestSettings = field(default_factory=RequestSettings)
    webhook: WebhookSettings | None = None
    link: LinkSettings | None = None
    caldav: CaldavSettings | None = None
    calcom: CalcomSettings | None = None

    @property
    def practitioners(self) -> tuple[Practitioner, ...]:
        """Those who can be booked, in the order of the file."""
        return tuple(roster.practitioner for roster in self.rosters)

    def service(self, service_id: str) -> Service | None:
        """Return a service by its id."""
        return next((service for service in self.services if service.id == service_id), None)

    def roster(self, practitioner_id: str) -> Roster | None:
        """Return a practitioner's roster by their id."""
        return next((roster for roster in self.rosters if roster.practitioner.id == practitioner_id), None)


def load_booking(clinic: Path) -> Booking:
    """Read `booking.yml` and `practice.yml` in the folder `clinic`.

    Raises:
        BookingInvalid: When they cannot be used.
    """
    booking, problems = read_booking(clinic)
    if booking is None:
        more = f" ({counted(len(problems) - 1, 'more problem')}; see 'frontdesk check')" if len(problems) > 1 else ""
        raise BookingInvalid(problems[0].render() + more)
    return booking


def read_booking(clinic: Path) -> tuple[Booking | None, list[Problem]]:
    """Return how the clinic books, or None, and what is wrong with its files."""
    document, problems = load_yaml(clinic / "booking.yml")
    practice, unreadable = load_yaml(clinic / "practice.yml")
    problems += unreadable
    if document is None or practice is None:
        return None, problems
    reader = _Reader(document, practice)
    booking = reader.read()
    problems += reader.problems
    return (None if problems else booking), problems


class _Reader:
    """Reads one clinic's files and notes what is wrong."""

    def __init__(self, document: Document, practice: Document) -> None:
        self._document = document
        self._practice = practice
        self.problems: list[Problem] = []

    def read(self) -> Booking | None:
        document = self._document
        entries = check_keys(document, self.problems, _KEYS, ("example", "backend", "services", "practitioners", *_NUMBERS))
        if not entries:
            return None
        if not isinstance(document.get("example"), bool) and "example" in entries:
            self._say("say 'example: false' for a real clinic, or 'example: true' while this is made up", "example")
        backend = choice_at(document, self.problems, BACKENDS, "backend")
        services = self._services()
        zone, clinic_week, holidays = self._opening_times()
        region = self._region()
        rosters = self._rosters({service.id for service in services}, clinic_week)
        numbers = {key: self._number(limits, key) for key, limits in _NUMBERS.items()}
        settings = {section: self._section(section) for section in _SECTIONS}
        if backend in ("link", "caldav", "calcom") and not settings[backend]:
            self._say(
                f"'backend: {backend}' needs the section '{backend}:' at the end of this file; take away its '#' and fill it in", "backend"
            )
        if self.problems or zone is None:
            return None
        return Booking(
            example=bool(document.get("example")),
            backend=cast(BackendName, backend),
            services=services,
            rosters=rosters,
            zone=zone,
            region=region,
            holidays=holidays,
            step=dt.timedelta(minutes=numbers["step_minutes"]),
            notice=dt.timedelta(hours=numbers["notice_hours"]),
            horizon=dt.timedelta(days=numbers["horizon_days"]),
            change_notice=dt.timedelta(hours=numbers["change_notice_hours"]),
            per_visitor=numbers["per_visitor"],
            reminder_hours=numbers["reminder_hours"],
            contact_days=numbers["contact_days"],
            feed_names=bool(settings["feed"].get("names")),
            request=RequestSettings(**settings["request"]),
            webhook=WebhookSettings(**settings["webhook"]) if settings["webhook"] else None,
            link=_link(settings["link"]),
            caldav=CaldavSettings(**settings["caldav"]) if settings["caldav"] else None,
            calcom=CalcomSettings(**settings["calcom"]) if settings["calcom"] else None,
        )

    # Services and practitioners

    def _services(self) -> tuple[Service, ...]:
        services = []
        for index in self._items("services", "- id: first_visit"):
            place = ("services", index)
            keys = ("id", "title", "words", "minutes", "buffer_minutes")
            entries = check_keys(self._document, self.problems, keys, ("id", "title", "minutes"), *place)
            service = Service(
                id=self._id(*place, "id"),
                title=self._line(*place, "title"),
                minutes=self._number((CELL_MINUTES, 480, CELL_MINUTES), *place, "minutes"),
                buffer_minutes=self._number((0, 240, CELL_MINUTES), *place, "buffer_minutes") if "buffer_minutes" in entries else 0,
                words=names_at(self._document, self.problems, *place, "words"),
            )
            services.append(service)
        self._check_once("services", [service.id for service in services])
        return tuple(services)

    def _rosters(self, services: set[str], clinic_week: Week | None) -> tuple[Roster, ...]:
        rosters = []
        for index in self._items("practitioners", "- id: example"):
            place = ("practitioners", index)
            keys = ("id", "name", "services", "hours", "days_off")
            entries = check_keys(self._document, self.problems, keys, ("id", "name", "services"), *place)
            given = names_at(self._document, self.problems, *place, "services")
            for number, name in enumerate(given):
                if name not in services:
                    hint = did_you_mean(name, services, f"use {one_of(sorted(services))}")
                    self._say(f"'{name}' is not the id of a service above; {hint}", *place, "services", number)
            week = clinic_week if entries.get("hours") is None else self._week(self._document, *place, "hours")
            if entries.get("hours") is None and clinic_week is None:
                self._say("there are no hours: 'hours.week' in practice.yml is not known either; fill in one of the two", *place)
            rosters.append(
                Roster(
                    practitioner=Practitioner(self._id(*place, "id"), self._line(*place, "name")),
                    services=frozenset(given),
                    week=week or ((),) * 7,
                    days_off=self._days(*place, "days_off"),
                )
            )
        self._check_once("practitioners", [roster.practitioner.id for roster in rosters])
        return tuple(rosters)

    def _items(self, key: str, example: str) -> Sequence[int]:
        value = self._document.get(key)
        if isinstance(value, list) and value:
            return range(len(value))
        if (key,) in self._document.lines:
            self._say(f"'{key}' must be a list with at least one '{example}'", key)
        return ()

    def _id(self, *place: Step) -> str:
        value = text_at(self._document, self.problems, *place)
        if value and not _NAME.fullmatch(value):
            self._say(f"'{value}' must be small letters, digits and _, such as first_visit, and begin with a letter", *place)
        return value

    def _line(self, *place: Step) -> str:
        value = text_at(self._document, self.problems, *place)
        if re.search(r"[{}\n]|</?[a-zA-Z]", value.strip()):
            self._say(f"'{place[-1]}' is shown as it stands; keep it on one line, without {{ }} and HTML", *place)
        return value.strip()

    def _ids(self, key: str) -> list[str]:
        value = self._document.get(key)
        return [str(one.get("id")) for one in value if isinstance(one, dict)] if isinstance(value, list) else []

    def _check_once(self, key: str, ids: Sequence[str]) -> None:
        for index, name in enumerate(ids):
            if name and name in ids[:index]:
                self._say(f"the id '{name}' is there twice; give one of the two another", key, index, "id")

    def _number(self, limits: tuple[int, int, int], *place: Step) -> int:
        least, most, multiple = limits
        value = self._document.get(*place)
        if type(value) is int and least <= value <= most and value % multiple == 0:
            return value
        if place in self._document.lines:
            of = f", a multiple of {multiple}" if multiple > 1 else ""
            self._say(f"'{place[-1]}' must be a whole number from {least} to {most}{of}, not {value!r}", *place)
        return least

    # Hours and days

    def _opening_times(self) -> tuple[zoneinfo.ZoneInfo | None, Week | None, frozenset[dt.date]]:
        practice = self._practice
        zone, name = None, practice.get("hours", "time_zone")
        try:
            zone = zoneinfo.ZoneInfo(name) if isinstance(name, str) else None
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            zone = None
        if zone is None:
            message = "booking needs 'hours.time_zone', the official name of a time zone such as America/Los_Angeles"
            self.problems.append(practice.problem(message, "hours", "time_zone"))
        week = None if practice.get("hours", "week") is None else self._week(practice, "hours", "week")
        days = practice.get("hours", "holidays") or []
        wrong = check_dates(days)
        self.problems.extend(practice.problem(f"'hours.holidays' {message}", "hours", "holidays") for message in wrong)
        return zone, week, frozenset() if wrong else frozenset(dt.date.fromisoformat(day["date"]) for day in days)

    def _region(self) -> str:
        value = self._practice.get("contact", "country")
        if value is None:
            return Booking.region
        # Norway without quotes is YAML's "no".
        if value not in phonenumbers.SUPPORTED_REGIONS:
            message = f"'contact.country' must be a country in two capital letters, such as US or GB, not {value!r}"
            self.problems.append(self._practice.problem(message, "contact", "country"))
        return str(value)

    def _week(self, document: Document, *place: Step) -> Week | None:
        value = document.get(*place)
        wrong = check_week(value)
        self.problems.extend(document.problem(f"'{place[-1]}' is not right: {message}", *place) for message in wrong)
        return None if wrong else tuple(tuple(_minutes(span) for span in value[day]) for day in DAYS)

    def _days(self, *place: Step) -> frozenset[dt.date]:
        value = self._document.get(*place)
        if value is None:
            return frozenset()
        if not isinstance(value, list) or not all(is_iso_date(day) for day in value):
            self._say(f'\'{place[-1]}\' must be days in square brackets and in quotes, such as ["2026-12-24", "2026-12-31"]', *place)
            return frozenset()
        return frozenset(dt.date.fromisoformat(day) for day in value)

    # Backends

    def _section(self, section: str) -> dict[str, Any]:
        document = self._document
        if document.get(section) is None:
            return {}
        keys, required = _SECTIONS[section]
        entries = check_keys(document, self.problems, keys, required, section)
        for key in entries:
            self._check_setting(section, key, entries[key])
        if section == "request" and "://" in str(entries.get("to")) and not entries.get("secret_variable"):
            self._say("requests to a system of your own are signed; set 'secret_variable' to the variable that holds the secret", section)
        return entries

    def _check_setting(self, section: str, key: str, value: object) -> None:
        place = (section, key)
        if value is None and (section == "request" or key in ("services", "email_without")):
            return
        match key:
            case "secret_variable" | "password_variable" | "key_variable":
                if not isinstance(value, str) or not _VARIABLE.fullmatch(value):
                    name = f"FRONTDESK_{section}_{key}".upper().removesuffix("_VARIABLE")
                    self._say(f"'{key}' must be the NAME of an environment variable, such as {name}, and never the secret itself", *place)
            case "to" if section == "webhook":
                if not isinstance(value, str) or "://" not in value or not is_safe_url(value):
                    self._say("'to' must be an address that starts with https://, without a user or password in it", *place)
            case "names" | "private_network":
                if not isinstance(value, bool):
                    self._say(f"'{key}' must be true or false, not {value!r}", *place)
            case "to":
                if not isinstance(value, str) or not (_MAILBOX.fullmatch(value) or is_safe_url(value)):
                    self._say("'to' must be a mail address, or an address that starts with https://", *place)
            case "calendar" | "claims" | "url" | "template":
                if not isinstance(value, str) or not is_safe_url(re.sub(r"\{\w+\}", "x", value)):
                    self._say(f"'{key}' must be an address that starts with https://, without a user or password in it", *place)
                elif key == "template":
                    self._check_template(value)
            case "vendor":
                choice_at(self._document, self.problems, list(VENDORS), *place)
            case "email_without":
                if not isinstance(value, str) or not _MAILBOX.fullmatch(value):
                    self._say("'email_without' must be a mail address of the clinic's", *place)
            case "practitioner":
                choice_at(self._document, self.problems, self._ids("practitioners"), *place)
            case "user":
                text_at(self._document, self.problems, *place)
            case "services" | "event_types":
                kind = int if key == "event_types" else str
                for name, theirs in mapping_at(self._document, self.problems, *place).items():
                    known = self._ids("services")
                    if name not in known:
                        hint = did_you_mean(name, known, f"use {one_of(known)}")
                        self._say(f"'{name}' is not the id of a service above; {hint}", *place, name)
                    if type(theirs) is not kind:
                        what = "a plain number" if kind is int else "a text in quotes"
                        self._say(f"'{name}' must be what the vendor calls the service, as {what}", *place, name)

    def _check_template(self, template: str) -> None:
        for name in re.findall(r"\{([^{}]*)\}", template):
            if name not in PLACEHOLDERS:
                hint = "contact data never stand in an address" if name in ("name", "email", "phone") else f"use {one_of(PLACEHOLDERS)}"
                self._say(f"{{{name}}} may not stand in 'template'; {hint}", "link", "template")

    def _say(self, message: str, *place: Step) -> None:
        self.problems.append(self._document.problem(message, *place))


PLACEHOLDERS = ("service", "date", "time", "start")
"""What the template of a link may hold, each in braces."""


def is_safe_url(url: str) -> bool:
    """Say whether appointments may be sent to an address: encrypted, or this very machine.

    >>> is_safe_url("https://example.com/x"), is_safe_url("http://example.com/x"), is_safe_url("http://127.0.0.1:8000/x")
    (True, False, True)
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return False
    if not host or parts.username or re.search(r"[\s\\]", url):
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)


def _link(entries: Mapping[str, Any]) -> LinkSettings | None:
    if not entries:
        return None
    return LinkSettings(entries["vendor"], entries["template"], MappingProxyType(dict(entries.get("services") or {})))


def _minutes(span: str) -> tuple[int, int]:
    first, last = (60 * int(time[:2]) + int(time[3:]) for time in span.split("-"))
    return first, last
