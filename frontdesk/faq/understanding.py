"""What a visitor means: one message, what was said before it, and the ranking, put together.

Three readings are tried. The message alone. If it can be cut into questions that are understood each by itself, those.
If it leans on what was said before ("and the cost?", "does it help with that too?"), the message in its conversation.

Knows the ranking and the lines; nothing of Rasa. Another text of the same message is encoded only when it is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from frontdesk.faq.calibration import Calibration
from frontdesk.faq.decision import Labels, Ranking, Understanding, decide
from frontdesk.faq.names import is_topic
from frontdesk.faq.questions import join_clauses, split_clauses, ways_to_cut
from frontdesk.faq.ranking import Features, FloatArray, Ranker, RowArray

PART_AT = 0.55
"""How sure each of several questions must be. Two that agree on how to cut a message are better evidence than one."""
LEANING_WORDS = 12
"""A longer message says itself what it is about."""
SMALLTALK_AT = 0.8
"""Above this, "ok" after an answer is smalltalk; below, it may be "how though", which asks."""

_BEFORE_COUNTS = 0.5
_SMALLTALK_COSTS = 0.3
_LEAD_SLOPE = 8.0
_LEAD_AT = 0.1
_LEAD_OF_SAME_AT = 0.2
"""Read off follow-ups that were written for it, by someone without sight of the examples
(benchmarks/development/follow_ups.jsonl): with a lead of 0.1 nine in ten are right. The topic that was just answered is
asked about again far less often than its words are repeated, so that it needs more."""

Span = tuple[int, int]
"""Clauses of a message, from one to before another."""

Encode = Callable[[Sequence[str]], RowArray]
"""Turns texts into meaning, as it was done for the examples."""


@dataclass(frozen=True)
class Reading:
    """What the ranking says of one text."""

    scores: FloatArray
    """Shape (labels,)."""
    sure: float
    hopeful: float

    @property
    def first(self) -> int:
        """The index of the label in first place."""
        return int(self.scores.argmax())


class Listener:
    """Understands messages with a fitted ranking."""

    def __init__(self, ranker: Ranker, calibration: Calibration, labels: Labels) -> None:
        """Take what was fitted, and what the labels are."""
        self._ranker = ranker
        self._calibration = calibration
        self._labels = labels
        names = ranker.labels
        self._wishes = np.array([is_topic(name) or name in labels.suggestible for name in names])
        """Labels that a question can have: topics, and intents with a title, such as booking."""
        self._topics = np.array([is_topic(name) for name in names])
        strange = [name.startswith(labels.out_of_scope_prefix) or name in labels.alarming for name in names]
        self._smalltalk = ~self._wishes & ~np.array(strange)

    def understand(
        self, text: str, meaning: RowArray, *, before: str | None = None, encode: Encode | None = None
    ) -> tuple[Understanding, Ranking]:
        """Return what a message was taken for, and the ranking of all labels for the message alone.

        Args:
            text: The message.
            meaning: Its row, shape (1, dimensions).
            before: What the visitor said last before it in the same conversation.
            encode: Without it the message is read alone.
        """
        alone = self._read([text], meaning)[0]
        ranking = self._rank(alone.scores)
        understood = decide(ranking, sure=alone.sure, hopeful=alone.hopeful, calibration=self._calibration, labels=self._labels)
        if encode and not self._is_alarm(alone):
            understood = self._several(text, encode) or (before and self._in_context(text, before, alone, encode)) or understood
        return understood, ranking

    def _several(self, text: str, encode: Encode) -> Understanding | None:
        """Return the questions of a message that asks more than one and is understood in each."""
        clauses = split_clauses(text)
        ways = list(ways_to_cut(clauses))
        readings: dict[Span, Reading] = {}

        def read(spans: Iterable[Span]) -> None:
            new = sorted(set(spans) - readings.keys())
            if new:
                texts = [join_clauses(clauses[start:end]) for start, end in new]
                readings.update(zip(new, self._read(texts, encode(texts)), strict=True))

        # Most messages that can be cut ask one thing. Encoding takes most of the time, so each step leaves out what the one
        # before has shown to be no question: first the first parts, which lean on nothing, then the others, and then what
        # leans on the part before.
        read(way[0] for way in ways)
        ways = [way for way in ways if self._is_wish(readings[way[0]])]
        read(span for way in ways for span in way[1:])
        ways = [way for way in ways if all(self._leans(readings[span]) or self._is_wish(readings[span]) for span in way[1:])]
        read(_with_last(way, place) for way in ways for place, span in enumerate(way) if place and self._leans(readings[span]))
        found = [parts for way in ways if (parts := self._parts(way, readings))]
        # More questions understood are better than fewer; of the same number, those that are surest.
        best = max(found, key=self._worth, default=None)
        if best is None:
            return None
        labels = tuple(self._ranker.labels[label] for label in best)
        answers = [label for label in labels if is_topic(label)]
        return Understanding("answer", answers[0], (), min(best.values()), order=labels)

    def _is_wish(self, reading: Reading) -> bool:
        """Say whether words are understood as a question or a wish by themselves."""
        return bool(self._wishes[reading.first]) and reading.sure >= PART_AT

    def _leans(self, reading: Reading) -> bool:
        """Say whether a part may need the part before to be understood."""
        return reading.sure < self._calibration.answer_at

    def _parts(self, way: Sequence[Span], readings: dict[Span, Reading]) -> dict[int, float] | None:
        """Return the labels of the parts with their sureness, in order, or `None` when they are no several questions."""
        parts: dict[int, float] = {}
        for place, span in enumerate(way):
            own = readings[span]
            label, sure = own.first, own.sure
            if place and self._leans(own):
                scores = self._lean(own, readings[_with_last(way, place)], readings[way[place - 1]])
                leaning, lead = int(scores.argmax()), sureness_of_lead(_lead(scores))
                if lead > sure:
                    label, sure = leaning, lead
            if label in parts or not self._wishes[label] or sure < PART_AT:
                return None
            parts[label] = sure
        return parts if self._topics[list(parts)].any() else None

    def _worth(self, parts: dict[int, float]) -> tuple[int, float]:
        """Return what makes one way to cut a message better than another."""
        least = min(parts.values())
        return len(parts) if least >= self._calibration.answer_at else 0, least

    def _in_context(self, text: str, before: str, alone: Reading, encode: Encode) -> Understanding | None:
        """Return what a message means after what was said before, if it leans on that."""
        stands = SMALLTALK_AT if self._smalltalk[alone.first] else self._calibration.answer_at
        if alone.sure >= stands or len(text.split()) > LEANING_WORDS:
            return None
        texts = [f"{before} {text}", before]
        joined, earlier = self._read(texts, encode(texts))
        scores = self._lean(alone, joined, earlier)
        first, lead = int(scores.argmax()), _lead(scores)
        needed = _LEAD_OF_SAME_AT if first == earlier.first else _LEAD_AT
        together = Reading(scores, sureness_of_lead(lead), max(alone.hopeful, self._calibration.suggest_at))
        return decide(
            self._rank(scores),
            sure=together.sure,
            hopeful=together.hopeful,
            calibration=replace(self._calibration, answer_at=sureness_of_lead(needed), intent_at=sureness_of_lead(needed)),
            labels=self._labels,
        )

    def _lean(self, own: Reading, joined: Reading, before: Reading) -> FloatArray:
        """Return the scores of words in their conversation: their own, and what they add to what was said before."""
        scores: FloatArray = own.scores + joined.scores - _BEFORE_COUNTS * np.maximum(before.scores, 0.0)
        return scores - _SMALLTALK_COSTS * self._smalltalk

    def _read(self, texts: Sequence[str], meaning: RowArray) -> list[Reading]:
        scored = self._ranker.score(Features(texts, meaning))
        sure = self._calibration.first_is_right.of(scored.evidence)
        hopeful = self._calibration.right_is_suggested.of(scored.evidence)
        return [Reading(scored.scores[row], float(sure[row]), float(hopeful[row])) for row in range(len(texts))]

    def _rank(self, scores: FloatArray) -> Ranking:
        return Ranking(self._ranker.labels, self._calibration.shares(scores[np.newaxis, :])[0])

    def _is_alarm(self, reading: Reading) -> bool:
        return self._ranker.labels[reading.first] in self._labels.alarming


def sureness_of_lead(lead: float) -> float:
    """Return how likely a first place in context is right, for how far it leads.

    >>> round(sureness_of_lead(0.1), 2), round(sureness_of_lead(0.5), 2)
    (0.69, 0.98)
    """
    return float(1.0 / (1.0 + np.exp(-_LEAD_SLOPE * lead)))


def _with_last(way: Sequence[Span], place: int) -> Span:
    """Return a part and the part before as one."""
    return way[place - 1][0], way[place][1]


def _lead(scores: FloatArray) -> float:
    first, second = np.sort(scores)[::-1][:2]
    return float(first - second)
