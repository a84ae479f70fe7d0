"""Read a conversation from Rasa's events: what was said, what was offered, what was already answered."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from rasa.shared.core.events import BotUttered, Event, UserUttered

CHOICE_TITLE = "choice_title"


@dataclass(frozen=True)
class Choice:
    """A button that the visitor was offered last."""

    id: str
    """What the visitor's browser sends back; says nothing about the payload."""
    title: str
    payload: str
    """An intent of ours, such as `/answer_faq{"topic": "cost"}`."""


def message_of(event: BotUttered) -> dict[str, Any]:
    """Return a reply as the gateway gets it: text, buttons without payload, custom, metadata."""
    return {
        "text": event.text,
        "buttons": [{"id": choice.id, "title": choice.title} for choice in _choices_in(event)],
        "custom": event.data.get("custom"),
        "metadata": event.metadata.get("metadata") or {},
    }


def turn_of(events: Sequence[Event], message_id: str) -> list[BotUttered] | None:
    """Return the replies to a message that was handled before, or `None` when it was not."""
    start = next((i for i, e in enumerate(events) if isinstance(e, UserUttered) and e.message_id == message_id), None)
    if start is None:
        return None
    replies: list[BotUttered] = []
    for event in events[start + 1 :]:
        if isinstance(event, UserUttered):
            break
        if isinstance(event, BotUttered):
            replies.append(event)
    return replies


def offered(events: Sequence[Event]) -> list[Choice]:
    """Return the choices that stand open: those of the replies since the visitor's last message."""
    last = next((i for i in range(len(events) - 1, -1, -1) if isinstance(events[i], UserUttered)), -1)
    return [choice for event in events[last + 1 :] if isinstance(event, BotUttered) for choice in _choices_in(event)]


def topics_served(events: Iterable[Event]) -> set[str]:
    """Return the topics whose answer was given in this conversation."""
    metadata = (event.metadata.get("metadata") or {} for event in events if isinstance(event, BotUttered))
    return {entry["topic"] for entry in metadata if "topic" in entry}


def iter_turns(events: Iterable[Event]) -> Iterator[dict[str, Any]]:
    """Yield what was said, oldest first; a button the visitor pressed appears as its title.

    The message with which the gateway opens a conversation is no visitor's and is left out.
    """
    for event in events:
        if isinstance(event, BotUttered):
            yield {"from": "assistant", "message": message_of(event), "at": _iso(event.timestamp)}
        elif isinstance(event, UserUttered):
            said = (event.metadata or {}).get(CHOICE_TITLE, event.text)
            if said and not said.startswith("/"):
                yield {"from": "visitor", "text": said, "client_message_id": event.message_id, "at": _iso(event.timestamp)}


def _choices_in(event: BotUttered) -> list[Choice]:
    return [Choice(_choice_id(event, button["payload"]), button["title"], button["payload"]) for button in event.data.get("buttons") or []]


def _choice_id(event: BotUttered, payload: str) -> str:
    """Return a name for a choice that is the same at each look and different at each offer."""
    return hashlib.sha256(f"{event.timestamp!r} {payload}".encode()).hexdigest()[:16]


def _iso(timestamp: float) -> str:
    """Return a time as ISO 8601 in UTC, to the second."""
    return datetime.fromtimestamp(timestamp, UTC).isoformat(timespec="seconds")
