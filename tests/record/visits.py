"""Turns as tests write them, and a clock that stands still until it is told."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

from frontdesk.record import Turn

NOON = dt.datetime(2026, 11, 24, 20, tzinfo=dt.UTC)
_numbers = itertools.count()


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> dt.datetime:
        return self.now

    def pass_days(self, days: float) -> None:
        self.now += dt.timedelta(days=days)


def answered(conversation_id: str, text: str, topic: str = "cost", confidence: float = 0.95, **more: Any) -> Turn:
    return said(conversation_id, text, intent="faq", decision="answer", topics=(topic,), confidence=confidence, **more)


def missed(conversation_id: str, text: str, *, again: bool = False, **more: Any) -> Turn:
    intent, reply = ("repeated_miss", "utter_handoff") if again else ("nlu_fallback", "utter_no_answer")
    return said(conversation_id, text, intent=intent, decision="handoff", replies=(reply,), confidence=0.2, **more)


def pressed(conversation_id: str, title: str, intent: str, **more: Any) -> Turn:
    return said(conversation_id, title, intent=intent, is_button=True, **more)


def said(conversation_id: str, text: str | None, *, at: dt.datetime = NOON, **more: Any) -> Turn:
    return Turn(conversation_id=conversation_id, message_id=f"m{next(_numbers)}", at=at, text=text, **more)
