"""Signed messages to a system of the clinic's own, as Standard Webhooks describes them (standardwebhooks.com).

A message carries three headers, by which its receiver knows that it is ours, fresh, and not one that came before:

    webhook-id           the same at every try
    webhook-timestamp    when this try was sent, in seconds since 1970
    webhook-signature    v1, and the HMAC-SHA256 over "<id>.<timestamp>.<body>" in base64

`Idempotency-Key` says the id once more, for receivers that know it by that name.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from typing import Any

from frontdesk.booking.appointment import Appointment
from frontdesk.booking.backends.connection import CallFailed, Connection, Reply, retry_after, safe_url
from frontdesk.booking.results import Confirmed, Refused, Result, Transient

_PREFIX = "whsec_"


class Webhook:
    """Sends messages to one address."""

    def __init__(
        self, url: str, secret: str, clock: Callable[[], dt.datetime], *, private_network: bool = False, timeout_s: float = 10.0
    ) -> None:
        """Take where messages go and what signs them.

        Args:
            url: An https address, or a plain one on this machine.
            secret: As text, or as `whsec_` and base64, as services hand it out.
            clock: Tells aware times.
            private_network: Whether the address may be on this machine or in the clinic's own network.
            timeout_s: How long one message may take.

        Raises:
            ValueError: When messages would go over the network in the clear, or the secret is damaged.
        """
        self._url = safe_url(url)
        self._key = _key_of(secret)
        self._clock = clock
        self._connection = Connection(headers={"Content-Type": "application/json"}, timeout_s=timeout_s, private_network=private_network)

    async def post(self, event: str, key: str, content: Mapping[str, Any]) -> Reply:
        """Send a message and return what was answered.

        Args:
            event: What it is about.
            key: The same at every try.
            content: Whatever JSON can hold.

        Raises:
            CallFailed: When there was no answer.
        """
        body = json.dumps({"event": event, "id": key, **content}, ensure_ascii=False).encode()
        sent_at = int(self._clock().timestamp())
        signature = sign(self._key, key, sent_at, body)
        headers = {"webhook-id": key, "webhook-timestamp": str(sent_at), "webhook-signature": signature, "Idempotency-Key": key}
        return await self._connection.call("POST", self._url, is_write=True, headers=headers, body=body)

    async def tell(self, event: str, key: str, appointment: Appointment, occurred_at: dt.datetime) -> Result:
        """Say what has happened to an appointment: `Confirmed` when it was heard. Holds nothing about who comes.

        Anything but a yes is worth another try, since the same message may come twice; only 410 means never again.
        """
        content = {**describe(appointment), "occurred_at": occurred_at.astimezone(dt.UTC).isoformat()}
        try:
            reply = await self.post(event, key, content)
        except CallFailed as err:
            return err.result
        if 200 <= reply.status < 300:
            return Confirmed()
        return Refused("not_allowed") if reply.status == 410 else Transient(retry_after(reply.headers))

    async def close(self) -> None:
        """Give back connections."""
        await self._connection.close()

    def __repr__(self) -> str:
        """Return nothing secret; addresses may hold a key."""
        return "Webhook(…)"


def describe(appointment: Appointment) -> dict[str, Any]:
    """Return what a message says about an appointment itself, and nothing about its visitor."""
    opening = appointment.opening
    return {
        "reference": appointment.reference,
        "revision": appointment.revision,
        "service": opening.service,
        "practitioner": opening.practitioner,
        "start": opening.start.astimezone(dt.UTC).isoformat(),
        "end": opening.end.astimezone(dt.UTC).isoformat(),
    }


def sign(key: bytes, message_id: str, sent_at: int, body: bytes) -> str:
    """Return the value of `webhook-signature`.

    >>> sign(b"secret", "AB2C-D3EF:create:0", 1764000000, b"{}")[:12]
    'v1,zYHvor8fJ'
    """
    digest = hmac.new(key, f"{message_id}.{sent_at}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def _key_of(secret: str) -> bytes:
    if not secret.startswith(_PREFIX):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error:
        raise ValueError(f"a secret that starts with {_PREFIX} goes on in base64") from None
