"""What is counted: right first places, and how well a method knows which messages are not ours.

Every method is judged by the two things that each of them offers: the label in first place and how sure it is of it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.datasets import FOREIGN_PREFIX, Message

ANSWERED = 0.85
"""The share of our messages that is answered when false accepts are counted."""


@dataclass(frozen=True)
class Parsed:
    """What a method made of one message."""

    label: str
    """The topic or intent in first place, without `faq/`."""
    confidence: float
    ms: float


@dataclass(frozen=True)
class Understood:
    """How well a method understood a set of messages; shares from 0 to 1, NaN where there is nothing to count."""

    right: float
    """Of our messages, those with an acceptable label in first place."""
    auroc: float
    """How likely one of our messages looks more like ours than one that is not: 0.5 is chance, 1 perfect."""
    false_accepts: float
    """Of the messages that are not ours, those that look like ours where the line lets `ANSWERED` of ours through."""


def understood(messages: Sequence[Message], parsed: Sequence[Parsed]) -> Understood:
    """Return the figures for messages and what a method made of each."""
    pairs = list(zip(messages, parsed, strict=True))
    right = [outcome.label in message.wanted for message, outcome in pairs if not message.foreign]
    ours = [likeness(outcome) for message, outcome in pairs if not message.foreign]
    foreign = [likeness(outcome) for message, outcome in pairs if message.foreign]
    return Understood(float(np.mean(right)) if right else math.nan, auroc(ours, foreign), false_accepts(ours, foreign))


def likeness(outcome: Parsed) -> float:
    """Return how much a message looks like ours: the confidence, below zero where first place says it is not ours.

    >>> likeness(Parsed("cost", 0.75, 9.0)), likeness(Parsed("oos_animals", 0.75, 9.0))
    (0.75, -0.75)
    """
    return -outcome.confidence if outcome.label.startswith(FOREIGN_PREFIX) else outcome.confidence


def auroc(ours: Sequence[float], foreign: Sequence[float]) -> float:
    """Return the share of pairs in which ours scores higher; equal scores count half.

    >>> auroc([0.9, 0.4], [0.4, 0.1])
    0.875
    """
    if not ours or not foreign:
        return math.nan
    upper, lower = np.asarray(ours)[:, np.newaxis], np.asarray(foreign)[np.newaxis, :]
    return float((upper > lower).mean() + 0.5 * (upper == lower).mean())


def false_accepts(ours: Sequence[float], foreign: Sequence[float], answered: float = ANSWERED) -> float:
    """Return the share of foreign scores at or above the highest line that at least `answered` of ours reach.

    >>> false_accepts([0.9, 0.8, 0.7, 0.6], [0.75, 0.7, 0.1, 0.1], answered=0.75)
    0.5
    """
    if not ours or not foreign:
        return math.nan
    line = sorted(ours, reverse=True)[math.ceil(answered * len(ours)) - 1]
    return float(np.mean([score >= line for score in foreign]))


def percentile(times: Sequence[float], percent: int) -> float:
    """Return the value that `percent` of 100 stay at or below."""
    return float(np.percentile(times, percent, method="higher"))
