"""Rasa's events of one turn, as they are published, read as a turn of the record. What is typed is redacted on the way.

Whose words are not kept at all: a message that raised an alarm, and one that answered a question of the booking.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from frontdesk.assistant.transcript import CHOICE_TITLE
from frontdesk.record import Feedback, Turn, Withheld
from frontdesk.text.kinds import ALARMING
from frontdesk.text.redaction import redact

TURN_BEGAN_AT = "turn_began_at"
"""Added to a published event: when the message arrived, in seconds since 1970."""
TURN_ENDED_AT = "turn_ended_at"

_OPENING_INTENT = "start_conversation"
_FORM = "booking_form"
_OF_BOOKING = ("utter_booking_", "utter_ask_booking_")
_PERSONAL = ("booking_name", "booking_contact", "booking_reference")
"""Slots that hold who somebody is."""

Event = Mapping[str, Any]


@dataclass
class Memory:
    """What earlier turns of a conversation tell about the next; not written anywhere."""

    asked: str | None = None
    """The slot that the booking asked for last."""
    known: set[str] = field(default_factory=set, repr=False)
    """Names and ways to reach somebody that the booking understood."""


def read_turn(conversation_id: str, events: Sequence[Event], memory: Memory, region: str) -> Turn | None:
    """Return what happened in a turn, or None when no visitor said anything.

    Args:
        conversation_id: Rasa's sender id.
        events: As they are published, from the visitor's message to where Rasa listens again.
        memory: Of the conversation; brought up to date.
        region: Where phone numbers without a country code belong.
    """
    said = next((event for event in events if event["event"] == "user"), None)
    asked = memory.asked
    _remember(memory, events)
    if said is None:
        return None
    parse = said.get("parse_data") or {}
    intent = (parse.get("intent") or {}).get("name") or ""
    if intent == _OPENING_INTENT:
        return None
    understanding, safety = parse.get("understanding") or {}, parse.get("safety") or {}
    typed = said.get("text") or ""
    is_button = typed.startswith("/")
    replies = tuple(_replies(events))
    withheld = None if is_button else _withheld(events, typed, asked, safety, replies)
    title = (said.get("metadata") or {}).get(CHOICE_TITLE)
    decision = "" if is_button else "dialogue" if withheld is Withheld.BOOKING else understanding.get("decision") or ""
    return Turn(
        conversation_id=conversation_id,
        message_id=str(said.get("message_id") or said["timestamp"]),
        at=_time(said["timestamp"]),
        text=title if is_button else None if withheld else redact(typed, region=region, known=sorted(memory.known)),
        withheld=withheld,
        is_button=is_button,
        intent=intent,
        decision=decision,
        topics=tuple(_topics(events)),
        suggestions=tuple(suggestion["name"] for suggestion in understanding.get("suggestions") or []),
        confidence=understanding.get("confidence") if decision not in ("", "safety") else None,
        tier=safety.get("tier"),
        category=safety.get("category"),
        language=parse.get("language"),
        replies=replies,
        reply_ms=_reply_ms(events),
        model=(said.get("metadata") or {}).get("model_id"),
    )


def read_feedback(conversation_id: str, event: Event) -> Feedback | None:
    """Return what a visitor thought of an answer, if that is what an event tells."""
    value = event.get("value")
    if event["event"] != "slot" or event.get("name") != "feedback" or not isinstance(value, dict):
        return None
    return Feedback(conversation_id, str(value["topic"]), bool(value["helpful"]), _time(event["timestamp"]))


def ends_turn(event: Event) -> bool:
    """Say whether Rasa listens again after this event."""
    return event["event"] == "action" and event.get("name") == "action_listen"


def _withheld(events: Iterable[Event], typed: str, asked: str | None, safety: Mapping[str, Any], replies: Sequence[str]) -> Withheld | None:
    if safety.get("tier") in ALARMING:
        return Withheld.DANGER
    was_under_way = _ran_form(events) and not any(event["event"] == "active_loop" and event.get("name") == _FORM for event in events)
    if not was_under_way or "?" in typed:
        return None
    # After a restart nobody knows what was asked for; then it is taken for a name.
    is_personal = asked is None or asked in _PERSONAL
    is_answered = any(not reply.startswith(_OF_BOOKING) for reply in replies)
    return Withheld.BOOKING if is_personal or not is_answered else None


def _ran_form(events: Iterable[Event]) -> bool:
    return any(event["event"] == "action" and event.get("name") == _FORM for event in events)


def _remember(memory: Memory, events: Iterable[Event]) -> None:
    for event in events:
        if event["event"] != "slot":
            continue
        name, value = event.get("name"), event.get("value")
        if name == "requested_slot":
            memory.asked = value
        elif name in _PERSONAL and value:
            values = value.values() if isinstance(value, dict) else [value]
            memory.known |= {one for one in values if isinstance(one, str)}


def _replies(events: Iterable[Event]) -> Iterator[str]:
    for event in events:
        if event["event"] == "bot" and (name := (event.get("metadata") or {}).get("utter_action")):
            yield name


def _topics(events: Iterable[Event]) -> Iterator[str]:
    for event in events:
        if event["event"] == "bot":
            topic = ((event.get("metadata") or {}).get("metadata") or {}).get("topic")
            if topic:
                yield topic


def _reply_ms(events: Iterable[Event]) -> int | None:
    times = next(((event[TURN_BEGAN_AT], event[TURN_ENDED_AT]) for event in events if TURN_BEGAN_AT in event), None)
    return None if times is None else max(round((times[1] - times[0]) * 1000), 0)


def _time(timestamp: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(timestamp, dt.UTC)
