"""Conversation tokens: signed, bound to one conversation and one website, and expiring.

A token says nothing about the visitor. Nothing is looked up: it is right or it is not.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from itsdangerous import BadData, TimestampSigner, URLSafeTimedSerializer

from frontdesk.gateway.errors import TokenForeign, TokenInvalid
from frontdesk.gateway.settings import Secret

_PENDING_S = 15 * 60
"""How long after its issue a token may open a conversation; after that, one that is not there was purged or erased."""


@dataclass(frozen=True)
class Grant:
    """What a genuine token allows."""

    conversation_id: str
    """The one conversation that it opens."""
    origin: str | None
    """The website it was given to; `None` when it was not a browser that asked."""
    is_pending: bool = False
    """Whether Rasa was down when it was given, a short while ago, so that the conversation is still to be opened there."""


class _ClockedSigner(TimestampSigner):
    def __init__(self, *args: Any, clock: Callable[[], float], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._clock = clock

    def get_timestamp(self) -> int:
        return int(self._clock())


class Tokens:
    """Issues and reads the tokens of one gateway."""

    def __init__(self, secret: Secret, *, lifetime_s: int, clock: Callable[[], float]) -> None:
        self._lifetime_s = lifetime_s
        self._clock = clock
        self._serializer = URLSafeTimedSerializer(
            secret.reveal(),
            salt="frontdesk.conversation",
            signer=_ClockedSigner,
            signer_kwargs={"clock": clock, "key_derivation": "hmac"},
        )

    def issue(self, grant: Grant) -> str:
        """Return a token for a conversation."""
        return str(self._serializer.dumps([grant.conversation_id, grant.origin, int(grant.is_pending)]))

    def read(self, token: str, *, conversation_id: str, origin: str | None) -> Grant:
        """Return what a token allows.

        Raises:
            TokenInvalid: When it is forged, damaged or has expired.
            TokenForeign: When it is for another conversation or was given to another website.
        """
        try:
            (bound_id, bound_origin, pending), issued = self._serializer.loads(token, max_age=self._lifetime_s, return_timestamp=True)
        except (BadData, ValueError, TypeError) as err:
            raise TokenInvalid from err
        if bound_id != conversation_id or bound_origin != origin:
            raise TokenForeign
        return Grant(bound_id, bound_origin, bool(pending) and self._clock() - issued.timestamp() <= _PENDING_S)
