"""The clinic is asked: each appointment is kept here, and a person agrees to it, moves it or takes it out.

Asked by mail, or by a signed message to a system of the clinic's own. A message says in `X-Signature` when it was sent and
that it is ours, and in `Idempotency-Key` what it is about, so that one that comes twice is recognised:

    X-Signature: t=1764000000,v1=<hex of HMAC-SHA256 over "1764000000." and the body>
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from frontdesk.booking.appointment import Appointment, Contact, Opening
from frontdesk.booking.backend import Busy, Capabilities, Found
from frontdesk.booking.backends.connection import CallFailed, Connection, Reply, failure, safe_url
from frontdesk.booking.delivery import Messenger
from frontdesk.booking.results import Confirmed, Refused, Requested, Result, Taken


class Webhook:
    """A system of the clinic's own that takes signed messages."""

    def __init__(self, url: str, secret: str, clock: Callable[[], dt.datetime], *, timeout_s: float = 10.0) -> None:
        """Take an https address, or a plain one on this machine.

        Raises:
            ValueError: When names and appointments would go over the network in the clear.
        """
        self._url = safe_url(url)
        self._secret = secret
        self._clock = clock
        self._connection = Connection(headers={"Content-Type": "application/json"}, timeout_s=timeout_s)

    async def send(self, event: str, key: str, content: Mapping[str, Any]) -> Result:
        """Send a message; `Requested` when it was taken."""
        body = json.dumps({"event": event, "id": key, **content}, ensure_ascii=False).encode()
        sent_at = int(self._clock().timestamp())
        headers = {"Idempotency-Key": key, "X-Signature": sign(self._secret, sent_at, body)}
        try:
            reply = await self._connection.call("POST", self._url, is_write=True, headers=headers, body=body)
        except CallFailed as err:
            return err.result
        return _read_status(reply)

    async def close(self) -> None:
        """Give back connections."""
        await self._connection.close()

    def __repr__(self) -> str:
        """Return nothing secret; addresses may hold a key."""
        return "Webhook(…)"


class Request:
    """A backend behind which a person answers."""

    name = "request"
    capabilities = Capabilities(openings="clinic", finds=False, is_idempotent=True)

    def __init__(self, messenger: Messenger, webhook: Webhook | None = None) -> None:
        """Take what writes mails, and the clinic's system when there is one."""
        self._messenger = messenger
        self._webhook = webhook

    async def start(self) -> None:
        """Do nothing: asking needs nothing that could be tested without asking."""

    async def stop(self) -> None:
        """Give back connections."""
        if self._webhook:
            await self._webhook.close()

    async def openings(self, service: str, start: dt.datetime, end: dt.datetime) -> Sequence[Opening]:
        """Return none: they follow from the clinic's hours and what is claimed here."""
        return []

    async def busy(self, start: dt.datetime, end: dt.datetime) -> Sequence[Busy]:
        """Return none: nothing is known but what is claimed here."""
        return []

    async def create(self, appointment: Appointment, key: str) -> Result:
        """Ask for an appointment."""
        return await self._ask("appointment.requested", appointment, key)

    async def move(self, appointment: Appointment, key: str) -> Result:
        """Ask for another time."""
        return await self._ask("appointment.move_requested", appointment, key)

    async def cancel(self, appointment: Appointment, key: str) -> Result:
        """Say that a visitor does not come."""
        return await self._ask("appointment.cancelled", appointment, key)

    async def find(self, appointment: Appointment) -> Found | None:
        """Return None: a person cannot be looked up."""
        return None

    def link(self, service: str | None, opening: Opening | None) -> str | None:
        """Return None."""
        return None

    async def message_to_clinic(self, name: str, contact: Contact, kind: Literal["call_back", "message"], key: str) -> Result:
        """Pass on that somebody wants to be called or written to, about no appointment."""
        if self._webhook is None:
            return await self._messenger.call_back(name, contact, kind, key=key)
        return await self._webhook.send(f"visitor.{kind}", key, {"name": name, "phone": contact.phone, "email": contact.email})

    async def _ask(self, event: str, appointment: Appointment, key: str) -> Result:
        if self._webhook is not None:
            return await self._webhook.send(event, key, _content(appointment))
        sent = await self._messenger.request(appointment)
        return Requested() if isinstance(sent, Confirmed) else sent


def sign(secret: str, sent_at: int, body: bytes) -> str:
    """Return the value of `X-Signature`.

    >>> sign("secret", 1764000000, b"{}")[:20]
    't=1764000000,v1=b691'
    """
    digest = hmac.new(secret.encode(), f"{sent_at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={sent_at},v1={digest}"


def _content(appointment: Appointment) -> dict[str, Any]:
    opening, contact = appointment.opening, appointment.contact
    return {
        "reference": appointment.reference,
        "revision": appointment.revision,
        "service": opening.service,
        "practitioner": opening.practitioner,
        "start": opening.start.astimezone(dt.UTC).isoformat(),
        "end": opening.end.astimezone(dt.UTC).isoformat(),
        "name": contact.name,
        "phone": contact.phone,
        "email": contact.email,
        "consented_at": appointment.consented_at.astimezone(dt.UTC).isoformat(),
    }


def _read_status(reply: Reply) -> Result:
    if 200 <= reply.status < 300:
        return Requested()
    if reply.status == 409:
        return Taken()
    if reply.status in (404, 410):
        return Refused("misconfigured")
    # A message that may have been taken is sent again: its key says that it is the same.
    return failure(reply, is_write=False)
