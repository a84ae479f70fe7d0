"""What a draft would have made of real questions, beside what the published model makes of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_ANSWERED = ("answer", "dialogue")
KINDS = ("worse", "now_answered", "changed", "reworded", "same")
"""What can come of a question, that which matters most first."""


@dataclass(frozen=True)
class Question:
    """Something a visitor asked."""

    text: str
    previous: tuple[str, ...] = ()
    """What the visitor had said before, oldest first."""
    expected: str | None = None
    """The topic or intent that a person has given it; None when nobody has."""
    must_alarm: bool = False
    """Whether it must lead to help at once."""


@dataclass(frozen=True)
class Heard:
    """What a model made of a question."""

    decision: str
    """As `frontdesk ask` names it."""
    topics: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()
    tier: str | None = None
    """Of the alarm that was raised, if any."""
    confidence: float = 0.0
    replies: tuple[str, ...] = ()

    @classmethod
    def of(cls, outcome: Mapping[str, Any]) -> Heard:
        """Return what `frontdesk ask` printed for a message.

        Raises:
            KeyError: When something is missing.
        """
        topics = outcome["topics"] or ([outcome["topic"]] if outcome["topic"] else [])
        tier = (outcome["safety"] or {}).get("tier")
        return cls(
            outcome["decision"], tuple(topics), tuple(outcome["suggestions"]), tier, outcome["confidence"], tuple(outcome["replies"])
        )

    @property
    def is_answer(self) -> bool:
        """Whether the visitor got what was asked for, right or wrong."""
        return self.decision in _ANSWERED

    def fits(self, question: Question) -> bool:
        """Whether this is what a person said it should be; true where nobody said anything."""
        if question.must_alarm:
            return self.decision == "safety"
        return question.expected is None or (self.decision != "safety" and question.expected in self.topics)


@dataclass(frozen=True)
class Replayed:
    """One question, and what both models made of it."""

    question: Question
    live: Heard
    draft: Heard
    kind: str
    """One of `KINDS`."""


@dataclass(frozen=True)
class Replay:
    """All of them, what matters most first."""

    rows: tuple[Replayed, ...] = field(default_factory=tuple)

    def counts(self) -> dict[str, int]:
        """Return how many there are of each kind."""
        found = Counter(row.kind for row in self.rows)
        return {kind: found[kind] for kind in KINDS}

    def of_kind(self, kind: str) -> list[Replayed]:
        """Return those of a kind."""
        return [row for row in self.rows if row.kind == kind]


def compare(questions: Sequence[Question], live: Sequence[Heard], draft: Sequence[Heard]) -> Replay:
    """Return what differs, question by question; the three are in the same order and of the same length.

    Where a person has said what is right, that decides what is better and what is worse. Elsewhere an answer is better than
    none, an alarm is never lost for the better, and two different answers are a change for a person to look at.
    """
    rows = list(_iter_replayed(questions, live, draft))
    return Replay(tuple(sorted(rows, key=lambda row: KINDS.index(row.kind))))


def _iter_replayed(questions: Sequence[Question], live: Sequence[Heard], draft: Sequence[Heard]) -> Iterator[Replayed]:
    for question, before, after in zip(questions, live, draft, strict=True):
        yield Replayed(question, before, after, _kind(question, before, after))


def _kind(question: Question, live: Heard, draft: Heard) -> str:
    if live.fits(question) and not draft.fits(question):
        return "worse"
    if draft.fits(question) and not live.fits(question):
        return "now_answered" if not live.is_answer else "changed"
    if live.decision == "safety" or draft.decision == "safety":
        return _of_alarms(live, draft)
    if live.is_answer != draft.is_answer:
        # Where a person has said what is right, neither is: no answer is better than a wrong one.
        is_wrong = question.expected is not None
        if draft.is_answer:
            return "worse" if is_wrong else "now_answered"
        return "changed" if is_wrong else "worse"
    if (live.decision, live.topics, live.suggestions) != (draft.decision, draft.topics, draft.suggestions):
        return "changed"
    return "same" if live.replies == draft.replies else "reworded"


def _of_alarms(live: Heard, draft: Heard) -> str:
    if draft.decision != "safety":
        return "worse"
    if live.decision != "safety" or live.tier != draft.tier:
        return "changed"
    return "same" if live.replies == draft.replies else "reworded"
