"""The clinic's book is Cal.com, by its API v2.

Cal.com offers its own openings and decides by its own rules. What shaped this, from its documentation and source:

- The header `cal-api-version` belongs to each call; without it an older one answers, with other fields.
- A time that is taken is a 400 with a sentence, and so are times out of bounds: the sentences are told apart here.
- A call that is made twice books twice. Our reference goes with each booking as `metadata.ref`, and is looked for before
  anything is tried again; it stays with a booking that is moved.
- A move makes a new booking with a new uid and cancels the old one, which then names its successor.
- It wants a mail address of everybody.

Never sent: `allowConflicts` and `allowBookingOutOfBounds`, with which it would book over others.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from frontdesk.booking.appointment import Appointment, Opening
from frontdesk.booking.backend import BackendDown, BackendUnusable, Busy, Capabilities, Found
from frontdesk.booking.backends.connection import CallFailed, Connection, Reply, failure, safe_url, settled
from frontdesk.booking.results import Confirmed, Refused, Requested, Result, Taken, Transient, Unknown

SLOTS_VERSION = "2024-09-04"
BOOKINGS_VERSION = "2024-08-13"

_STATUSES = "upcoming,recurring,past,cancelled,unconfirmed"
_A_PAGE, _MOST_PAGES = 100, 10
# More often than anybody moves an appointment.
_MOST_MOVES = 30
# The sentence for a time out of bounds is the same for too soon and too far; a clinic's notice is shorter than this.
_SOON = dt.timedelta(days=14)

_TAKEN = ("already has booking at this time", "no_available_users_found", "hosts_unavailable_for_booking")
_OUT_OF_BOUNDS = ('can\'t be booked at the "start" time', "booking_time_out_of_bounds")
_PAST = ("in the past",)
_WRONG_FORM = ("missing required booking field", "invalid option", "managed event type")
_NOT_ALLOWED = ("maximum number of active bookings", "does not allow")
_CANCELLED = ("has been cancelled", "has already been cancelled")


class Calcom:
    """A backend that books in Cal.com."""

    name = "calcom"

    def __init__(
        self,
        url: str,
        key: str,
        event_types: Mapping[str, int],
        practitioner: str,
        zone: ZoneInfo,
        *,
        email_without: str | None = None,
        timeout_s: float = 10.0,
        clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
    ) -> None:
        """Take an account and what can be booked there.

        Args:
            url: Of the API, such as https://api.cal.com/v2.
            key: Of the account, with which all calls are made.
            event_types: Their numbers, by our id of the service.
            practitioner: Whose openings they are, by our id.
            zone: Of the clinic; Cal.com writes to visitors in it.
            email_without: A mailbox of the clinic's to give for visitors without a mail address; what Cal.com writes about
                them goes there. None: such visitors are refused as `invalid`, before anything is sent.
            timeout_s: For each call.
            clock: Tells aware times.

        Raises:
            ValueError: For an address that is not safe to send to.
        """
        self._url = safe_url(url).rstrip("/")
        self._connection = Connection(headers={"Authorization": f"Bearer {key}", "Accept": "application/json"}, timeout_s=timeout_s)
        self._event_types = dict(event_types)
        self._practitioner = practitioner
        self._zone = zone
        self._email_without = email_without
        self.capabilities = Capabilities(openings="own", needs_email=email_without is None)
        self._clock = clock

    def __repr__(self) -> str:
        """Return nothing of the account."""
        return "Calcom(…)"

    async def start(self) -> None:
        """Test that the key lets us look bookings up, and that every service is there to be booked.

        Raises:
            BackendUnusable: When not.
        """
        try:
            await self._read("/bookings", BOOKINGS_VERSION, {"take": "1"})
        except CallFailed as err:
            raise BackendUnusable(_why(err.result)) from err
        tomorrow = self._clock() + dt.timedelta(days=1)
        for service, event_type in self._event_types.items():
            try:
                await self._slots(service, tomorrow, tomorrow + dt.timedelta(days=1))
            except CallFailed as err:
                what = f"Cal.com has no event type {event_type}, which is to be '{service}'; look its number up in the address of its page"
                raise BackendUnusable(what if err.result == Refused("not_found") else _why(err.result)) from err

    async def stop(self) -> None:
        """Give back connections."""
        await self._connection.close()

    # Reading

    async def openings(self, service: str, start: dt.datetime, end: dt.datetime) -> Sequence[Opening]:
        """Return what Cal.com offers, soonest first; raises `BackendDown`."""
        if service not in self._event_types:
            return []
        try:
            found = await self._slots(service, start, end)
        except CallFailed as err:
            raise BackendDown from err
        return sorted(one for one in found if start <= one.start < end)

    async def busy(self, start: dt.datetime, end: dt.datetime) -> Sequence[Busy]:
        """Return none: what is offered is free."""
        return []

    async def find(self, appointment: Appointment) -> Found | None:
        """Look an appointment up by the name that Cal.com gave it, or by its reference; raises `BackendDown`."""
        try:
            booking = await self._current(appointment)
        except CallFailed as err:
            raise BackendDown from err
        return None if booking is None else Found(_uid(booking), None if _is_over(booking) else _start(booking))

    def link(self, service: str | None, opening: Opening | None) -> str | None:
        """Return None: visitors book here."""
        return None

    async def _slots(self, service: str, start: dt.datetime, end: dt.datetime) -> list[Opening]:
        asked = {"eventTypeId": str(self._event_types[service]), "start": _text(start), "end": _text(end), "timeZone": "UTC"}
        data = await self._read("/slots", SLOTS_VERSION, {**asked, "format": "range"})
        try:
            return [
                Opening(_time(slot["start"]), _time(slot["end"]), service, self._practitioner) for slots in data.values() for slot in slots
            ]
        except (AttributeError, KeyError, TypeError, ValueError) as err:
            raise CallFailed(Transient()) from err

    async def _current(self, appointment: Appointment) -> dict[str, Any] | None:
        """Return the booking as it is now, after all moves, or None; raises CallFailed."""
        booking = await self._get(appointment.remote) if appointment.remote else None
        booking = booking or await self._search(appointment)
        for _ in range(_MOST_MOVES):
            later = booking.get("rescheduledToUid") if booking and _is_over(booking) else None
            if not later:
                break
            booking = await self._get(str(later))
        return booking

    async def _get(self, uid: str) -> dict[str, Any] | None:
        try:
            return _booking(await self._read(f"/bookings/{quote(uid, safe='')}", BOOKINGS_VERSION, {}), Transient())
        except CallFailed as err:
            if err.result == Refused("not_found"):
                return None
            raise

    async def _search(self, appointment: Appointment) -> dict[str, Any] | None:
        """Look for our reference among the bookings of a visitor; one that stands before one that is over."""
        email = self._email(appointment)
        if email is None:
            return None
        over = None
        asked = {"attendeeEmail": email, "status": _STATUSES, "sortCreated": "desc", "take": str(_A_PAGE)}
        for page in range(_MOST_PAGES):
            data = await self._read("/bookings", BOOKINGS_VERSION, {**asked, "skip": str(page * _A_PAGE)})
            if not isinstance(data, list):
                raise CallFailed(Transient())
            for booking in _of_reference(data, appointment.reference):
                if not _is_over(booking):
                    return booking
                over = over or booking
            if len(data) < _A_PAGE:
                break
        return over

    # Writing

    async def create(self, appointment: Appointment, key: str) -> Result:
        """Book; `invalid` for a visitor without a mail address, unless the clinic gives one for them."""
        return await settled(self._create(appointment))

    async def move(self, appointment: Appointment, key: str) -> Result:
        """Move a booking, which then has another name."""
        return await settled(self._move(appointment))

    async def cancel(self, appointment: Appointment, key: str) -> Result:
        """Cancel a booking; one that is over already is no error."""
        return await settled(self._cancel(appointment))

    async def _create(self, appointment: Appointment) -> Result:
        opening, contact, email = appointment.opening, appointment.contact, self._email(appointment)
        event_type = self._event_types.get(opening.service)
        if event_type is None:
            return Refused("misconfigured")
        if email is None:
            return Refused("invalid")
        attendee = {"name": contact.name, "email": email, "timeZone": self._zone.key}
        if contact.phone:
            attendee["phoneNumber"] = contact.phone
        content = {
            "eventTypeId": event_type,
            "start": _text(opening.start),
            "attendee": attendee,
            "metadata": {"ref": appointment.reference},
        }
        reply = await self._write("/bookings", content)
        if reply.status in (200, 201):
            return _booked(reply)
        if reply.status == 404:
            return Refused("misconfigured")
        return self._refusal(reply, opening.start)

    async def _move(self, appointment: Appointment) -> Result:
        wanted = appointment.opening.start
        uid = appointment.remote
        # Once more when staff, or an earlier try, have moved it and it has another name.
        for _ in range(2):
            if uid is not None:
                reply = await self._write(f"/bookings/{quote(uid, safe='')}/reschedule", {"start": _text(wanted)})
                if reply.status in (200, 201):
                    return _booked(reply)
                if reply.status != 404 and not _says(reply, _CANCELLED):
                    return self._refusal(reply, wanted)
            booking = await self._current(appointment)
            if booking is None:
                return Refused("not_found")
            if _is_over(booking):
                return Refused("cancelled")
            if _start(booking) == wanted:
                return _accepted(booking)
            uid = _uid(booking)
        return Transient()

    async def _cancel(self, appointment: Appointment) -> Result:
        uid = appointment.remote
        for _ in range(2):
            if uid is not None:
                # The account is the host's, and a host has to give a reason; visitors read it.
                reply = await self._write(f"/bookings/{quote(uid, safe='')}/cancel", {"cancellationReason": appointment.reference})
                if reply.status in (200, 201):
                    return _booked(reply) if _is_cancelled(reply) else Unknown()
                if reply.status != 404 and not _says(reply, _CANCELLED):
                    return self._refusal(reply, appointment.opening.start)
            booking = await self._current(appointment)
            if booking is None:
                return Refused("not_found")
            if _is_over(booking):
                return Confirmed(_uid(booking))
            uid = _uid(booking)
        return Transient()

    def _refusal(self, reply: Reply, start: dt.datetime) -> Result:
        """Return what a status that is no success means, by Cal.com's own sentence where it has one."""
        if reply.status == 409:
            return Taken()
        if reply.status == 404:
            return Refused("not_found")
        if reply.status == 422:
            return Refused("misconfigured")
        if reply.status != 400:
            return failure(reply, is_write=True)
        if not isinstance(_json(reply), dict):
            # Refused, and nobody can say why.
            return Transient()
        if _says(reply, _TAKEN):
            return Taken()
        if _says(reply, _PAST):
            return Refused("too_soon")
        if _says(reply, _OUT_OF_BOUNDS):
            return Refused("too_soon" if start - self._clock() < _SOON else "too_far")
        if _says(reply, _NOT_ALLOWED):
            return Refused("not_allowed")
        if _says(reply, _WRONG_FORM):
            return Refused("misconfigured")
        # Also for want of a phone number, which the visitor can mend.
        return Refused("invalid")

    def _email(self, appointment: Appointment) -> str | None:
        return appointment.contact.email or self._email_without

    # Calls

    async def _read(self, path: str, version: str, parameters: Mapping[str, str]) -> Any:
        """Return what an answer holds; raises CallFailed, with `Refused("not_found")` for a 404."""
        headers = {"cal-api-version": version}
        reply = await self._connection.call("GET", f"{self._url}{path}", is_write=False, headers=headers, parameters=parameters)
        if reply.status == 404 and not reply.is_html:
            raise CallFailed(Refused("not_found"))
        if reply.status != 200:
            raise CallFailed(failure(reply, is_write=False))
        return _data(reply, Transient())

    async def _write(self, path: str, content: Mapping[str, Any]) -> Reply:
        headers = {"cal-api-version": BOOKINGS_VERSION, "Content-Type": "application/json"}
        body = json.dumps(content).encode()
        return await self._connection.call("POST", f"{self._url}{path}", is_write=True, headers=headers, body=body)


