"""How often what happened on a day: numbers without words or conversations, which outlive both.

A reply time is counted in steps of a tenth, so that a median can be told from counts.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from enum import StrEnum

import sqlalchemy as sa

from frontdesk.record.tables import add_up, counts
from frontdesk.record.turn import Turn

Tally = Counter[tuple[str, str, str]]
"""How often: by day, measure, and of what."""

_STEP = 1.1


class Measure(StrEnum):
    """What is counted."""

    CONVERSATIONS = "conversations"
    """In which a visitor said something."""
    QUESTIONS = "questions"
    """Of what decision: answer, suggest, handoff, dialogue, decline, safety."""
    PICKED = "picked"
    """Topics that were chosen from buttons."""
    TOPIC = "topic"
    """Answers that were served, of which topic."""
    HELPFUL = "helpful"
    """Of which topic."""
    NOT_HELPFUL = "not_helpful"
    """Of which topic."""
    NONE_OF_THESE = "none_of_these"
    WANTED_PERSON = "wanted_person"
    """Conversations in which a visitor asked for a person."""
    WANTED_BOOKING = "wanted_booking"
    """Conversations."""
    HANDED_TO_CLINIC = "handed_to_clinic"
    """Conversations in which a booking was left to the clinic's page or phone."""
    BOOKED = "booked"
    """Conversations in which an appointment was made or asked for."""
    WITHHELD = "withheld"
    """Messages whose words were not kept, of which reason."""
    LANGUAGE = "language"
    """Messages not in English, of which language."""
    REPLY_MS = "reply_ms"
    """Replies, of how many milliseconds."""
    DROPPED = "dropped"
    """Turns that could not be kept."""


def count_turn(tally: Tally, turn: Turn, day: str) -> None:
    """Count what a turn by itself tells; what is counted once in a conversation is not among it."""
    if turn.is_question:
        tally[day, Measure.QUESTIONS, turn.decision] += 1
    elif turn.intent == "answer_faq":
        tally[day, Measure.PICKED, ""] += 1
    elif turn.intent == "none_of_these":
        tally[day, Measure.NONE_OF_THESE, ""] += 1
    for topic in turn.topics:
        tally[day, Measure.TOPIC, topic] += 1
    if turn.withheld:
        tally[day, Measure.WITHHELD, turn.withheld] += 1
    if turn.language:
        tally[day, Measure.LANGUAGE, turn.language] += 1
    if turn.reply_ms is not None:
        tally[day, Measure.REPLY_MS, str(step_of(turn.reply_ms))] += 1


def keep_counts(connection: sa.engine.Connection, tally: Tally) -> None:
    """Add what was counted to the days' numbers."""
    rows = [{"day": day, "measure": measure, "of": of, "number": number} for (day, measure, of), number in tally.items() if number]
    add_up(connection, counts, rows, "number")


def step_of(reply_ms: int) -> int:
    """Return the step in whose place a reply time is counted, in milliseconds.

    >>> step_of(100), step_of(103), step_of(0)
    (97, 107, 1)
    """
    return round(_STEP ** round(math.log(max(reply_ms, 1), _STEP)))


def median_of_steps(numbers: Iterable[tuple[int, int]]) -> int | None:
    """Return the median of times of which each is counted so often, or None without any.

    >>> median_of_steps([(97, 3), (500, 1)]), median_of_steps([])
    (97, None)
    """
    ordered = sorted(numbers)
    half, seen = sum(number for _, number in ordered) / 2, 0
    for step, number in ordered:
        seen += number
        if seen >= half and number:
            return step
    return None
