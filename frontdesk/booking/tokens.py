"""Signed tokens that go through a visitor's hands: openings on buttons, and links to an appointment.

What comes back can be trusted to be ours, for one purpose, for a limited time, and from the conversation it was given to.
Nothing is looked up but an appointment's revision, and a token holds nothing about a person.

    TokenRefused
    ├── TokenForged     damaged, made up, signed with a key of long ago, or for another purpose
    ├── TokenExpired    genuine, and too old
    ├── TokenForeign    given to another conversation
    └── TokenSpent      the appointment has been moved or cancelled since

Visitors are told the same for all of them.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from itsdangerous import BadData, URLSafeSerializer

from frontdesk.booking.appointment import Appointment, Opening
from frontdesk.secret_files import SHORTEST_KEY, KeysInvalid, keep_key

OPENING_LIFETIME = dt.timedelta(minutes=30)
"""How long a visitor may look at a choice of times."""
LINK_LIFETIME = dt.timedelta(days=1)
"""How long after its end a link to an appointment still shows it."""


class TokenRefused(Exception):
    """Raised when a token is not to be acted on; base of the four reasons."""


class TokenForged(TokenRefused):
    """Raised when a token is not ours, or not for this purpose."""


class TokenExpired(TokenRefused):
    """Raised when a token was ours and is too old."""


class TokenForeign(TokenRefused):
    """Raised when a token was given to another conversation."""


class TokenSpent(TokenRefused):
    """Raised when the appointment has changed since the link was made; `grant` says what it opened."""

    def __init__(self, grant: Grant) -> None:
        super().__init__()
        self.grant = grant


@dataclass(frozen=True, slots=True)
class Grant:
    """What a genuine link opens."""

    reference: str
    revision: int


class BookingTokens:
    """Issues and reads the tokens of one installation."""

    def __init__(self, keys: Sequence[str], clock: Callable[[], dt.datetime]) -> None:
        """Take the key that signs and, after it, those that are still accepted."""
        # itsdangerous signs with the last.
        newest_last = list(reversed(keys))
        options = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
        self._openings = URLSafeSerializer(newest_last, salt="frontdesk.booking.opening", signer_kwargs=options)
        self._links = URLSafeSerializer(newest_last, salt="frontdesk.booking.link", signer_kwargs=options)
        self._clock = clock

    def opening(self, opening: Opening, conversation_id: str) -> str:
        """Return a token for a button that chooses an opening, good for `OPENING_LIFETIME` in this conversation."""
        expires = int((self._clock() + OPENING_LIFETIME).timestamp())
        start, end = int(opening.start.timestamp()), int(opening.end.timestamp())
        return str(self._openings.dumps([start, end, opening.service, opening.practitioner, _short(conversation_id), expires]))

    def read_opening(self, token: str, conversation_id: str) -> Opening:
        """Return the opening that a button was made for.

        That it is still free, and may still be booked, is for the desk to say.

        Raises:
            TokenRefused: One of its kinds.
        """
        start, end, service, practitioner, conversation, expires = self._load(self._openings, token, 6)
        if not hmac.compare_digest(str(conversation), _short(conversation_id)):
            raise TokenForeign
        self._check_age(expires)
        return Opening(dt.datetime.fromtimestamp(start, dt.UTC), dt.datetime.fromtimestamp(end, dt.UTC), service, practitioner)

    def link(self, appointment: Appointment) -> str:
        """Return the secret part of a link that shows, moves or cancels an appointment as it stands now."""
        expires = int((appointment.opening.end + LINK_LIFETIME).timestamp())
        return str(self._links.dumps([appointment.reference, appointment.revision, expires]))

    def read_link(self, token: str, revision_of: Callable[[str], int | None]) -> Grant:
        """Return the appointment that a link opens.

        Args:
            token: From the address.
            revision_of: Gives an appointment's present revision by its reference; None for one that is not there.

        Raises:
            TokenRefused: One of its kinds.
        """
        reference, revision, expires = self._load(self._links, token, 3)
        self._check_age(expires)
        grant = Grant(reference, revision)
        if revision_of(reference) != revision:
            raise TokenSpent(grant)
        return grant

    def _load(self, serializer: URLSafeSerializer, token: str, length: int) -> list[Any]:
        try:
            content = serializer.loads(token)
        except (BadData, ValueError, TypeError):
            raise TokenForged from None
        if not isinstance(content, list) or len(content) != length:
            raise TokenForged
        return content

    def _check_age(self, expires: int) -> None:
        if self._clock().timestamp() >= expires:
            raise TokenExpired


def load_keys(environment: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Return the keys that sign tokens, the one in use first.

    `FRONTDESK_BOOKING_SECRET` signs, and what `FRONTDESK_BOOKING_SECRET_BEFORE` signed is still accepted: to change the
    secret, move the old one there for as long as links may be in use. Without either, a key is made once and kept in
    `booking.secret` in the data folder.

    Raises:
        KeysInvalid: When one is too short, or none can be kept.
    """
    env = os.environ if environment is None else environment
    given = env.get("FRONTDESK_BOOKING_SECRET")
    before = env.get("FRONTDESK_BOOKING_SECRET_BEFORE")
    for name, value in (("FRONTDESK_BOOKING_SECRET", given), ("FRONTDESK_BOOKING_SECRET_BEFORE", before)):
        if value and len(value) < SHORTEST_KEY:
            raise KeysInvalid(f"{name} must have at least {SHORTEST_KEY} characters")
    current = given or keep_key(Path(env.get("FRONTDESK_DATA_DIR") or "var") / "booking.secret", "FRONTDESK_BOOKING_SECRET")
    return (current, before) if before else (current,)


def _short(conversation_id: str) -> str:
    """Return what tells conversations apart without naming one."""
    return hashlib.sha256(f"frontdesk.booking:{conversation_id}".encode()).hexdigest()[:16]