def _text(time: dt.datetime) -> str:
    return f"{time.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"


def _time(text: str) -> dt.datetime:
    time = dt.datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise ValueError("a time without its zone")
    return time.astimezone(dt.UTC)


def _json(reply: Reply) -> Any:
    try:
        return json.loads(reply.body)
    except ValueError:
        return None


def _data(reply: Reply, otherwise: Result) -> Any:
    content = _json(reply)
    if not isinstance(content, dict) or content.get("status") != "success" or "data" not in content:
        raise CallFailed(otherwise)
    return content["data"]


def _booking(data: Any, otherwise: Result) -> dict[str, Any]:
    """Return a booking that holds what is needed; several at once are none of ours."""
    try:
        if not isinstance(data["uid"], str) or not isinstance(data["status"], str):
            raise TypeError
        _time(data["start"])
    except (KeyError, TypeError, ValueError) as err:
        raise CallFailed(otherwise) from err
    found: dict[str, Any] = data
    return found


def _of_reference(data: list[Any], reference: str) -> Iterator[dict[str, Any]]:
    for one in data:
        if isinstance(one, dict) and isinstance(one.get("metadata"), dict) and one["metadata"].get("ref") == reference:
            yield _booking(one, Transient())


def _uid(booking: Mapping[str, Any]) -> str:
    return str(booking["uid"])


