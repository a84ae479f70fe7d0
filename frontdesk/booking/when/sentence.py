"""A message as the grammars look at it: its tokens, the words that are known, and the moment from which it is read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from frontdesk.booking.when.tokens import END, Token
from frontdesk.booking.when.words import Words

_FARTHEST = 3000
"""Days: what is farther away is a slip of the finger."""


class Sentence:
    """Tokens, read at a certain moment."""

    def __init__(self, tokens: Sequence[Token], words: Words, now: dt.datetime, *, month_first: bool) -> None:
        self.tokens = tokens
        self.words = words
        self.now = now
        self.today = now.date()
        self.month_first = month_first
        self.is_preferring = any(token.text in words.sets["preferring"] for token in tokens)
        """Whether one thing is liked more than another, so that "to" need not be a stretch."""

    def token(self, at: int) -> Token:
        """Return a token, or an end mark beyond the last."""
        return self.tokens[at] if 0 <= at < len(self.tokens) else END

    def amount(self, at: int) -> tuple[int, int] | None:
        """Return the count at a place and where it ends: "two", "a couple of", "3"."""
        token = self.token(at)
        if token.kind in ("amount", "number"):
            end = at + 1
            if token.text in ("couple", "a couple") and self.token(end).text == "of":
                end += 1
            if token.kind == "amount" and token.value == 1 and self.token(end).kind in ("amount",) and self.token(end).value > 1:
                token, end = self.token(end), end + 1
            if self.token(end).text == "more":
                end += 1
            return int(token.value), end
        return None

    def length(self, at: int) -> tuple[int, str, int] | None:
        """Return a number of days, the unit, and where it ends: "two weeks", "a fortnight", "10 days"."""
        if not (amount := self.amount(at)):
            token = self.token(at)
            if token.kind == "unit" and token.value == "fortnight":
                return 14, "week", at + 1
            return None
        count, end = amount
        unit = self.token(end)
        if unit.kind != "unit":
            return None
        if self.token(end + 1).text in ("time", "times"):
            end += 1
        days = {"day": 1, "week": 7, "fortnight": 14, "month": 30, "weekend": 0}.get(unit.value)
        if not days or count * days > _FARTHEST:
            return None
        return count * days, "week" if unit.value == "fortnight" else unit.value, end + 1

    def may_follow(self, at: int) -> bool:
        """Say whether what stands at a place may follow a number that is a time or a day; else it is something counted."""
        token = self.token(at)
        if token.kind in (
            "mark",
            "weekday",
            "relative",
            "month",
            "part",
            "clock",
            "bound",
            "bound_after",
            "day_group",
            "which",
            "holiday",
            "dm",
            "soonest",
            "about_after",
            "oclock",
            "number",
        ):
            return token.text not in ("%", "°", "/", "+", "'", '"', "$")
        if token.kind.startswith(("negative", "positive", "contrast", "around", "ish", "harmless", "any_time")):
            return True
        return token.text in self.words.sets["after_number"] or token.text in ("am", "pm")
