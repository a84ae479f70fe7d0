"""The gateway's side of Rasa's internal channel (`frontdesk/assistant/channel.py`).

RasaError
├── RasaUnreachable         no answer, or not in time
├── RasaFailed              an answer of 5xx, or none that the channel gives
├── RasaGarbled             an answer that is none of the channel's shapes
├── ConversationNotFound    404
│   └── ConversationErased  410
└── RasaRefused             409
"""

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Self
from urllib.parse import quote

from aiohttp import ClientError, ClientSession, ClientTimeout, TCPConnector

from frontdesk.safety import Alarm
from frontdesk.text.kinds import ALARMING

_BASE = "/webhooks/frontdesk"
_MOST_BYTES = 2_000_000
_READY_TIMEOUT_S = 2.0


class RasaError(Exception):
    """Raised when Rasa did not do what it was asked."""


class RasaUnreachable(RasaError):
    """Raised when Rasa does not answer, or not in time."""


class RasaFailed(RasaError):
    """Raised when Rasa has no model or broke while answering."""

    def __init__(self, reason: str, alarm: Alarm | None = None) -> None:
        super().__init__(reason)
        self.alarm = alarm
        """What the model had raised before it broke."""


class RasaGarbled(RasaError):
    """Raised when Rasa's answer cannot be read."""


class ConversationNotFound(RasaError):
    """Raised when Rasa does not keep that conversation."""


class ConversationErased(ConversationNotFound):
    """Raised when the visitor had the conversation erased: it is never opened again."""


class RasaRefused(RasaError):
    """Raised when Rasa knows the conversation, but not the choice or the answer that is meant."""


@dataclass(frozen=True)
class Utterance:
    """One thing the visitor said: typed text or a choice."""

    client_message_id: str
    """Made by the client; Rasa answers a repeat with its first reply."""
    text: str | None = None
    """What was typed, cleaned."""
    choice: str | None = None
    """The id of a choice."""


class RasaClient:
    """Talks to one Rasa server. Use it as an asynchronous context manager."""

    def __init__(self, url: str, *, timeout_s: float) -> None:
        self._url = url + _BASE
        self._timeout = ClientTimeout(total=timeout_s, connect=min(2.0, timeout_s))
        self._session: ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = ClientSession(connector=TCPConnector(limit=100), timeout=self._timeout)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()

    async def start(self, conversation_id: str) -> list[Any]:
        """Open a conversation and return the welcome."""
        try:
            body = await self._ask("POST", "/conversations", {"conversation_id": conversation_id})
        except ConversationErased:
            raise
        except ConversationNotFound as err:
            raise RasaFailed("Rasa runs without the frontdesk channel") from err
        return _list(body, "messages")

    async def say(self, conversation_id: str, utterance: Utterance) -> list[Any]:
        """Pass on what the visitor said and return Rasa's messages."""
        said = {"text": utterance.text} if utterance.choice is None else {"choice": utterance.choice}
        body = await self._ask(
            "POST", "/messages", {"conversation_id": conversation_id, "client_message_id": utterance.client_message_id} | said
        )
        return _list(body, "messages")

    async def transcript(self, conversation_id: str) -> list[Any]:
        """Return the turns so far."""
        return _list(await self._ask("GET", f"/conversations/{quote(conversation_id, safe='')}"), "turns")

    async def erase(self, conversation_id: str) -> int:
        """Erase a conversation and return how many events it had."""
        body = await self._ask("DELETE", f"/conversations/{quote(conversation_id, safe='')}")
        if not isinstance(body, dict) or not isinstance(body.get("deleted"), int):
            raise RasaGarbled("deleted")
        return int(body["deleted"])

    async def give_feedback(self, conversation_id: str, topic: str, helpful: bool) -> None:
        """Record whether an answer helped."""
        await self._ask("POST", f"/conversations/{quote(conversation_id, safe='')}/feedback", {"topic": topic, "helpful": helpful})

    async def loaded_model(self) -> str:
        """Return the name of the model that is loaded."""
        try:
            body = await self._ask("GET", "/ready", within=ClientTimeout(total=_READY_TIMEOUT_S))
        except ConversationNotFound as err:
            raise RasaFailed("Rasa runs without the frontdesk channel") from err
        if not isinstance(body, dict) or not isinstance(body.get("model"), str):
            raise RasaGarbled("model")
        return str(body["model"])

    async def _ask(self, method: str, path: str, body: dict[str, Any] | None = None, *, within: ClientTimeout | None = None) -> Any:
        if self._session is None:
            raise RuntimeError("RasaClient is used outside its context")
        try:
            async with self._session.request(
                method, self._url + path, json=body, timeout=within or self._timeout, allow_redirects=False
            ) as response:
                raw = await response.content.read(_MOST_BYTES + 1)
                while len(raw) <= _MOST_BYTES and (more := await response.content.read(_MOST_BYTES)):
                    raw += more
                return _read(response.status, raw)
        except (ClientError, TimeoutError, OSError) as err:
            raise RasaUnreachable(type(err).__name__) from err


def _read(status: int, raw: bytes) -> Any:
    match status:
        case HTTPStatus.NOT_FOUND:
            raise ConversationNotFound
        case HTTPStatus.GONE:
            raise ConversationErased
        case HTTPStatus.CONFLICT:
            raise RasaRefused
        case HTTPStatus.NO_CONTENT:
            return None
        case HTTPStatus.OK:
            pass
        case _:
            raise RasaFailed(str(status), _alarm(raw))
    if len(raw) > _MOST_BYTES:
        raise RasaGarbled("too large")
    try:
        return json.loads(raw)
    except (ValueError, RecursionError) as err:
        raise RasaGarbled("not JSON") from err


def _alarm(raw: bytes) -> Alarm | None:
    try:
        alarm = Alarm(**json.loads(raw)["alarm"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return alarm if alarm.tier in ALARMING else None


def _list(body: Any, key: str) -> list[Any]:
    if not isinstance(body, dict) or not isinstance(body.get(key), list):
        raise RasaGarbled(key)
    return list(body[key])