def _start(booking: Mapping[str, Any]) -> dt.datetime:
    return _time(booking["start"])


def _is_over(booking: Mapping[str, Any]) -> bool:
    return booking["status"].lower() in ("cancelled", "rejected")


def _booked(reply: Reply) -> Result:
    return _accepted(_booking(_data(reply, Unknown()), Unknown()))


def _accepted(booking: Mapping[str, Any]) -> Result:
    return Requested(_uid(booking)) if booking["status"].lower() == "pending" else Confirmed(_uid(booking))


def _is_cancelled(reply: Reply) -> bool:
    return _is_over(_booking(_data(reply, Unknown()), Unknown()))


def _says(reply: Reply, sentences: Sequence[str]) -> bool:
    content = _json(reply)
    said: list[Any] = []
    if isinstance(content, dict):
        error = content.get("error")
        said = [content.get("message"), *([error.get("message"), error.get("code")] if isinstance(error, dict) else [error])]
    text = " ".join(one for one in said if isinstance(one, str)).lower()
    return any(sentence.lower() in text for sentence in sentences)


def _why(result: Result) -> str:
    if result in (Refused("misconfigured"), Refused("not_found")):
        return "Cal.com does not let us in; check the key, which has to be that of the account whose event types are booked, and 'url'"
    return "Cal.com cannot be reached, or does not answer as its API does; check 'url', and see whether it works elsewhere"
