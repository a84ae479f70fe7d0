"""The mails of booking: what visitors and the clinic are told, in the words of `clinic/messages.yml`.

Every mail of an appointment has an id made of its reference, revision and kind, so that a repeat can be told from a new one.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import re
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from frontdesk.booking.appointment import Appointment, Contact, Opening, State
from frontdesk.booking.invites import Method, Organizer, Words, plain_line, render_invite
from frontdesk.booking.mail import Invite, Mail, Mailer, Sent
from frontdesk.booking.message_texts import MessagesError, Texts
from frontdesk.booking.results import Confirmed, Refused
from frontdesk.booking.settings import Booking
from frontdesk.practice import Practice, fill
from frontdesk.practice.hours import DAYS, MONTHS, render_clock

MANAGE_PATH = "/appointments/"
"""What stands between the gateway's public address and the token in a manage link."""

_ALTERNATIVES = 5
# A mail to a visitor may go to somebody else's address: it must carry no message of whoever typed the name.
_NO_NAME = re.compile(r"[\d/@:<>\[\]{}=?&%#+*_|\\]|\w\.\w|\.{2,}")
_NAME_CHARACTERS = 60


@dataclass(frozen=True)
class MessageSettings:
    """What mails need to know besides the clinic's facts."""

    booking: Booking
    """For titles, names, the time zone, and where requests go."""
    texts: Texts
    public_url: str | None = None
    """Where visitors reach the gateway (`FRONTDESK_PUBLIC_URL`); without it mails hold no link."""
    token: Callable[[Appointment], str] | None = None
    """Makes the secret part of a manage link."""


