"""Where does a message name a concept, and what stands around a place?

Looking up by place keeps the guard's work in proportion to the length of a
message: everything that context.py asks reaches a few words only.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from typing import NamedTuple


class Mention(NamedTuple):
    """One place where a message names a concept; `end` is exclusive."""

    concept: str
    start: int
    end: int

    def covers(self, other: Mention) -> bool:
        """Say whether the other mention lies inside this one and is shorter."""
        inside = self.start <= other.start and other.end <= self.end
        return inside and (self.end - self.start) > (other.end - other.start)

    def overlaps(self, other: Mention) -> bool:
        """Say whether the two share a word."""
        return self.start < other.end and other.start < self.end


class Mentions:
    """Some mentions, found by their place."""

    def __init__(self, mentions: Iterable[Mention] = ()) -> None:
        """Take mentions in any order."""
        self._ordered = sorted(mentions, key=lambda m: m.start)
        self._starts = [m.start for m in self._ordered]
        self._longest = max((m.end - m.start for m in self._ordered), default=0)

    def __bool__(self) -> bool:
        """Say whether there are any."""
        return bool(self._ordered)

    def starting(self, low: int, high: int) -> list[Mention]:
        """Return those that start at `low` or later and before `high`.

        >>> Mentions([Mention("pain", 1, 2), Mention("fever", 5, 6)]).starting(2, 6)
        [Mention(concept='fever', start=5, end=6)]
        """
        if not self._starts or high <= self._starts[0]:
            return []
        return self._ordered[bisect_left(self._starts, low) : bisect_left(self._starts, high)]

    def ending(self, low: int, high: int) -> list[Mention]:
        """Return those that end at `low` or later, and at `high` or before."""
        candidates = self.starting(low - self._longest, high + 1)
        return [m for m in candidates if low <= m.end <= high] if candidates else []

    def touching(self, low: int, high: int) -> list[Mention]:
        """Return those that end at `low` or later and start at `high` or before."""
        return [m for m in self.starting(low - self._longest, high + 1) if m.end >= low]

    def around(self, mention: Mention) -> list[Mention]:
        """Return those that begin with the mention or before it, and end with it or after it."""
        candidates = self.starting(mention.end - self._longest, mention.start + 1)
        return [m for m in candidates if m.end >= mention.end] if candidates else []
