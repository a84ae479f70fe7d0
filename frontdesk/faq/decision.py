"""Answer, did-you-mean, or hand off: what to do with a ranked message, and with the second miss in a row."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import overload

import numpy as np
import numpy.typing as npt

from frontdesk.faq.calibration import Calibration
from frontdesk.faq.names import Decision, is_topic

MOST_SUGGESTIONS = 3
FEWEST_SUGGESTIONS = 2
_DROPPED_AT = 0.2
"""A third suggestion this much less likely than the first only makes the list longer."""


@dataclass(frozen=True)
class Ranked:
    """A label and its share of the ranking."""

    label: str
    share: float


class Ranking(Sequence[Ranked]):
    """All labels, best first; of thousands a few are looked at, so an entry is made when it is."""

    def __init__(self, labels: Sequence[str], shares: npt.NDArray[np.float64]) -> None:
        """Take each label's share, both in the same order."""
        self._labels = labels
        self._shares = shares
        self._order = np.argsort(-shares, kind="stable")

    def __len__(self) -> int:
        """Return how many labels there are."""
        return len(self._order)

    @overload
    def __getitem__(self, place: int) -> Ranked: ...
    @overload
    def __getitem__(self, place: slice) -> list[Ranked]: ...
    def __getitem__(self, place: int | slice) -> Ranked | list[Ranked]:
        """Return what is in a place, 0 the best."""
        if isinstance(place, slice):
            return [self._at(int(index)) for index in self._order[place]]
        return self._at(int(self._order[place]))

    def among(self, labels: Collection[str]) -> Iterator[Ranked]:
        """Yield those of some labels, best first."""
        return (self._at(int(index)) for index in self._order if self._labels[index] in labels)

    def _at(self, index: int) -> Ranked:
        return Ranked(self._labels[index], float(self._shares[index]))


@dataclass(frozen=True)
class Understanding:
    """What a message was taken for."""

    decision: Decision
    label: str | None
    """The topic or intent that was understood; `None` for suggest and handoff."""
    suggestions: tuple[str, ...]
    """Two or three labels, best first, when the decision is suggest."""
    confidence: float
    """0 to 1: how likely the first place is right; of several questions, how likely the least sure one is."""
    order: tuple[str, ...] = ()
    """All that was asked, in order, when the message holds several questions; `label` is the first topic among them."""


@dataclass(frozen=True)
class Labels:
    """What the labels of a ranking are."""

    suggestible: frozenset[str]
    """Those that have a title to put on a button."""
    alarming: frozenset[str] = frozenset()
    """Those that raise an alarm when they reach the alarm line. One that is first without reaching it is neither that nor
    an answer: the visitor is asked back or handed off."""
    out_of_scope_prefix: str = "oos_"


def decide(
    ranking: Sequence[Ranked],
    *,
    sure: float,
    hopeful: float,
    calibration: Calibration,
    labels: Labels,
) -> Understanding:
    """Decide on one message.

    Args:
        ranking: All labels, best first.
        sure: How likely the first place is right.
        hopeful: How likely the right topic is among the first three topics.
    """
    first = ranking[0].label
    if first in labels.alarming:
        sure = 0.0
    elif is_topic(first):
        if sure >= calibration.answer_at:
            return Understanding("answer", first, (), sure)
    elif first in labels.suggestible:
        if sure >= calibration.intent_at:
            return Understanding("dialogue", first, (), sure)
    elif sure >= calibration.suggest_at or hopeful < calibration.suggest_at:
        decision: Decision = "decline" if first.startswith(labels.out_of_scope_prefix) else "dialogue"
        return Understanding(decision, first, (), sure)
    suggestions = _suggest(ranking, labels.suggestible)
    if hopeful >= calibration.suggest_at and len(suggestions) >= FEWEST_SUGGESTIONS:
        return Understanding("suggest", None, suggestions, sure)
    return Understanding("handoff", None, (), sure)


def _suggest(ranking: Sequence[Ranked], suggestible: frozenset[str]) -> tuple[str, ...]:
    best = list(islice((ranked for ranked in ranking if ranked.label in suggestible), MOST_SUGGESTIONS))
    kept = [ranked.label for place, ranked in enumerate(best) if place < FEWEST_SUGGESTIONS or ranked.share >= _DROPPED_AT * best[0].share]
    return tuple(kept)