class Messages:
    """Writes and sends every mail of booking.

    A visitor without a mail address gets none, and that is `Confirmed()`: there was nothing to send. But what they wait for
    and did not get, the clinic is asked to tell them.
    """

    def __init__(self, practice: Practice, settings: MessageSettings, mailer: Mailer, *, clock: Callable[[], dt.datetime]) -> None:
        """Take the clinic's facts, the settings, and what sends."""
        self._practice = practice
        self._settings = settings
        self._mailer = mailer
        self._clock = clock
        booking = settings.booking
        self._zone = booking.zone
        self._services = {service.id: service.title for service in booking.services}
        self._practitioners = {practitioner.id: practitioner.name for practitioner in booking.practitioners}
        own = practice.value("contact.email")
        self._own_mailbox = own or mailer.settings.sender
        self._clinic_mailbox = own if booking.request.is_webhook else booking.request.to or own

    async def confirmation(self, appointment: Appointment) -> Sent:
        """Tell a visitor that the appointment stands, with an entry for their calendar."""
        return await self._to_visitor("confirmation", appointment, method="REQUEST")

    async def requested(self, appointment: Appointment) -> Sent:
        """Tell a visitor that the clinic has to agree; nothing goes into a calendar yet."""
        return await self._to_visitor("requested", appointment)

    async def changed(self, appointment: Appointment) -> Sent:
        """Tell a visitor the new time, and move the entry in their calendar."""
        return await self._to_visitor("changed", appointment, method="REQUEST")

    async def cancelled(self, appointment: Appointment) -> Sent:
        """Tell a visitor that the appointment is off, and take it out of their calendar."""
        return await self._to_visitor("cancelled", appointment, method="CANCEL")

    async def reminder(self, appointment: Appointment) -> Sent:
        """Remind a visitor; the calendar has it already."""
        return await self._to_visitor("reminder", appointment)

    async def refused_with_alternatives(self, appointment: Appointment, openings: Sequence[Opening]) -> Sent:
        """Tell a visitor that it could not be booked, and up to five times that are free."""
        return await self._refuse("refused_with_alternatives", appointment, appointment.opening, openings)

    async def not_moved(self, appointment: Appointment, wanted: Opening, openings: Sequence[Opening]) -> Sent:
        """Tell a visitor that it stays where it was, since `wanted` could not be booked, and up to five times that are free."""
        if appointment.state not in (State.CONFIRMED, State.REQUESTED):
            # Cancelled meanwhile: it stays nowhere.
            return Confirmed()
        return await self._refuse("not_moved", appointment, wanted, openings)

    async def request(self, appointment: Appointment) -> Sent:
        """Ask the clinic to agree to an appointment or to a new time, or to take it out, whichever the appointment says."""
        if appointment.state is State.CANCELLED:
            return await self._to_clinic("request_cancel", appointment)
        return await self._to_clinic("request_move" if appointment.revision else "request_new", appointment)

    async def undelivered(self, appointment: Appointment, why: str) -> Sent:
        """Tell the clinic what its system was not told. `why` is the code of a refusal, or anything else for no clear answer."""
        texts = self._settings.texts
        operation = "cancel" if appointment.state is State.CANCELLED else "move" if appointment.revision else "book"
        values = {"appointment.operation": texts.operations[operation], "appointment.why": texts.why.get(why, texts.why["no_answer"])}
        return await self._to_clinic("undelivered", appointment, values)

    async def unreachable(self, appointment: Appointment) -> Sent:
        """Ask the clinic to call a visitor whom a mail did not reach."""
        return await self._to_clinic("unreachable", appointment)

    async def hook_undelivered(self, appointment: Appointment, why: str) -> Sent:
        """Tell the clinic that its own system has not heard how an appointment stands; `why` as in `undelivered`."""
        texts = self._settings.texts
        return await self._to_clinic("hook_undelivered", appointment, {"appointment.why": texts.why.get(why, texts.why["no_answer"])})

    async def call_back(
        self, name: str, contact: Contact, kind: Literal["call_back", "message"] = "call_back", *, key: str | None = None
    ) -> Sent:
        """Pass on that somebody wants to be called, or written to, about no appointment.

        Args:
            name: As typed.
            contact: Where.
            kind: A call, or a mail.
            key: The same at every try; without one a second try is a second mail.
        """
        own = hashlib.sha256(key.encode()).hexdigest()[:16] if key else secrets.token_hex(8)
        return await self._send(kind, f"{own}.{kind}", self._clinic_mailbox, _visitor_values(name, contact))

    async def _refuse(self, kind: str, appointment: Appointment, wanted: Opening, openings: Sequence[Opening]) -> Sent:
        values = {"appointment.alternatives": self._list(openings[:_ALTERNATIVES]), "appointment.wanted": self._moment(wanted.start)}
        # A move that fails leaves the revision as it was, and there may be several.
        part = f"{wanted.start.astimezone(dt.UTC):%Y%m%dT%H%M}"
        if appointment.contact.email:
            return await self._to_visitor(kind, appointment, values, part=part)
        if kind == "not_moved":
            values["appointment.kept"] = self._moment(appointment.opening.start)
        return await self._to_clinic("tell_visitor", appointment, values, part=part)

    async def _to_visitor(
        self,
        kind: str,
        appointment: Appointment,
        more: Mapping[str, str | None] | None = None,
        *,
        method: Method | None = None,
        part: str = "",
    ) -> Sent:
        if appointment.contact.email is None:
            return Confirmed()
        values = {**self._values(appointment), **(more or {})}
        values["visitor.name"] = _harmless_name(appointment.contact.name)
        # Who books is known to the visitor, and how to reach them as well.
        values["visitor.phone"] = values["visitor.email"] = values["appointment.service"] = None
        invite = self._invite(method, appointment, values) if method else None
        mail_id = _id(appointment, kind, part)
        return await self._send(kind, mail_id, appointment.contact.email, values, invite, reply_to=self._own_mailbox)

    async def _to_clinic(
        self, kind: str, appointment: Appointment, more: Mapping[str, str | None] | None = None, *, part: str = ""
    ) -> Sent:
        values = {**self._values(appointment), **(more or {})}
        return await self._send(kind, _id(appointment, kind, part), self._clinic_mailbox, values)

    async def _send(
        self,
        kind: str,
        mail_id: str,
        to: str | None,
        values: Mapping[str, str | None],
        invite: Invite | None = None,
        *,
        reply_to: str | None = None,
    ) -> Sent:
        if to is None:
            return Refused("misconfigured")
        subject, text = self._settings.texts.mails[kind]
        mail = Mail(
            id=mail_id,
            to=to,
            subject=self._fill(subject, values),
            text=self._fill(text, values),
            reply_to=reply_to,
            from_name=self._practice.value("clinic.name") or "",
            invite=invite,
        )
        return await self._mailer.send(mail)

    def _invite(self, method: Method, appointment: Appointment, values: Mapping[str, str | None]) -> Invite:
        calendar = self._settings.texts.calendar
        words = Words(
            summary=self._fill(calendar["summary"], values).split("\n")[0],
            description=self._fill(calendar["description"], values),
            location=self._practice.value("contact.address"),
        )
        organizer = Organizer(self._practice.value("clinic.name") or "", self._own_mailbox, self._mailer.settings.sender)
        to = appointment.contact.email or ""
        return Invite(method, render_invite(method, appointment, to, organizer, words, self._clock()))

    def _fill(self, text: str, values: Mapping[str, str | None]) -> str:
        def value(name: str) -> str | None:
            return values.get(name) if name.startswith(("appointment.", "visitor.")) else self._practice.value(name)

        return re.sub(r"[^\S\n]+$", "", fill(text, value).text, flags=re.MULTILINE)

    def _values(self, appointment: Appointment) -> dict[str, str | None]:
        opening = appointment.opening
        return _visitor_values(appointment.contact.name, appointment.contact) | {
            "appointment.date": render_date(opening.start, self._zone),
            "appointment.time": render_span(opening.start, opening.end, self._zone),
            "appointment.reference": appointment.reference,
            "appointment.practitioner": self._practitioners.get(opening.practitioner),
            "appointment.service": self._services.get(opening.service, opening.service),
            "appointment.agreed": self._moment(appointment.consented_at),
            "appointment.state": self._settings.texts.states[appointment.state.value],
            "appointment.link": self._link(appointment),
        }

    def _link(self, appointment: Appointment) -> str | None:
        if self._settings.public_url is None or self._settings.token is None:
            return None
        return manage_link(self._settings.public_url, self._settings.token(appointment))

    def _list(self, openings: Iterable[Opening]) -> str | None:
        return "".join(f"\n- {self._moment(one.start)}" for one in openings) or None

    def _moment(self, moment: dt.datetime) -> str:
        return f"{render_date(moment, self._zone)}, {render_time(moment, self._zone)}"


