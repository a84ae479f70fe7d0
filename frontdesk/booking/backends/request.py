"""The clinic is asked: each appointment is kept here, and a person agrees to it, moves it or takes it out.

Asked by mail, or by a signed message to a system of the clinic's own (`webhook.py`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from frontdesk.booking.appointment import Appointment, Contact, Opening
from frontdesk.booking.backend import Busy, Capabilities, Found
from frontdesk.booking.backends.connection import CallFailed, Reply, failure
from frontdesk.booking.backends.webhook import Webhook, describe
from frontdesk.booking.delivery import Messenger
from frontdesk.booking.results import Confirmed, Refused, Requested, Result, Taken


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
        return await _send(self._webhook, f"visitor.{kind}", key, {"name": name, "phone": contact.phone, "email": contact.email})

    async def _ask(self, event: str, appointment: Appointment, key: str) -> Result:
        if self._webhook is not None:
            return await _send(self._webhook, event, key, _content(appointment))
        sent = await self._messenger.request(appointment)
        return Requested() if isinstance(sent, Confirmed) else sent


async def _send(webhook: Webhook, event: str, key: str, content: Mapping[str, Any]) -> Result:
    """Send a message; `Requested` when it was taken."""
    try:
        reply = await webhook.post(event, key, content)
    except CallFailed as err:
        return err.result
    return _read_status(reply)


def _content(appointment: Appointment) -> dict[str, Any]:
    """Return what the clinic has to know to agree: the appointment, and whom to answer."""
    contact = appointment.contact
    return {
        **describe(appointment),
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
