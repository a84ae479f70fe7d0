"""From Rasa's messages to the messages of /v1. Pure.

Knows the shape of Rasa's message dictionaries and nothing about HTTP, wording or clinics.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from frontdesk.text.kinds import ALARMING, KINDS
from frontdesk.text.paragraphs import split_paragraphs

Message = dict[str, Any]
"""A message of /v1 as `openapi.yml` describes it."""

_ACTION = re.compile(r"(https?|tel|sms|mailto):", re.IGNORECASE)


class NotAMessage(ValueError):
    """Raised when Rasa sent something that is none of its messages."""


def to_wire(messages: Sequence[Any]) -> list[Message]:
    """Return Rasa's messages in the words of /v1; a message without content gives none.

    >>> to_wire([{"text": "Hello", "buttons": [{"id": "1", "title": "Book"}]}])
    [{'type': 'choices', 'text': 'Hello', 'choices': [{'id': '1', 'title': 'Book'}]}]

    Raises:
        NotAMessage: When a message or one of its parts has another shape.
    """
    return [converted for message in messages for converted in _convert(message)]


def to_turns(turns: Sequence[Any]) -> list[dict[str, Any]]:
    """Return a transcript with the assistant's neighbouring messages gathered in one turn.

    Raises:
        NotAMessage: When a turn has another shape.
    """
    gathered: list[dict[str, Any]] = []
    for turn in turns:
        match turn:
            case {"from": "visitor", "text": str(text)}:
                kept = {key: turn[key] for key in ("client_message_id", "at") if isinstance(turn.get(key), str)}
                gathered.append({"from": "visitor", "text": text, "at": ""} | kept)
            case {"from": "assistant", "message": dict(message)}:
                if gathered and gathered[-1]["from"] == "assistant":
                    gathered[-1]["messages"] += to_wire([message])
                else:
                    gathered.append({"from": "assistant", "messages": to_wire([message]), "at": str(turn.get("at", ""))})
            case _:
                raise NotAMessage("a turn")
    return [turn for turn in gathered if turn["from"] == "visitor" or turn["messages"]]


def _convert(message: Any) -> Iterable[Message]:
    if not isinstance(message, dict):
        raise NotAMessage("a message that is no object")
    custom = message.get("custom") or {}
    text = message.get("text") or custom.get("text") or ""
    if not isinstance(text, str):
        raise NotAMessage("a text that is no string")
    choices = _records(message.get("buttons") or [], "id", "title")
    match custom.get("type"):
        case "emergency":
            yield emergency(custom.get("tier"), text, custom.get("actions") or [])
        case "openings":
            openings, choices = _openings(choices, custom.get("starts"))
            yield {"type": "openings", "text": text, "openings": openings}
        case "summary":
            if text:
                yield {"type": "text", "text": text}
            rows = _records(custom.get("rows"), "label", "value")
            yield {"type": "summary", "rows": rows, "choices": _records(custom.get("choices") or [], "id", "title") or choices}
            return
        case _:
            metadata = message.get("metadata") or {}
            kind, topic = metadata.get("kind"), metadata.get("topic")
            if choices and (kind == "dialogue" or not (kind or topic)):
                yield {"type": "choices", "text": text, "choices": choices}
                return
            yield from _paragraphs(text, kind, topic)
    if choices:
        yield {"type": "choices", "text": "", "choices": choices}


def emergency(tier: Any, text: Any, actions: Any) -> Message:
    """Return the emergency card, with only those actions that a browser should follow.

    Raises:
        NotAMessage: When the tier is none of `ALARMING`, or the text or an action has another shape.
    """
    if tier not in ALARMING or not isinstance(text, str):
        raise NotAMessage("an emergency card")
    # A printed phone number has spaces; a link that dials it has none.
    offered = [action | {"href": "".join(action["href"].split())} for action in _records(actions, "label", "href")]
    return {"type": "emergency", "tier": tier, "text": text, "actions": [action for action in offered if _ACTION.match(action["href"])]}


def _paragraphs(text: str, kind: Any, topic: Any) -> Iterable[Message]:
    """Give each paragraph its own kind; without one kind for each paragraph, none is better than a wrong one."""
    if not text.strip():
        return
    about = {"topic": topic} if isinstance(topic, str) and topic else {}
    if not isinstance(kind, list):
        yield {"type": "text", "text": text.strip()} | ({"kind": kind} if kind in KINDS else {}) | about
        return
    paragraphs = [part.strip() for part in split_paragraphs(text)]
    kinds = kind if len(kind) == len(paragraphs) else [kind[0] if len(set(map(str, kind))) == 1 else None] * len(paragraphs)
    for paragraph, own in zip(paragraphs, kinds, strict=True):
        yield {"type": "text", "text": paragraph} | ({"kind": own} if own in KINDS else {}) | about


def _openings(choices: list[dict[str, str]], starts: Any) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Return the openings among choices, which come first, one for each start, and the other choices."""
    if not isinstance(starts, list) or not all(isinstance(start, str) for start in starts) or len(starts) > len(choices):
        raise NotAMessage("openings without a button for each")
    openings = [{"id": one["id"], "start": start, "label": one["title"]} for one, start in zip(choices, starts, strict=False)]
    return openings, choices[len(starts) :]


def _records(items: Any, *keys: str) -> list[dict[str, str]]:
    if not isinstance(items, list) or not all(isinstance(item, dict) and all(key in item for key in keys) for item in items):
        raise NotAMessage(f"a list of {' and '.join(keys)}")
    return [{key: str(item[key]) for key in keys} for item in items]