def due_reminders(appointments: Iterable[Appointment], now: dt.datetime, hours: int = 24) -> list[Appointment]:
    """Return the appointments of which a visitor should be reminded now, soonest first.

    That is: confirmed, with a mail address, starting within `hours`, and booked before that. Whoever books for the same
    afternoon has just had a confirmation. Which were sent already is for the caller to know.
    """
    ahead = dt.timedelta(hours=hours)
    due = [
        one
        for one in appointments
        if one.state is State.CONFIRMED
        and one.contact.email
        and now < one.opening.start <= now + ahead
        and one.consented_at < one.opening.start - ahead
    ]
    return sorted(due, key=lambda one: (one.opening, one.reference))


def manage_link(public_url: str, token: str) -> str:
    """Return the address at which a visitor sees, moves or cancels an appointment.

    >>> manage_link("https://chat.example.com/", "abc.def")
    'https://chat.example.com/appointments/abc.def'
    """
    return f"{public_url.rstrip('/')}{MANAGE_PATH}{quote(token, safe='')}"


def read_public_url(environment: Mapping[str, str] | None = None) -> str | None:
    """Return `FRONTDESK_PUBLIC_URL`, or None when it is not set.

    Raises:
        MessagesError: When it is no address, or sends a link's secret in the clear.
    """
    env = os.environ if environment is None else environment
    raw = (env.get("FRONTDESK_PUBLIC_URL") or "").strip().rstrip("/")
    if not raw:
        return None
    try:
        parts = urlsplit(raw)
        is_local = parts.hostname in ("localhost", "127.0.0.1", "::1")
        is_usable = bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and is_local))
        is_usable = is_usable and not (parts.query or parts.fragment or parts.username or re.search(r"\s", raw))
    except ValueError:
        is_usable = False
    if not is_usable:
        raise MessagesError(f"FRONTDESK_PUBLIC_URL must be the https address of the gateway, such as https://chat.example.com, not {raw!r}")
    return raw


def render_date(moment: dt.datetime, zone: ZoneInfo) -> str:
    """Return the day of a moment at the clinic.

    >>> render_date(dt.datetime(2026, 12, 2, 1, 0, tzinfo=dt.UTC), ZoneInfo("America/Los_Angeles"))
    'Tuesday, December 1, 2026'
    """
    local = moment.astimezone(zone)
    return f"{DAYS[local.weekday()].capitalize()}, {MONTHS[local.month - 1]} {local.day}, {local.year}"


def render_time(moment: dt.datetime, zone: ZoneInfo) -> str:
    """Return the time of a moment at the clinic, with its zone's name on that day.

    >>> render_time(dt.datetime(2026, 12, 1, 17, 30, tzinfo=dt.UTC), ZoneInfo("America/Los_Angeles"))
    '9:30 am PST'
    """
    local = moment.astimezone(zone)
    return f"{render_clock(local.hour, local.minute)} {_zone_name(local)}"


def render_span(start: dt.datetime, end: dt.datetime, zone: ZoneInfo) -> str:
    """Return from when to when, at the clinic.

    >>> zone = ZoneInfo("America/Sao_Paulo")
    >>> render_span(dt.datetime(2026, 12, 1, 14, 0, tzinfo=dt.UTC), dt.datetime(2026, 12, 1, 15, 15, tzinfo=dt.UTC), zone)
    '11 am to 12:15 pm UTC-03:00'
    """
    # In the night on which the clock changes, the two have not the same name.
    first, last = start.astimezone(zone), end.astimezone(zone)
    zone_first = "" if _zone_name(first) == _zone_name(last) else f" {_zone_name(first)}"
    return f"{render_clock(first.hour, first.minute)}{zone_first} to {render_clock(last.hour, last.minute)} {_zone_name(last)}"


def _id(appointment: Appointment, kind: str, part: str = "") -> str:
    return ".".join(filter(None, (appointment.reference, str(appointment.revision), part, kind)))


def _visitor_values(name: str, contact: Contact) -> dict[str, str | None]:
    return {
        "visitor.name": plain_line(name, _NAME_CHARACTERS) or None,
        "visitor.phone": plain_line(contact.phone or "") or None,
        "visitor.email": plain_line(contact.email or "") or None,
    }


def _harmless_name(name: str) -> str | None:
    line = plain_line(name)
    return None if not line or len(line) > _NAME_CHARACTERS or _NO_NAME.search(line) else line


def _zone_name(local: dt.datetime) -> str:
    """Return "PST", or "UTC-03:00" where a zone has no letters."""
    name, offset = local.tzname() or "", f"{local:%z}"
    return name if name.isalpha() else f"UTC{offset[:3]}:{offset[3:5]}"
