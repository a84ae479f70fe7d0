"""The conversations that Rasa keeps for a day, as far as a visitor's request needs them.

Asks our channel in Rasa (`frontdesk/assistant/channel.py`): what is erased there goes out of the record too, with what was
waiting to be written into it.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import aiohttp

_WITHIN_S = 10
_GONE = (404, 410)


class ConversationsUnreachable(Exception):
    """Raised when Rasa does not answer, so that nobody can say what it keeps."""


class Conversations:
    """Those of one Rasa server, on this machine or a private network."""

    def __init__(self, rasa_url: str) -> None:
        """Take its address."""
        self._url = f"{rasa_url.rstrip('/')}/webhooks/frontdesk/conversations"

    async def read(self, conversation_id: str) -> list[Any] | None:
        """Return what was said, or None when there is no such conversation, or none any more.

        Raises:
            ConversationsUnreachable: When Rasa does not answer.
        """
        found = await self._ask("GET", conversation_id, "turns", list)
        return None if found is None else list(found)

    async def erase(self, conversation_id: str) -> int:
        """Erase a conversation for good and return how many events it had, 0 when there is none.

        Raises:
            ConversationsUnreachable: When Rasa does not answer, or could not erase all of it; it can be tried again.
        """
        return int(await self._ask("DELETE", conversation_id, "deleted", int) or 0)

    async def _ask(self, method: str, conversation_id: str, key: str, kind: type) -> Any:
        timeout = aiohttp.ClientTimeout(total=_WITHIN_S)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.request(method, f"{self._url}/{quote(conversation_id, safe='')}", allow_redirects=False) as answer,
            ):
                body = await answer.json() if answer.status in (200, *_GONE) else None
        except (aiohttp.ClientError, TimeoutError, ValueError) as err:
            raise ConversationsUnreachable(type(err).__name__) from None
        if isinstance(body, dict) and answer.status in _GONE and body.get("error") == "unknown_conversation":
            return None
        if not isinstance(body, dict) or answer.status != 200 or not isinstance(body.get(key), kind):
            raise ConversationsUnreachable(f"status {answer.status}")
        return body[key]
