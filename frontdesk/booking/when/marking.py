"""Which pieces are ruled out: the cues of a message in order, each as far as it reaches.

When in doubt a piece is ruled out: an opening that is not shown costs a question, one that was ruled out costs trust.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from frontdesk.booking.when.days import DAY, Days
from frontdesk.booking.when.items import Item
from frontdesk.booking.when.reach import (
    bounds_what_is_before,
    is_no,
    looks_back,
    piece_before,
    reaches_on,
    said_after_a_pause,
    settle,
)
from frontdesk.booking.when.words import Sets

_TOO = ("too", "also", "as well", "either")
_DENIALS = ("not", "no", "nothing", "never", "cannot", "unable")


class Marking:
    """Marks the pieces of a message."""

    def __init__(self, items: Sequence[Item], sets: Sets) -> None:
        self.items = items
        self.sets = sets
        self.scope: Item | None = None
        """The cue under which what follows is ruled out."""
        self.last: Item | None = None
        self.joined = ""
        """How the next piece is joined to the last one."""
        self.listed = 0
        """How many pieces the scope has taken in."""

    def run(self) -> None:
        """Mark every piece."""
        for place, item in enumerate(self.items):
            if item.kind in ("stop", "contrast", "correction", "reason"):
                self.scope, self.joined = None, ","
            elif item.kind == "same":
                item.cue = "negative_single"
                self.scope = item if self.last is not None and self.last.is_negative else None
            elif item.kind == "join":
                self._join(item)
            elif item.text == "only" and place and (self.items[place - 1].is_edge or self.items[place - 1].text == "and"):
                self.scope = None
            elif item.cue == "negative_except" and self.scope is not None and not self.listed and not self.joined:
                self.scope = None  # "busy every day but friday" leaves Friday
            elif item.kind == "cue" or is_no(self.items, place, self.sets):
                self._cue(place, item)
            elif item.is_piece:
                self._piece(place, item)

    def _join(self, item: Item) -> None:
        self.joined = item.text if self.joined in ("", ",") else self.joined
        if item.text == "," and self.scope is not None and self.scope.cue == "negative_single":
            self.scope = None

    def _cue(self, place: int, item: Item) -> None:
        if item.is_cue_for and self._is_under_a_cue_against(place, item):
            return
        is_negative = not item.is_cue_for
        about = said_after_a_pause(self.items, place, self.sets) if is_negative else None
        if about is not None:
            settle(self.items, about + 1, is_negative=True, sets=self.sets, scope=self.scope)
            self.scope = None
        elif looks_back(self.items, place, self.sets):
            settle(self.items, place, is_negative=is_negative, sets=self.sets, scope=self.scope)
            item.binds = is_negative and (item.binds or bounds_what_is_before(self.items, place, self.sets))
            self.scope = item if item.binds else None
        elif item.is_cue_for or reaches_on(self.items, place, self.sets):
            self.scope = item if is_negative else None
        self.joined, self.listed = "", 0

    def _is_under_a_cue_against(self, place: int, item: Item) -> bool:
        """Say whether what would suit is denied: "neither monday nor tuesday works", "not looking good for friday"."""
        before = self.items[place - 1] if place else item
        if before.is_cue_against and before.cue != "negative_after":
            return True
        if self.scope is None:
            return False
        if _denies_what_follows(self.scope) and piece_before(self.items, place, self.sets) is not None:
            self.scope = None
            return True
        return item.cue == "positive_after" and not self.listed and not self.joined

    def _piece(self, place: int, item: Item) -> None:
        if item.led_by == "reference" and self.joined:
            self.scope = None  # "away until the 5th, any time after that"
        if not item.is_settled:
            is_too = self.scope is None and self.last is not None and self.last.is_negative and self._says_too(place)
            item.is_negative = is_too or (self.scope is not None and not self._is_correction(self.scope, place, item))
        if not item.is_negative:
            self.scope = None
        if self.scope is not None:
            _exclude_until(item, self.scope)
        self.last, self.joined, self.listed = item, "", self.listed + 1

    def _says_too(self, place: int) -> bool:
        behind = self.items[place + 1 : place + 3]
        return bool(behind) and behind[0].text in _TOO and (len(behind) == 1 or behind[1].is_edge)

    def _is_correction(self, scope: Item, place: int, item: Item) -> bool:
        """Say whether a piece takes the place of the one that was ruled out before it: "not today, tomorrow"; "not monday, after 3"."""
        last, rest = self.last, self.items[place + 1 :]
        if last is None or not last.is_negative or self.joined in ("or", "and") or self.listed > 1:
            return False
        is_listed = any(other.is_piece or other.text in ("or", "and") for other in rest)
        if isinstance(last.value, Days) != isinstance(item.value, Days):
            is_list = is_listed and rest[0].kind == "join" and not any(other.is_cue_for for other in rest)
            return self.joined == "," and not is_list
        if is_listed:
            return False
        if (
            isinstance(item.value, Days)
            and isinstance(last.value, Days)
            and last.led_by in ("relative", "which")
            and not last.value.is_coming
        ):
            return item.value.is_coming or item.value.first > last.value.last
        return scope.text == "not" and self.joined == ","


def _exclude_until(item: Item, scope: Item) -> None:
    """Rule out only what lies before the day in "not until friday"; in "away until friday" Friday is ruled out too."""
    is_denied = any(word in _DENIALS or word.endswith(("n't", "nt")) for word in scope.text.split())
    if item.bound == "until" and is_denied and isinstance(item.value, Days) and "after" not in item.text and not item.value.flag:
        item.value = replace(item.value, last=item.value.last - DAY)


def _denies_what_follows(scope: Item) -> bool:
    """Say whether a cue turns what suits into what does not: "neither monday nor tuesday works", "I don't think monday works"."""
    return scope.text in ("neither", "nor") or scope.text.endswith(("think", "doubt"))
